import { matmul } from "../ops/matmul.ts";
import { scale } from "../ops/scale.ts";
import { softmax } from "../ops/softmax.ts";
import { read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Backend } from "../backend.ts";
import type { Task } from "./task.ts";

export interface AttentionByHandParams {
  /** Two to six words apart by spaces; one token each. */
  readonly words: string;
  /** Numbers a token has: 2 or 3, and so the side of the projections. */
  readonly width: number;
  /** One vector a row, 6 × 3; only the rows of the words and the first `width` columns count. */
  readonly vectors: readonly number[];
  /** 3 × 3 each, used as x W: row vectors times matrix. */
  readonly queryWeights: readonly number[];
  readonly keyWeights: readonly number[];
  readonly valueWeights: readonly number[];
  readonly projections: "identity" | "editable";
  /** Divide scores by √width. */
  readonly scaled: boolean;
  /** No token looks at a later one. */
  readonly causal: boolean;
}

/** Every matrix of the formula, row-major: x, weights, query, key, value, scores, scaled, pattern, output. */
export interface AttentionByHandFrame {
  readonly tokens: readonly string[];
  readonly width: number;
  /** What scores were divided by. */
  readonly divisor: number;
  readonly causal: boolean;
  /** True when the projections are the params' own and may be edited. */
  readonly projected: boolean;
  readonly matrices: Readonly<Record<MatrixName, readonly number[]>>;
}

const STORED = 3;
export const MOST_TOKENS = 6;
export type MatrixName = "x" | "wq" | "wk" | "wv" | "q" | "k" | "v" | "scores" | "scaled" | "pattern" | "output";

/**
 * Scaled dot-product attention of one head on a few small vectors, with every step kept:
 * q = x W_Q, k = x W_K, v = x W_V, scores = q kᵀ, scaled = scores / √width, pattern = softmax(mask(scaled)), output = pattern v.
 * x = I₂ and identity projections give rows [.670, .330] and [.330, .670].
 * Source: Vaswani et al. 2017, equation 1.
 */
export const attentionByHand: Task<AttentionByHandParams, AttentionByHandFrame> = async function* (run) {
  const backend = await run.backend();
  for (;;) {
    yield await attend(backend, run.params);
    await run.changed();
  }
};

/** One computation of all matrices. */
export async function attend(backend: Backend, params: AttentionByHandParams): Promise<AttentionByHandFrame> {
  const { width, causal, scaled: divides, projections } = params;
  const tokens = tokensOf(params.words);
  const count = tokens.length;
  const projected = projections === "editable";
  const divisor = divides ? Math.sqrt(width) : 1;
  const square = (weights: readonly number[]): number[] =>
    projected ? corner(weights, width, width) : Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
  const made = scope(() => {
    const x = tensor(backend, [count, width], corner(params.vectors, count, width));
    const wq = tensor(backend, [width, width], square(params.queryWeights));
    const wk = tensor(backend, [width, width], square(params.keyWeights));
    const wv = tensor(backend, [width, width], square(params.valueWeights));
    const q = matmul(x, wq), k = matmul(x, wk), v = matmul(x, wv);
    const scores = matmul(q, k, { b: true });
    const scaled = scale(scores, 1 / divisor);
    const pattern = softmax(scaled, { causal });
    return { x, wq, wk, wv, q, k, v, scores, scaled, pattern, output: matmul(pattern, v) } satisfies Record<MatrixName, Tensor>;
  });
  const matrices: Partial<Record<MatrixName, readonly number[]>> = {};
  for (const [name, one] of Object.entries(made) as [MatrixName, Tensor][]) {
    matrices[name] = Array.from(await read(one));
    backend.free(one.buffer);
  }
  return { tokens, width, divisor, causal, projected, matrices: matrices as Record<MatrixName, readonly number[]> };
}

/** Two to six words; a text of fewer is filled up with numbered ones. */
export function tokensOf(words: string): string[] {
  const tokens = words.split(/\s+/).filter((word) => word !== "").slice(0, MOST_TOKENS);
  while (tokens.length < 2) tokens.push(`token ${tokens.length + 1}`);
  return tokens;
}

/** The upper left corner of a matrix that is stored three columns wide. */
function corner(stored: readonly number[], rows: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, i) => stored[Math.floor(i / columns) * STORED + (i % columns)] ?? 0);
}
