import type { Backend } from "../backend.ts";
import { matmul } from "../ops/matmul.ts";
import { multiply } from "../ops/multiply.ts";
import { scale } from "../ops/scale.ts";
import { softmax } from "../ops/softmax.ts";
import { sum } from "../ops/sum.ts";
import { random } from "../random.ts";
import { backward, parameter, read, scope, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface SoftmaxSaturationParams {
  /** d_k: numbers in a query and in a key. */
  readonly dHead: number;
  /** Divide scores by √d_k. */
  readonly scaled: boolean;
  /** Keys that each query chooses among. */
  readonly keys: number;
  readonly seed: number;
}

/** What softmax makes of random queries and keys at one size. */
export interface Saturation {
  readonly dHead: number;
  readonly scaled: boolean;
  /** Root of the mean square of all scores. */
  readonly spread: number;
  /** −Σ a ln a of a row, its mean over the rows, in nats. */
  readonly entropy: number;
  /** Length of the slope that comes out of softmax for a random slope of length about √keys that goes in: the median over the rows. */
  readonly slope: number;
}

export interface SoftmaxSaturationFrame extends Saturation {
  readonly keys: number;
  readonly rows: number;
  /** Scores counted into bins of equal width from −reach to reach; what lies beyond is in the outer ones. */
  readonly counts: readonly number[];
  readonly reach: number;
  /** Shares of a typical row, largest first: the mean over the rows of the largest, of the second, … */
  readonly shares: readonly number[];
  /** The same random numbers at other sizes, with and without the division. */
  readonly sweep: readonly Saturation[];
}

const ROWS = 128;
export const LARGEST = 1024;
const BINS = 61;
const REACH = 40;
const SIZES = [4, 8, 16, 32, 64, 128, 256, 512, LARGEST];

/**
 * Random queries and keys with entries of variance 1: their scores, the softmax of each row, and the slope that softmax lets through
 * (backward from Σ w·a with random w). Without ÷ √d_k the scores spread as √d_k does, and slopes go towards 0.
 * Source: Vaswani et al. 2017, section 3.2.1 and its footnote 4.
 */
export const softmaxSaturation: Task<SoftmaxSaturationParams, SoftmaxSaturationFrame> = async function* (run) {
  const backend = await run.backend();
  let drawn: Drawn | null = null;
  for (;;) {
    const { params } = run;
    if (drawn?.seed !== params.seed || drawn.keys !== params.keys) drawn = await draw(backend, params);
    yield await saturationFrame(backend, drawn, params);
    await run.changed();
  }
};

/** Random numbers of one seed, and what they give at every size of the sweep. */
export interface Drawn {
  readonly seed: number;
  readonly keys: number;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly w: Float32Array;
  readonly sweep: readonly Saturation[];
}

export async function draw(backend: Backend, { seed, keys }: Pick<SoftmaxSaturationParams, "seed" | "keys">): Promise<Drawn> {
  const normals = (count: number, stream: number): Float32Array => {
    const source = random(seed, stream);
    return Float32Array.from({ length: count }, () => source.normal());
  };
  const numbers = { seed, keys, q: normals(ROWS * LARGEST, 0), k: normals(keys * LARGEST, 1), w: normals(ROWS * keys, 2) };
  const sweep: Saturation[] = [];
  for (const dHead of SIZES) for (const scaled of [true, false]) sweep.push(summary(await attend(backend, numbers, dHead, scaled)));
  return { ...numbers, sweep };
}

export async function saturationFrame(backend: Backend, drawn: Drawn, { dHead, scaled }: SoftmaxSaturationParams): Promise<SoftmaxSaturationFrame> {
  const result = await attend(backend, drawn, Math.round(dHead), scaled);
  const { keys, sweep } = drawn;
  const counts = Array.from({ length: BINS }, () => 0);
  for (const score of result.scores) counts[Math.max(0, Math.min(BINS - 1, Math.floor(((score + REACH) / (2 * REACH)) * BINS)))]!++;
  const shares = Array.from({ length: keys }, () => 0);
  for (let row = 0; row < ROWS; row++) {
    result.pattern.slice(row * keys, (row + 1) * keys).sort().reverse().forEach((share, rank) => { shares[rank]! += share / ROWS; });
  }
  return { ...summary(result), keys, rows: ROWS, counts, reach: REACH, shares, sweep };
}

interface Attended {
  readonly dHead: number;
  readonly scaled: boolean;
  readonly keys: number;
  readonly scores: Float32Array;
  readonly pattern: Float32Array;
  /** d(Σ w·a)/d(score). */
  readonly slopes: Float32Array;
}

/** Scores of the first `dHead` numbers of each vector, through softmax and back. */
async function attend(backend: Backend, { q, k, w, keys }: Omit<Drawn, "sweep">, dHead: number, scaled: boolean): Promise<Attended> {
  const first = (vectors: Float32Array, count: number): Float32Array =>
    Float32Array.from({ length: count * dHead }, (_, i) => vectors[Math.floor(i / dHead) * LARGEST + (i % dHead)]!);
  const shape = [ROWS, keys];
  const made = scope(() => {
    const products = matmul(tensor(backend, [ROWS, dHead], first(q, ROWS)), tensor(backend, [keys, dHead], first(k, keys)), { b: true });
    return scaled ? scale(products, 1 / Math.sqrt(dHead)) : products;
  });
  const { pattern, slopes } = scope(() => {
    const gradient = tensor(backend, shape, new Float32Array(ROWS * keys));
    const leaf = parameter(backend, shape, made.buffer, gradient.buffer);
    const weights = softmax(leaf);
    backward(sum(sum(multiply(weights, tensor(backend, shape, w)))));
    return { pattern: softmax(made), slopes: gradient };
  });
  const numbers = [made, pattern, slopes].map(async (x) => {
    const values = Float32Array.from(await read(x));
    backend.free(x.buffer);
    return values;
  });
  const [scores, shares, back] = await Promise.all(numbers) as [Float32Array, Float32Array, Float32Array];
  return { dHead, scaled, keys, scores, pattern: shares, slopes: back };
}

function summary({ dHead, scaled, keys, scores, pattern, slopes }: Attended): Saturation {
  let squares = 0, entropy = 0;
  for (const score of scores) squares += score * score;
  for (const share of pattern) if (share > 0) entropy -= share * Math.log(share);
  const lengths = Float64Array.from({ length: ROWS }, (_, row) => Math.hypot(...slopes.subarray(row * keys, (row + 1) * keys))).sort();
  return { dHead, scaled, spread: Math.sqrt(squares / scores.length), entropy: entropy / ROWS, slope: (lengths[ROWS / 2 - 1]! + lengths[ROWS / 2]!) / 2 };
}
