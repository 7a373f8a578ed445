import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { read, scope, tensor } from "../tensor.ts";
import { decoder, type DecoderOptions } from "./decoder.ts";
import { int8Cache } from "./int8Cache.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { int4Recipe, int8Recipe, packModel, packedModelBytes, unpackModel, uploadPackedModel } from "./packedParameters.ts";
import { frozen } from "./parameters.ts";
import { initialWeights, type Transformer, transformer } from "./transformer.ts";

const fixture = (name: string): { config: DecoderConfig; parameters: Map<string, Float32Array> } => {
  const file = (path: string): Uint8Array =>
    new Uint8Array(readFileSync(fileURLToPath(new URL(`../fixtures/${name}/${path}`, import.meta.url))));
  return openModel({ config: file("config.json"), weights: file("model.safetensors") });
};
const build = (backend: Backend, { config, parameters }: ReturnType<typeof fixture>): Transformer =>
  transformer(config, frozen(backend, parameterShapes(config), parameters));

/** A model of odd sizes: rows of 24 and 40 cut groups of 64 and 32 in two. */
const config: DecoderConfig = {
  vocabSize: 50, contextLength: 96, dModel: 24, nLayers: 2, nHeads: 3, nKvHeads: 1, dHead: 8, dMlp: 40,
  position: "rope", ropeBase: 10_000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
};
const random24 = { config, parameters: initialWeights(config, { seed: 4, matrices: 0.3, embedding: 0.5 }) };

const idsOf = (count: number, vocabSize: number): number[] => {
  const draw = random(9);
  return Array.from({ length: count }, () => draw.integer(vocabSize));
};
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

/** Logits of every position by one pass without a cache, under an optional rule of who sees whom. */
async function uncached(
  model: Transformer, ids: readonly number[], sees?: (query: number, key: number) => boolean,
): Promise<Float32Array[]> {
  const { backend } = model.parameters, time = ids.length;
  const logits = scope(() => {
    const bits = Array.from({ length: time * time }, (_, i) => {
      const query = Math.floor(i / time), key = i % time;
      return Number(key <= query && (sees?.(query, key) ?? true));
    });
    const mask = sees ? { mask: tensor(backend, [time, time], bits, "i32") } : {};
    return model.forward(tensor(backend, [1, time], ids, "i32"), mask);
  });
  const all = Float32Array.from(await read(logits));
  return ids.map((_, t) => all.slice(t * model.config.vocabSize, (t + 1) * model.config.vocabSize));
}

/** Logits of every position through a cache. */
async function cached(model: Transformer, ids: readonly number[], options?: DecoderOptions): Promise<Float32Array[]> {
  const decode = decoder(model, options);
  const all: Float32Array[] = [];
  for (const id of ids) all.push(await decode.push(id));
  decode.close();
  return all;
}

describe.each(Object.entries(backends))("on %s", (_, create) => {
  it.each(["gpt2-tiny", "llama-tiny", "llama-untied"])("%s: cached logits equal uncached ones at every position", async (name) => {
    const backend = await create();
    if (!backend) return;
    const model = build(backend, fixture(name));
    const ids = idsOf(Math.min(16, model.config.contextLength), model.config.vocabSize);
    const expected = await uncached(model, ids);
    (await cached(model, ids)).forEach((logits, t) => expect(difference(logits, expected[t]!)).toBeLessThan(1e-4));
    backend.close();
  });

  it("a prompt taken in at once leaves the logits and the cache of one taken in singly", async () => {
    const backend = await create();
    if (!backend) return;
    const model = build(backend, random24);
    for (const options of [{}, { cache: int8Cache }, { capacity: 20, sinks: 2 }]) {
      const ids = idsOf(47, 50);
      const singly = await cached(model, ids, options);
      const decode = decoder(model, options);
      const some = await decode.prefill(ids.slice(0, 46));
      // An 8-bit cache may round one number in thousands to the other side.
      const allowed = "cache" in options ? 0.05 : 1e-4;
      expect(difference(some, singly[45]!)).toBeLessThan(allowed);
      expect(difference(await decode.push(ids[46]!), singly[46]!)).toBeLessThan(allowed);
      expect(decode.length).toBe(47);
      decode.close();
    }
    backend.close();
  });

  it("a sliding cache is a causal mask with a window, and its sinks stay", async () => {
    const backend = await create();
    if (!backend) return;
    const model = build(backend, random24);
    const ids = idsOf(30, 50);
    for (const [capacity, sinks] of [[8, 0], [8, 3], [12, 1]] as const) {
      const expected = await uncached(model, ids, (query, key) => key < sinks || query - key < capacity - sinks);
      const full = await uncached(model, ids);
      (await cached(model, ids, { capacity, sinks })).forEach((logits, t) => expect(difference(logits, expected[t]!)).toBeLessThan(1e-4));
      expect(difference(full[29]!, expected[29]!)).toBeGreaterThan(1e-2);
    }
    backend.close();
  });

  it("an 8-bit cache takes a quarter of the memory and moves logits by little", async () => {
    const backend = await create();
    if (!backend) return;
    const model = build(backend, random24);
    const ids = idsOf(24, 50);
    const exact = await cached(model, ids), rounded = await cached(model, ids, { cache: int8Cache });
    const moved = Math.max(...exact.map((logits, t) => difference(logits, rounded[t]!)));
    expect(moved).toBeGreaterThan(1e-6);
    expect(moved).toBeLessThan(0.05 * Math.max(...exact.flatMap((row) => Array.from(row, Math.abs))));
    const small = decoder(model, { cache: int8Cache }), large = decoder(model);
    expect(small.cacheBytes / large.cacheBytes).toBeCloseTo(0.25 + 4 / (4 * 8), 6);
    backend.close();
  });

  const recipes = [["int8", int8Recipe], ["int4", int4Recipe]] as const;
  it.each(recipes)("a model packed in %s decodes as its widened weights do", async (_, recipe) => {
    const backend = await create();
    if (!backend) return;
    for (const source of [random24, fixture("gpt2-tiny")]) {
      const packed = packModel(source.config, source.parameters, recipe);
      expect(packed.matrices.size).toBeGreaterThan(4);
      const model = transformer(source.config, uploadPackedModel(backend, source.config, packed));
      const widened = build(backend, { ...source, parameters: unpackModel(packed) });
      const ids = idsOf(14, source.config.vocabSize);
      const expected = await uncached(widened, ids), size = Math.max(...expected.flatMap((row) => Array.from(row, Math.abs)));
      // The WebAssembly kernels round what enters a matrix to 16 bits.
      (await cached(model, ids)).forEach((logits, t) => expect(difference(logits, expected[t]!)).toBeLessThan(5e-4 * size));
      const decode = decoder(model);
      expect(difference(await decode.prefill(ids), expected[13]!)).toBeLessThan(5e-4 * size);
      const whole = [...source.parameters.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(packedModelBytes(packed)).toBeLessThan(0.4 * whole);
    }
    backend.close();
  });
});

describe("a decoder", async () => {
  const backend = (await backends.cpu!())!;
  const model = build(backend, random24);

  it("refuses what does not fit, with both numbers", async () => {
    const decode = decoder(model, 4);
    await decode.prefill([1, 2, 3, 4]);
    expect(() => decode.feed(5)).toThrow("decoder: the cache holds 4 ids and is full");
    await expect(decoder(model, 4).prefill([1, 2, 3, 4, 5])).rejects.toThrow(RangeError);
    await expect(decoder(model).prefill([])).rejects.toThrow(RangeError);
    expect(() => decoder(model, 97)).toThrow(RangeError);
    expect(() => decoder(model, { capacity: 4, sinks: 4 })).toThrow(RangeError);
    const sliding = decoder(model, { capacity: 4, sinks: 1 });
    await sliding.prefill([1, 2, 3, 4, 5, 6]);
    expect(() => sliding.rewind(3)).toThrow(RangeError);
  });

  it("starts afresh from position 0 even where its window had slid", async () => {
    const sliding = decoder(model, { capacity: 4, sinks: 1 });
    const first = await sliding.prefill([7, 2]);
    for (const id of [3, 4, 5, 6]) sliding.feed(id);
    sliding.rewind(0);
    expect(sliding.length).toBe(0);
    expect(await sliding.prefill([7, 2])).toEqual(first);
  });

  it("goes back, and takes over another's ids", async () => {
    const [one, other] = [decoder(model, { cache: int8Cache }), decoder(model, { cache: int8Cache })];
    await one.prefill([3, 1, 4, 1, 5]);
    const next = await one.push(9);
    one.rewind(5);
    other.copyFrom(one);
    expect(other.length).toBe(5);
    expect(await other.push(9)).toEqual(next);
    expect(await one.push(9)).toEqual(next);
    expect(() => other.copyFrom(decoder(model))).toThrow(RangeError);
  });
});
