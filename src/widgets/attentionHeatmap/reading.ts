import { type AttentionMixture, mixAttention } from "../../../engine/nn/attentionMixture.ts";
import type { InspectFrame, Look } from "../../../engine/tasks/inspect.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import type { Span } from "../../charts/paragraph.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

export type Mix = AttentionMixture;

/** What a matrix on the screen shows: one head of a text, or what many heads do together. */
export interface Picture {
  readonly look: Look;
  readonly mix: Mix;
  /** [query,key] */
  readonly weights: Float32Array;
}

export function pictureOf(look: Look, mix: Mix): Picture {
  return { look, mix, weights: mixAttention({ ...look, size: look.ids.length }, mix, look.layer, look.head) };
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
export function spokenCell({ look: { pieces, ids }, weights }: Picture, [query, key]: Cell): string {
  const name = `query ‘${pieces[query]}’ to key ‘${pieces[key]}’`;
  if (isMasked(query, key)) return `${name}, masked`;
  const weight = weights[query * ids.length + key]!;
  let rank = 1;
  for (let other = 0; other <= query; other++) if (weights[query * ids.length + other]! > weight) rank += 1;
  return `${name}, ${weight.toFixed(2)}, rank ${rank} of ${query + 1}`;
}

/** A token in a line of text; its spaces are underlined, because few fonts have a character for a visible space. */
const seen = (piece: string, role: string): Span[] =>
  piece.split(/(▁)/).filter((part) => part !== "")
    .map((part) => (part === "▁" ? { text: "\u00a0", className: `gb-piece gb-space ${role}` }
    : { text: part, className: `gb-piece ${role}` }));

/** The arithmetic of one cell, step by step: of one head dot product, scale, mask and softmax; of many what they were mixed from. */
export function writtenOut(picture: Picture, [query, key]: Cell, narrow: boolean): Span[][] {
  const { look: { pieces, ids, scores, dHead }, mix, weights } = picture;
  const size = ids.length;
  const score = scores[query * size + key]!;
  const dot = score * Math.sqrt(dHead);
  const title: Span[] = [
    { text: "query " }, ...seen(pieces[query]!, "c-query"), { text: ",  key " }, ...seen(pieces[key]!, "c-key"),
  ];
  if (mix !== "head") {
    const lines = isMasked(query, key) ? [[{ text: "this key comes later: masked in every head" }]] : mixtureLines(picture, [query, key], narrow);
    return [title, ...lines];
  }
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
  const weight = weights[query * size + key]!;
  const mask: Span[] = [{ text: key === query ? "mask: itself, may look" : "mask: earlier, may look" }];
  const power = off === 0 ? `e^${fixed(score)}` : `e^(${fixed(score)} − ${fixed(off)})`;
  const softmax: Span[] = [
    { text: `softmax: ${power} = ${formatNumber(Math.exp(score - off), 4)}  ÷  row’s sum ${formatNumber(sum, 4)}  =  ` },
    { text: weightText(weight), className: "gb-term" },
  ];
  return narrow ? [title, product, mask, softmaxLine(softmax)]
    : [[...title, { text: "        " }, ...product], [...mask, { text: "        " }, ...softmax]];
}

/** One cell of a mixture from the cells it is made of. */
function mixtureLines({ look, mix, weights }: Picture, [query, key]: Cell, narrow: boolean): Span[][] {
  const { layers, heads, layer, ids } = look;
  const cell = query * ids.length + key;
  const result: Span = { text: weightText(weights[cell]!), className: "gb-term" };
  if (mix === "rollout") {
    // Before the first layer every position holds nothing but its own token.
    const before = layer === 0 ? Number(query === key) : mixAttention({ ...look, size: ids.length }, "rollout", layer - 1, 0)[cell]!;
    const through = 2 * weights[cell]! - before;
    const sum: Span[] = [{ text: `½ · ${weightText(before)} kept  +  ½ · ${weightText(through)} through its heads  =  ` }, result];
    return narrow ? [[{ text: `layer ${layer}:  ½ · kept + ½ · through its heads` }], [{ text: sum[0]!.text.replace(" kept", "").replace(" through its heads", "") }, result]]
      : [[{ text: `layer ${layer}:  ` }, ...sum]];
  }
  const isAll = mix === "averageAll" || mix === "maximumAll";
  const parts = Array.from({ length: isAll ? layers * heads : heads }, (_, i) => {
    const of = { layer: isAll ? Math.floor(i / heads) : layer, head: i % heads };
    return { ...of, weight: pictureOf({ ...look, ...of }, "head").weights[cell]! };
  });
  if (mix === "maximum" || mix === "maximumAll") {
    const most = parts.reduce((best, one) => (one.weight > best.weight ? one : best));
    return [[{ text: `largest of ${parts.length} heads: layer ${most.layer}, head ${most.head} with ` }, result]];
  }
  const sum = parts.reduce((total, { weight }) => total + weight, 0);
  if (isAll) return [[{ text: `average of ${parts.length} heads: ${weightText(sum)} in all  ÷ ${parts.length}  =  ` }, result]];
  const terms = `(${parts.map(({ weight }) => weight.toFixed(3)).join(" + ")}) ÷ ${heads}  =  `;
  return narrow ? [[{ text: `average of the heads of layer ${layer}` }], [{ text: terms }, result]]
    : [[{ text: `average of the heads of layer ${layer}:  ${terms}` }, result]];
}

/** Phones have no room for the words. */
const softmaxLine = ([sum, ...rest]: readonly Span[]): Span[] =>
  [{ text: sum!.text.replace("softmax: ", "").replace("row’s sum ", "").replaceAll("  ", " ") }, ...rest];

const fixed = (value: number): string => value.toFixed(3).replace("-", "−");

interface Habit {
  readonly name: string;
  /** For where there is little room. */
  readonly short: string;
  readonly score: number;
  /** How many queries could follow the habit. */
  readonly places: number;
}

/** What a head mostly does on this text: the mean weight of each habit, over the queries that could follow it; strongest first. */
export function habits({ ids }: Look, weights: ArrayLike<number>): Habit[] {
  const size = ids.length;
  const mean = (name: string, short: string, target: (query: number) => number | null): Habit => {
    let sum = 0, count = 0;
    for (let query = 1; query < size; query++) {
      const key = target(query);
      if (key === null) continue;
      sum += weights[query * size + key]!;
      count += 1;
    }
    return { name, short, score: count === 0 ? 0 : sum / count, places: count };
  };
  // The token after the last earlier copy of the query's own token: what an induction head looks for.
  const afterCopy = (query: number): number | null => {
    const copy = ids.lastIndexOf(ids[query]!, query - 1);
    return copy < 1 ? null : copy + 1;
  };
  return [
    mean("the token before", "one before", (query) => query - 1),
    mean("the token after an earlier copy", "after a copy", afterCopy),
    mean("the first place", "first place", (query) => (query > 1 ? 0 : null)),
    mean("the token itself", "itself", (query) => query),
  ].sort((a, b) => b.score - a.score);
}

/** What a matrix is of: "Layer 1, head 0, a head that was taught". */
function nameOf({ layer, head, layers, heads, taught }: Look, mix: Mix): string {
  switch (mix) {
    case "head": return `Layer ${layer}, head ${head}${taught.some((one) => one.layer === layer && one.head === head) ? ", a head that was taught" : ""}`;
    case "average": return `The average of the ${heads} heads of layer ${layer}`;
    case "maximum": return `The maximum of the ${heads} heads of layer ${layer}`;
    case "averageAll": return `The average of all ${layers * heads} heads`;
    case "maximumAll": return `The maximum of all ${layers * heads} heads`;
    case "rollout": return layer === 0 ? "Rollout through layer 0" : `Rollout through layers 0 to ${layer}`;
  }
}

/** One matrix as a sentence. */
export function lookSentence(look: Look, mix: Mix): string {
  const { pieces, ids, next, clipped } = look;
  const { weights } = pictureOf(look, mix);
  const size = ids.length;
  const last = size - 1;
  const best = strongest(weights, size, last);
  const [habit] = habits(look, weights);
  const places = habit?.places === 1 ? "1 place" : `${habit?.places} places`;
  const kind = size > 2 && habit ? `; ${habit.score.toFixed(2)} goes to ${habit.name}, on average of ${places}` : "";
  const guess = next[0] ? `; likeliest next token: ‘${next[0].piece}’, ${(next[0].probability * 100).toFixed(1)} %` : "";
  const looks = `the last token, ‘${pieces[last]}’, looks most at ‘${pieces[best]}’ (${weights[last * size + best]!.toFixed(2)})`;
  const cut = clipped ? `; of a longer text only the last ${size - 1} tokens are shown` : "";
  return `${nameOf(look, mix)}: ${looks}${kind}${guess}${cut}.`;
}

/** What the two pictures of a comparison are called. */
export function besideNames(looks: readonly Look[], beside: "nothing" | "sentence" | "untaught"): { readonly name: string; readonly detail: string }[] {
  if (beside === "sentence") return looks.map(({ ids }, i) => ({ name: i === 0 ? "first sentence" : "second sentence", detail: `${ids.length - 1} tokens` }));
  return looks.map(({ training, taught }, i) => ({
    name: taught.length > 0 ? "two heads taught" : i === 0 ? "your model" : "no head taught",
    detail: training ? `${training.steps.toLocaleString("en")} steps · held-out loss ${training.heldOutLoss.toFixed(3)}` : "",
  }));
}

/** What must be known to read the pictures. */
export function noticesOf(looks: readonly Look[]): string {
  const [first] = looks as [Look];
  return [
    ...(looks.some(({ clipped }) => clipped) ? [`Your text is longer than this picture: its last ${first.ids.length - 1} tokens are shown.`] : []),
    ...(looks.some(({ rare }) => rare.some(Boolean)) ? ["Dashed chips are pieces that it hardly ever saw."] : []),
    `All that this model has ever read: ${first.read.replace(/\.$/, "")}.`,
  ].join(" ");
}

const tableRows = ({ look: { pieces }, weights }: Picture): (string | number)[][] => pieces.map((piece, query) =>
  [piece, ...pieces.map((_, key) => (isMasked(query, key) ? "masked" : weightText(weights[query * pieces.length + key]!)))]);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The picture as one sentence and as a table with the same numbers; of two pictures the second follows the first. */
export function describe(frame: InspectFrame, { mix, beside: how }: { readonly mix: Mix; readonly beside: "nothing" | "sentence" | "untaught" }): Description {
  const { beside } = frame;
  const sentence = lookSentence(frame, mix);
  const rows = tableRows(pictureOf(frame, mix));
  if (!beside) return { sentence, table: { columns: ["query \\ key", ...frame.pieces], rows } };
  const [first, second] = besideNames([frame, beside], how);
  const widest = Math.max(frame.pieces.length, beside.pieces.length);
  const filled = (cells: readonly (string | number)[]): (string | number)[] => [...cells, ...Array.from({ length: widest + 1 - cells.length }, () => "")];
  return {
    sentence: `Two pictures. ${capital(first!.name)}: ${sentence} ${capital(second!.name)}: ${lookSentence(beside, mix)}`,
    table: {
      columns: filled([`${first!.name}, query \\ key`, ...frame.pieces]) as string[],
      rows: [...rows, [`${second!.name}, query \\ key`, ...beside.pieces], ...tableRows(pictureOf(beside, mix))].map(filled),
    },
  };
}
