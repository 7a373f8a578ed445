import { copying, problemRows } from "../data/sequenceProblems.ts";
import { fit } from "../nn/fit.ts";
import { uniformWeights } from "../nn/layers.ts";
import { trainable } from "../nn/parameters.ts";
import { type CellKind, recurrent, recurrentShapes, recurrentWeights } from "../nn/recurrent.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { embedding } from "../ops/embedding.ts";
import { linear } from "../ops/linear.ts";
import { random } from "../random.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import { mostLikely, scoreSequences } from "./sequenceScores.ts";
import type { Task } from "./task.ts";

export interface LstmCopyParams {
  readonly kind: CellKind;
  /** How many symbols are to be kept in mind. */
  readonly length: number;
  /** Live. */
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
}

export interface LstmCopyFrame {
  readonly step: number;
  /** Mean loss over the symbols of held-out rows, in nats; guessing gives ln 8 = 2.079. */
  readonly loss: number;
  /** Share of symbols said rightly, and of rows without a fault. */
  readonly symbols: number;
  readonly rows: number;
  /** Share of symbols said rightly at each place. */
  readonly places: readonly number[];
  readonly losses: readonly number[];
  readonly finished: boolean;
}

const alphabet = 8, batch = 64, hiddenSize = 64, inputSize = 16, stepsPerFrame = 15;

/**
 * A recurrent network copies symbols from memory: it reads `length` of them and a separator, then says them again, told after each what
 * it was. All it has read must pass through its state of 64 numbers, which is what attention later does away with: after 225 steps of
 * Adam at 0.005 on batches of 64 the loss is 0.86 with seed 2 (1.26 with seed 1), and hardly a row of ten is whole.
 */
export const lstmCopy: Task<LstmCopyParams, LstmCopyFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const { length, seed } = params;
  const time = 2 * length;
  const problem = copying(length, alphabet);
  const layer = { kind: params.kind, inputSize, hiddenSize };
  const head = new Map([["head.weight", [alphabet, hiddenSize]], ["head.bias", [alphabet]]]);
  const draw = random(seed, 1);
  const table = Float32Array.from({ length: (alphabet + 1) * inputSize }, () => draw.normal());
  const parameters = trainable(
    backend,
    new Map([["embedding.weight", [alphabet + 1, inputSize]], ...recurrentShapes(layer, "layer"), ...head]),
    new Map([["embedding.weight", table], ...recurrentWeights(layer, "layer", seed), ...uniformWeights(head, seed + 1)]),
  );
  const get = (name: string): Tensor => parameters.tensors.get(name)!;
  const network = recurrent(layer, parameters, "layer");
  const forward = (ids: Tensor): Tensor => linear(
    network.run(embedding(get("embedding.weight"), ids)).outputs, get("head.weight"), get("head.bias"),
  );
  const integers = (): Tensor => tensor(backend, [batch, time], new Int32Array(batch * time), "i32");
  const ids = integers(), targets = integers();
  const run = fit(parameters, { kind: "adam", maxNorm: 1 }, [ids, targets], () => crossEntropy(forward(ids), targets));
  const heldOut = problemRows(problem, batch, seed + 1, 0);
  const questions = tensor(backend, [batch, time], heldOut.ids, "i32"), answers = tensor(backend, [batch, time], heldOut.targets, "i32");
  const losses: number[] = [];
  try {
    for (;;) {
      const made = scope(() => {
        const logits = forward(questions);
        return { logits, loss: crossEntropy(logits, answers) };
      });
      const [logits, [loss]] = [await read(made.logits), await read(made.loss)];
      [made.logits, made.loss].forEach(free);
      const { symbolsRight, rowsRight, places } = scoreSequences(mostLikely(logits, alphabet), heldOut.targets, time);
      losses.push(loss!);
      const finished = run.step >= params.steps;
      yield { step: run.step, loss: loss!, symbols: symbolsRight, rows: rowsRight, places, losses: [...losses], finished };
      if (finished) return;
      for (let k = 0; k < stepsPerFrame && run.step < params.steps; k++) {
        const next = problemRows(problem, batch, seed, run.step + 1);
        run.advance([next.ids, next.targets], params.learningRate);
        await breathe();
      }
    }
  } finally {
    run.close();
    [questions, answers].forEach(free);
    parameters.close();
  }
};
