import type { AttentionByHandFrame } from "../../engine/tasks/attentionByHand.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { cellText } from "../charts/numberGrid.ts";
import { type Description, defineWidget } from "../widget/defineWidget.ts";
import { drawByHand } from "./attentionByHand/draw.ts";

/** Tenths from −5 to 5, stored 3 columns wide; the worked numbers of the chapter fit. */
const cells = { kind: "grid", columns: 3, min: -5, max: 5, step: 0.1, live: true } as const;
const weights = { ...cells, rows: 3 } as const;
const UNIT = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] as const;

/** One head of attention on a few small vectors: every matrix of the formula, and every cell as its sum. */
export const attentionByHand = defineWidget({
  id: "attention-by-hand",
  title: "Attention by hand",
  params: {
    scaled: { kind: "toggle", default: true, label: "÷ √d", live: true },
    causal: { kind: "toggle", default: true, label: "mask", live: true },
    projections: { kind: "choice", default: "identity", options: { identity: "identity", editable: "own" }, label: "W", live: true },
    words: { kind: "text", default: "How are you ?", maxLength: 80, label: "words", live: true, more: true },
    width: { kind: "number", default: 3, min: 2, max: 3, step: 1, label: "numbers a token", live: true, more: true },
    vectors: { ...cells, rows: 6, label: "vectors",
      default: [0.2, -0.7, 0.5, -0.3, 0.1, 0.8, 0.9, -0.4, 0.2, -0.5, 0.9, 0, 0.1, 0.6, -0.3, -0.2, -0.5, 0.7] },
    queryWeights: { ...weights, label: "W_Q", default: [1, 0, 0, 0, 2, 0, 0, 0, 1] },
    keyWeights: { ...weights, label: "W_K", default: [1, 0, 1, 0, 1, 1, 1, 0, 0] },
    valueWeights: { ...weights, label: "W_V", default: [1, 0, 0, 0, 1, 0, 0, 0, -1] },
  },
  scenes: {
    twoUnits: {
      title: "two unit vectors", params: { words: "east north", width: 2, vectors: UNIT, causal: false },
      watch: "With nothing but themselves to compare, each token looks at itself twice as much as at the other: .670 to .330.",
    },
    unscaled: {
      title: "not scaled", params: { words: "east north", width: 2, vectors: UNIT, causal: false, scaled: false },
      watch: "Without ÷ √2 the same scores are further apart, and the softmax is sharper: .731 to .269.",
    },
    open: { title: "no mask", params: { causal: false },
      watch: "Now the row of “you” looks at “?” too: at the very token that it is meant to predict." },
    projected: {
      title: "own W", params: { projections: "editable" },
      watch: "Query and key are different views now: how much “you” looks at “are” no longer tells how much “are” looks at “you”.",
    },
  },
  task: tasks.attentionByHand,
  size: { wide: [720, 450], narrow: [360, 780] },
  start: "auto",
  draw: drawByHand,
  describe,
  readouts: {
    pattern: (frame) => rowText(frame.matrices.pattern, frame.tokens.length, lookedAt(frame)),
    output: (frame) => rowText(frame.matrices.output, frame.width, lookedAt(frame)),
    tokens: ({ tokens }) => String(tokens.length),
  },
});

/** The row that the sentence speaks of: the last but one, which predicts the last word. */
const lookedAt = ({ tokens }: AttentionByHandFrame): number => Math.max(0, tokens.length - 2);

const rowText = (values: readonly number[], columns: number, row: number): string =>
  `[${values.slice(row * columns, (row + 1) * columns).map((value) => cellText(value)).join(", ")}]`;

function describe(frame: AttentionByHandFrame): Description {
  const { tokens, matrices: { pattern, output }, width, causal } = frame;
  const size = tokens.length;
  const row = lookedAt(frame);
  const visible = causal ? row + 1 : size;
  const looks = tokens.slice(0, visible).map((token, key) => `‘${token}’ ${cellText(pattern[row * size + key]!)}`).join(", ");
  return {
    sentence: `‘${tokens[row]}’ looks at ${looks}; its output is ${rowText(output, width, row)}.`,
    table: {
      columns: ["query \\ key", ...tokens],
      rows: tokens.map((token, query) =>
        [token, ...tokens.map((_, key) => (causal && key > query ? "masked" : cellText(pattern[query * size + key]!)))]),
    },
  };
}
