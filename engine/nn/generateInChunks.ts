import type { Plan } from "../backend.ts";
import { sampleIdKernel } from "../ops/sampleId.ts";
import type { Random } from "../random.ts";
import { sample, type SamplingOptions } from "../sampling/sample.ts";
import { free, launch, read, type Tensor, tensor } from "../tensor.ts";
import { decoder, type DecoderOptions, insidesOf } from "./decoder.ts";
import type { Transformer } from "./transformer.ts";

export interface ChunkOptions extends SamplingOptions {
  readonly maxTokens: number;
  /** Generation ends before this id. */
  readonly stop?: number;
  /** How many ids are made between two reads; 16 when absent. */
  readonly chunk?: number;
  readonly cache?: DecoderOptions;
}

/**
 * The ids of `generate` from the same seed, made `chunk` at a time: the device samples and feeds each id back itself, and the page waits
 * once a chunk. Ids after `stop` within a chunk are thrown away, with the random numbers they used.
 * Throws: RangeError when the prompt is empty or longer than the cache, or the chunk is not a positive integer.
 */
export async function* generateInChunks(
  model: Transformer, prompt: readonly number[], options: ChunkOptions, draw: Random,
): AsyncGenerator<number> {
  const { maxTokens, stop, chunk = 16, temperature, topK, topP, minP = 0 } = options;
  if (!(Number.isInteger(chunk) && chunk > 0)) throw new RangeError(`generateInChunks: a chunk must be a positive integer, got ${chunk}`);
  const { backend } = model.parameters;
  const cache = decoder(model, options.cache ?? {});
  const { ids, offset, logits, longest, forward, took } = insidesOf(cache);
  const uniforms = tensor(backend, [chunk], new Float32Array(chunk));
  const integers = (shape: readonly number[]): Tensor => tensor(backend, shape, new Int32Array(shape.reduce((a, b) => a * b, 1)), "i32");
  const chosen = integers([chunk, 2]), count = integers([1]);
  let plan: Plan | null = null;
  try {
    await cache.prefill(prompt);
    for (let made = 0; made < maxTokens;) {
      const steps = Math.min(chunk, maxTokens - made, longest - cache.length);
      if (steps === 0) {
        // The cache is full, but its last logits still choose an id.
        const id = sample(await read(logits), options, draw);
        if (id !== stop) yield id;
        return;
      }
      const position = draw.position();
      backend.write(uniforms.buffer, Float32Array.from({ length: chunk }, () => draw.uniform()));
      backend.write(offset.buffer, [cache.length - 1]);
      backend.write(count.buffer, [0]);
      plan ??= backend.capture(() => {
        const outputs = [ids, offset, chosen, count].map((each) => ({ tensor: each, accumulate: false }));
        launch(sampleIdKernel, [logits, uniforms], { temperature, topK, topP, minP }, outputs);
        forward();
      });
      for (let step = 0; step < steps; step++) plan.replay();
      took(steps);
      const pairs = await read(chosen);
      for (let step = 0; step < steps; step++) {
        const id = pairs[2 * step]!;
        draw.seek(position + pairs[2 * step + 1]!);
        if (id === stop) return;
        yield id;
      }
      made += steps;
    }
  } finally {
    plan?.close();
    [uniforms, chosen, count].forEach(free);
    cache.close();
  }
}
