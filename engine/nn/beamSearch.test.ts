import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { random } from "../random.ts";
import type { Grammar } from "../sampling/grammar.ts";
import { jsonGrammar } from "../sampling/jsonGrammar.ts";
import { logProbabilities } from "../sampling/logProbabilities.ts";
import { regexGrammar } from "../sampling/regexGrammar.ts";
import { greedy } from "../sampling/sample.ts";
import { tokenGrammar } from "../sampling/tokenGrammar.ts";
import { backends } from "../testing/backends.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { beamSearch } from "./beamSearch.ts";
import { decoder } from "./decoder.ts";
import { int8Cache } from "./int8Cache.ts";
import { generate, type GenerateOptions } from "./generate.ts";
import { frozen } from "./parameters.ts";
import { type Transformer, transformer } from "./transformer.ts";

const backend = (await backends.cpu!())!;
const open = (folder: string): Transformer => {
  const file = (path: string): Uint8Array => new Uint8Array(readFileSync(join(resolve(folder), path)));
  const { config, parameters } = openModel({ config: file("config.json"), weights: file("model.safetensors") });
  return transformer(config, frozen(backend, parameterShapes(config), parameters));
};
const tiny = open("engine/fixtures/llama-tiny"), story = open("public/models/story");
const tokenizer = readTokenizerJson(new Uint8Array(readFileSync(resolve("public/models/story/tokenizer.json"))));
const start = tokenizer.vocabSize - 1;

/** Σ log p of ids after a prompt, id by id through a fresh cache. */
async function logProbabilityOf(model: Transformer, prompt: readonly number[], ids: readonly number[]): Promise<number> {
  const decode = decoder(model);
  let logits = await decode.prefill(prompt), sum = 0;
  for (const id of ids) {
    sum += logProbabilities(logits)[id]!;
    if (decode.length < decode.capacity) logits = await decode.push(id);
  }
  decode.close();
  return sum;
}

async function ids(model: Transformer, prompt: readonly number[], options: Partial<GenerateOptions>, seed = 1): Promise<number[]> {
  const made: number[] = [];
  for await (const { id } of generate(model, prompt, { ...greedy, maxTokens: 20, ...options }, random(seed))) made.push(id);
  return made;
}

describe("beam search", () => {
  it("of the width of the vocabulary finds the likeliest pair of ids there is", async () => {
    const prompt = [3, 7, 1], vocab = tiny.config.vocabSize;
    const one = decoder(tiny);
    const first = logProbabilities(await one.prefill(prompt));
    one.close();
    let best = { ids: [-1, -1], logProbability: -Infinity };
    for (let a = 0; a < vocab; a++) {
      const decode = decoder(tiny);
      const second = logProbabilities(await decode.prefill([...prompt, a]));
      decode.close();
      second.forEach((value, b) => {
        if (first[a]! + value > best.logProbability) best = { ids: [a, b], logProbability: first[a]! + value };
      });
    }
    const [found] = await beamSearch(tiny, prompt, { width: 61, maxTokens: 2 });
    expect(found!.ids).toEqual(best.ids);
    expect(found!.logProbability).toBeCloseTo(best.logProbability, 4);
  });

  it("of width 1 is greedy decoding; wider ones end no less likely, and report the probability of what they return", async () => {
    for (const [model, prompt] of [[tiny, [5, 2]], [tiny, [40]], [story, [start, ...tokenizer.encode("One day, a brave fox")]]] as const) {
      const plain = await ids(model, prompt, { maxTokens: 12 });
      const narrow = await beamSearch(model, prompt, { width: 1, maxTokens: 12 });
      expect(narrow[0]!.ids).toEqual(plain);
      const wide = await beamSearch(model, prompt, { width: 4, maxTokens: 12 });
      expect(wide).toHaveLength(4);
      expect(wide[0]!.logProbability).toBeGreaterThanOrEqual(narrow[0]!.logProbability - 1e-6);
      for (const beam of wide) expect(await logProbabilityOf(model, prompt, beam.ids)).toBeCloseTo(beam.logProbability, 3);
      expect(wide.map(({ score }) => score)).toEqual(wide.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(new Set(wide.map((beam) => beam.ids.join())).size).toBe(4);
    }
  });

  it("ends a text at the stop id, and counts it", async () => {
    const prompt = [5, 2];
    const [stop] = await ids(tiny, prompt, { maxTokens: 1 });
    const found = await beamSearch(tiny, prompt, { width: 3, maxTokens: 6, stop: stop! });
    const ended = found.find((beam) => beam.finished && beam.ids.length === 0)!;
    expect(ended.logProbability).toBeCloseTo(await logProbabilityOf(tiny, prompt, [stop!]), 4);
    for (const beam of found) expect(beam.ids).not.toContain(stop);
  });

  it("stops at the end of the context, and refuses a width of 0", async () => {
    const long = Array.from({ length: 30 }, (_, i) => i);
    const [best] = await beamSearch(tiny, long, { width: 2, maxTokens: 50 });
    expect(best!.ids.length).toBe(tiny.config.contextLength - 30 + 1);
    await expect(beamSearch(tiny, [1], { width: 0, maxTokens: 5 })).rejects.toThrow("beamSearch: width is 0");
  });
});

describe("generate", () => {
  it("writes the same greedy text whatever holds its keys and values", async () => {
    const prompt = [start, ...tokenizer.encode("One day, a brave fox named Snow went to the beach.")];
    const plain = await ids(story, prompt, { maxTokens: 30 });
    expect(await ids(story, prompt, { maxTokens: 30, cache: { capacity: 200 } })).toEqual(plain);
    expect((await ids(story, prompt, { maxTokens: 30, cache: { cache: int8Cache } })).slice(0, 8)).toEqual(plain.slice(0, 8));
  });

  it("repeats itself less under a penalty", async () => {
    const repeats = (made: readonly number[]): number => made.length - new Set(made).size;
    const prompt = [start, ...tokenizer.encode("The fox and the fox")];
    const plain = await ids(story, prompt, { maxTokens: 60 });
    expect(repeats(await ids(story, prompt, { maxTokens: 60, repetitionPenalty: 1.5 }))).toBeLessThan(repeats(plain));
  });

  it("writes what a grammar allows and nothing else, at any temperature", async () => {
    const text = async (rules: Grammar, seed: number, temperature: number): Promise<string> => {
      const grammar = tokenGrammar(rules, tokenizer, start);
      return tokenizer.decode(await ids(story, [start], { maxTokens: 40, temperature, grammar, stop: start }, seed));
    };
    for (let seed = 0; seed < 6; seed++) {
      expect(await text(regexGrammar("(yes|no), (a|the) (fox|cat)\\."), seed, 1.5)).toMatch(/^(yes|no), (a|the) (fox|cat)\.$/);
      expect(await text(regexGrammar("[0-9]{3}-[0-9]{4}"), seed, seed === 0 ? 0 : 2)).toMatch(/^\d{3}-\d{4}$/);
    }
    const json = await text(jsonGrammar, 5, 1);
    // Forty tokens may end in the middle of a value; closing what is open is left to the reader of a longer text.
    expect(json).toMatch(/^[[{"0-9tfn-]/);
  });
});
