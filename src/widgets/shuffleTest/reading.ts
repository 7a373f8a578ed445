import type { ShuffleTestFrame } from "../../../engine/tasks/shuffleTest.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** The order as typed; the params' grid has room for as many words as the task shows. */
export const TYPED = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** Below this share a difference is the rounding of float32, as in the task. */
export const UNMOVED = 1e-3;

export interface Params {
  readonly positions: boolean;
  readonly mask: boolean;
  readonly order: readonly number[];
}

export const percent = (share: number): string => (share < UNMOVED ? "0 %" : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`);

/** What the comparison says in a few words. */
export function verdict({ moved }: ShuffleTestFrame): string {
  const changed = moved.filter((share) => share >= UNMOVED).length;
  if (changed === 0) return "no vector has changed";
  return changed === moved.length ? "every vector has changed" : `${changed} of ${moved.length} vectors have changed`;
}

/** The order after the word at `place` has changed places with the one behind it. */
export function swapped({ order }: ShuffleTestFrame, place: number): number[] {
  const next = [...order];
  const other = place + 1 < next.length ? place + 1 : 0;
  [next[place], next[other]] = [next[other]!, next[place]!];
  // The grid holds a place for each word.
  return TYPED.map((word) => (next.includes(word) ? next.indexOf(word) : word));
}

/** The picture as one sentence and as a table. */
export function describe(frame: ShuffleTestFrame, { positions, mask }: Params): Description {
  const { words, order, moved, depth, before, after } = frame;
  const shown = before.length / words.length;
  const numbers = (values: readonly number[], i: number): string[] => values.slice(i * shown, i * shown + 4).map((value) => value.toFixed(2).replace("-", "−"));
  return {
    sentence: `“${words.join(" ")}” and “${order.map((i) => words[i]).join(" ")}”, ${positions ? "with" : "without"} positions, ${mask ? "with" : "without"} the causal mask: `
      + `after block ${depth}, ${verdict(frame)}${Math.max(...moved) < UNMOVED ? "" : `, by ${percent(Math.max(...moved))} at most`}.`,
    table: {
      columns: ["word", "moved by", ...[0, 1, 2, 3].map((j) => `number ${j}, as typed`), ...[0, 1, 2, 3].map((j) => `number ${j}, other order`)],
      rows: words.map((word, i) => [word, percent(moved[i]!), ...numbers(before, i), ...numbers(after, i)]),
    },
  };
}
