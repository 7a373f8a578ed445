import { quoted } from "./modelFileError.ts";

/**
 * Resolves the escapes of a JSON string: `\n` is a line break, `\u00e9` is é, `\ud83d\ude00` one character of two halves.
 *
 * Half a pair is refused, though `JSON.parse` lets it pass: no UTF-8 text can hold it, so it could never be written back.
 */
export function unescapeJson(raw: string, fail: (message: string) => never): string {
  let text = "";
  let from = 0;
  for (let slash = raw.indexOf("\\"); slash >= 0; slash = raw.indexOf("\\", from)) {
    text += raw.slice(from, slash);
    const letter = raw.charAt(slash + 1);
    const plain = escapes.get(letter);
    if (plain !== undefined) {
      text += plain;
      from = slash + 2;
      continue;
    }
    const first = letter === "u" ? hex(raw, slash + 2) : -1;
    const isHigh = first >= 0xd800 && first < 0xdc00;
    const second = isHigh && raw.startsWith("\\u", slash + 6) ? hex(raw, slash + 8) : -1;
    const isPair = second >= 0xdc00 && second < 0xe000;
    if (first < 0) fail(`${quoted(raw.slice(slash, slash + 6))} is no escape`);
    if (isHigh !== isPair || (first >= 0xdc00 && first < 0xe000)) fail("an escape holds half a surrogate pair");
    text += isPair ? String.fromCharCode(first, second) : String.fromCharCode(first);
    from = slash + (isPair ? 12 : 6);
  }
  return text + raw.slice(from);
}

const escapes = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** The four hexadecimal digits at `from`, or −1. */
function hex(text: string, from: number): number {
  const digits = text.slice(from, from + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
}
