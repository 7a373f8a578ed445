import { type HeldOutModel, openHeldOutModel } from "./heldOutModel.ts";
import { openLanguageModel } from "./languageModel.ts";
import { bitsPerWeight, type RoundingSettings, roundWeights } from "./roundedMatrix.ts";
import type { ScaleSharing } from "./scaleSharing.ts";
import type { Run, Task } from "./task.ts";

export interface LayerSensitivityParams {
  /** Bits of the matrices that are rounded coarsely. */
  readonly bits: number;
  readonly scales: ScaleSharing;
  /** A bit a matrix, in the model's order: 1 where it keeps eight bits. Cells beyond the model's matrices do not count. */
  readonly kept: readonly number[];
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
}

export interface SensitiveMatrix {
  readonly name: string;
  readonly parameters: number;
  readonly kept: boolean;
  /** Bytes in few bits and in eight, scales included. */
  readonly low: number;
  readonly high: number;
  /** The model's loss when this matrix alone is rounded; null while not measured yet. */
  readonly alone: number | null;
}

/** A way to round the whole model. */
export interface Recipe {
  readonly bytes: number;
  readonly loss: number | null;
}

export interface LayerSensitivityFrame {
  readonly matrices: readonly SensitiveMatrix[];
  /** Loss of the model as its file has it. */
  readonly full: number | null;
  /** As the switches stand; everything in few bits; everything in eight. */
  readonly recipe: Recipe;
  readonly allLow: Recipe;
  readonly allHigh: Recipe;
  readonly tokens: number;
}

/** Switches at most. */
export const SWITCHES = 32;
/** The bits of a matrix that is kept fine. */
export const FINE = 8;

/**
 * Each matrix of the shipped model rounded alone: where a few bits hurt, on held-out stories. Then all of them at once, those that are
 * switched in eight bits: a recipe that the reader makes, with its bytes and its loss.
 */
export const layerSensitivity: Task<LayerSensitivityParams, LayerSensitivityFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    const bench = openBench(await openHeldOutModel(language), run);
    for (;;) {
      const params = { ...run.params };
      const changed = (): boolean => JSON.stringify(run.params) !== JSON.stringify(params);
      yield bench.frame(params);
      while (!changed() && await bench.measure(params)) yield bench.frame(params);
      if (!changed()) await run.changed();
    }
  } finally {
    language.close();
  }
};

/** The bench without its loop. */
export interface Bench {
  frame(params: LayerSensitivityParams): LayerSensitivityFrame;
  /** Makes the next measurement that is not there yet; false when all are. */
  measure(params: LayerSensitivityParams): Promise<boolean>;
}

export function openBench(model: HeldOutModel, { breathe }: Pick<Run<unknown>, "breathe">): Bench {
  const { matrices } = model;
  const losses = new Map<string, number>();
  type Bits = readonly (number | null)[];
  const keyOf = (bits: Bits, scales: ScaleSharing): string => JSON.stringify([bits, bits.some((one) => one !== null) ? scales : ""]);
  const settings = (bits: number, { scales }: LayerSensitivityParams): RoundingSettings => ({ bits, scales, codes: "symmetric", percentile: 100 });
  const none: Bits = matrices.map(() => null);
  const isKept = (params: LayerSensitivityParams, i: number): boolean => i < SWITCHES && params.kept[i] === 1;
  const recipeOf = (params: LayerSensitivityParams): Bits => matrices.map((_, i) => (isKept(params, i) ? FINE : params.bits));
  const alone = (params: LayerSensitivityParams, at: number): Bits => none.map((_, i) => (i === at ? params.bits : null));
  const bytesOf = (i: number, bits: number, params: LayerSensitivityParams): number =>
    (matrices[i]!.rows * matrices[i]!.columns * bitsPerWeight(matrices[i]!, settings(bits, params))) / 8;
  const recipe = (bits: readonly number[], params: LayerSensitivityParams): Recipe => ({
    bytes: bits.reduce((sum, one, i) => sum + bytesOf(i, one, params), 4 * model.otherParameters),
    loss: losses.get(keyOf(bits, params.scales)) ?? null,
  });
  return {
    frame: (params) => ({
      matrices: matrices.map(({ name, rows, columns }, i) => ({
        name, parameters: rows * columns, kept: isKept(params, i), low: bytesOf(i, params.bits, params), high: bytesOf(i, FINE, params),
        alone: losses.get(keyOf(alone(params, i), params.scales)) ?? null,
      })),
      full: losses.get(keyOf(none, params.scales)) ?? null,
      recipe: recipe(recipeOf(params) as number[], params),
      allLow: recipe(matrices.map(() => params.bits), params), allHigh: recipe(matrices.map(() => FINE), params),
      tokens: model.tokens,
    }),
    async measure(params) {
      const wanted: Bits[] = [none, recipeOf(params), matrices.map(() => params.bits), matrices.map(() => FINE),
        ...matrices.map((_, i) => alone(params, i))];
      const next = wanted.find((bits) => !losses.has(keyOf(bits, params.scales)));
      if (!next) return false;
      const changed = new Map<string, Float32Array>();
      for (const [i, bits] of next.entries()) {
        if (bits === null) continue;
        changed.set(matrices[i]!.name, roundWeights(matrices[i]!, settings(bits, params)));
        await breathe();
      }
      model.write(changed);
      losses.set(keyOf(next, params.scales), await model.loss(breathe));
      return true;
    },
  };
}
