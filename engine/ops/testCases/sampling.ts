import type { Attributes } from "../../kernel.ts";
import { type Case, draw, type OpCases } from "../../testing/opCases.ts";

const exactly = (values: readonly number[]) => ({ shape: [values.length], dtype: "f32" as const, values: Float64Array.from(values, Math.fround) });

const settings: readonly Attributes[] = [
  { temperature: 0, topK: 0, topP: 1, minP: 0 },
  { temperature: 1, topK: 0, topP: 1, minP: 0 },
  { temperature: 0.7, topK: 3, topP: 1, minP: 0 },
  { temperature: 1.5, topK: 1, topP: 1, minP: 0 },
  { temperature: 1, topK: 9, topP: 0.6, minP: 0 },
  { temperature: 1, topK: 0, topP: 0.9, minP: 0.2 },
];

/** The third of four choices, after one that used a uniform number and one that did not. */
const third = (attributes: Attributes, uniform: number, ties: boolean): Case => {
  const logits = draw([23], 40);
  const values = ties ? logits.values.map((value) => Math.round(value)) : logits.values.slice();
  values[4] = -Infinity;
  return {
    title: `${JSON.stringify(attributes)}, ${uniform}${ties ? ", ties" : ""}`,
    inputs: [{ ...logits, values }, exactly([0.5, uniform, 0.5, 0.5])],
    attributes,
    before: [[7], [12], [5, 1, 6, 1, 0, 0, 0, 0], [2]].map((numbers) => Float64Array.from(numbers)),
  };
};

export const cases: OpCases = {
  calls: [],
  derived: { sampleId: () => settings.flatMap((each) => [0.03, 0.41, 0.97].map((u, i) => third(each, u, i === 1))) },
};
