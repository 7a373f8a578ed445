import { expect, test } from "vitest";
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
  const last = (await framesOf(lstmCopy, { ...params, kind, length: 3, steps: 90 })).at(-1)!;
  expect(last.loss).toBeLessThan(Math.log(8) / 2);
});
