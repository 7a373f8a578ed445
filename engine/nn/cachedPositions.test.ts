import { afterAll, describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { read, scope, tensor } from "../tensor.ts";
import { decoder, type DecoderOptions } from "./decoder.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { int8Cache } from "./int8Cache.ts";
import { frozen } from "./parameters.ts";
import { alibiCache, streamingCache } from "./placedCaches.ts";
import { initialWeights, type Transformer, transformer } from "./transformer.ts";

const base: DecoderConfig = {
  vocabSize: 23, contextLength: 40, dModel: 24, nLayers: 2, nHeads: 6, nKvHeads: 6, dHead: 4, dMlp: 32,
  position: "rope", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
};
const draw = random(8);
const ids = Array.from({ length: 30 }, () => draw.integer(23));
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

/** One backend of each kind for all models here: what a GPU has compiled for one serves the others. */
const opened: Record<string, Promise<Backend | null>> = {};
afterAll(async () => {
  for (const backend of await Promise.all(Object.values(opened))) backend?.close();
});

async function build(name: string, change: Partial<DecoderConfig>): Promise<Transformer | null> {
  const backend = await (opened[name] ??= backends[name]!());
  if (!backend) return null;
  const config = { ...base, ...change };
  const weights = initialWeights(config, { seed: 6, matrices: 0.4, embedding: 0.6 });
  return transformer(config, frozen(backend, parameterShapes(config), weights));
}

/** Logits [time,vocab] of one pass without a cache; a query sees the first `sinks` keys and the last `window` up to its own. */
async function uncached(model: Transformer, some: readonly number[], window = Infinity, sinks = 0): Promise<Float32Array[]> {
  const { backend } = model.parameters, time = some.length, { vocabSize } = model.config;
  const bits = Array.from({ length: time * time }, (_, i) => {
    const query = Math.floor(i / time), key = i % time;
    return Number(key <= query && (key < sinks || query - key < window));
  });
  const logits = scope(() => model.forward(
    tensor(backend, [1, time], some, "i32"), window < Infinity ? { mask: tensor(backend, [time, time], bits, "i32") } : {},
  ));
  const all = Float32Array.from(await read(logits));
  return some.map((_, t) => all.slice(t * vocabSize, (t + 1) * vocabSize));
}

async function cached(model: Transformer, some: readonly number[], options: DecoderOptions): Promise<Float32Array[]> {
  const decode = decoder(model, options), all: Float32Array[] = [];
  for (const id of some) all.push(await decode.push(id));
  decode.close();
  return all;
}

const kinds = ["learned", "sinusoidal", "rope", "alibi", "none"] as const;
const groups = [6, 3, 1] as const;

describe.each(Object.keys(backends))("on %s cached logits are those without a cache", (name) => {
  it.each(kinds.flatMap((position) => groups.map((nKvHeads) => [position, nKvHeads] as const)))(
    "with %s positions and %i key heads: whole, in a window, in a window with sinks", async (position, nKvHeads) => {
      const model = await build(name, { position, nKvHeads });
      if (!model) return;
      const whole = await uncached(model, ids), kind = position === "alibi" ? { cache: alibiCache } : {};
      (await cached(model, ids, kind)).forEach((logits, t) => expect(difference(logits, whole[t]!)).toBeLessThan(1e-4));
      for (const [capacity, sinks] of [[8, 0], [9, 2]] as const) {
        const expected = await uncached(model, ids, capacity - sinks, sinks);
        (await cached(model, ids, { capacity, sinks, ...kind })).forEach((logits, t) => expect(difference(logits, expected[t]!)).toBeLessThan(1e-4));
        expect(difference(expected[29]!, whole[29]!)).toBeGreaterThan(1e-3);
      }
      // A prompt taken in at once leaves the same.
      const decode = decoder(model, kind);
      expect(difference(await decode.prefill(ids.slice(0, 19)), whole[18]!)).toBeLessThan(1e-4);
      decode.close();
      model.close();
      model.parameters.close();
    },
  );

  it.each((["rope", "alibi"] as const).flatMap((position) => groups.map((nKvHeads) => [position, nKvHeads] as const)))(
    "with a streaming cache of %s positions and %i key heads, over and over what is left in it", async (position, nKvHeads) => {
      // In one block keys and values depend on their own id alone: the cache is a fresh text of the ids that it still holds.
      const model = await build(name, { position, nKvHeads, nLayers: 1, contextLength: 12 });
      if (!model) return;
      for (const [capacity, sinks] of [[12, 4], [7, 0]] as const) {
        const all = await cached(model, ids, { capacity, sinks, cache: streamingCache });
        for (const [t, logits] of all.entries()) {
          const kept = t < capacity ? ids.slice(0, t + 1) : [...ids.slice(0, sinks), ...ids.slice(t + 1 - (capacity - sinks), t + 1)];
          expect(difference(logits, (await uncached(model, kept)).at(-1)!), `position ${t}`).toBeLessThan(1e-4);
        }
      }
      model.close();
      model.parameters.close();
    },
  );
});

describe("a streaming cache", () => {
  it("goes on far past the context of a deep model", async () => {
    const model = (await build("cpu", { nKvHeads: 2, contextLength: 12 }))!;
    const decode = decoder(model, { capacity: 12, sinks: 4, cache: streamingCache });
    for (let i = 0; i < 200; i++) decode.feed(ids[i % 30]!);
    expect((await decode.push(1)).every(Number.isFinite)).toBe(true);
    expect(decode.length).toBe(201);
  });

  it("refuses positions that cannot move, and ALiBi has a cache of its own, each in one sentence", async () => {
    const learned = (await build("cpu", { position: "learned" }))!, alibi = (await build("cpu", { position: "alibi" }))!;
    expect(() => decoder(learned, { capacity: 8, sinks: 1, cache: streamingCache })).toThrow("learned positions are added to the embedding");
    expect(() => decoder(alibi, { cache: int8Cache })).toThrow("int8Cache: ALiBi decodes over an alibiCache");
    expect(() => decoder(alibi)).toThrow("float32Cache: ALiBi decodes over an alibiCache");
  });
});
