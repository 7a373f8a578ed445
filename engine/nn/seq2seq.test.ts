import { describe, expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { read, type Tensor, tensor } from "../tensor.ts";
import { fit } from "./fit.ts";
import { frozen, type Parameters, trainable } from "./parameters.ts";
import { slidingWindowMask } from "./positions.ts";
import { seq2seq, type Seq2SeqConfig, seq2seqShapes, seq2seqWeights } from "./seq2seq.ts";
import { encoderDecoder, stack, type StackConfig, stackShapes, stackWeights } from "./stack.ts";

const length = 6, batch = 64, startId = 10;

/** Digits, and the same from last to first behind a start symbol, with what is to be foretold. */
function reversed(seed: number, step: number): { source: Int32Array; target: Int32Array; answers: Int32Array } {
  const draw = random(seed, step);
  const source = Int32Array.from({ length: batch * length }, () => draw.integer(10));
  const answers = source.map((_, i) => source[(Math.floor(i / length) + 1) * length - 1 - (i % length)]!);
  const target = answers.map((_, i) => (i % length === 0 ? startId : answers[i - 1]!));
  return { source, target, answers };
}

const cpu = async (): Promise<Backend> => (await backends.cpu!())!;

/** Trains on reversed digits and returns the share of held-out digits foretold rightly. */
async function learn(
  parameters: Parameters, steps: number, learningRate: number, forward: (source: Tensor, target: Tensor) => Tensor,
): Promise<number> {
  const { backend } = parameters;
  const ids = (): Tensor => tensor(backend, [batch, length], new Int32Array(batch * length), "i32");
  const [source, target, answers] = [ids(), ids(), ids()];
  const run = fit(
    parameters, { kind: "adam", maxNorm: 1 }, [source, target, answers], () => crossEntropy(forward(source, target), answers),
  );
  for (let step = 0; step < steps; step++) {
    const rows = reversed(1, step);
    run.advance([rows.source, rows.target, rows.answers], learningRate);
  }
  const heldOut = reversed(2, 0);
  backend.write(source.buffer, heldOut.source);
  backend.write(target.buffer, heldOut.target);
  const logits = forward(source, target);
  const numbers = await read(logits), width = logits.shape[2]!;
  const right = heldOut.answers.reduce((sum, answer, i) => {
    const row = numbers.subarray(i * width, (i + 1) * width);
    return sum + Number(row[answer] === Math.max(...row));
  }, 0);
  return right / heldOut.answers.length;
}

describe("seq2seq", () => {
  const config: Seq2SeqConfig = { kind: "gru", sourceVocab: 10, targetVocab: 11, inputSize: 16, hiddenSize: 32, attention: false };

  test("with attention the writer reverses six digits sooner than with the last state alone", async () => {
    const accuracy = async (attention: boolean): Promise<number> => {
      const backend = await cpu();
      const own = { ...config, attention };
      const parameters = trainable(backend, seq2seqShapes(own), seq2seqWeights(own, 1));
      const model = seq2seq(own, parameters);
      return learn(parameters, 260, 0.01, (source, target) => model(source, target).logits);
    };
    const [without, withAttention] = [await accuracy(false), await accuracy(true)];
    expect(withAttention).toBeGreaterThan(without);
    expect(withAttention).toBeGreaterThan(0.95);
  });
});

describe("stack", () => {
  const base: StackConfig = {
    vocabSize: 11, contextLength: 12, dModel: 32, nLayers: 1, nHeads: 2, nKvHeads: 1, dMlp: 64,
    activation: "gelu", position: "sinusoidal", causal: false, cross: false,
  };
  const build = async (config: StackConfig) => {
    const backend = await cpu();
    const shapes = stackShapes(config, "stack");
    const parameters = frozen(backend, shapes, stackWeights(shapes, 0.3, 5));
    const model = stack(config, parameters, "stack");
    const run = async (ids: readonly number[], options = {}): Promise<number[][]> => {
      const numbers = await read(model.forward(tensor(backend, [1, ids.length], ids, "i32"), options));
      return ids.map((_, i) => Array.from(numbers.subarray(i * config.dModel, (i + 1) * config.dModel)));
    };
    return { backend, run };
  };
  const close = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => Math.abs(value - b[i]!) < 1e-4);

  test.each(["sinusoidal", "learned"] as const)("encoder and decoder with %s positions reverse six digits", async (position) => {
    const backend = await cpu();
    const encoderConfig = { ...base, position }, decoderConfig = { ...base, position, causal: true, cross: true };
    const shapes = new Map([...stackShapes(encoderConfig, "encoder"), ...stackShapes(decoderConfig, "decoder")]);
    const parameters = trainable(backend, shapes, stackWeights(shapes, 0.15, 1));
    const model = encoderDecoder(stack(encoderConfig, parameters, "encoder"), stack(decoderConfig, parameters, "decoder"));
    const accuracy = await learn(parameters, 150, 0.005, (source, target) => model(source, target));
    expect(accuracy).toBeGreaterThan(0.98);
  });

  test("without positions an encoder cannot tell order: exchanged tokens give exchanged rows; with ALiBi or sinusoids they do not", async () => {
    for (const position of ["none", "alibi", "sinusoidal"] as const) {
      const { run } = await build({ ...base, position });
      const [a, b] = [await run([1, 2, 3]), await run([2, 1, 3])];
      expect(close(a[0]!, b[1]!)).toBe(position === "none");
    }
  });

  test("a causal stack's rows do not depend on later tokens, and a window hides what lies before it", async () => {
    const { backend, run } = await build({ ...base, causal: true });
    const [a, b] = [await run([1, 2, 3, 4]), await run([1, 2, 9, 9])];
    expect(close(a[1]!, b[1]!)).toBe(true);
    expect(close(a[2]!, b[2]!)).toBe(false);
    const mask = tensor(backend, [4, 4], slidingWindowMask(4, 2), "i32");
    const [c, d] = [await run([1, 2, 3, 4], { mask }), await run([7, 2, 3, 4], { mask })];
    expect(close(c[3]!, d[3]!)).toBe(true);
    expect(close(c[1]!, d[1]!)).toBe(false);
  });

  test("refuses ids longer than its context and a missing memory", async () => {
    await expect(
      (await build(base)).run(Array.from({ length: 13 }, () => 1))
    ).rejects.toThrow("stack: 13 ids are longer than the context of 12");
    await expect((await build({ ...base, cross: true })).run([1])).rejects.toThrow("needs a memory");
  });
});
