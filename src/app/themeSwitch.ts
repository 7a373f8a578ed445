const order = ["system", "light", "dark"] as const;
type Theme = (typeof order)[number];
const words: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };

/** Makes the button in the header step through: as the system, light, dark. */
export function attachThemeSwitch(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-theme-switch]");
  if (!button) return;
  const now = (): Theme => {
    const theme = document.documentElement.dataset.theme;
    return theme === "light" || theme === "dark" ? theme : "system";
  };
  const label = (): void => {
    button.setAttribute("aria-label", `Theme: ${words[now()]}`);
    button.title = `Theme: ${words[now()]}`;
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(now()) + 1) % order.length]!;
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem("glassbox-theme");
      else localStorage.setItem("glassbox-theme", next);
    } catch {
      // The choice then lasts as long as the page.
    }
    label();
  });
  label();
}
