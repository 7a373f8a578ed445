import { openLanguageModel } from "./languageModel.ts";
import { type HeldOutModel, type NamedMatrix, openHeldOutModel } from "./heldOutModel.ts";
import { bitsPerWeight, lookAtRounding, type RoundedMatrix, type RoundingSettings, roundWeights, type WeightMatrix, windowSize } from "./roundedMatrix.ts";
import type { Run, Task } from "./task.ts";

export interface QuantizationLabParams extends RoundingSettings {
  /** Which matrix is looked at; the model is rounded in all of them. */
  readonly matrix: MatrixKind;
  /** Of which block; a model of fewer blocks shows its last. */
  readonly layer: number;
  /** One weight of the matrix shown becomes so many times as large as a typical one; 0 leaves it alone. */
  readonly outlier: number;
  /** Whether the embedding is rounded with the rest. */
  readonly embedding: boolean;
  /** The reader's own numbers are looked at in place of a matrix; empty for none. */
  readonly numbers: string;
  /** To be continued by the model. */
  readonly text: string;
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
  /** The weight that is looked at closely. */
  readonly row: number;
  readonly column: number;
}

export type MatrixKind = "embedding" | "qkv" | "out" | "up" | "down";

/** What a model says and how well it does; null where that is not measured yet. */
export interface Measured {
  readonly loss: number | null;
  /** Its greedy continuation, token by token. */
  readonly tokens: readonly string[] | null;
}

/** What rounding does to the model. */
interface Facts {
  readonly prompt: string;
  /** Unrounded, an outlier included. */
  readonly full: Measured;
  /** Rounded at these settings. */
  readonly rounded: Measured;
  /** Loss at 1, 2, … 8 bits with all other settings as they are. */
  readonly byBits: readonly (number | null)[];
  /** Tokens of which the loss is the mean, and the loss of who guesses blindly among all tokens. */
  readonly tokens: number;
  readonly blind: number;
  /** All parameters in bytes: at these settings, and with every number in 32 bits. */
  readonly bytes: number;
  readonly fullBytes: number;
}

export interface QuantizationLabFrame extends RoundedMatrix, Facts {
  /** The matrix's name in the model; null for the reader's own numbers. */
  readonly name: string | null;
  /** Where the outlier sits in the window; null for none. */
  readonly outlier: { readonly row: number; readonly column: number } | null;
}

/** Where the outlier is put: a place that the first window shows. */
const outlierPlace = { row: 12, column: 40 };
const textLength = 48;
const allBits = [8, 7, 6, 5, 4, 3, 2, 1];
/** Own numbers at most, and the largest of them. */
const own = { most: windowSize.columns, largest: 1e6 };

/** The reader's numbers, whatever stands between them; what is no number is left out. */
export function readNumbers(text: string): number[] {
  return text.replaceAll("−", "-").split(/[\s;,]+/).filter((part) => part !== "").map(Number)
    .filter((value) => Math.abs(value) <= own.largest).slice(0, own.most);
}

/**
 * Rounds all matrices of the shipped model to a few bits: the errors of one matrix from near, then what the model loses by it on held-out
 * stories and in a greedy text. Everything else (the weights, the stories, the prompt) stays the same, so a change is the bits' doing.
 */
export const quantizationLab: Task<QuantizationLabParams, QuantizationLabFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    const lab = openLab(await openHeldOutModel(language), language.model.config.vocabSize, run);
    for (let first = true; ; first = false) {
      const params = { ...run.params };
      const changed = (): boolean => JSON.stringify(run.params) !== JSON.stringify(params);
      // The first frame has both texts; later the picture of the weights does not wait for the model.
      while (first && !lab.hasTexts(params) && !changed()) await lab.measure(params);
      yield lab.frame(params);
      while (lab.missing(params) > 0 && !changed()) {
        await lab.measure(params);
        yield lab.frame(params);
      }
      if (!changed()) await run.changed();
    }
  } finally {
    language.close();
  }
};

/** The lab without its loop. */
export interface Lab {
  frame(params: QuantizationLabParams): QuantizationLabFrame;
  /** How many measurements of the model are wanted that are not there yet. */
  missing(params: QuantizationLabParams): number;
  /** Whether both texts of these settings are there. */
  hasTexts(params: QuantizationLabParams): boolean;
  /** Makes the next of them. */
  measure(params: QuantizationLabParams): Promise<void>;
}

export function openLab(model: HeldOutModel, vocabSize: number, { breathe }: Pick<Run<unknown>, "breathe">): Lab {
  const losses = new Map<string, number>(), texts = new Map<string, readonly string[]>();
  const keyOf = (params: QuantizationLabParams, bits: number | null): string => JSON.stringify([
    bits, ...(bits === null ? [] : [params.scales, params.codes, params.percentile, params.embedding]),
    ...(params.outlier > 0 ? [params.outlier, matrixOf(model, params).name] : []),
  ]);
  const textKey = (params: QuantizationLabParams, bits: number | null): string => JSON.stringify([keyOf(params, bits), params.text]);

  let written: string | null = null;
  /** Puts a state of the model in place; bits null is unrounded. */
  const write = async (params: QuantizationLabParams, bits: number | null): Promise<void> => {
    const key = keyOf(params, bits);
    if (key === written) return;
    const changed = new Map<string, Float32Array>();
    for (const one of model.matrices) {
      const matrix = one === matrixOf(model, params) ? withOutlier(one, params.outlier) : one;
      const isRounded = bits !== null && (params.embedding || one.name !== "embedding.weight");
      if (isRounded) changed.set(one.name, roundWeights(matrix, { ...params, bits }));
      else if (matrix !== one) changed.set(one.name, Float32Array.from(matrix.values));
      await breathe();
    }
    model.write(changed);
    written = key;
  };
  const measured = (params: QuantizationLabParams, bits: number | null): Measured => ({
    loss: losses.get(keyOf(params, bits)) ?? null, tokens: texts.get(textKey(params, bits)) ?? null,
  });
  /** The texts first: a first picture has them. Then the losses that are shown, then those of other numbers of bits. */
  const wanted = (params: QuantizationLabParams): (() => Promise<void>)[] => [
    ...[null, params.bits].filter((bits) => !texts.has(textKey(params, bits))).map((bits) => async () => {
      await write(params, bits);
      texts.set(textKey(params, bits), await model.greedyTokens(params.text, textLength));
    }),
    ...[params.bits, null, ...allBits].filter((bits) => !losses.has(keyOf(params, bits))).map((bits) => async () => {
      await write(params, bits);
      losses.set(keyOf(params, bits), await model.loss(breathe));
    }),
  ];
  /** The last look at a matrix: while the model is measured it stays the same. */
  let last: { readonly key: string; readonly look: Omit<QuantizationLabFrame, keyof Facts> } | null = null;
  const look = (params: QuantizationLabParams): Omit<QuantizationLabFrame, keyof Facts> => {
    const { text: _, ...looked } = params;
    const key = JSON.stringify(looked);
    if (last?.key === key) return last.look;
    const numbers = readNumbers(params.numbers);
    const named = matrixOf(model, params);
    const matrix: WeightMatrix = numbers.length > 0 ? { rows: 1, columns: numbers.length, values: Float64Array.from(numbers) }
      : withOutlier(named, params.outlier);
    const { outlier } = matrix;
    last = {
      key, look: {
        ...lookAtRounding(matrix, params, numbers.length > 0 ? { row: 0, column: params.column } : params, numbers.length > 0 ? "f64" : "f16"),
        name: numbers.length > 0 ? null : named.name,
        outlier: outlier === undefined ? null : { row: Math.floor(outlier / matrix.columns), column: outlier % matrix.columns },
      },
    };
    return last.look;
  };
  return {
    missing: (params) => wanted(params).length,
    hasTexts: (params) => texts.has(textKey(params, null)) && texts.has(textKey(params, params.bits)),
    measure: async (params) => wanted(params)[0]?.(),
    frame: (params) => ({
      ...look(params), prompt: params.text,
      full: measured(params, null), rounded: measured(params, params.bits),
      byBits: allBits.map((_, i) => losses.get(keyOf(params, i + 1)) ?? null),
      tokens: model.tokens, blind: Math.log(vocabSize), ...sizes(model, params),
    }),
  };
}

/** The matrix that is looked at. */
export function matrixOf({ matrices }: HeldOutModel, { matrix, layer }: Pick<QuantizationLabParams, "matrix" | "layer">): NamedMatrix {
  if (matrix === "embedding") return matrices[0]!;
  const parts = { qkv: /\.attn\.qkv\./, out: /\.attn\.out\./, up: /\.mlp\.(?:gateUp|up)\./, down: /\.mlp\.down\./ };
  const ofKind = matrices.filter(({ name }) => parts[matrix].test(name));
  return ofKind[Math.min(layer, ofKind.length - 1)]!;
}

/** A copy of a matrix in which one weight is `strength` times the root mean square of the others; the same matrix for 0. */
export function withOutlier(matrix: NamedMatrix, strength: number): NamedMatrix & WeightMatrix {
  if (strength === 0) return matrix;
  const { rows, columns, values } = matrix;
  const outlier = Math.min(outlierPlace.row, rows - 1) * columns + Math.min(outlierPlace.column, columns - 1);
  const copy = values.slice();
  copy[outlier] = 0;
  copy[outlier] = strength * Math.sqrt(copy.reduce((sum, w) => sum + w * w, 0) / (copy.length - 1));
  return { ...matrix, values: copy, outlier };
}

/** Bytes of all parameters, rounded ones with their scales, the others in 32 bits. */
export function sizes(
  { matrices, otherParameters }: HeldOutModel, params: RoundingSettings & { readonly embedding: boolean },
): { bytes: number; fullBytes: number } {
  let bits = 32 * otherParameters, fullBits = bits;
  for (const matrix of matrices) {
    const count = matrix.rows * matrix.columns;
    fullBits += 32 * count;
    bits += count * (params.embedding || matrix.name !== "embedding.weight" ? bitsPerWeight(matrix, params) : 32);
  }
  return { bytes: bits / 8, fullBytes: fullBits / 8 };
}
