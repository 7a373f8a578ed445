/** `/` and the button in the header open the search, `?` the list of keys; their code is fetched then. */
export function attachSearch(base: string): void {
  const open = (): void => void import("./search.ts").then(({ openSearch }) => openSearch(base));
  const help = (): void => void import("./keysHelp.ts").then(({ openKeys }) => openKeys());
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-search]")) button.addEventListener("click", open);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-keys]")) button.addEventListener("click", help);
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const typing = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    if ((key !== "/" && key !== "?") || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (key === "/") open();
    else help();
  });
}

/** Whatever is marked `data-models` opens the drawer of the reader's models; its code is fetched then. */
export function attachModels(): void {
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-models]")) void import("./modelsDrawer.ts").then(({ openDrawer }) => openDrawer());
  });
}

/** Runs once the first figure of the page lives, or soon where there is none or it waits for a press. */
export function whenQuiet(work: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    watch.disconnect();
    if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 2000 });
    else setTimeout(work, 200);
  };
  const watch = new MutationObserver(once);
  const first = document.querySelector("figure[data-widget]");
  if (first && !(first as HTMLElement).dataset.ready) watch.observe(first, { attributes: true, attributeFilter: ["data-ready"] });
  else once();
  setTimeout(once, 3000);
}
