/** On the page for addresses that lead nowhere: a search in the page, for the words of the address. */
export function attachSearchHere(base: string): void {
  const place = document.querySelector<HTMLElement>("[data-search-here]");
  if (place) void import("./search.ts").then(({ fillSearch }) => fillSearch(place, base, wordsOf(location.pathname)));
}

/** What the reader may have meant. An address with broken percent-encoding means nothing. */
function wordsOf(path: string): string {
  const last = path.split("/").filter((part) => part !== "").at(-1) ?? "";
  try {
    return decodeURIComponent(last).replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  } catch {
    return "";
  }
}
