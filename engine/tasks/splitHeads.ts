import type { Backend } from "../backend.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { concat } from "../ops/concat.ts";
import { matmul } from "../ops/matmul.ts";
import { random } from "../random.ts";
import { read, reshape, scope, type Tensor, tensor } from "../tensor.ts";
import { attentionParameters, type HeadRule, headWidthOf } from "./headWidths.ts";
import type { Task } from "./task.ts";

export interface SplitHeadsParams {
  /** Numbers of a token's vector. */
  readonly dModel: "8" | "16";
  readonly heads: "1" | "2" | "4" | "8";
  /** `split`: dHead = dModel / heads. `fixed`: every head has 4 columns, however many there are. */
  readonly rule: HeadRule;
  readonly seed: number;
}

/** Every matrix of multi-head attention, row-major. */
export interface SplitHeadsFrame {
  readonly tokens: number;
  readonly dModel: number;
  readonly heads: number;
  readonly dHead: number;
  /** X and output [tokens,dModel]; Q, K, V and the heads' outputs side by side [tokens,heads·dHead]; W_O [heads·dHead,dModel]. */
  readonly matrices: Readonly<Record<SplitName, readonly number[]>>;
  /** [heads,query,key], causal. */
  readonly patterns: readonly number[];
  /** Of W_Q, W_K, W_V and W_O together. */
  readonly parameters: number;
}

export type SplitName = "x" | "q" | "k" | "v" | "joined" | "wo" | "output";
const TOKENS = 4;

/**
 * Multi-head attention on four random tokens with every step kept: head i works on columns i·dHead … (i + 1)·dHead of Q, K and V;
 * output = concat(head 0, head 1, …) W_O.
 * Source: Vaswani et al. 2017, section 3.2.2.
 */
export const splitHeads: Task<SplitHeadsParams, SplitHeadsFrame> = async function* (run) {
  const backend = await run.backend();
  for (;;) {
    yield await split(backend, run.params);
    await run.changed();
  }
};

export async function split(backend: Backend, { seed, rule, ...params }: SplitHeadsParams): Promise<SplitHeadsFrame> {
  const dModel = Number(params.dModel), heads = Number(params.heads);
  const dHead = headWidthOf(rule, dModel, heads);
  const width = heads * dHead;
  // Each matrix has a stream of its own, so that a column keeps its numbers when others come and go.
  const normal = (stream: number, rows: number, columns: number, spread: number): Tensor => {
    const draw = random(seed, stream);
    const stored = Array.from({ length: columns * rows }, () => spread * draw.normal());
    return tensor(backend, [rows, columns], Array.from({ length: rows * columns }, (_, i) =>
      stored[(i % columns) * rows + Math.floor(i / columns)]!));
  };
  const kept = scope(() => {
    const x = normal(1, TOKENS, dModel, 1);
    const spread = 1.6 / Math.sqrt(dModel);
    const [q, k, v] = [2, 3, 4].map((stream) => matmul(x, normal(stream, dModel, width, spread))) as [Tensor, Tensor, Tensor];
    const { out, pattern } = attentionWithPattern(reshape(concat(q, k, v), [1, TOKENS, 3 * width]),
      { nHeads: heads, nKvHeads: heads, causal: true });
    const wo = normal(5, width, dModel, 1 / Math.sqrt(width));
    const joined = reshape(out, [TOKENS, width]);
    return { x, q, k, v, joined, wo, output: matmul(joined, wo), pattern };
  });
  const numbers: Record<string, readonly number[]> = {};
  for (const [name, one] of Object.entries(kept)) {
    numbers[name] = Array.from(await read(one));
    backend.free(one.buffer);
  }
  const { pattern, ...matrices } = numbers as Record<SplitName | "pattern", readonly number[]>;
  return { tokens: TOKENS, dModel, heads, dHead, matrices, patterns: pattern, parameters: attentionParameters(dModel, heads, dHead) };
}
