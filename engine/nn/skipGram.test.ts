import { expect, test } from "vitest";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { read, tensor } from "../tensor.ts";
import { fit } from "./fit.ts";
import { trainable } from "./parameters.ts";
import { cosineOfRows, repeatCentres, skipGramLoss, skipGramSampler, skipGramWeights } from "./skipGram.ts";

/** Two kinds of words: animals (0–3) stand with what animals do (4–7), tools (8–11) with what tools do (12–15). */
function sentences(count: number, seed: number): Int32Array {
  const draw = random(seed);
  return Int32Array.from(Array.from({ length: count }, () => {
    const kind = 8 * draw.integer(2);
    return [kind + draw.integer(4), kind + 4 + draw.integer(4), 16];
  }).flat());
}

test("skip-gram brings words of one kind together, which never stand side by side", async () => {
  const backend = (await backends.cpu!())!;
  const vocabSize = 17, d = 8, shape = { pairs: 128, window: 1, negatives: 4, vocabSize };
  const parameters = trainable(
    backend, new Map([["words.weight", [vocabSize, d]], ["contexts.weight", [vocabSize, d]]]), skipGramWeights(vocabSize, d, 1),
  );
  const words = parameters.tensors.get("words.weight")!, contexts = parameters.tensors.get("contexts.weight")!;
  const ids = (length: number) => tensor(backend, [length], new Int32Array(length), "i32");
  const [centres, near, drawn, repeated] = [ids(128), ids(128), ids(512), ids(512)];
  const run = fit(
    parameters, { kind: "adaGrad" }, [centres, near, drawn, repeated],
    () => skipGramLoss(words, contexts, { centres, near, drawn, repeated }),
  );
  const sample = skipGramSampler(sentences(500, 3), shape), draw = random(2);
  const losses: number[] = [];
  for (let step = 0; step < 300; step++) {
    const batch = sample(draw);
    run.advance([batch.centres, batch.near, batch.drawn, repeatCentres(batch.centres, 4)], 0.3);
    losses.push(await run.loss());
  }
  // The first loss is that of vectors that agree with nothing: 5 ln 2.
  expect(losses[0]!).toBeCloseTo(5 * Math.LN2, 5);
  expect(losses.at(-1)!).toBeLessThan(2.5);
  const table = await read(words);
  const mean = (pairs: readonly (readonly [number, number])[]): number => pairs.reduce(
    (sum, [a, b]) => sum + cosineOfRows(table, d, a, b), 0,
  ) / pairs.length;
  const alike = mean([[0, 1], [0, 2], [1, 3], [8, 9], [9, 11], [4, 5], [12, 14]]);
  const unlike = mean([[0, 8], [1, 9], [2, 10], [3, 11], [4, 12], [5, 13]]);
  expect(alike).toBeGreaterThan(0.8);
  expect(unlike).toBeLessThan(0.45);
});
