import { corpus, wordsOf } from "../data/storyGrammar.ts";
import { fit } from "../nn/fit.ts";
import { trainable } from "../nn/parameters.ts";
import { cosineOfRows, repeatCentres, skipGramLoss, skipGramSampler, skipGramWeights } from "../nn/skipGram.ts";
import { random } from "../random.ts";
import { read, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface TrainSkipGramParams {
  /** Words on each side that count as near. */
  readonly window: number;
  /** Live. */
  readonly learningRate: number;
  /** Whose neighbours are shown; live. A word that is not in the vocabulary has none. */
  readonly word: string;
  readonly steps: number;
  readonly seed: number;
}

export interface TrainSkipGramFrame {
  readonly step: number;
  /** Mean loss of the steps since the last frame; null in the first. Vectors that agree with nothing have 6 ln 2 = 4.159. */
  readonly loss: number | null;
  readonly losses: readonly number[];
  /** The words by falling count, and their vectors [words,d]. */
  readonly words: readonly string[];
  readonly vectors: Float32Array;
  /** The words nearest to `word` by the cosine of their angle. */
  readonly neighbours: readonly { readonly word: string; readonly cosine: number }[];
  readonly finished: boolean;
}

const d = 16, vocabSize = 400, stories = 600, pairs = 512, negatives = 5, stepsPerFrame = 25, shown = 8;

/**
 * Words of made-up stories get vectors from their neighbours alone: skip-gram with five random words to each pair, AdaGrad. After 600
 * steps seven of the eight words nearest to "red" are colours (seed 1).
 * Source: Mikolov et al. 2013.
 */
export const trainSkipGram: Task<TrainSkipGramParams, TrainSkipGramFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const { words, ids } = indexed(corpus(params.seed, stories).flatMap((text) => wordsOf(text.toLowerCase())));
  const shape = [words.length, d];
  const parameters = trainable(
    backend, new Map([["words.weight", shape], ["contexts.weight", shape]]), skipGramWeights(words.length, d, params.seed),
  );
  const vectors = parameters.tensors.get("words.weight")!, contexts = parameters.tensors.get("contexts.weight")!;
  const integers = (length: number) => tensor(backend, [length], new Int32Array(length), "i32");
  const [centres, near, drawn, repeated] = [integers(pairs), integers(pairs), integers(pairs * negatives), integers(pairs * negatives)];
  const run = fit(
    parameters, { kind: "adaGrad" }, [centres, near, drawn, repeated],
    () => skipGramLoss(vectors, contexts, { centres, near, drawn, repeated }),
  );
  const sample = skipGramSampler(ids, { pairs, window: params.window, negatives, vocabSize: words.length, rare: 0.002 });
  const draw = random(params.seed, 1);
  const losses: number[] = [];
  try {
    for (;;) {
      const table = Float32Array.from(await read(vectors));
      const finished = run.step >= params.steps;
      yield {
        step: run.step, loss: losses.at(-1) ?? null, losses: [...losses], words, vectors: table,
        neighbours: nearest(table, words, params.word), finished,
      };
      if (finished) return;
      let sum = 0, count = 0;
      for (; count < stepsPerFrame && run.step < params.steps; count++) {
        const batch = sample(draw);
        run.advance([batch.centres, batch.near, batch.drawn, repeatCentres(batch.centres, negatives)], params.learningRate);
        sum += await run.loss();
        await breathe();
      }
      losses.push(sum / count);
    }
  } finally {
    run.close();
    parameters.close();
  }
};

/**
 * The most frequent words by falling count, equals in the order of the alphabet, and the text as their places in that list; other words
 * are left out.
 */
function indexed(text: readonly string[]): { words: string[]; ids: Int32Array } {
  const counts = new Map<string, number>();
  for (const word of text) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, vocabSize).map(([word]) => word);
  const places = new Map(words.map((word, i) => [word, i]));
  return { words, ids: Int32Array.from(text.flatMap((word) => places.get(word) ?? [])) };
}

function nearest(table: Float32Array, words: readonly string[], word: string): { word: string; cosine: number }[] {
  const place = words.indexOf(word.toLowerCase());
  if (place < 0) return [];
  return words.map((other, i) => ({ word: other, cosine: cosineOfRows(table, d, place, i) })).filter((_, i) => i !== place)
    .sort((a, b) => b.cosine - a.cosine).slice(0, shown);
}
