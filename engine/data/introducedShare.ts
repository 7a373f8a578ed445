import { GENDER_OF_NAME } from "./words.ts";

/** `share` is 1 where no name is mentioned again; add up `introduced` and `mentions` to judge several stories together. */
export type Introduced = { readonly introduced: number; readonly mentions: number; readonly share: number };

/**
 * How faithfully a text keeps to its names: share = (mentions of a name that was introduced earlier in the text) / (mentions of a name).
 * A name is introduced by "named X", "called X" or "name was X", which does not count as a mention.
 * For generated text: a model that drifts from Snow to Patch in mid-story is caught by this number.
 */
export function introducedShare(text: string): Introduced {
  const known = new Set<string>();
  let introduced = 0, mentions = 0;
  const words = text.match(/[A-Za-z]+/g) ?? [];
  words.forEach((word, index) => {
    if (!GENDER_OF_NAME.has(word)) return;
    const before = words[index - 1], beforeThat = words[index - 2];
    if (before === "named" || before === "called" || (before === "was" && beforeThat === "name")) {
      known.add(word);
      return;
    }
    mentions++;
    if (known.has(word)) introduced++;
  });
  return { introduced, mentions, share: mentions === 0 ? 1 : introduced / mentions };
}
