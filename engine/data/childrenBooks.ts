/**
 * From a library of children's books to documents that a very small model can learn from: only sentences that are short, plainly
 * punctuated and made of a closed set of words. The text is one paragraph per line; each book starts with a line `<|book|>NAME`.
 */
export type BookFilter = {
  /** Words that are always allowed, in lower case: those of the story grammar. */
  readonly allowed: ReadonlySet<string>;
  /** How many of the books' most frequent words are allowed besides. */
  readonly frequent: number;
  /** Sentences with more words are dropped. */
  readonly maxSentenceWords?: number;
  /** A run of kept sentences is a document when it has at least this many sentences and words. */
  readonly minSentences?: number;
  readonly minWords?: number;
  /** A longer run is cut into several documents at a sentence. */
  readonly maxWords?: number;
  /** How many dropped sentences may lie between two kept ones of a document; 0 keeps only what is consecutive in the book. */
  readonly maxGap?: number;
};

export type FilteredBooks = { readonly documents: readonly string[]; readonly vocabulary: ReadonlySet<string>; readonly words: number };

const WORD = /[A-Za-z]+/g;
/** Letters, spaces and , . ! ? " ' -, with the apostrophe inside a word only. */
const PLAIN = /^[A-Za-z ,.!?"'-]+$/;

/** Spelled out, as the story grammar writes them. `'d` stays: it may be had or would. */
const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\b([Cc])an't\b/g, "$1annot"], [/\b([Ww])on't\b/g, "$1ill not"], [/\b([Ss])han't\b/g, "$1hall not"],
  [/n't (he|she|it|they|you|we|I)\b/g, " $1 not"], [/n't\b/g, " not"],
  [/'ll\b/g, " will"], [/'re\b/g, " are"], [/'ve\b/g, " have"], [/\b(I)'m\b/g, "$1 am"],
  [/\b([Ii]t|[Tt]hat|[Tt]here|[Hh]ere|[Hh]e|[Ss]he|[Ww]hat|[Ww]here|[Ww]ho)'s\b/g, "$1 is"], [/\b([Ll]et)'s\b/g, "$1 us"],
  [/'([Tt])is\b/g, "it is"], [/\b[Tt]o-(day|morrow|night)\b/g, "to$1"],
];

/** Straightens what differs from the grammar's own style: contractions, dashes, semicolons, single-quoted speech. */
function plainer(paragraph: string): string {
  let text = paragraph.replaceAll("_", "");
  for (const [pattern, full] of CONTRACTIONS) text = text.replace(pattern, full);
  text = text.replace(/; ([a-z])/g, (_, letter: string) => `. ${letter.toUpperCase()}`).replace(/ ?--+ ?| - |[;:] /g, ", ");
  text = text.replace(/,( ,)+/g, ",").replace(/([.!?]),/g, "$1");
  if (text.includes('"')) return text;
  return text.replace(/(^|[\s(])'(?=[A-Z])/g, '$1"').replace(/([.,!?])'(?=\s|$)/g, '$1"');
}

/** The sentences of a paragraph: each ends with . ! or ?, perhaps a quote, before a space and a capital, outside speech. */
export function sentencesOfParagraph(paragraph: string): string[] {
  const sentences: string[] = [];
  let start = 0, quotes = 0;
  for (let i = 0; i < paragraph.length; i++) {
    const letter = paragraph[i]!;
    if (letter === '"') quotes++;
    else if (letter !== "." && letter !== "!" && letter !== "?") continue;
    if (quotes % 2 !== 0 || !/[.!?]/.test(letter === '"' ? paragraph[i - 1] ?? "" : letter)) continue;
    if (paragraph[i + 1] === '"' || !/^(\s+["A-Z]|\s*$)/.test(paragraph.slice(i + 1, i + 4))) continue;
    sentences.push(paragraph.slice(start, i + 1).trim());
    start = i + 1;
  }
  const rest = paragraph.slice(start).trim();
  if (rest !== "") sentences.push(rest);
  return sentences;
}

/** The `count` most frequent words that are not allowed anyway, by how often they are written without a capital: names do not enter. */
function frequentWords(text: string, count: number, allowed: ReadonlySet<string>): Set<string> {
  const counts = new Map<string, number>();
  for (const match of text.matchAll(/(?<![A-Za-z'])[a-z]+(?![A-Za-z])/g)) counts.set(match[0], (counts.get(match[0]) ?? 0) + 1);
  const ranked = [...counts].filter(([word]) => !allowed.has(word)).toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return new Set(ranked.slice(0, count).map(([word]) => word));
}

/**
 * Documents of 40 to 150 words made of kept sentences that follow each other, with small gaps, in one book. On the 13.8 MB of
 * children-pd with the grammar's words allowed and `frequent` 2,000, this keeps 1.2 MB.
 * @param text the whole library, uncompressed
 */
export function filterChildrenBooks(text: string, filter: BookFilter): FilteredBooks {
  const { allowed, frequent, maxSentenceWords = 40, minSentences = 2, minWords = 40, maxWords = 150, maxGap = 2 } = filter;
  const known = (word: string): boolean => vocabulary.has(word.toLowerCase());
  const vocabulary = new Set([...allowed, ...frequentWords(text, frequent, allowed), "i"]);
  /** "the King" as "the king": a capital in mid-sentence goes where the word is a known one; otherwise it is a name, and stays. */
  const lowered = (sentence: string): string =>
    sentence.replace(/(?<=[a-z],? )(?!I\b)[A-Z][a-z]+/g, (word) => (known(word) ? word.toLowerCase() : word));
  const keeps = (sentence: string): number => {
    if (!PLAIN.test(sentence) || !/^"?[A-Z].*[.!?]"?$/.test(sentence)) return 0;
    if ((sentence.match(/"/g) ?? []).length % 2 === 1) return 0;
    // Subtle: a bare ' is a quotation inside speech, or a dialect's dropped letter; only don't and fox's may stay.
    if (/(^|[^A-Za-z])'|'([^a-z]|$)|[,.] ?[,.!?]|\b[A-Z]{2}|-/.test(sentence)) return 0;
    const words = sentence.match(WORD) ?? [];
    if (words.length > maxSentenceWords) return 0;
    if (!words.every(known)) return 0;
    // A capital in mid-sentence is a name; names that no one introduced would teach the model to drift.
    if (/[a-z,] (?!I\b)[A-Z]/.test(sentence.replaceAll(/, "/g, " "))) return 0;
    return words.length;
  };

  const documents: string[] = [];
  let total = 0, run: string[] = [], runWords = 0;
  let gap = 0;
  const flush = (): void => {
    if (run.length >= minSentences && runWords >= minWords) {
      documents.push(run.join(" "));
      total += runWords;
    }
    run = [];
    runWords = 0;
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("<|book|>")) {
      flush();
      continue;
    }
    for (const raw of sentencesOfParagraph(plainer(line))) {
      const sentence = lowered(raw);
      const words = keeps(sentence);
      gap = words === 0 ? gap + 1 : 0;
      if (gap > maxGap || runWords + words > maxWords) flush();
      if (words > 0) {
        run.push(sentence);
        runWords += words;
      }
    }
  }
  flush();
  return { documents, vocabulary, words: total };
}
