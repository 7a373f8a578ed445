import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { float32Cache } from "../nn/attentionCache.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { generate } from "../nn/generate.ts";
import { int8Cache } from "../nn/int8Cache.ts";
import { int4Recipe, int8Recipe, packModel, uploadPackedModel } from "../nn/packedParameters.ts";
import { frozen } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { random } from "../random.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { type Command, type Flags, Refusal } from "./command.ts";
import { choice, idList, integer, number, seed, text } from "./flags.ts";
import { modelOption, openModelFolder, openTokenizer } from "./modelFolder.ts";
import { forTerminal } from "./words.ts";

export const generateCommand: Command = {
  name: "generate",
  summary: "continues a prompt, id by id",
  options: {
    model: modelOption,
    prompt: { kind: "text", value: "TEXT", summary: "what to continue; needs tokenizer.json in DIR" },
    ids: { kind: "text", value: "1,2,3", summary: "the prompt as ids instead; tokenizer.json is not read" },
    "max-tokens": { kind: "text", value: "N", summary: "how many ids to generate at most", default: "64" },
    temperature: { kind: "text", value: "T", summary: "0 takes the likeliest id each time (greedy)", default: "0" },
    "top-k": { kind: "text", value: "K", summary: "only the K likeliest take part, 0 for all", default: "0" },
    "top-p": { kind: "text", value: "P", summary: "only the likeliest whose probabilities reach P take part, 1 for all", default: "1" },
    "min-p": {
      kind: "text", value: "P", summary: "only ids at least P times as likely as the likeliest take part, 0 for all", default: "0",
    },
    "repetition-penalty": { kind: "text", value: "R", summary: "above 1, ids that were there before become less likely", default: "1" },
    weights: { kind: "text", value: "f32|int8|int4", summary: "how many bits the matrices are run in", default: "f32" },
    cache: { kind: "text", value: "f32|int8", summary: "type of the cached keys and values", default: "f32" },
  },
  details: `Prints the ids and the text that were generated, without the prompt. It ends early, with a notice, when the context is full.
--json prints { backend, ids, text, stopped }: text is null with --ids; stopped is "max-tokens" or "context".`,
  async run(flags, io) {
    const options = {
      maxTokens: integer(flags, "max-tokens", { least: 1, most: 1_000_000 }),
      temperature: number(flags, "temperature", { least: 0, most: 1000 }),
      topK: integer(flags, "top-k", { least: 0, most: 2 ** 31 - 1 }),
      topP: number(flags, "top-p", { least: 0, most: 1, above: true }),
      minP: number(flags, "min-p", { least: 0, most: 1 }),
      repetitionPenalty: number(flags, "repetition-penalty", { least: 0, most: 1000, above: true }),
      cache: { cache: choice(flags, "cache", ["f32", "int8"]) === "int8" ? int8Cache : float32Cache },
    };
    const weights = choice(flags, "weights", ["f32", "int8", "int4"]);
    const draw = random(seed(flags));
    if (flags.has("prompt") === flags.has("ids")) throw new Refusal("generate: give either --prompt TEXT or --ids 1,2,3");
    const path = text(flags, "model");
    const { tokenizer, prompt } = readPrompt(flags, path);
    const { config, parameters: values } = openModelFolder(path);
    checkPrompt(prompt, config);
    if (options.cache.cache === int8Cache && config.dHead % 4 !== 0) {
      throw new Refusal(`--cache int8: heads must be a multiple of 4 wide, this model's are ${config.dHead}`);
    }
    const kind = text(flags, "backend") as "cpu" | "webgpu";
    const backend = await io.openBackend(kind);
    const ids: number[] = [];
    try {
      const parameters = weights === "f32"
        ? frozen(backend, parameterShapes(config), values)
        : uploadPackedModel(backend, config, packModel(config, values, weights === "int8" ? int8Recipe : int4Recipe));
      const model = transformer(config, parameters);
      for await (const { id, logits } of generate(model, prompt, options, draw)) {
        if (!logits.every(Number.isFinite)) throw new Refusal("generate: the weights are so large that float32 overflows");
        ids.push(id);
      }
    } finally {
      backend.close();
    }
    const stopped = ids.length < options.maxTokens ? "context" : "max-tokens";
    const full = `the context of ${config.contextLength} is full`;
    if (stopped === "context") io.note(`generate: stopped after ${ids.length} of ${options.maxTokens} ids, ${full}\n`);
    const written = tokenizer ? decodeKnown(tokenizer, ids) : null;
    if (flags.has("json")) io.out(`${JSON.stringify({ backend: kind, ids, text: written, stopped })}\n`);
    else io.out(`ids: ${ids.join(",")}\n${written === null ? "" : `text: ${forTerminal(written)}\n`}`);
  },
};

function readPrompt(flags: Flags, path: string): { tokenizer: Tokenizer | null; prompt: number[] } {
  if (flags.has("ids")) return { tokenizer: null, prompt: idList(flags, "ids") };
  const tokenizer = openTokenizer(path, "; without it, give the prompt as --ids");
  const prompt = tokenizer.encode(text(flags, "prompt"));
  if (prompt.length === 0) throw new Refusal("--prompt is empty: the first id has nothing to follow");
  return { tokenizer, prompt };
}

function checkPrompt(prompt: readonly number[], { vocabSize, contextLength }: DecoderConfig): void {
  const outside = prompt.findIndex((id) => id >= vocabSize);
  if (outside !== -1) throw new Refusal(`generate: id ${prompt[outside]}, place ${outside + 1}, is not in the vocabulary of ${vocabSize}`);
  if (prompt.length > contextLength) throw new Refusal(`generate: the prompt has ${prompt.length} ids, the context holds ${contextLength}`);
}

/** A model's vocabulary may be padded beyond its tokenizer's: such an id is no text, and shows as U+FFFD. */
function decodeKnown(tokenizer: Tokenizer, ids: readonly number[]): string {
  if (ids.every((id) => id < tokenizer.vocabSize)) return tokenizer.decode(ids);
  return ids.map((id) => (id < tokenizer.vocabSize ? tokenizer.decode([id]) : "\ufffd")).join("");
}
