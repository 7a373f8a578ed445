/** The script of pages with code to copy or figures to find: loaded only there. */
const PLACEHOLDER = "https://glassbox.example/";

/** Makes the copy buttons work; where the site's address was not known at build time, code gets the one that the page has now. */
export function attachCopyButtons(site: string): void {
  const texts = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode as Text;
    if (node.parentElement?.closest("code")) node.data = node.data.replaceAll(PLACEHOLDER + new URL(site).pathname.slice(1), site);
  }
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-copy]") : null;
    const code = button?.parentElement?.querySelector("code")?.textContent;
    if (!button || !code) return;
    const done = navigator.clipboard?.writeText(code) ?? Promise.reject(new Error("no clipboard"));
    done.then(() => "Copied", () => "Select and copy by hand").then((word) => {
      button.textContent = word;
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  });
}

/** Filters the list of figures while one types. */
export function attachFinder(): void {
  const search = document.querySelector<HTMLElement>("[data-gallery]");
  if (!search) return;
  search.hidden = false;
  const find = search.querySelector<HTMLInputElement>("[data-find]")!;
  const chapter = search.querySelector<HTMLSelectElement>("[data-chapter-of]")!;
  const trains = search.querySelector<HTMLInputElement>("[data-trains]")!;
  const found = search.querySelector<HTMLOutputElement>("[data-found]")!;
  const entries = [...document.querySelectorAll<HTMLElement>(".gallery > li")];
  const update = (): void => {
    const words = find.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    for (const entry of entries) {
      const { words: text = "", chapters = "" } = entry.dataset;
      const inChapter = chapter.value === "" || chapters.split(" ").includes(chapter.value);
      entry.hidden = !(words.every((word) => text.includes(word)) && inChapter && (!trains.checked || entry.dataset.trains !== undefined));
    }
    const count = entries.filter(({ hidden }) => !hidden).length;
    found.textContent = count === 1 ? "1 figure" : `${count === 0 ? "no" : count} figures`;
  };
  for (const control of [find, chapter, trains]) control.addEventListener("input", update);
}
