import { topLogProbabilities } from "../sampling/logProbabilities.ts";
import { decoder, type Decoder } from "./decoder.ts";
import type { Transformer } from "./transformer.ts";

export interface BeamOptions {
  /** How many texts are followed at once. */
  readonly width: number;
  readonly maxTokens: number;
  /** This id ends a text; it is counted in its probability and not part of its ids. */
  readonly stop?: number;
  /** Texts are ranked by log-probability / length^lengthPenalty: 0 (the default) favours short ones, 1 takes the mean. */
  readonly lengthPenalty?: number;
}

export interface Beam {
  readonly ids: readonly number[];
  /** Σ log p(id | ids before it), in nats. */
  readonly logProbability: number;
  /** What texts are ranked by. */
  readonly score: number;
  /** Whether the stop id ended it, rather than `maxTokens` or the context. */
  readonly finished: boolean;
}

/**
 * Beam search: at each step every text is continued by its likeliest ids and the `width` best of all continuations live on.
 * Returns at most `width` texts, best first. With a width of 1 it is greedy decoding.
 * Throws: RangeError when the prompt does not fit, or the width is not a whole number from 1 to 64.
 */
export async function beamSearch(model: Transformer, prompt: readonly number[], options: BeamOptions): Promise<Beam[]> {
  const { width, maxTokens, stop, lengthPenalty = 0 } = options;
  if (!Number.isInteger(width) || width < 1 || width > 64) {
    throw new RangeError(`beamSearch: width is ${width}, expected a whole number from 1 to 64`);
  }
  const scoreOf = (logProbability: number, length: number): number => logProbability / Math.max(1, length) ** lengthPenalty;
  const steps = Math.min(maxTokens, model.config.contextLength - prompt.length + 1);
  // Two sets of caches: survivors are copied from their parents in one into the other.
  const first = decoder(model);
  const spare: Decoder[] = [];
  const finished: Beam[] = [];
  let beams = [{ ids: [] as readonly number[], logProbability: 0, lane: first, logits: await first.prefill(prompt) }];
  try {
    for (let step = 0; step < steps && beams.length > 0; step++) {
      // One more than the width: one of them may be the stop id.
      const continued = beams.flatMap((beam) => topLogProbabilities(beam.logits, width + 1).map(({ id, logProbability }) =>
        ({ beam, id, logProbability: beam.logProbability + logProbability })));
      continued.sort((a, b) => b.logProbability - a.logProbability);
      const survivors = [];
      // A stop id counts only where it is among the best, as a text that could not live on is not worth ending.
      for (const { beam, id, logProbability } of continued.slice(0, width + finished.length + 1)) {
        if (survivors.length === width) break;
        if (id !== stop) survivors.push({ beam, id, logProbability });
        else finished.push({ ids: beam.ids, logProbability, score: scoreOf(logProbability, beam.ids.length + 1), finished: true });
      }
      const isLast = step + 1 === steps;
      const next: typeof beams = [];
      const free = [...spare];
      for (const { beam, id, logProbability } of survivors) {
        const ids = [...beam.ids, id];
        if (isLast) {
          finished.push({ ids, logProbability, score: scoreOf(logProbability, ids.length), finished: false });
          continue;
        }
        const lane = free.pop() ?? decoder(model);
        lane.copyFrom(beam.lane);
        next.push({ ids, logProbability, lane, logits: await lane.push(id) });
      }
      spare.splice(0, spare.length, ...free, ...beams.map(({ lane }) => lane));
      beams = next;
      finished.sort((a, b) => b.score - a.score).splice(width);
      // Without a penalty a probability only falls: once no living text can pass the last of the finished, the search is over.
      const worst = finished[width - 1];
      if (!isLast && lengthPenalty === 0 && worst && beams.every(({ logProbability }) => logProbability <= worst.score)) break;
    }
  } finally {
    for (const lane of new Set([...beams.map((beam) => beam.lane), ...spare])) lane.close();
  }
  return finished;
}
