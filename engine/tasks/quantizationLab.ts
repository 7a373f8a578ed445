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
  /** The weight that is looked at closely. */
  readonly row: number;
  readonly column: number;
}

export type MatrixKind = "embedding" | "qkv" | "out" | "up" | "down";

/** A model's loss and greedy text; the texts of its tokens. */
export interface Measured {
  readonly loss: number;
  readonly tokens: readonly string[];
}

/** What rounding does to the model. */
interface Facts {
  readonly prompt: string;
  /** Unrounded, an outlier included; null while not measured yet. */
  readonly full: Measured | null;
  /** Rounded at these settings. */
  readonly rounded: Measured | null;
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
      // The first frame is whole; later the picture of the weights does not wait for the model.
      if (!first && lab.missing(params) > 0) yield lab.frame(params);
      while (lab.missing(params) > 0 && !changed()) {
        await lab.measure(params);
        if (!first || lab.isReady(params)) {
          yield lab.frame(params);
          first = false;
        }
      }
      if (changed()) continue;
      yield lab.frame(params);
      await run.changed();
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
  /** Whether the losses and texts of these very settings are there. */
  isReady(params: QuantizationLabParams): boolean;
  /** Makes the next of them. */
  measure(params: QuantizationLabParams): Promise<void>;
}

export function openLab(model: HeldOutModel, vocabSize: number, { breathe }: Pick<Run<unknown>, "breathe">): Lab {
  const losses = new Map<string, number>(), texts = new Map<string, readonly string[]>();
  const whole = (params: QuantizationLabParams): string =>
    JSON.stringify(params.outlier > 0 ? [params.outlier, matrixOf(model, params).name] : []);
  const rounded = (params: QuantizationLabParams, bits = params.bits): string =>
    JSON.stringify([bits, params.scales, params.codes, params.percentile, params.embedding, whole(params)]);
  const written = (key: string, { text }: QuantizationLabParams): string => JSON.stringify([key, text]);

  const write = async (params: QuantizationLabParams, bits: number | null): Promise<void> => {
    const changed = new Map<string, Float32Array>();
    for (const one of model.matrices) {
      const isShown = one === matrixOf(model, params);
      const matrix = isShown ? withOutlier(one, params.outlier) : one;
      const isRounded = bits !== null && (params.embedding || one.name !== "embedding.weight");
      if (isRounded) changed.set(one.name, roundWeights(matrix, { ...params, bits }));
      else if (matrix !== one) changed.set(one.name, Float32Array.from(matrix.values));
      await breathe();
    }
    model.write(changed);
  };
  /** Loss and text of a state of the model; bits null is unrounded. */
  const measureState = async (params: QuantizationLabParams, bits: number | null, withText: boolean): Promise<void> => {
    const key = bits === null ? whole(params) : rounded(params, bits);
    await write(params, bits);
    if (!losses.has(key)) losses.set(key, await model.loss());
    if (withText) texts.set(written(key, params), await model.greedyTokens(params.text, textLength));
  };
  const measured = (params: QuantizationLabParams, key: string): Measured | null => {
    const loss = losses.get(key), tokens = texts.get(written(key, params));
    return loss !== undefined && tokens ? { loss, tokens } : null;
  };
  const wanted = (params: QuantizationLabParams): (() => Promise<void>)[] => [
    ...(measured(params, whole(params)) ? [] : [() => measureState(params, null, true)]),
    ...(measured(params, rounded(params)) ? [] : [() => measureState(params, params.bits, true)]),
    ...allBits.filter((bits) => !losses.has(rounded(params, bits))).map((bits) => () => measureState(params, bits, false)),
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
    isReady: (params) => measured(params, whole(params)) !== null && measured(params, rounded(params)) !== null,
    measure: async (params) => wanted(params)[0]?.(),
    frame: (params) => ({
      ...look(params), prompt: params.text,
      full: measured(params, whole(params)), rounded: measured(params, rounded(params)),
      byBits: allBits.map((_, i) => losses.get(rounded(params, i + 1)) ?? null),
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
