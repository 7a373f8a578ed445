import { cosine, exponential, logarithm, sine } from "../portable.ts";

/**
 * The sinusoidal position table: column 2j holds sin(t / 10000^(2j/d)), column 2j + 1 the cosine of the same angle. Row-major [context,d].
 * Made on the CPU with functions of our own: a shader's sine is exact to 2⁻¹¹ only.
 * Source: Vaswani et al. 2017, section 3.5.
 */
export function sinusoidTable(contextLength: number, dModel: number): Float32Array {
  return Float32Array.from({ length: contextLength * dModel }, (_, i) => {
    const t = Math.floor(i / dModel), column = i % dModel;
    const angle = t * exponential((-(column - (column % 2)) / dModel) * logarithm(10_000));
    return column % 2 === 0 ? sine(angle) : cosine(angle);
  });
}

/**
 * The slopes of ALiBi, steepest head first: 2^(−8h/n) for h = 1 … n where n is a power of two; else those of the next smaller power, then
 * every other one of the next larger, as the authors do.
 * Source: Press, Smith & Lewis 2022.
 */
export function alibiSlopes(nHeads: number): number[] {
  const lower = 2 ** Math.floor(Math.log2(nHeads));
  const series = (n: number): number[] => Array.from({ length: n }, (_, h) => exponential((-8 * (h + 1) * Math.LN2) / n));
  return [...series(lower), ...series(2 * lower).filter((_, h) => h % 2 === 0)].slice(0, nHeads);
}

/** What ALiBi adds to the scores: −slope · |query − key|, row-major [heads,time,time]; under a causal mask only the past side counts. */
export function alibiBias(nHeads: number, time: number): Float32Array {
  const slopes = alibiSlopes(nHeads);
  return Float32Array.from(
    { length: nHeads * time * time },
    (_, i) => -slopes[Math.floor(i / (time * time))]! * Math.abs((Math.floor(i / time) % time) - (i % time)),
  );
}

/** A mask [time,time] in which a query sees its own position and the `width` − 1 before it: the sliding window. 1 where visible. */
export function slidingWindowMask(time: number, width: number): Int32Array {
  return Int32Array.from({ length: time * time }, (_, i) => {
    const query = Math.floor(i / time), key = i % time;
    return Number(key <= query && key > query - width);
  });
}
