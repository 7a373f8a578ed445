// Stands in the head of every page, before anything is painted; built pages hold it inline. Keep it free of imports, and short.
{
  // The theme that the reader chose, or the address asks for.
  let chosen = new URLSearchParams(location.search).get("theme");
  try {
    chosen ??= localStorage.getItem("glassbox-theme");
  } catch {
    // No storage (a sandboxed frame, a strict browser): the system decides.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;

  // A press that comes before the page's script is pressed again when that says that it listens.
  const early: HTMLElement[] = [];
  const remember = ({ target }: Event): void => {
    const pressed = target instanceof Element ? target.closest<HTMLElement>("[data-ask], button.guess") : null;
    if (pressed) early.push(pressed);
  };
  addEventListener("click", remember, true);
  addEventListener("listening", () => {
    removeEventListener("click", remember, true);
    for (const pressed of early) pressed.click();
  }, { once: true });

  // A link to a figure has the figure's state behind a "?", where browsers look for no name; and it may use a former name.
  const goTo = (scroll: boolean): void => {
    const [name = "", ...state] = location.hash.slice(1).split("?");
    const { dataset: { now = name } = {} } = document.getElementById(name) ?? {};
    if (now !== name) {
      history.replaceState(history.state, "", `#${[now, ...state].join("?")}`);
      dispatchEvent(new Event("hashchange"));
    }
    if (scroll && (state.length > 0 || now !== name)) document.getElementById(now)?.scrollIntoView();
  };
  // A page that is opened again stands where it stood.
  const [opened] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const isFresh = opened?.type === "navigate";
  addEventListener("DOMContentLoaded", () => goTo(isFresh));
  addEventListener("hashchange", () => goTo(false));
  addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest("a") : null;
    if (link?.hash && link.pathname === location.pathname) setTimeout(() => goTo(true));
  });

  const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  // Words first: on a slow line, scripts that are fetched beside the page would hold back its first paint.
  let fetched = false;
  const fetchScripts = (): void => {
    if (fetched) return;
    fetched = true;
    const { scripts: [script, ...imported], early } = JSON.parse(document.getElementById("scripts")!.textContent!) as Record<"scripts" | "early", string[]>;
    // For the cache, where the worker finds it: not where the book lies on the device already, nor where the reader spares bytes.
    const spared = early!.length > 0 && (navigator.serviceWorker?.controller || (navigator as { connection?: { saveData?: boolean } }).connection?.saveData);
    const ahead = (address: string, priority: RequestPriority): unknown => spared || fetch(address, { priority }).then((response) => response.blob()).catch(() => undefined);
    // The largest one before all else: the line is never idle then.
    const [largest, ...others] = early!;
    if (largest !== undefined) ahead(largest, "auto");
    for (const href of [script!, ...imported]) document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
    for (const address of others) ahead(address, "low");
    const run = (): void => document.head.append(Object.assign(document.createElement("script"), { type: "module", src: script }));
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", run);
    else run();
  };
  void frame().then(fetchScripts);
  // Frames that nobody sees are never painted.
  setTimeout(fetchScripts, 200);

  // What stands below the first screen of a chapter is laid out part by part when its fonts are there (frame.css hides what is not yet):
  // in one piece, and again for each font that comes, it would hold a phone for half a second. It stands at once where the address
  // leads into the page (a text fragment shows in the entry's name alone), where nobody looks, and at the reader's first move.
  const { documentElement: root } = document;
  if (root.classList.contains("reading") && isFresh && !opened.name.includes("#") && document.visibilityState === "visible") {
    root.classList.add("unfolding");
    const unfold = (): void => root.classList.remove("unfolding");
    for (const move of ["wheel", "touchstart", "pointerdown", "click", "keydown", "focusin", "scroll", "visibilitychange"]) {
      addEventListener(move, unfold, { capture: true, once: true, passive: true });
    }
    setTimeout(unfold, 3000);
    // Those named "Book …" are the system's.
    const fonts = frame().then(() => Promise.allSettled([...document.fonts].map((font) => font.family.includes("Book ") || font.load())));
    addEventListener("DOMContentLoaded", async () => {
      let isBelow = false;
      let until = 0;
      for (const part of document.querySelectorAll(".section ~ *, .section ~ .section > :is(.figure-place, .steps, .box, .display-math), .colophon")) {
        isBelow ||= part.matches(".chapter > *") && root.scrollHeight > innerHeight;
        if (isBelow) await fonts;
        if (isBelow && performance.now() > until) {
          await frame();
          until = performance.now() + 4;
        }
        if (!root.classList.contains("unfolding")) return;
        part.classList.add("shown");
        // Laid out now, where its time is counted.
        part.getBoundingClientRect();
      }
      unfold();
    });
  }
}
