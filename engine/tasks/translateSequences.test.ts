import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { translateSequences, type TranslateSequencesFrame, type TranslateSequencesParams, translators } from "./translateSequences.ts";

const learn = async (model: TranslateSequencesParams["model"]): Promise<TranslateSequencesFrame[]> =>
  framesOf(translateSequences, { model, length: 6, pace: 1, steps: translators[model].steps, seed: 1 });

test("a recurrent writer that has only the reader's last state mixes digits up that one that may look back does not", async () => {
  const [blind, seeing] = [(await learn("gru")).at(-1)!, (await learn("gruAttention")).at(-1)!];
  expect(blind.symbolsRight).toBeGreaterThan(0.85);
  expect(seeing.symbolsRight).toBeGreaterThan(0.93);
  expect(seeing.rowsRight).toBeGreaterThan(blind.rowsRight + 0.1);
  expect(blind.pattern).toBeNull();
  expect(seeing.pattern).toHaveLength(6 * 6);
});

test("an encoder and a decoder with cross attention reverse six digits without a fault, along the anti-diagonal", async () => {
  const frames = await learn("transformer");
  const last = frames.at(-1)!;
  expect(frames[0]!.rowsRight).toBe(0);
  expect(last.rowsRight).toBe(1);
  expect(last.said).toBe(Array.from(last.source).toReversed().join(""));
  const along = [0, 1].map((head) => [0, 1, 2, 3, 4, 5].reduce((sum, to) => sum + last.pattern![(head * 6 + to) * 6 + 5 - to]!, 0) / 6);
  expect(Math.max(...along)).toBeGreaterThan(0.6);
});
