import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { readSafetensors } from "../checkpoint/safetensors.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { frozen } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { read, scope, tensor } from "../tensor.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { look } from "./inspect.ts";
import { keptTokenizer } from "./keptTokenizer.ts";
import { openLanguageModel } from "./languageModel.ts";
import { nanoConfig } from "./nano.ts";
import { nanoWeights } from "./nanoWeights.ts";
import { writeTrainedModel } from "./trainingCheckpoint.ts";
import { separatorText, trainingText } from "./trainingText.ts";

const backend = await createCpuBackend({ wasm: await loadWasm() });
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const card = encode(JSON.stringify({ read: "a test", counts: [], taught: [] }));
/** t + h, then th + e: the tokens 256 and 257. */
const merges = [{ left: 116, right: 104 }, { left: 256, right: 101 }];
const tokenizer = keptTokenizer(merges, "gpt2");

/** A run whose page passed these files in, under this name. */
function runWith(files: Readonly<Record<string, Uint8Array>>, params: object) {
  const all = Object.entries(files);
  return {
    params,
    artefact: async (name: string) => files[name.split("/").at(-1)!] ?? Promise.reject(new Error(`no ${name}`)),
    files: (folder: string) => (folder === "mine:0123456789abcdef" ? all.map(([name, data]) => ({ name, data })) : []),
  };
}
const params = { text: "the", model: "mine:0123456789abcdef" };

for (const block of ["gpt2", "llama"] as const) {
  test(`files that a training of ${block} blocks hands out open as the model that it was, to the last bit`, async () => {
    const config = nanoConfig(block, 259);
    const weights = nanoWeights(block, 259, 3);
    const bytes = writeTrainedModel(config, { step: 0, parameters: weights, m: null, v: null }, readTokenizerJson(tokenizer), {});
    const { metadata } = readSafetensors(bytes);
    const files = { "config.json": encode(metadata.get("config.json")!), "model.safetensors": bytes, "tokenizer.json": tokenizer, "card.json": card };
    const language = await openLanguageModel(runWith(files, params), backend);
    const parameters = frozen(backend, parameterShapes(config), weights);
    const known = transformer(config, parameters);
    const logits = (model: typeof known) => read(scope(() => model.forward(tensor(backend, [1, 3], [258, 257, 65], "i32"))));
    expect(language.start).toBe(258);
    expect(language.tokenizer.encode("the")).toEqual([257]);
    expect(Array.from(await logits(language.model))).toEqual(Array.from(await logits(known)));
    const frame = await look(language, { text: "the cat", layer: 3, head: 3 });
    expect(frame).toMatchObject({ layers: 2, heads: 4, layer: 1, head: 3, read: "a test", taught: [] });
    expect(frame.rare).not.toContain(true);
    language.close();
    known.close();
    parameters.close();
  });
}

test("without its tokenizer, or with one for a larger vocabulary, a model is refused in a sentence; a smaller one is padded", async () => {
  const bytes = writeTrainedModel(nanoConfig("gpt2", 259), { step: 0, parameters: nanoWeights("gpt2", 259, 3), m: null, v: null }, readTokenizerJson(tokenizer), {});
  const config = encode(readSafetensors(bytes).metadata.get("config.json")!);
  const files = { "config.json": config, "model.safetensors": bytes, "card.json": card };
  await expect(openLanguageModel(runWith(files, params), backend)).rejects.toThrow("this model brings no tokenizer, so it cannot read a text");
  const large = { ...files, "tokenizer.json": keptTokenizer([...merges, { left: 97, right: 98 }], "gpt2") };
  await expect(openLanguageModel(runWith(large, params), backend)).rejects.toThrow(/260.*259/);
  const small = await openLanguageModel(runWith({ ...files, "tokenizer.json": keptTokenizer([], "gpt2") }, params), backend);
  expect([small.tokenizer.vocabSize, small.tokenizer.decode([116, 258, 104])]).toEqual([259, "th"]);
  expect((await look(small, { text: "the", layer: 0, head: 0 })).layers).toBe(2);
  small.close();
});

test("a text that looks like the name of a reader's model is a text", async () => {
  await expect(openLanguageModel(runWith({}, { text: "mine:0123" }), backend)).rejects.toThrow("no models/story/");
});

test("a reader's tokenizer is the one that a training uses: its merges, and its token between documents", async () => {
  const run = { artefact: async () => tokenizer, breathe: async () => undefined };
  const text = "The theatre of the thing.\n\nOther paths.\n\n".repeat(8);
  const made = await trainingText(run, "own", text, 512, "mine:0123456789abcdef");
  expect(made.tokenizer.vocabSize).toBe(259);
  expect(made.tokenizer.specials.get(separatorText)).toBe(made.separator);
  expect(made.tokenizer.encode("the path")).toEqual([257, 32, 112, 97, 256]);
  // The book's own is trained on the text, and is another.
  expect((await trainingText(run, "own", text, 512)).tokenizer.vocabSize).not.toBe(259);
});
