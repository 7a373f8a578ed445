import { expect, test } from "vitest";
import { walk } from "../../engine/tasks/descend.ts";
import { defaults } from "../widget/params.ts";
import { drawFrame } from "../widget/poster.ts";
import { descent1d } from "./descent1d.ts";

const params = defaults(descent1d.params);

test("opens on the worked numbers of its chapter", () => {
  const { sentence, table } = descent1d.describe(walk(params, params.headStart), params);
  expect(table.rows.map(([, w]) => w)).toEqual(["5", "4.6", "4.28", "4.024", "3.8192"]);
  expect(table.rows.map(([, , loss]) => loss)).toEqual(["4", "2.56", "1.6384", "1.0486", "0.67109"]);
  expect(sentence).toBe("Step 4: the weight is 3.8192 and the loss 0.6711, falling from 4.");
});

test("draws one footprint a step, and its table has a row for each", () => {
  const frame = walk(params, 9);
  expect(drawFrame(descent1d, frame, params).match(/gb-(print|now)/g)).toHaveLength(10 + 10);
  expect(descent1d.describe(frame, params).table.rows).toHaveLength(10);
});

test.each([
  [1, "still at 4"], [1.05, "climbing from 4"], [0.3, "falling from 4"],
])("at learning rate %d the loss is %s", (learningRate, words) => {
  const frame = walk({ ...params, learningRate }, 8);
  expect(descent1d.describe(frame, { ...params, learningRate }).sentence).toContain(words);
});

test("explains a divergence, and draws it without a number that is none", () => {
  const wild = { ...params, landscape: "twoValleys", learningRate: 1.2, start: 7 } as const;
  const frame = walk(wild, 30);
  expect(descent1d.describe(frame, wild).sentence).toContain(`left all bounds at step ${frame.divergedAt}`);
  expect(drawFrame(descent1d, frame, wild)).not.toMatch(/NaN|Infinity/);
});
