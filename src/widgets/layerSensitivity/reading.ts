import type { LayerSensitivityFrame, SensitiveMatrix } from "../../../engine/tasks/layerSensitivity.ts";
import type { ScaleSharing } from "../../../engine/tasks/scaleSharing.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** The settings that a reading needs. */
export interface Params {
  readonly bits: number;
  readonly scales: ScaleSharing;
  readonly budget: number;
}

export const lossText = (loss: number | null): string => loss?.toFixed(3) ?? "…";
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(3)} MB`;
export const riseText = (rise: number): string => (Number.isNaN(rise) ? "…" : `${rise < 0 ? "−" : "+"}${Math.abs(rise).toFixed(3)}`);
export const keptCount = ({ matrices }: LayerSensitivityFrame): number => matrices.filter(({ kept }) => kept).length;

const PARTS: Readonly<Record<string, string>> = {
  "attn.qkv": "queries, keys, values", "attn.out": "attention out", "mlp.gateUp": "MLP in", "mlp.up": "MLP in", "mlp.down": "MLP out",
};

/** "0 MLP out": layer and part. */
export function labelOf({ name }: Pick<SensitiveMatrix, "name">): string {
  const [, layer, part] = /^blocks\.(\d+)\.(.+)\.weight$/.exec(name) ?? [];
  return layer === undefined ? name.replace(/\.weight$/, "") : `${layer} ${PARTS[part!] ?? part}`;
}

/** What rounding a matrix alone adds to the loss; NaN while not known. */
export const riseOf = ({ full }: LayerSensitivityFrame, { alone }: SensitiveMatrix): number => (alone === null || full === null ? NaN : alone - full);

/** Matrices measured so far, and the sum of what they cost alone. */
export function sumOfRises(frame: LayerSensitivityFrame): { readonly known: number; readonly sum: number } {
  const rises = frame.matrices.map((one) => riseOf(frame, one)).filter((rise) => !Number.isNaN(rise));
  return { known: rises.length, sum: rises.reduce((total, rise) => total + rise, 0) };
}

/** Whether the recipe fits, and by how much. */
export function budgetText({ recipe }: LayerSensitivityFrame, { budget }: Params): string {
  const over = recipe.bytes / 1e6 - budget;
  return over > 0 ? `${over.toFixed(3)} MB over the budget` : `within the budget, ${(-over).toFixed(3)} MB left`;
}

/** The picture as one sentence and as a table. */
export function describe(frame: LayerSensitivityFrame, params: Params): Description {
  const { matrices, full, recipe, allLow, allHigh } = frame;
  const worst = matrices.filter((one) => !Number.isNaN(riseOf(frame, one))).sort((a, b) => riseOf(frame, b) - riseOf(frame, a))[0];
  return {
    sentence: `${keptCount(frame)} of ${matrices.length} matrices in 8 bits, the others in ${params.bits}: ${megabytes(recipe.bytes)}, ${budgetText(frame, params)}, `
      + `loss ${lossText(recipe.loss)} against ${lossText(full)} unrounded.${worst ? ` Alone, ${labelOf(worst)} costs most: ${riseText(riseOf(frame, worst))}.` : ""}`,
    table: {
      columns: ["matrix", "weights", "in few bits alone, loss", "rise", "kept in 8 bits"],
      rows: [
        ...matrices.map((one) => [labelOf(one), one.parameters.toLocaleString("en"), lossText(one.alone), riseText(riseOf(frame, one)), one.kept ? "yes" : "no"]),
        ["all in few bits", megabytes(allLow.bytes), lossText(allLow.loss), "", ""],
        ["this recipe", megabytes(recipe.bytes), lossText(recipe.loss), "", ""],
        ["all in 8 bits", megabytes(allHigh.bytes), lossText(allHigh.loss), "", ""],
      ],
    },
  };
}
