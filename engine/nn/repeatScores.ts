import { distinctIds, tiled } from "../data/batches.ts";
import { crossEntropyKernel } from "../ops/crossEntropy.ts";
import { random } from "../random.ts";
import { launch, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Transformer } from "./transformer.ts";

/** How a model treats random sequences written twice: the standard test for induction. */
export interface RepeatScores {
  /** Mean attention of every head to the token before, [layer][head]. */
  readonly previousToken: number[][];
  /** Mean attention, from the second copy on, to the tokens after earlier occurrences of the current one. */
  readonly induction: number[][];
  /** Mean loss on the first copy and on those after it, in nats a token; the first of each copy is left out. */
  readonly firstCopy: number;
  readonly secondCopy: number;
}

export interface RepeatOptions {
  readonly rows?: number;
  readonly time?: number;
  /** Ids are drawn below this. */
  readonly ids?: number;
  readonly seed?: number;
  readonly period?: number;
  /** Lets others work in between: the CPU then takes one sequence at a time. */
  readonly breathe?: () => Promise<void>;
}

/**
 * Runs `rows` sequences of time/2 distinct random ids written twice through a model; or, with another `period`, of that many ids written
 * as often as there is room: a head that merely looks a fixed way back, as training at one period teaches, fails there.
 * Source: Olsson et al. 2022, "In-context learning and induction heads".
 */
export async function repeatScores(model: Transformer, options: RepeatOptions = {}): Promise<RepeatScores> {
  const { rows = 16, time = 128, ids = model.config.vocabSize - 1, seed = 77, period = time / 2, breathe } = options;
  const { nLayers, nHeads } = model.config;
  const { backend } = model.parameters;
  const draw = random(seed);
  const tokens = Array.from({ length: rows }, () => [...tiled(distinctIds(draw, period, ids), time)]);
  const together = breathe && backend.kind === "cpu" ? 1 : rows;
  /** [part][layer], and the losses of each part. */
  const patterns: Float32Array[][] = [], losses: Float32Array[] = [];
  for (let from = 0; from < rows; from += together) {
    const part = tokens.slice(from, from + together);
    const kept = scope(() => {
      const seen: Tensor[] = [];
      const probe = (name: string, x: Tensor): void => { if (name.endsWith(".pattern")) seen.push(x); };
      const logits = model.forward(tensor(backend, [together, time], part.flat(), "i32"), { probe });
      const targets = tensor(backend, [together * time], part.flatMap((row) => [...row.slice(1), -100]), "i32");
      const flat = { ...logits, shape: [together * time, model.config.vocabSize] };
      return { seen, loss: launch(crossEntropyKernel, [flat, targets], {})[0]! };
    });
    const layers: Float32Array[] = [];
    for (const pattern of kept.seen) layers.push(Float32Array.from(await read(pattern)));
    patterns.push(layers);
    losses.push(Float32Array.from(await read(kept.loss)));
    for (const x of [...kept.seen, kept.loss]) backend.free(x.buffer);
    await breathe?.();
  }
  const meanOver = (layer: number, head: number, from: number, keys: (t: number) => number[]): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const pattern = patterns[Math.floor(row / together)]![layer]!, before = ((row % together) * nHeads + head) * time;
      for (let t = from; t < time; t++) for (const key of keys(t)) sum += pattern[(before + t) * time + key]!;
    }
    return sum / (rows * (time - from));
  };
  /** What followed each earlier occurrence of the id at t. */
  const followers = (t: number): number[] => Array.from({ length: Math.floor(t / period) }, (_, k) => t - (k + 1) * period + 1);
  const previousToken: number[][] = [], induction: number[][] = [];
  for (let layer = 0; layer < nLayers; layer++) {
    const heads = Array.from({ length: nHeads }, (_, head) => head);
    previousToken.push(heads.map((head) => meanOver(layer, head, 1, (t) => [t - 1])));
    induction.push(heads.map((head) => meanOver(layer, head, period, followers)));
  }
  // Position t holds the loss of predicting token t + 1: the second copy's tokens after its first are predicted from `period` on.
  const meanLoss = (from: number, to: number): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) for (let t = from; t < to; t++) sum += losses[Math.floor(row / together)]![(row % together) * time + t]!;
    return sum / (rows * (to - from));
  };
  return { previousToken, induction, firstCopy: meanLoss(0, period - 1), secondCopy: meanLoss(period, time - 1) };
}

/** A copy of the parameters in which one head writes nothing: its columns of the output projection are zero. */
export function withoutHead(parameters: ReadonlyMap<string, Float32Array>, config: Transformer["config"], layer: number, head: number): Map<string, Float32Array> {
  const name = `blocks.${layer}.attn.out.weight`;
  const weight = parameters.get(name)!.slice();
  const width = config.nHeads * config.dHead;
  for (let row = 0; row < config.dModel; row++) weight.fill(0, row * width + head * config.dHead, row * width + (head + 1) * config.dHead);
  return new Map([...parameters, [name, weight]]);
}
