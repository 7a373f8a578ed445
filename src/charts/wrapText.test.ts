import { expect, test } from "vitest";
import { firstLine, wrapText } from "./wrapText.ts";

test("lines are cut at spaces, and inside a word only when it alone is too long", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("abcdefghij k", 4)).toEqual(["abcd", "efgh", "ij k"]);
  expect(wrapText("  ", 4)).toEqual([]);
});

test("a control character is a space, and a character beyond U+FFFF is never cut in two", () => {
  expect(wrapText("a\u0000b\nc", 9)).toEqual(["a b c"]);
  expect(wrapText("🐋🐋🐋", 2)).toEqual(["🐋🐋", "🐋"]);
  expect(firstLine("🐋🐋🐋🐋", 3)).toBe("🐋🐋…");
  expect(firstLine("short", 5)).toBe("short");
});
