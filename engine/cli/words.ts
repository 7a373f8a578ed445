/** What a terminal would act on, or what would break a line. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A word of the caller's in quotes, on one line and at most 80 characters long; the end of a path says more than its start. */
export function shown(word: string): string {
  const clean = word.slice(-400).replace(unprintable, " ");
  return clean.length <= 80 && word.length <= 400 ? `"${clean}"` : `"…${clean.slice(-79)}"`;
}

/** A message on one line of at most `most` characters. */
export function oneLine(message: string, most = 400): string {
  const clean = message.slice(0, 4 * most).replace(unprintable, " ").replaceAll(/ {2,}/g, " ").trim();
  return clean.length <= most ? clean : `${clean.slice(0, most - 1)}…`;
}

/** Text as a terminal may show it: control characters but line breaks and tabs become U+FFFD. */
export function forTerminal(text: string): string {
  // Emoji are joined by U+200D, which no terminal acts on.
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => ("\n\t\u200d".includes(character) ? character : "\ufffd"));
}
