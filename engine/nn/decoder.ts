import type { Plan } from "../backend.ts";
import { copyKernel } from "../ops/copy.ts";
import { free, launch, read, reshape, scope, type Tensor, tensor } from "../tensor.ts";
import { keyValueCache, type Transformer } from "./transformer.ts";

/** Decoding one id at a time: each step attends over cached keys and values, so its work does not grow with a re-reading of the text. */
export interface Decoder {
  /** How many ids the cache holds. */
  readonly length: number;
  readonly capacity: number;
  /**
   * Appends an id and returns the logits of the next one.
   * Throws: RangeError when the cache is full.
   */
  push(id: number): Promise<Float32Array>;
  /** Appends an id without reading its logits: the inner ids of a prompt. */
  feed(id: number): void;
  /** Forgets all ids from position `length` on. */
  rewind(length: number): void;
  close(): void;
}

/** A decoder with a fixed-capacity cache; every id replays one captured plan. */
export function decoder(model: Transformer, capacity: number = model.config.contextLength): Decoder {
  const { backend } = model.parameters;
  if (capacity > model.config.contextLength) throw new RangeError(`decoder: a capacity of ${capacity} is longer than the context of ${model.config.contextLength}`);
  const cache = keyValueCache(backend, model.config, capacity);
  const ids = tensor(backend, [1, 1], [0], "i32");
  const offset = tensor(backend, [1], [0], "i32");
  const logits = tensor(backend, [model.config.vocabSize], new Float32Array(model.config.vocabSize));
  const plan: Plan = backend.capture(() => scope(() => {
    const out: Tensor = reshape(model.forward(ids, { cache, offset }), [model.config.vocabSize]);
    launch(copyKernel, [out], {}, [{ tensor: logits, accumulate: false }]);
  }));
  let length = 0;
  const feed = (id: number): void => {
    if (length >= capacity) throw new RangeError(`decoder: the cache holds ${capacity} ids and is full`);
    backend.write(ids.buffer, [id]);
    backend.write(offset.buffer, [length]);
    plan.replay();
    length++;
  };
  return {
    get length() { return length; },
    capacity,
    feed,
    async push(id) {
      feed(id);
      return Float32Array.from(await read(logits));
    },
    rewind(to) { length = Math.min(length, to); },
    close() {
      plan.close();
      [ids, offset, logits, ...cache.flatMap(({ keys, values }) => [keys, values])].forEach(free);
    },
  };
}
