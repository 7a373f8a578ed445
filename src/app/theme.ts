// Loaded in the head as a classic script, so that the chosen theme is set before the first paint. Keep it free of imports.
{
  const theme = new URLSearchParams(location.search).get("theme");
  let chosen = theme;
  try {
    chosen ??= localStorage.getItem("glassbox-theme");
  } catch {
    // No storage (a sandboxed frame, a strict browser): the system decides.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
