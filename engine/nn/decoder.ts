import type { Plan } from "../backend.ts";
import { copyKernel } from "../ops/copy.ts";
import { free, launch, read, reshape, scope, type Tensor, tensor } from "../tensor.ts";
import { type AttentionCache, type CacheFactory, float32Cache } from "./attentionCache.ts";
import type { Transformer } from "./transformer.ts";

export interface DecoderOptions {
  /** Positions that the cache holds; the context when absent. */
  readonly capacity?: number;
  /** How keys and values are kept: `float32Cache`, `int8Cache` in a quarter of the memory, `alibiCache`, `streamingCache` for texts without an end. */
  readonly cache?: CacheFactory;
  /**
   * What a full cache does: without this it refuses further ids; with it the newest id takes the place of the oldest, but for the
   * first `sinks` positions, which stay (0: a plain sliding window). The context is still the end, for positions run on, but with `streamingCache`.
   */
  readonly sinks?: number;
}

/** Decoding one id at a time: each step attends over cached keys and values, so its work does not grow with a re-reading of the text. */
export interface Decoder {
  /** How many ids were taken in. */
  readonly length: number;
  readonly capacity: number;
  /** Bytes of the cached keys and values. */
  readonly cacheBytes: number;
  /**
   * Appends an id and returns the logits of the next one.
   * Throws: RangeError when the cache, or with a sliding one the context, is full.
   */
  push(id: number): Promise<Float32Array>;
  /** Appends an id without reading its logits. */
  feed(id: number): void;
  /** Appends a prompt, many ids a pass, and returns the logits of the next id. Equal to pushing one by one. */
  prefill(ids: readonly number[]): Promise<Float32Array>;
  /**
   * Forgets all ids from position `length` on; 0 always goes.
   * Throws: RangeError when a sliding cache no longer holds what would come back.
   */
  rewind(length: number): void;
  /** Takes over the ids of another decoder of the same model, capacity and cache type. */
  copyFrom(other: Decoder): void;
  close(): void;
}

/** Ids of a prompt that go through the model together. Few sizes, since on a GPU each is compiled. */
const prefillSizes = [128, 32, 8] as const;

type Cache = readonly AttentionCache[];
const tensorsOf = (cache: Cache): Tensor[] => cache.flatMap(({ tensors }) => tensors);

/** What lies behind a decoder, for loops that stay on the device: `forward` reads `ids` at position `offset` and leaves `logits`. */
export interface DecoderInsides {
  readonly cache: Cache;
  readonly ids: Tensor;
  readonly offset: Tensor;
  readonly logits: Tensor;
  /** Positions that can be taken in, the ids so far included. */
  readonly longest: number;
  forward(): void;
  /** Notes that `count` ids were taken in by `forward`. */
  took(count: number): void;
}

const insides = new WeakMap<Decoder, DecoderInsides>();

export const insidesOf = (of: Decoder): DecoderInsides => insides.get(of)!;

/** A decoder with a fixed-capacity cache; every id replays one captured plan. */
export function decoder(model: Transformer, options: DecoderOptions | number = {}): Decoder {
  const { backend } = model.parameters;
  const { contextLength, vocabSize } = model.config;
  const { capacity = contextLength, cache: make = float32Cache, sinks } = typeof options === "number" ? { capacity: options } : options;
  if (capacity > contextLength) throw new RangeError(`decoder: a capacity of ${capacity} is longer than the context of ${contextLength}`);
  if (sinks !== undefined && !(sinks >= 0 && sinks < capacity)) {
    throw new RangeError(`decoder: ${sinks} sinks leave no window in a capacity of ${capacity}`);
  }
  const cache = make(backend, model.config, capacity, sinks);
  // Offsets are 32-bit integers.
  const longest = sinks === undefined ? capacity : cache[0]?.endless ? 2 ** 31 - 1 : contextLength;
  const ids = tensor(backend, [1, 1], [0], "i32");
  const offset = tensor(backend, [1], [0], "i32");
  const logits = tensor(backend, [vocabSize], new Float32Array(vocabSize));
  const leave = (out: Tensor): void => void launch(copyKernel, [reshape(out, [vocabSize])], {}, [{ tensor: logits, accumulate: false }]);
  const forward = (): void => scope(() => leave(model.forward(ids, { cache, offset })));
  const plan: Plan = backend.capture(forward);
  let length = 0;

  const expectRoom = (count: number): void => {
    if (length + count <= longest) return;
    const what = sinks === undefined ? `the cache holds ${capacity} ids` : `the context holds ${contextLength} ids`;
    throw new RangeError(`decoder: ${what} and ${length < longest ? `${length + count} were given` : "is full"}`);
  };
  const feed = (id: number): void => {
    expectRoom(1);
    backend.write(ids.buffer, [id]);
    backend.write(offset.buffer, [length]);
    plan.replay();
    length++;
  };
  const feedMany = (part: readonly number[]): void => {
    backend.write(offset.buffer, [length]);
    scope(() => {
      const row = tensor(backend, [1, 1], [part.length - 1], "i32");
      leave(model.forward(tensor(backend, [1, part.length], part, "i32"), { cache, offset, row }));
    });
    length += part.length;
  };
  const readLogits = async (): Promise<Float32Array> => Float32Array.from(await read(logits));

  const self: Decoder = {
    get length() { return length; },
    capacity,
    cacheBytes: 4 * tensorsOf(cache).reduce((sum, { size }) => sum + size, 0),
    feed,
    async push(id) {
      feed(id);
      return readLogits();
    },
    async prefill(prompt) {
      if (prompt.length === 0) throw new RangeError("decoder: the prompt is empty");
      expectRoom(prompt.length);
      for (let at = 0; at < prompt.length;) {
        // Subtle: ids that go in together must not push each other out, so a sliding cache takes them singly once it is full.
        const room = Math.min(prompt.length - at, capacity - length);
        const size = prefillSizes.find((most) => most <= room);
        if (size) feedMany(prompt.slice(at, at + size));
        else feed(prompt[at]!);
        at += size ?? 1;
      }
      return readLogits();
    },
    rewind(to) {
      if (length > capacity && to < length && to > 0) {
        throw new RangeError(`decoder: a cache that slid to ${length} ids cannot go back to ${to}`);
      }
      length = Math.min(length, to);
    },
    copyFrom(other) {
      const from = tensorsOf(insides.get(other)?.cache ?? []), to = tensorsOf(cache);
      if (from.length !== to.length || from.some(({ size }, i) => size !== to[i]!.size)) {
        throw new RangeError("decoder: the other cache has another form");
      }
      from.forEach((x, i) => launch(copyKernel, [x], {}, [{ tensor: to[i]!, accumulate: false }]));
      length = other.length;
    },
    close() {
      plan.close();
      [ids, offset, logits, ...tensorsOf(cache), ...cache.flatMap(({ constants = [] }) => constants)].forEach(free);
    },
  };
  insides.set(self, { cache, ids, offset, logits, longest, forward, took: (count) => { length += count; } });
  return self;
}
