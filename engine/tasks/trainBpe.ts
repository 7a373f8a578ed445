import { bpeTrainer } from "../tokenizer/bpeTrainer.ts";
import type { PairCount, WordTokens } from "../tokenizer/bpeTrainer.ts";
import { displayPiece } from "../tokenizer/displayPiece.ts";
import { countWords } from "../tokenizer/pretokenize.ts";
import type { PatternName } from "../tokenizer/chunkEnd.ts";
import type { Task } from "./task.ts";

export interface TrainBpeParams {
  /** The corpus. */
  readonly text: string;
  /** How it is cut into words before any pair is counted. */
  readonly pattern: PatternName;
  /** Merges already made in the first frame. */
  readonly headStart: number;
  /** Training ends after this many merges. */
  readonly merges: number;
}

export interface TrainBpeFrame {
  /** Merges made so far. */
  readonly step: number;
  /** The merges so far; the k-th made the token 256 + k. */
  readonly history: readonly PairCount[];
  /** Every token as a reader sees it, by id: the 256 bytes, then one a merge. */
  readonly names: readonly string[];
  /** The most frequent pairs now; the first is merged next. Empty when nothing is left to merge. */
  readonly pairs: readonly PairCount[];
  /** How many different pairs there are. */
  readonly pairCount: number;
  /** The first distinct words as they are cut now. */
  readonly words: readonly WordTokens[];
  readonly wordCount: number;
  /** The corpus in tokens after 0, 1, … merges; the first is its length in bytes. */
  readonly tokens: readonly number[];
  /** Bytes a token now. */
  readonly compression: number;
  /** True when no further step will come by itself. */
  readonly finished: boolean;
}

/** How much of the tables a frame carries: more than this nobody looks at. */
const shown = { pairs: 20, words: 60 };

/** Training on one corpus that remembers what it did. Going back means starting again, which takes a fraction of a second. */
export function bpeHistory(text: string, pattern: PatternName) {
  const corpus = countWords(text, pattern);
  const trainer = bpeTrainer(corpus);
  const pieces = Array.from({ length: 256 }, (_, byte) => [byte]);
  const names = pieces.map((piece) => displayPiece(Uint8Array.from(piece)));
  const history: PairCount[] = [];
  const tokens = [trainer.tokenCount()];
  return {
    text,
    pattern,
    steps: (): number => history.length,
    /** Makes one merge; false when nothing is left to merge. */
    step: (): boolean => {
      const merge = trainer.step();
      if (merge === undefined) return false;
      const piece = pieces[merge.left]!.concat(pieces[merge.right]!);
      pieces.push(piece);
      names.push(displayPiece(Uint8Array.from(piece)));
      history.push(merge);
      tokens.push(trainer.tokenCount());
      return true;
    },
    frame: (merges: number): TrainBpeFrame => {
      const pairs = trainer.topPairs(shown.pairs);
      return {
        step: history.length,
        // Copies: the page keeps a frame while training goes on.
        history: history.slice(),
        names: names.slice(),
        pairs,
        pairCount: trainer.pairCount(),
        words: trainer.words(shown.words),
        wordCount: corpus.size,
        tokens: tokens.slice(),
        compression: tokens[0] === 0 ? 1 : tokens[0]! / tokens.at(-1)!,
        finished: pairs.length === 0 || history.length >= merges,
      };
    },
  };
}

/**
 * Byte-pair training watched merge by merge. Every param is live: raise `merges` and it goes on, a merge a frame; lower it
 * and it goes back at once; edit the corpus and the same number of merges is made on the new one.
 */
export const trainBpe: Task<TrainBpeParams, TrainBpeFrame> = async function* (run) {
  const { params } = run;
  let training = bpeHistory(params.text, params.pattern);
  run.take = async (kind) => {
    if (kind !== "tokenizer") throw new Error(`trainBpe: there is no ${kind}`);
    const { keptTokenizer } = await import("./keptTokenizer.ts");
    return keptTokenizer(training.frame(params.merges).history, training.pattern);
  };
  const isStale = (): boolean => training.text !== params.text || training.pattern !== params.pattern;
  let step = 0;
  for (;;) {
    step = Math.min(Math.max(step, params.headStart), params.merges);
    if (isStale() || training.steps() > step) training = bpeHistory(params.text, params.pattern);
    while (training.steps() < step && training.step()) await run.breathe();
    const frame = training.frame(params.merges);
    const drawn: Readonly<Record<string, unknown>> = { ...params };
    yield frame;
    // A param may have changed while the page drew: an edited corpus, or another view of it, is shown at the same step first.
    if (isStale() || params.merges < step) continue;
    if (!frame.finished && Object.entries(params).some(([name, value]) => value !== drawn[name])) continue;
    if (frame.pairs.length === 0 || step === params.merges) await run.changed();
    if (!isStale() && params.merges > step && frame.pairs.length > 0) step++;
  }
};
