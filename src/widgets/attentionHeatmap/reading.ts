import type { InspectFrame } from "../../../engine/tasks/inspect.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import type { Span } from "../../charts/paragraph.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** Where the pattern of a head begins in `frame.patterns`, and its length. */
export function patternOf({ patterns, heads, ids }: InspectFrame, layer: number, head: number): Float32Array {
  const cells = ids.length * ids.length;
  const from = (layer * heads + head) * cells;
  return patterns.subarray(from, from + cells);
}

/** A decoder may look at itself and at what came before. */
export const isMasked = (query: number, key: number): boolean => key > query;

/** A weight as every part of the figure prints it. */
export const weightText = (weight: number): string => weight.toFixed(4);

/** The key that a query looks at most. */
export function strongest(pattern: ArrayLike<number>, size: number, query: number): number {
  let best = 0;
  for (let key = 1; key <= query; key++) if (pattern[query * size + key]! > pattern[query * size + best]!) best = key;
  return best;
}

/** "query ‘cat’ to key ‘the’, 0.42, rank 1 of 7" */
export function spokenCell({ pieces, ids, layer, head, ...frame }: InspectFrame, [query, key]: Cell): string {
  const name = `query ‘${pieces[query]}’ to key ‘${pieces[key]}’`;
  if (isMasked(query, key)) return `${name}, masked`;
  const pattern = patternOf({ pieces, ids, layer, head, ...frame }, layer, head);
  const weight = pattern[query * ids.length + key]!;
  let rank = 1;
  for (let other = 0; other <= query; other++) if (pattern[query * ids.length + other]! > weight) rank += 1;
  return `${name}, ${weight.toFixed(2)}, rank ${rank} of ${query + 1}`;
}

/** A token in a line of text; its spaces are underlined, because few fonts have a character for a visible space. */
const seen = (piece: string, role: string): Span[] =>
  piece.split(/(▁)/).filter((part) => part !== "")
    .map((part) => (part === "▁" ? { text: "\u00a0", className: `gb-piece gb-space ${role}` }
    : { text: part, className: `gb-piece ${role}` }));

/** The arithmetic of one cell, step by step: dot product, scale, mask, softmax. */
export function writtenOut(frame: InspectFrame, [query, key]: Cell, narrow: boolean): Span[][] {
  const { pieces, ids, scores, dHead, layer, head } = frame;
  const size = ids.length;
  const score = scores[query * size + key]!;
  const dot = score * Math.sqrt(dHead);
  const title: Span[] = [
    { text: "query " }, ...seen(pieces[query]!, "c-query"), { text: ",  key " }, ...seen(pieces[key]!, "c-key"),
  ];
  const product: Span[] = [
    { text: "q", className: "gb-term c-query" }, { text: " · " }, { text: "k", className: "gb-term c-key" },
    { text: ` = ${fixed(dot)}      ÷ √${dHead} = ${fixed(score)}` },
  ];
  if (isMasked(query, key)) {
    const mask = [{ text: "mask: this key comes later, so −∞ replaces the score" }];
    const softmax = [{ text: "softmax: e^−∞ = 0, and the cell is no weight but a ban" }];
    return narrow ? [title, product, mask, softmax]
      : [[...title, { text: "        " }, ...product], [...mask, { text: "        " }, ...softmax]];
  }
  const row = Array.from({ length: query + 1 }, (_, other) => scores[query * size + other]!);
  // Subtle: where powers grow unreadable, the largest score is taken off first, as the engine always does; the quotient is the same.
  const largest = Math.max(...row);
  const off = Math.max(...row.map(Math.abs)) > 8 ? largest : 0;
  const sum = row.reduce((total, other) => total + Math.exp(other - off), 0);
  const weight = patternOf(frame, layer, head)[query * size + key]!;
  const mask: Span[] = [{ text: key === query ? "mask: itself, may look" : "mask: earlier, may look" }];
  const power = off === 0 ? `e^${fixed(score)}` : `e^(${fixed(score)} − ${fixed(off)})`;
  const softmax: Span[] = [
    { text: `softmax: ${power} = ${formatNumber(Math.exp(score - off), 4)}  ÷  row’s sum ${formatNumber(sum, 4)}  =  ` },
    { text: weightText(weight), className: "gb-term" },
  ];
  return narrow ? [title, product, mask, softmaxLine(softmax)]
    : [[...title, { text: "        " }, ...product], [...mask, { text: "        " }, ...softmax]];
}

/** Phones have no room for the words. */
const softmaxLine = ([sum, ...rest]: readonly Span[]): Span[] =>
  [{ text: sum!.text.replace("softmax: ", "").replace("row’s sum ", "").replaceAll("  ", " ") }, ...rest];

const fixed = (value: number): string => value.toFixed(3).replace("-", "−");

interface Habit {
  readonly name: string;
  readonly score: number;
  /** How many queries could follow the habit. */
  readonly places: number;
}

/** What a head mostly does on this text: the mean weight of each habit, over the queries that could follow it. */
export function habits(frame: InspectFrame, layer: number, head: number): Habit[] {
  const { ids } = frame;
  const size = ids.length;
  const pattern = patternOf(frame, layer, head);
  const mean = (name: string, target: (query: number) => number | null): Habit => {
    let sum = 0, count = 0;
    for (let query = 1; query < size; query++) {
      const key = target(query);
      if (key === null) continue;
      sum += pattern[query * size + key]!;
      count += 1;
    }
    return { name, score: count === 0 ? 0 : sum / count, places: count };
  };
  // The token after the last earlier copy of the query's own token: what an induction head looks for.
  const afterCopy = (query: number): number | null => {
    const copy = ids.lastIndexOf(ids[query]!, query - 1);
    return copy < 1 ? null : copy + 1;
  };
  return [
    mean("the token before", (query) => query - 1),
    mean("the token after an earlier copy", afterCopy),
    mean("the first place", (query) => (query > 1 ? 0 : null)),
    mean("the token itself", (query) => query),
  ].sort((a, b) => b.score - a.score);
}

/** The picture as one sentence and as a table with the same numbers. */
export function describe(frame: InspectFrame): Description {
  const { pieces, ids, layer, head, next, clipped } = frame;
  const size = ids.length;
  const pattern = patternOf(frame, layer, head);
  const last = size - 1;
  const best = strongest(pattern, size, last);
  const [habit] = habits(frame, layer, head);
  const taught = frame.taught.some((one) => one.layer === layer && one.head === head) ? ", a head that was taught" : "";
  const places = habit?.places === 1 ? "1 place" : `${habit?.places} places`;
  const kind = size > 2 && habit ? `; ${habit.score.toFixed(2)} goes to ${habit.name}, on average of ${places}` : "";
  const guess = next[0] ? `; likeliest next token: ‘${next[0].piece}’, ${(next[0].probability * 100).toFixed(1)} %` : "";
  const looks = `the last token, ‘${pieces[last]}’, looks most at ‘${pieces[best]}’ (${pattern[last * size + best]!.toFixed(2)})`;
  const cut = clipped ? `; of a longer text only the last ${size - 1} tokens are shown` : "";
  return {
    sentence: `Layer ${layer}, head ${head}${taught}: ${looks}${kind}${guess}${cut}.`,
    table: {
      columns: ["query \\ key", ...pieces],
      rows: pieces.map((piece, query) =>
        [piece, ...pieces.map((_, key) => (isMasked(query, key) ? "masked" : weightText(pattern[query * size + key]!)))]),
    },
  };
}
