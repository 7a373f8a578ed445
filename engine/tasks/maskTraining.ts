import type { Backend } from "../backend.ts";
import { mixtureBatch } from "../data/batches.ts";
import { type Batch, trainer } from "../nn/trainer.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { defaultAdamW } from "../optim/adamW.ts";
import { random } from "../random.ts";
import { sample } from "../sampling/sample.ts";
import { read, scope, tensor } from "../tensor.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { cornerOf } from "./attentionMasks.ts";
import { heldOutBatches } from "./baselines.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { nano, nanoConfig } from "./nano.ts";
import { nanoWeights } from "./nanoWeights.ts";
import type { Run } from "./task.ts";
import type { Sample } from "./trainingSample.ts";
import { separatorText, type TrainingText, wordsOf } from "./trainingText.ts";

/** One training of `nano` whose rows are as long as the mask. */
export interface MaskTraining {
  readonly step: number;
  /** Loss of every step so far, in nats a token, as training sees it. */
  readonly losses: readonly number[];
  /** Loss of the same task when the future is not there, as in writing; every `lookEvery` steps. */
  readonly writing: readonly { readonly step: number; readonly loss: number }[];
  readonly samples: readonly Sample[];
  /** Does one step, and every `lookEvery` steps looks how it writes. */
  advance(run: Pick<Run<unknown>, "breathe">): Promise<void>;
  close(): void;
}

export const lookEvery = 20;
/** Tokens of a step; rows of held-out text that are continued at each look. */
const stepTokens = 512, heldOutRows = 32;
const learningRate = 0.005;
const sampling = { temperature: 0.8, topK: 0, topP: 1 } as const;
/** The beginning of a story that it was not trained on, to be continued by so many tokens. */
const promptTokens = 3, sampleTokens = 30;

/**
 * Trains under a mask. A row of n tokens asks n − 1 questions: the last token's successor lies outside of it.
 * A function of text, mask and seed alone, so two masks can be compared step by step; the causal mask is one of them.
 */
export async function maskTraining(
  backend: Backend, text: TrainingText, mask: readonly number[], time: number, seed: number, run: Pick<Run<unknown>, "breathe">,
): Promise<MaskTraining> {
  const { vocabSize } = text.tokenizer;
  const rows = Math.round(stepTokens / time);
  const config = { ...nanoConfig("gpt2", vocabSize), contextLength: time };
  const parameters = nanoWeights("gpt2", vocabSize, seed);
  parameters.set("positions.weight", parameters.get("positions.weight")!.slice(0, time * config.dModel));
  const current = trainer(backend, {
    config, rows, time, shards: 1, optimizer: defaultAdamW, stepByStep: attentionWithPattern, heads: [], headWeight: () => 0, mask,
    schedule: { peak: learningRate, steps: 1000, warmup: nano.warmup, decay: "none", final: 1 },
  }, { step: 0, parameters, m: null, v: null });
  const mixture = { rows, time, seed, streams: [{ ids: text.training, share: 1 }], repeats: 0, randomIds: 0, attend: false };
  const [held] = heldOutBatches(text.heldOut, heldOutRows, time, 1) as [Batch];
  const losses: number[] = [];
  const writing: { step: number; loss: number }[] = [];
  const samples: Sample[] = [];

  /** The first `seen` ids of rows, of which the last predicts what comes next; the mask's corner decides who sees whom among them. */
  const writingLoss = async (): Promise<number> => {
    let sum = 0;
    for (let seen = 1; seen < time; seen++) {
      const ids = new Int32Array(heldOutRows * seen), targets = new Int32Array(heldOutRows * seen).fill(-100);
      for (let row = 0; row < heldOutRows; row++) {
        ids.set(held.ids.subarray(row * time, row * time + seen), row * seen);
        targets[row * seen + seen - 1] = held.targets[row * time + seen - 1]!;
      }
      const loss = scope(() => crossEntropy(forward(ids, heldOutRows, seen), tensor(backend, [heldOutRows, seen], targets, "i32")));
      sum += (await read(loss))[0]!;
      backend.free(loss.buffer);
      await run.breathe();
    }
    return sum / (time - 1);
  };
  const forward = (ids: ArrayLike<number>, count: number, seen: number) =>
    current.model.forward(tensor(backend, [count, seen], ids, "i32"),
      { mask: tensor(backend, [seen, seen], cornerOf(mask, time, seen), "i32") });
  const write = async (): Promise<Sample> => {
    const draw = random(seed, 1e9 + current.step);
    const ids = [...text.heldOut.subarray(0, promptTokens)];
    while (ids.length < promptTokens + sampleTokens) {
      const context = ids.slice(1 - time);
      const logits = scope(() => forward(context, 1, context.length));
      const values = await read(logits);
      ids.push(sample(values.slice((context.length - 1) * vocabSize) as Float32Array, sampling, draw));
      backend.free(logits.buffer);
      await run.breathe();
    }
    const written = withBlanks(text.tokenizer, ids.slice(1));
    const words = wordsOf(written);
    const invented = words.filter((word) => !text.words.has(word));
    return { step: current.step, text: written, words: words.length, known: words.length - invented.length, invented };
  };
  const look = async (): Promise<void> => {
    writing.push({ step: current.step, loss: await writingLoss() });
    samples.push(await write());
  };

  await look();
  return {
    get step() { return current.step; },
    losses, writing, samples,
    async advance({ breathe }) {
      const batch = mixtureBatch(mixture, current.step);
      for (let row = 0; row < rows; row++) batch.targets[row * time + time - 1] = -100;
      current.begin(batch);
      await current.ready();
      while (!current.advance(12)) await breathe();
      // Reading back is free on the CPU; a GPU would stand still each time.
      if (backend.kind !== "webgpu" || current.step % lookEvery === 0) losses.push(...(await current.reports()).map(({ loss }) => loss));
      if (current.step % lookEvery === 0) await look();
    },
    close: () => current.close(),
  };
}

/** A text in which runs of tokens that are only spaces (_) or line ends (/) can be seen: a broken model may write little else. */
export function withBlanks(tokenizer: Tokenizer, ids: readonly number[]): string {
  const mark = (id: number): string | null => {
    const piece = tokenizer.decode([id]);
    return /^\s+$/u.test(piece) ? (piece.includes("\n") ? "/" : "_") : null;
  };
  const marks = ids.map(mark);
  let written = "", run: number[] = [];
  // Characters may be cut between tokens, so what stands together is decoded together.
  ids.forEach((id, i) => {
    const isRun = marks[i] !== null && (marks[i - 1] != null || marks[i + 1] != null);
    if (isRun) {
      written += `${tokenizer.decode(run)} ${marks[i]} `;
      run = [];
    } else {
      run.push(id);
    }
  });
  return (written + tokenizer.decode(run)).replaceAll(separatorText, " ¶ ").replaceAll(/\s+/gu, " ").trim();
}
