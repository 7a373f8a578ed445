import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeSentencePiece, readSentencePieceBin } from "./sentencePieceBin.ts";

const path = "../shared/data/stories260k/tok512.bin";
const isAbsent = !existsSync(path) && process.env["CI"] !== "true";
if (isAbsent) console.log(`skipped: ${path} is absent`);

test.skipIf(isAbsent)("the vocabulary of stories260k has 512 pieces: three special ones, 256 bytes, then text", () => {
  const pieces = readSentencePieceBin(readFileSync(path));
  expect(pieces.length).toBe(512);
  expect(pieces.slice(3, 259).map((piece) => piece[0])).toEqual([...Array(256).keys()]);
  expect(decodeSentencePiece(pieces, [1, 403, 259, 260])).toBe("Once the");
  expect(decodeSentencePiece(pieces, [3 + 0xf0, 3 + 0x9f, 3 + 0x98, 3 + 0x80])).toBe("😀");
});
