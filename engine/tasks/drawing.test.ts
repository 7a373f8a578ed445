import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { readSafetensors } from "../checkpoint/safetensors.ts";
import { frozen } from "../nn/parameters.ts";
import { initialWeights, transformer } from "../nn/transformer.ts";
import { tokenizerFromMerges, type Tokenizer } from "../tokenizer/bpe.ts";
import { type GrammarMaskParams, obey } from "./grammarMask.ts";
import type { LanguageModel } from "./languageModel.ts";
import { foresee } from "./predictBlank.ts";
import { bench, distribution, repeats, type SampleBenchFrame, type SampleBenchParams } from "./sampleBench.ts";

const file = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));
const json = (path: string) => JSON.parse(new TextDecoder().decode(file(path)));
const run = { breathe: async () => undefined };
const plain: SampleBenchParams = { text: "", temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, length: 12, seed: 3 };
/** Made by makeFixturesSampling.py from PyTorch's logits. */
const expected = json("sampling.json") as {
  tokens: { surprise: number; rank: number; entropy: number }[]; nextEntropy: number;
  drawn: { rules: Partial<SampleBenchParams>; probabilities: number[] }[];
};
const [ids] = json("gpt2-tiny/batch.json").ids as [number[]];

/** PyTorch's tiny GPT-2; its ids are its text. */
function pytorchModel(): LanguageModel {
  const backend = createReferenceBackend();
  const { config, parameters } = openModel({ config: file("gpt2-tiny/config.json"), weights: file("gpt2-tiny/model.safetensors") });
  const tokenizer = {
    vocabSize: 61, encode: () => ids.slice(1), display: (id: number) => `t${id}`, piece: (id: number) => new TextEncoder().encode(` t${id}`),
    decode: (some: ArrayLike<number>) => Array.from(some, (id) => ` t${id}`).join(""),
  };
  return {
    model: transformer(config, frozen(backend, parameterShapes(config), parameters)), tokenizer: tokenizer as unknown as Tokenizer,
    card: { read: "numbers", counts: [], taught: [] }, start: ids[0]!, close: () => undefined,
  };
}

/** Random weights that read bytes. */
function byteModel(): LanguageModel {
  const tokenizer = tokenizerFromMerges([{ left: 0x30, right: 0x31 }, { left: 0x22, right: 0x7d }],
    { pattern: "gpt2", specials: ["<|endoftext|>"] });
  const config = {
    vocabSize: 259, contextLength: 96, dModel: 16, nLayers: 2, nHeads: 2, nKvHeads: 2, dHead: 8, dMlp: 24, position: "rope",
      ropeBase: 10_000,
    norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
  } as const;
  const parameters = initialWeights(config, { seed: 1, matrices: 0.3, embedding: 0.5 });
  return {
    model: transformer(config, frozen(createReferenceBackend(), parameterShapes(config), parameters)), tokenizer,
    card: { read: "nothing", counts: [], taught: [] }, start: 258, close: () => undefined,
  };
}

async function last(params: SampleBenchParams, language = byteModel()): Promise<SampleBenchFrame> {
  let seen: SampleBenchFrame | undefined;
  for await (const frame of bench(language, params, run)) seen = frame;
  return seen!;
}

describe("predictBlank", () => {
  it("gives PyTorch's surprise, rank and entropy for every token", async () => {
    const { tokens, entropy, top, before } = await foresee(pytorchModel(), { text: "", at: 0 });
    expect(tokens).toHaveLength(expected.tokens.length);
    tokens.forEach((token, i) => {
      expect(token.surprise).toBeCloseTo(expected.tokens[i]!.surprise, 4);
      expect(token.rank).toBe(expected.tokens[i]!.rank);
      expect(token.entropy).toBeCloseTo(expected.tokens[i]!.entropy, 4);
    });
    expect(entropy).toBeCloseTo(expected.nextEntropy, 4);
    expect(top).toHaveLength(20);
    expect(top.map(({ text }) => text)).toEqual(top.map(({ piece }) => (piece === "end" ? "" : ` ${piece}`)));
    expect(before).toBe(ids.slice(1).map((id) => ` t${id}`).join(""));
  });

  it("looks at the place that is asked for, with the text before it", async () => {
    const { at, entropy, before, top } = await foresee(pytorchModel(), { text: "", at: 3 });
    expect([at, before]).toEqual([3, ids.slice(1, 3).map((id) => ` t${id}`).join("")]);
    expect(entropy).toBeCloseTo(expected.tokens[2]!.entropy, 4);
    expect(top[0]!.probability).toBeGreaterThanOrEqual(top[1]!.probability);
    expect((await foresee(pytorchModel(), { text: "", at: 60 })).at).toBe(ids.length - 1);
  });
});

describe("sampleBench", () => {
  const logits = readSafetensors(file("gpt2-tiny/expected.safetensors")).tensors.get("logits")!.data as Float32Array;
  const row = logits.slice((ids.length - 1) * 61, ids.length * 61);

  it.each(expected.drawn.map(({ rules, probabilities }) => [JSON.stringify(rules), rules, probabilities] as const))(
    "draws with PyTorch's probabilities under the rules %s", (_, rules, probabilities) => {
      const { choices, kept, keptMass, entropyAfter } = distribution(row, ids, { ...plain, ...rules }, (id) =>
        ({ piece: String(id), text: "" }));
      for (const { piece, after } of choices) expect(after ?? 0).toBeCloseTo(probabilities[Number(piece)]!, 6);
      expect(kept).toBe(probabilities.filter((p) => p > 0).length);
      const unruled = expected.drawn[0]!.probabilities;
      expect(keptMass).toBeCloseTo(probabilities.reduce((sum, p, id) => (p > 0 ? sum + unruled[id]! : sum), 0), 5);
      expect(entropyAfter).toBeCloseTo(probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0), 5);
    });

  it("writes the same five texts for the same seed, others for another, and one text five times at temperature 0", async () => {
    const texts = ({ continuations }: SampleBenchFrame): string[] => continuations.map(({ tokens }) => tokens.join(""));
    const one = texts(await last({ ...plain, text: "ab" }));
    expect(texts(await last({ ...plain, text: "ab" }))).toEqual(one);
    expect(new Set(one).size).toBe(5);
    expect(texts(await last({ ...plain, text: "ab", seed: 4 }))).not.toEqual(one);
    expect(new Set(texts(await last({ ...plain, text: "ab", temperature: 0 }))).size).toBe(1);
  });

  it("marks what comes again in sequences of six, and nothing shorter", () => {
    expect(repeats([1, 2, 3, 4, 5, 6, 9, 1, 2, 3, 4, 5, 6]).map(Number)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(repeats([1, 2, 3, 4, 5, 9, 1, 2, 3, 4, 5]).some(Boolean)).toBe(false);
    expect(repeats([7, 7, 7, 7, 7, 7, 7]).map(Number)).toEqual([0, 1, 1, 1, 1, 1, 1]);
  });

  it.each(["", "a".repeat(5000), "\ud800", "👩‍👩‍👧<|endoftext|>"])("continues any text: %j", async (text) => {
    const { continuations, clipped } = await last({ ...plain, text });
    expect(continuations).toHaveLength(5);
    expect(clipped).toBe(text.length > 100);
  });
});

describe("grammarMask", () => {
  const params: GrammarMaskParams = { text: "a", rule: "none", pattern: "", temperature: 1, length: 64, seed: 1, at: 0 };

  it.each([
    ["digits", "", /^\d{1,8}$/], ["regex", "(ab|01)+x{2,3}", /^(ab|01)+x{2,3}$/], ["regex", "[^0-9]{5}", /^[^0-9]{5}$/],
  ] as const)("writes only what the rule %s %s allows", async (rule, pattern, theirs) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { forced, whole } = await obey(byteModel(), { ...params, rule, pattern, seed }, run);
      if (whole) expect(forced).toMatch(theirs);
    }
  });

  it("writes JSON that JSON.parse reads whenever it comes to an end", async () => {
    const rounds = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => obey(byteModel(), { ...params, rule: "json", seed }, run)));
    expect(rounds.some(({ whole }) => whole)).toBe(true);
    for (const { whole, parses } of rounds) expect(parses === true || !whole).toBe(true);
  });

  it("tells the belief that was allowed: all of it without a rule, the sum over digits with that rule", async () => {
    const free = await obey(byteModel(), params, run);
    for (const { mass, allowed, overruled } of free.tokens) {
      expect(mass).toBeCloseTo(1, 9);
      expect([allowed, overruled]).toEqual([259, false]);
    }
    const language = byteModel();
    const { tokens } = await obey(language, { ...params, rule: "digits", at: 1 }, run);
    const { top } = await foresee(language, { text: "a", at: 0 });
    const digits = top.filter(({ text }) => /^\d+$/.test(text)).reduce((sum, { probability }) => sum + probability, 0);
    // The ten digits and the merged token 01; the 20 likeliest hold at least part of them.
    expect(tokens[0]!.allowed).toBe(11);
    expect(tokens[0]!.mass).toBeGreaterThanOrEqual(digits - 1e-6);
    expect(tokens[0]!.mass).toBeLessThan(1);
  });

  it("writes without a rule and says why when a pattern cannot be read", async () => {
    const { fault, free, forced } = await obey(byteModel(), { ...params, rule: "regex", pattern: "(a" }, run);
    expect(fault).toBe("a closing ) is missing at character 3");
    expect(forced).toBe(free);
    expect((await obey(byteModel(), { ...params, rule: "regex", pattern: "((((a{99}){99}){99}){99}){99}" },
      run)).fault).toBe("it repeats too much");
  });

  it("writes nothing when only the empty text is allowed", async () => {
    expect(await obey(byteModel(), { ...params, rule: "regex", pattern: "" }, run)).toMatchObject({ tokens: [], at: 0, whole: true,
      choices: [] });
  });
});
