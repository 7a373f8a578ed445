import { corpus, wordsOf } from "../data/storyGrammar.ts";
import { COLOURS, GENDER_OF_NAME, SPECIES } from "../data/words.ts";
import { fit } from "../nn/fit.ts";
import { trainable } from "../nn/parameters.ts";
import { type Plane, principalPlane } from "../nn/principalPlane.ts";
import { cosineOfRows, repeatCentres, skipGramLoss, skipGramSampler, skipGramWeights } from "../nn/skipGram.ts";
import { random } from "../random.ts";
import { read, tensor } from "../tensor.ts";
import type { Run, Task } from "./task.ts";
import { bookPack } from "./trainingText.ts";

export interface TrainSkipGramParams {
  /** What is read: many made-up stories, few of them, or a novel. */
  readonly text: "stories" | "few" | "book";
  /** Words on each side that count as near. */
  readonly window: number;
  /** Live. */
  readonly learningRate: number;
  /** Whose neighbours are shown; live. A word that is not in the vocabulary has none. */
  readonly word: string;
  /** Three words a b c: what is to c as b is to a? Live. */
  readonly analogy: string;
  readonly steps: number;
  readonly seed: number;
}

/** Words that belong together for a person; the training is told nothing of it. */
export type WordGroup = "colours" | "animals" | "names" | "family" | "body" | "verbs";

export interface NearWord {
  readonly word: string;
  readonly cosine: number;
}

export interface TrainSkipGramFrame {
  readonly step: number;
  /** Mean loss of the steps since the last frame; null in the first. Vectors that agree with nothing have 6 ln 2 = 4.159. */
  readonly loss: number | null;
  readonly losses: readonly number[];
  /** The words by falling count, and their vectors [words,d]. */
  readonly words: readonly string[];
  readonly vectors: Float32Array;
  /** How many words of the text were read, and how often each of `words` occurs. */
  readonly length: number;
  readonly counts: readonly number[];
  /** Words of the map with their place in the plane of largest differences, and the share of the differences that it shows. */
  readonly places: readonly { readonly word: string; readonly group: WordGroup; readonly x: number; readonly y: number }[];
  readonly share: number;
  /** The words nearest to `word` by the cosine of their angle. */
  readonly neighbours: readonly NearWord[];
  /** The words nearest to b − a + c, those given included; null where one of the three is not in the vocabulary. */
  readonly analogy: { readonly given: readonly [string, string, string]; readonly found: readonly NearWord[] } | null;
  readonly finished: boolean;
}

const d = 16, vocabSize = 400, pairs = 512, negatives = 5, stepsPerFrame = 25, shown = 8;
const stories = { stories: 600, few: 15 };
const groups: Readonly<Record<WordGroup, ReadonlySet<string>>> = {
  colours: new Set(COLOURS),
  animals: new Set([...SPECIES, "whale", "fish", "horse", "shark"]),
  names: new Set([...[...GENDER_OF_NAME.keys()].map((name) => name.toLowerCase()), "ahab", "stubb", "starbuck", "queequeg", "peleg", "flask", "jonah"]),
  family: new Set("mother father grandmother grandfather brother sister boy girl man men friend friends captain sir".split(" ")),
  body: new Set("hand hands foot feet nose eyes eye tooth ear head face arm arms heart mouth".split(" ")),
  verbs: new Set("went ran walked flew looked laughed cried jumped danced sang played gave took found made lost said asked called stood".split(" ")),
};

/**
 * Words get vectors from their neighbours in a text alone: skip-gram with five random words to each pair, AdaGrad. After 600 steps on
 * made-up stories seven of the eight words nearest to "red" are colours (seed 1).
 * Source: Mikolov et al. 2013.
 */
export const trainSkipGram: Task<TrainSkipGramParams, TrainSkipGramFrame> = async function* (run) {
  const { params } = run;
  const backend = await run.backend();
  const { words, ids, counts, length } = indexed(await wordsOfText(run));
  const shape = [words.length, d];
  const parameters = trainable(
    backend, new Map([["words.weight", shape], ["contexts.weight", shape]]), skipGramWeights(words.length, d, params.seed),
  );
  const vectors = parameters.tensors.get("words.weight")!, contexts = parameters.tensors.get("contexts.weight")!;
  const integers = (length: number) => tensor(backend, [length], new Int32Array(length), "i32");
  const [centres, near, drawn, repeated] = [integers(pairs), integers(pairs), integers(pairs * negatives), integers(pairs * negatives)];
  const training = fit(
    parameters, { kind: "adaGrad" }, [centres, near, drawn, repeated],
    () => skipGramLoss(vectors, contexts, { centres, near, drawn, repeated }),
  );
  const sample = skipGramSampler(ids, { pairs, window: params.window, negatives, vocabSize: words.length, rare: 0.002 });
  const draw = random(params.seed, 1);
  const onMap = words.flatMap((word, at) => {
    const group = (Object.keys(groups) as WordGroup[]).find((name) => groups[name].has(word));
    return group ? [{ word, at, group }] : [];
  });
  const losses: number[] = [];
  let plane: Plane | undefined;
  try {
    for (;;) {
      const table = Float32Array.from(await read(vectors));
      const map = principalPlane(onMap.flatMap(({ at }) => [...table.subarray(at * d, at * d + d)]), d, plane);
      plane = map.plane;
      const finished = training.step >= params.steps;
      const frame = (): TrainSkipGramFrame => ({
        step: training.step, loss: losses.at(-1) ?? null, losses: [...losses], words, vectors: table, length, counts,
        places: onMap.map(({ word, group }, i) => ({ word, group, x: map.points[i]![0], y: map.points[i]![1] })), share: map.share,
        neighbours: neighboursOf(table, words, params.word), analogy: analogyOf(table, words, params.analogy), finished,
      });
      yield frame();
      while (finished) {
        await run.changed();
        yield frame();
      }
      let sum = 0, count = 0;
      for (; count < stepsPerFrame && training.step < params.steps; count++) {
        const batch = sample(draw);
        training.advance([batch.centres, batch.near, batch.drawn, repeatCentres(batch.centres, negatives)], params.learningRate);
        sum += await training.loss();
        await run.breathe();
      }
      losses.push(sum / count);
    }
  } finally {
    training.close();
    parameters.close();
  }
};

async function wordsOfText(run: Run<TrainSkipGramParams>): Promise<string[]> {
  const { text, seed } = run.params;
  const texts = text === "book" ? [new TextDecoder().decode(await run.artefact(bookPack))] : corpus(seed, stories[text]);
  return texts.flatMap((one) => wordsOf(one.toLowerCase()));
}

/**
 * The most frequent words by falling count, equals in the order of the alphabet, and the text as their places in that list; other words
 * are left out.
 */
function indexed(text: readonly string[]): { words: string[]; ids: Int32Array; counts: number[]; length: number } {
  const counts = new Map<string, number>();
  for (const word of text) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, vocabSize).map(([word]) => word);
  const places = new Map(words.map((word, i) => [word, i]));
  return {
    words, ids: Int32Array.from(text.flatMap((word) => places.get(word) ?? [])), counts: words.map((word) => counts.get(word)!), length: text.length,
  };
}

function neighboursOf(table: Float32Array, words: readonly string[], word: string): NearWord[] {
  const place = words.indexOf(word.trim().toLowerCase());
  if (place < 0) return [];
  return words.map((other, i) => ({ word: other, cosine: cosineOfRows(table, d, place, i) })).filter((_, i) => i !== place)
    .sort((a, b) => b.cosine - a.cosine).slice(0, shown);
}

/** The words nearest to b − a + c, of vectors that were first made of length 1; null where a word is missing. Source: Mikolov et al. 2013, "Linguistic regularities". */
export function analogyOf(table: Float32Array, words: readonly string[], text: string): TrainSkipGramFrame["analogy"] {
  const [a, b, c] = wordsOf(text.toLowerCase());
  if (a === undefined || b === undefined || c === undefined) return null;
  const places = [a, b, c].map((word) => words.indexOf(word));
  if (places.includes(-1)) return null;
  const unit = (place: number): Float32Array => {
    const row = table.subarray(place * d, place * d + d);
    const length = Math.hypot(...row) || 1;
    return row.map((x) => x / length);
  };
  const [from, to, start] = places.map(unit) as [Float32Array, Float32Array, Float32Array];
  const goal = Float32Array.from(from, (x, j) => to[j]! - x + start[j]!);
  const all = Float32Array.from([...goal, ...table]);
  return {
    given: [a, b, c],
    found: words.map((word, i) => ({ word, cosine: cosineOfRows(all, d, 0, i + 1) })).sort((x, y) => y.cosine - x.cosine).slice(0, shown),
  };
}
