/** A piece cut to `room` characters with an ellipsis, never inside a character. */
export function shorten(piece: string, room: number): string {
  const characters = [...piece];
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    const width = unitsOf(character);
    if (used + width > room) {
      while (kept.length > 0 && used > room - 1) used -= unitsOf(kept.pop()!);
      return `${kept.join("")}…`;
    }
    kept.push(character);
    used += width;
  }
  return piece;
}

/** Width in monospace units: East Asian and Burmese characters and pictures take two, marks above or below a letter none. */
const WIDE = /[\u1000-\u109f\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3ffff}]/u;
const unitsOf = (character: string): number => (/\p{Mn}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1);
/** Width of a text in monospace units. */
export const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + unitsOf(character), 0);
