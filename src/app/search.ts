/** The search of the book, fetched at the first press of `/`: every chapter, section, figure and term, in this tab. */
import MiniSearch, { type SearchResult } from "minisearch";
import type { SearchDocument } from "./searchDocument.ts";

type Hit = SearchResult & SearchDocument;
const kinds: Record<SearchDocument["kind"], string> = { chapter: "chapter", section: "section", figure: "figure", term: "word" };

let index: Promise<MiniSearch<SearchDocument>> | null = null;

/** Puts the documents in order for searching. */
export function indexOf(documents: readonly SearchDocument[]): MiniSearch<SearchDocument> {
  const search = new MiniSearch<SearchDocument>({
    fields: ["title", "text"], storeFields: ["kind", "title", "where", "url", "text"],
    searchOptions: {
      prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), combineWith: "AND", boost: { title: 4 },
      boostDocument: (_id, _term, stored) => (stored?.kind === "chapter" ? 1.6 : stored?.kind === "term" ? 1.2 : 1),
    },
  });
  search.addAll(documents);
  return search;
}

/** The best twelve; what bears the very name that was asked for comes before what speaks of it more often. */
export function bestOf(search: MiniSearch<SearchDocument>, asked: string): Hit[] {
  // Signs alone would be searched as the empty beginning of every word.
  if (!/[\p{L}\p{N}]/u.test(asked)) return [];
  const named = ({ title }: Hit): number => Number(title.toLowerCase() === asked.toLowerCase());
  return (search.search(asked) as Hit[]).sort((a, b) => named(b) - named(a)).slice(0, 12);
}

async function load(base: string): Promise<MiniSearch<SearchDocument>> {
  const response = await fetch(`${base}search.json`);
  if (!response.ok) throw new Error(`search.json: ${response.status}`);
  return indexOf((await response.json()) as SearchDocument[]);
}

/** The part of a text around the first word that was found. */
export function excerpt(text: string, words: readonly string[], length = 140): string {
  const found = words.map((word) => text.toLowerCase().indexOf(word.toLowerCase())).filter((at) => at >= 0);
  const from = Math.max(0, Math.min(...found, text.length) - 40);
  const start = found.length === 0 || from === 0 ? 0 : text.indexOf(" ", from) + 1;
  const end = text.length > start + length ? text.lastIndexOf(" ", start + length) : text.length;
  return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

/** Opens the search over the page. */
export function openSearch(base: string): void {
  const known = document.querySelector<HTMLDialogElement>("dialog.search");
  const dialog = known ?? document.body.appendChild(document.createElement("dialog"));
  if (!known) {
    dialog.className = "search";
    dialog.setAttribute("aria-label", "Search the book");
    fillSearch(dialog, base);
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog || (target instanceof Element && target.closest("a"))) dialog.close();
    });
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input")?.select();
}

/** A field and the list of what it finds; arrows move in the list, Enter goes there. */
export function fillSearch(place: HTMLElement, base: string, query = ""): void {
  place.innerHTML = `<div class="search-box"><input type="text" inputmode="search" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"
    aria-label="Search the book" placeholder="Search chapters, figures, words" autocomplete="off" spellcheck="false">
    <p class="search-say" role="status"></p><ul id="found" role="listbox" aria-label="Found"></ul></div>`;
  const input = place.querySelector("input")!;
  const list = place.querySelector("ul")!;
  const status = place.querySelector<HTMLElement>(".search-say")!;
  let at = -1;
  const mark = (to: number): void => {
    const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
    at = options.length === 0 ? -1 : (to + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", options[at]!.id);
    else input.removeAttribute("aria-activedescendant");
    options[at]?.scrollIntoView({ block: "nearest" });
  };
  const look = async (): Promise<void> => {
    const asked = input.value.trim();
    try {
      const search = await (index ??= load(base));
      if (input.value.trim() !== asked) return;
      const hits = bestOf(search, asked);
      list.replaceChildren(...hits.map((hit, i) => option(hit, i, base)));
      input.setAttribute("aria-expanded", String(hits.length > 0));
      status.textContent = asked === "" ? "" : hits.length === 0 ? `Nothing found for “${asked}”.` : `${hits.length === 12 ? "The best 12" : hits.length} found`;
      mark(0);
    } catch {
      index = null;
      status.textContent = "The search could not be loaded. Try again when you are online.";
    }
  };
  input.addEventListener("input", () => void look());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.querySelectorAll("a")[at]?.click();
    }
  });
  if (query !== "") input.value = query;
  void look();
}

function option(hit: Hit, i: number, base: string): HTMLLIElement {
  const item = document.createElement("li");
  item.role = "presentation";
  const link = document.createElement("a");
  Object.assign(link, { id: `found-${i}`, role: "option", href: base + hit.url, tabIndex: -1 });
  const add = (name: string, text: string, marked: readonly string[] = []): void => {
    const part = document.createElement("span");
    part.className = name;
    part.append(...withMarks(text, marked));
    link.append(part, " ");
  };
  add("hit-title", hit.title, hit.terms);
  add("hit-kind", hit.where === "" || hit.kind === "term" ? kinds[hit.kind] : `${kinds[hit.kind]} in ${hit.where}`);
  add("hit-text", excerpt(hit.text, hit.terms), hit.terms);
  item.append(link);
  return item;
}

/** A text with the words that were found marked in it. */
function withMarks(text: string, words: readonly string[]): (string | HTMLElement)[] {
  if (words.length === 0) return [text];
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return text.split(new RegExp(`(?<![\\p{L}\\p{N}])(${longestFirst.join("|")})(?![\\p{L}\\p{N}])`, "giu")).map((part, i) => {
    if (i % 2 === 0) return part;
    const found = document.createElement("mark");
    found.textContent = part;
    return found;
  });
}
