import { expect, test } from "vitest";
import { copyRows, reverseRows } from "../data/copying.ts";
import { framesOf } from "../testing/runTask.ts";
import { lstmCopy, type LstmCopyParams } from "./lstmCopy.ts";

const params: LstmCopyParams = { kind: "lstm", length: 10, learningRate: 0.005, steps: 225, seed: 2 };

test("an LSTM of 64 numbers is far from copying ten symbols after 225 steps, but better than guessing", async () => {
  const frames = await framesOf(lstmCopy, params);
  const last = frames.at(-1)!;
  expect(Math.abs(frames[0]!.loss - Math.log(8))).toBeLessThan(0.1);
  expect(last.loss).toBeLessThan(0.95);
  expect(last.rows).toBeLessThan(0.1);
});

test.each(["lstm", "gru", "rnn"] as const)("three symbols are soon copied by a %s", async (kind) => {
  const last = (await framesOf(lstmCopy, { ...params, kind, length: 3, steps: 150 })).at(-1)!;
  expect(last.loss).toBeLessThan(Math.log(8) / 2);
});

test("a row to copy holds symbols, a separator and the symbols again; a row to reverse ends with them turned round", () => {
  const { ids, targets } = copyRows(2, 3, 8, 1, 0);
  expect(Array.from(ids.slice(3, 6))).toEqual([8, ids[0], ids[1]]);
  expect(Array.from(targets.slice(0, 6))).toEqual([-100, -100, -100, ids[0], ids[1], ids[2]]);
  expect(copyRows(2, 3, 8, 1, 1).ids).not.toEqual(ids);
  const reversed = reverseRows(2, 3, 1, 0);
  expect(Array.from(reversed.targets.slice(3, 6))).toEqual([reversed.ids[2], reversed.ids[1], reversed.ids[0]]);
  expect(Array.from(reversed.ids.slice(3, 6))).toEqual([10, reversed.ids[2], reversed.ids[1]]);
});
