import { distinctIds, tiled } from "../data/batches.ts";
import { crossEntropyKernel } from "../ops/crossEntropy.ts";
import { random } from "../random.ts";
import { launch, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Transformer } from "./transformer.ts";

/** How a model treats random sequences written twice: the standard test for induction. */
export interface RepeatScores {
  /** Mean attention of every head to the token before, [layer][head]. */
  readonly previousToken: number[][];
  /** Mean attention, in the second copy, to the token after the earlier occurrence of the current one. */
  readonly induction: number[][];
  /** Mean loss on the first copy and on the second, in nats a token; the first of each copy is left out. */
  readonly firstCopy: number;
  readonly secondCopy: number;
}

/**
 * Runs `rows` sequences of time/2 distinct random ids written twice through a model.
 * Source: Olsson et al. 2022, "In-context learning and induction heads".
 */
export async function repeatScores(model: Transformer, { rows = 16, time = 128, ids = model.config.vocabSize - 1, seed = 77 } = {}): Promise<RepeatScores> {
  const { nLayers, nHeads } = model.config;
  const { backend } = model.parameters;
  const half = time / 2;
  const draw = random(seed);
  const tokens = Array.from({ length: rows }, () => [...tiled(distinctIds(draw, half, ids), time)]);
  const kept = scope(() => {
    const patterns: Tensor[] = [];
    const probe = (name: string, x: Tensor): void => { if (name.endsWith(".pattern")) patterns.push(x); };
    const logits = model.forward(tensor(backend, [rows, time], tokens.flat(), "i32"), { probe });
    const targets = tensor(backend, [rows * time], tokens.flatMap((row) => [...row.slice(1), -100]), "i32");
    const flat = { ...logits, shape: [rows * time, model.config.vocabSize] };
    return { patterns, losses: launch(crossEntropyKernel, [flat, targets], {})[0]! };
  });
  const meanOver = (pattern: ArrayLike<number>, head: number, from: number, key: (t: number) => number): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) for (let t = from; t < time; t++) sum += pattern[((row * nHeads + head) * time + t) * time + key(t)]!;
    return sum / (rows * (time - from));
  };
  const previousToken: number[][] = [], induction: number[][] = [];
  for (let layer = 0; layer < nLayers; layer++) {
    const pattern = await read(kept.patterns[layer]!);
    const heads = Array.from({ length: nHeads }, (_, head) => head);
    previousToken.push(heads.map((head) => meanOver(pattern, head, 1, (t) => t - 1)));
    induction.push(heads.map((head) => meanOver(pattern, head, half, (t) => t - half + 1)));
  }
  const losses = await read(kept.losses);
  // Position t holds the loss of predicting token t + 1: the second copy's tokens after its first are predicted from `half` on.
  const meanLoss = (from: number, to: number): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) for (let t = from; t < to; t++) sum += losses[row * time + t]!;
    return sum / (rows * (to - from));
  };
  for (const x of [...kept.patterns, kept.losses]) backend.free(x.buffer);
  return { previousToken, induction, firstCopy: meanLoss(0, half - 1), secondCopy: meanLoss(half, time - 1) };
}

/** A copy of the parameters in which one head writes nothing: its columns of the output projection are zero. */
export function withoutHead(parameters: ReadonlyMap<string, Float32Array>, config: Transformer["config"], layer: number, head: number): Map<string, Float32Array> {
  const name = `blocks.${layer}.attn.out.weight`;
  const weight = parameters.get(name)!.slice();
  const width = config.nHeads * config.dHead;
  for (let row = 0; row < config.dModel; row++) weight.fill(0, row * width + head * config.dHead, row * width + (head + 1) * config.dHead);
  return new Map([...parameters, [name, weight]]);
}
