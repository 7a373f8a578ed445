import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { random } from "../random.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { grammarMask } from "./grammar.ts";
import { jsonGrammar } from "./jsonGrammar.ts";
import { regexGrammar } from "./regexGrammar.ts";
import { tokenGrammar } from "./tokenGrammar.ts";

const tokenizer = readTokenizerJson(new Uint8Array(readFileSync("public/models/story/tokenizer.json")));
const stop = tokenizer.vocabSize - 1;

it("allows the same tokens as a look at every piece does, but for special ones", () => {
  for (const [grammar, text] of [[regexGrammar("[0-9]{4}-(spring|summer day)"), "2026-s"], [jsonGrammar, '{"fox":[1,']] as const) {
    const rules = tokenGrammar(grammar, tokenizer, stop);
    let state = rules.start;
    for (const id of tokenizer.encode(text)) {
      expect(rules.allowed(state)).toEqual(grammarMask(grammar, state, tokenizer, stop));
      expect(rules.allowed(state)[id]).toBe(1);
      state = rules.next(state, id)!;
    }
  }
});

it("every random walk ends in a text of the grammar", () => {
  const rules = tokenGrammar(regexGrammar("[0-9]{4}-(spring|summer day)"), tokenizer, stop);
  const draw = random(2), seen = new Set<string>();
  for (let walk = 0; walk < 200; walk++) {
    const ids: number[] = [];
    for (let state = rules.start; ;) {
      const id = draw.choice([...rules.allowed(state).keys()].filter((each) => rules.allowed(state)[each]));
      if (id === stop) break;
      ids.push(id);
      state = rules.next(state, id)!;
    }
    expect(tokenizer.decode(ids)).toMatch(/^\d{4}-(spring|summer day)$/);
    seen.add(tokenizer.decode(ids).slice(5));
  }
  expect(seen.size).toBe(2);
  expect(rules.next(rules.start, stop)).toBe(null);
});
