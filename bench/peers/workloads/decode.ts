/** Decoding: ids one after another through a cache of keys and values, the logits of each read back. */
import { decoder, frozen, int8Recipe, packModel, parameterShapes, transformer, uploadPackedModel } from "../../../engine/index.ts";
import type { Backend, DecoderConfig } from "../../../engine/index.ts";
import { gptFour, gptSmall, weightsOf } from "../gpt.ts";
import { expectClose, type Contestant, type Workload } from "../measure.ts";
import { decodeJax } from "../peers/decodeJax.ts";
import { decodeOrt } from "../peers/decodeOrt.ts";
import { openOurs } from "../peers/ours.ts";

export interface Decoding {
  /** Back to an empty cache. */
  rewind(): void;
  /** Appends an id; the logits of the next. */
  push(id: number): Promise<Float32Array>;
  close(): void | Promise<void>;
}

interface Maker {
  readonly name: string;
  make(): Promise<Decoding>;
  /** How far its logits may be from the first one's, relative to the largest. */
  readonly tolerance: number;
}

function decodeOurs(backend: Backend, config: DecoderConfig, weights: ReadonlyMap<string, Float32Array>, isPacked = false): Decoding {
  const parameters = isPacked
    ? uploadPackedModel(backend, config, packModel(config, weights, int8Recipe))
    : frozen(backend, parameterShapes(config), weights);
  const cache = decoder(transformer(config, parameters), { capacity: Math.min(config.contextLength, 64) });
  return { rewind: () => cache.rewind(0), push: (id) => cache.push(id), close: () => backend.close() };
}

const workload = (id: string, title: string, config: DecoderConfig, tokens: number, makers: (weights: Map<string, Float32Array>) => readonly Maker[], absent: Record<string, string>): Workload => ({
  id, title, unit: "tokens/s", amount: tokens, absent,
  async prepare() {
    const contestants: Contestant[] = [], words: string[] = [];
    const idAt = (at: number): number => (at * 7919) % config.vocabSize;
    let expected: Float32Array | undefined;
    for (const { name, make, tolerance } of makers(weightsOf(config))) {
      const model = await make();
      const round = async (): Promise<Float32Array> => {
        model.rewind();
        for (let at = 0; at < tokens - 1; at++) await model.push(idAt(at));
        return model.push(idAt(tokens - 1));
      };
      const logits = Float32Array.from(await round());
      if (expected) words.push(`${name} ${expectClose(`logits of ${name}`, logits, expected, tolerance).toExponential(1)}`);
      expected ??= logits;
      contestants.push({ name, round: async () => void (await round()), close: () => model.close() });
    }
    return { contestants, agreement: `logits after ${tokens} ids off by ${words.join(", ")} of the largest` };
  },
});

const four = parameterShapes(gptFour), small = parameterShapes(gptSmall);
const noTfjs = { tfjs: "far behind in training; no cache of its own" };

export const decoding: readonly Workload[] = [
  workload("decode-4l-cpu", "decoding, GPT 4 layers, d 128, processor", gptFour, 32, (weights) => [
    { name: "ours cpu", make: async () => decodeOurs(await openOurs("cpu"), gptFour, weights), tolerance: 0 },
    { name: "ORT wasm", make: () => decodeOrt(gptFour, weights, four), tolerance: 1e-4 },
    { name: "jax-js wasm", make: () => decodeJax("wasm", gptFour, four), tolerance: 1e-4 },
  ], noTfjs),
  workload("decode-small-cpu", "decoding, GPT-2-small shape, processor", gptSmall, 8, (weights) => [
    { name: "ours cpu", make: async () => decodeOurs(await openOurs("cpu"), gptSmall, weights), tolerance: 0 },
    { name: "ours cpu int8", make: async () => decodeOurs(await openOurs("cpu"), gptSmall, weights, true), tolerance: 0.05 },
    { name: "ORT wasm", make: () => decodeOrt(gptSmall, weights, small), tolerance: 1e-3 },
  ], { ...noTfjs, "jax-js": "its matrices with one row are slow: measured on the small model" }),
  workload("decode-4l-gpu", "decoding, GPT 4 layers, d 128, WebGPU", gptFour, 32, (weights) => [
    { name: "ours webgpu", make: async () => decodeOurs(await openOurs("webgpu"), gptFour, weights), tolerance: 0 },
    { name: "jax-js webgpu", make: () => decodeJax("webgpu", gptFour, four), tolerance: 1e-4 },
  ], noTfjs),
];
