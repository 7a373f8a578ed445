import { expect, test } from "vitest";
import { tokenizerFromMerges } from "./bpe.ts";
import { pieceText } from "./pieceText.ts";

test.each(["words", "gpt2", "none"] as const)("the texts of tokens join to the text, with the pattern %s", (pattern) => {
  const tokenizer = tokenizerFromMerges([{ left: 111, right: 119 }], { pattern });
  const ids = tokenizer.encode("low is slow");
  const joined = ids.map((id) => pieceText(tokenizer, id)).join("");
  expect(joined).toBe(pattern === "words" ? " low is slow" : "low is slow");
  expect(tokenizer.decode(ids)).toBe("low is slow");
});
