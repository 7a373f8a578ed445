import type { Backend } from "../backend.ts";
import { softmax } from "../ops/softmax.ts";
import { read, scope, tensor } from "../tensor.ts";
import { cornerOf, leaks, type MaskName, maskOf, STORED } from "./attentionMasks.ts";
import type { MaskTraining } from "./maskTraining.ts";
import { nano, nanoConfig } from "./nano.ts";
import type { Run, Task } from "./task.ts";
import type { Sample } from "./trainingSample.ts";

export interface MaskLabParams {
  /** Tokens in a row: the side of every matrix; at most 8. */
  readonly tokens: number;
  readonly preset: MaskName;
  /** 8 × 8 bits, used where the preset is "own": 1 where a query (row) may see a key (column). Only the corner counts. */
  readonly mask: readonly number[];
  /** 8 × 8 raw scores; only the corner counts. */
  readonly scores: readonly number[];
  /** Train nano under this mask, and under the causal one beside it. */
  readonly train: boolean;
  /** After how many steps training rests. */
  readonly steps: number;
  readonly seed: number;
}

/** One of the two trainings as far as both have come. */
export interface MaskRun {
  /** Loss of each step, as training sees it. */
  readonly losses: readonly number[];
  /** Loss of the same task with the future not there yet. */
  readonly writing: readonly { readonly step: number; readonly loss: number }[];
  readonly sample: Sample | null;
}

export interface MaskLabFrame {
  readonly tokens: number;
  /** Row-major, as used. */
  readonly mask: readonly number[];
  readonly scores: readonly number[];
  /** softmax of the visible scores of each row; a row that sees nothing is all 0. */
  readonly pattern: readonly number[];
  /** Of each position but the last: whether nano could find out its answer through this mask. */
  readonly leaks: readonly boolean[];
  /** Of this mask's training; null before it begins. */
  readonly step: number | null;
  readonly loss: number | null;
  readonly steps: number;
  readonly yours: MaskRun | null;
  readonly causal: MaskRun | null;
  /** Guessing evenly, and guessing by the last token alone, in nats. */
  readonly baselines: { readonly uniform: number; readonly bigram: number } | null;
  readonly training: boolean;
}

/** Milliseconds of training between two frames. */
const FRAME = 100;

/**
 * The mask of attention: scores, what a mask leaves of them, and the shares that softmax makes; on request nano is trained with that
 * mask, beside a twin with the causal mask, the same starting weights and the same batches.
 * pattern = softmax(mask(scores)); causal of the chapter's 5 × 5 example: rows [1], [.109,.891], …
 */
export const maskLab: Task<MaskLabParams, MaskLabFrame> = async function* (run) {
  const backend = await run.backend();
  const lab = maskTrainings(run, backend);
  try {
    for (;;) {
      yield { ...(await masked(backend, run.params)), ...lab.report() };
      if (run.params.train && !lab.rested()) await lab.work();
      else await run.changed();
    }
  } finally {
    lab.close();
  }
};

type Panels = Pick<MaskLabFrame, "tokens" | "mask" | "scores" | "pattern" | "leaks">;

/** The first three panels. */
export async function masked(backend: Backend, params: MaskLabParams): Promise<Panels> {
  const { tokens } = params;
  const mask = maskFor(params);
  const scores = cornerOf(params.scores, STORED, tokens);
  const shares = scope(() => softmax(tensor(backend, [tokens, tokens], scores), { mask: tensor(backend, [tokens, tokens], mask, "i32") }));
  const pattern = Array.from(await read(shares));
  backend.free(shares.buffer);
  return { tokens, mask, scores, pattern, leaks: leaks(mask, tokens, nanoConfig("gpt2", nano.vocabSize).nLayers) };
}

function maskFor({ preset, tokens, mask }: Pick<MaskLabParams, "preset" | "tokens" | "mask">): number[] {
  return preset === "own" ? cornerOf(mask, STORED, tokens) : maskOf(preset, tokens);
}

/** Both trainings. The causal one is kept when the mask changes: it would do the same again. */
function maskTrainings(run: Run<MaskLabParams>, backend: Backend) {
  const { params } = run;
  let yours: { key: string; training: MaskTraining } | null = null;
  let causal: { key: string; training: MaskTraining } | null = null;
  let reference: MaskLabFrame["baselines"] = null;
  const twinKey = (): string => `${params.tokens} ${params.seed}`;
  const key = (): string => `${twinKey()} ${maskFor(params).join("")}`;

  /** Drops what belongs to other params. */
  const tidy = (): void => {
    if (yours && yours.key !== key()) {
      yours.training.close();
      yours = null;
    }
    if (causal && causal.key !== twinKey()) {
      causal.training.close();
      causal = null;
    }
  };
  const upTo = ({ losses, writing, samples }: MaskTraining, step: number): MaskRun => {
    const shown = samples.filter((one) => one.step <= step);
    return { losses: losses.slice(0, step), writing: writing.filter((one) => one.step <= step), sample: shown.at(-1) ?? null };
  };

  return {
    rested: (): boolean => {
      tidy();
      return yours !== null && yours.training.step >= params.steps;
    },
    report(): Pick<MaskLabFrame, "step" | "loss" | "steps" | "yours" | "causal" | "baselines" | "training"> {
      tidy();
      const both = yours && causal;
      const step = both ? Math.min(yours!.training.step, causal!.training.step) : null;
      return {
        step, steps: params.steps,
        loss: both && step! > 0 ? (yours!.training.losses[Math.min(step!, yours!.training.losses.length) - 1] ?? null) : null,
        yours: both ? upTo(yours!.training, step!) : null, causal: both ? upTo(causal!.training, step!) : null,
        baselines: both ? reference : null, training: params.train,
      };
    },
    async work(): Promise<void> {
      const { tokens, seed } = params;
      const wanted = key(), twin = twinKey(), mask = maskFor(params);
      // Loaded when training is first asked for, so that the figure opens without stories and trainer.
      const [{ trainingText }, { baselines, heldOutBatches }, { maskTraining }] = await Promise.all(
        [import("./trainingText.ts"), import("./baselines.ts"), import("./maskTraining.ts")],
      );
      const text = await trainingText(run, "stories", "", nano.vocabSize);
      if (!reference) {
        const { uniform, bigram } = await baselines(text.training, heldOutBatches(text.heldOut, nano.rows, nano.time, 8),
          text.tokenizer.vocabSize, () => run.breathe());
        reference = { uniform, bigram };
      }
      causal ??= { key: twin, training: await maskTraining(backend, text, maskOf("causal", tokens), tokens, seed, run) };
      yours ??= { key: wanted, training: await maskTraining(backend, text, mask, tokens, seed, run) };
      const begun = performance.now();
      do {
        await yours.training.advance(run);
        while (causal.training.step < yours.training.step) await causal.training.advance(run);
        await run.breathe();
      } while (!run.single && key() === wanted && params.train && yours.training.step < params.steps && performance.now() - begun < FRAME);
    },
    close(): void {
      yours?.training.close();
      causal?.training.close();
    },
  };
}
