import type { TrainSkipGramFrame, WordGroup } from "../../../engine/tasks/trainSkipGram.ts";
import { bars } from "../../charts/bars.ts";
import { type Group, root } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import type { Stage } from "../../widget/stage.ts";
import { cosineText } from "./reading.ts";

interface Params {
  readonly word: string;
  readonly analogy: string;
}

const ROLES: Readonly<Record<WordGroup, string>> = {
  colours: "c-loss", animals: "c-query", names: "c-curve", family: "c-key", body: "c-value", verbs: "c-residual",
};
/** `letter`: the width of a character of a word on the map. */
const layouts = {
  wide: { left: 8, top: 44, width: 452, height: 404, near: [484, 58], analogy: [484, 292], bars: 228, labels: 92, row: 22, legend: 8, letter: 6.6 },
  narrow: { left: 4, top: 60, width: 352, height: 330, near: [8, 450], analogy: [184, 450], bars: 172, labels: 78, row: 24, legend: 4, letter: 7.2 },
} as const;

/** Words in the plane of their largest differences; the neighbours of one of them; an analogy. */
export function drawMap(stage: Stage<Params>): (frame: TrainSkipGramFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const { left, top, width, height } = layout;
  const svg = root(stage.svg) as unknown as Group;
  const title = svg.append("text").attr("class", "gb-axis").attr("x", 8).attr("y", 16);
  const legend = svg.append("g").attr("transform", `translate(${layout.legend},${34})`);
  svg.append("rect").attr("class", "gb-grid-frame c-curve").attr("x", left).attr("y", top).attr("width", width).attr("height", height);
  const words = svg.append("g").attr("transform", `translate(${left},${top})`).attr("role", "group").attr("aria-label", "Words of the map");
  let frame: TrainSkipGramFrame | null = null;
  const walk = roving((i) => stage.set({ word: frame!.places[i]!.word }));
  const foot = svg.append("text").attr("class", "gb-soft").attr("x", left + 4).attr("y", top + height + 16);
  const list = (at: readonly [number, number], className: string) => ({
    title: svg.append("text").attr("class", "gb-axis").attr("x", at[0]).attr("y", at[1] - 12),
    show: bars(svg.append("g").attr("class", className) as Group, {
      left: at[0], top: at[1], width: layout.bars, labelWidth: layout.labels, rowHeight: layout.row, max: 1.2, format: cosineText,
    }),
  });
  const near = list(layout.near, "c-residual"), analogy = list(layout.analogy, "c-key");

  return (now, { word, analogy: asked }) => {
    frame = now;
    const { places, neighbours, step, loss, share } = now;
    title.text(`step ${step}${loss === null ? ": nothing is learned yet" : `, loss ${loss.toFixed(3)}`}`);
    const present = (Object.keys(ROLES) as WordGroup[]).filter((group) => places.some((one) => one.group === group));
    const entries = legend.selectAll<SVGGElement, WordGroup>("g").data(present).join((enter) => {
      const entry = enter.append("g");
      entry.append("circle").attr("r", 4).attr("cy", -4).attr("cx", 4);
      entry.append("text").attr("class", "gb-soft").attr("x", 11);
      return entry;
    });
    // Where there is no room for columns they follow each other.
    const before = (i: number): number => present.slice(0, i).join("").length * 6.7 + i * 18;
    entries.attr("transform", (_, i) => `translate(${narrow ? before(i) : i * 76},0)`);
    entries.select("circle").attr("class", (group) => `gb-bar-mark ${ROLES[group]}`);
    entries.select("text").text((group) => group);

    const middle = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
    const span = (values: readonly number[]): number => Math.max(1e-6, Math.max(...values) - Math.min(...values));
    const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
    // One scale for both axes, so that distances can be compared in all directions.
    const scale = Math.min((width - 72) / span(xs), (height - 32) / span(ys));
    const [centreX, centreY] = [middle(xs), middle(ys)];
    const chosen = word.trim().toLowerCase();
    const close = new Set(neighbours.map((one) => one.word));
    const at = places.map(({ x, y }) => [round((x - centreX) * scale + width / 2), round((centreY - y) * scale + height / 2)] as const);
    const shown = readable(places.map((one, i) => ({
      text: one.word, x: at[i]![0], y: at[i]![1], rank: one.word === chosen ? 0 : close.has(one.word) ? 1 : 2,
    })), width, layout.letter);
    keepFocus(words.node()!, () => {
      const marks = words.selectAll<SVGGElement, (typeof places)[number]>("g").data(places, (one) => one.word).join((enter) => {
        const mark = enter.append("g");
        mark.append("rect").attr("class", "gb-target").attr("x", -12).attr("y", -12).attr("width", 24).attr("height", 24);
        mark.append("circle").attr("r", 3.5);
        mark.append("text").attr("y", 4);
        return mark;
      });
      marks.attr("transform", (_, i) => `translate(${at[i]!.join()})`)
        .attr("class", (one) => `gb-word ${ROLES[one.group]}${one.word === chosen ? " gb-chosen-word" : ""}`)
        .attr("aria-label", (one) => `${one.word}, ${one.group}: show its neighbours`);
      marks.select("text").attr("text-anchor", (_, i) => shown[i] ?? "start").attr("x", (_, i) => (shown[i] === "end" ? -7 : 7))
        .attr("display", (_, i) => (shown[i] ? null : "none")).text((one) => one.word);
      walk(marks.nodes());
    });
    foot.text(`The map keeps ${Math.round(share * 100)} % of the differences${narrow ? "" : " between these words"}.`);
    near.title.text(neighbours.length === 0 ? "no such word here" : `nearest to “${chosen}”`);
    near.show(neighbours.map((one) => ({ label: one.word, value: one.cosine })));
    const given = now.analogy?.given;
    analogy.title.text(given ? (narrow ? `${given.join(" ")} ?` : `${given[0]} : ${given[1]} = ${given[2]} : ?`) : asked.trim() ? "not in its words" : "three words, please");
    analogy.show((now.analogy?.found ?? []).slice(0, narrow ? 8 : 7).map((one) => ({
      label: given!.includes(one.word) ? `(${one.word})` : one.word, value: one.cosine, marked: one.word === right(now),
    })));
  };
}

const right = ({ analogy }: TrainSkipGramFrame): string | undefined => analogy?.found.find(({ word }) => !analogy.given.includes(word))?.word;

/** Which labels can stand, and on which side, so that no two lie on each other: first the word asked for, then its neighbours. */
function readable(labels: readonly { readonly text: string; readonly x: number; readonly y: number; readonly rank: number }[], width: number, letter: number): ("start" | "end" | null)[] {
  const taken: (readonly [number, number, number])[] = [];
  const found: ("start" | "end" | null)[] = labels.map(() => null);
  const order = labels.map((_, i) => i).sort((a, b) => labels[a]!.rank - labels[b]!.rank || a - b);
  for (const i of order) {
    const { text, x, y } = labels[i]!;
    const long = text.length * letter + 4;
    for (const side of ["start", "end"] as const) {
      const from = side === "start" ? x + 5 : x - 5 - long;
      if (from < 2 || from + long > width - 2) continue;
      // A common word gives way where its label would lie on other words' points.
      const covers = labels.filter((other, j) => j !== i && other.x > from - 3 && other.x < from + long + 3 && Math.abs(other.y - y) < 8).length;
      if (labels[i]!.rank > 1 && covers > 0) continue;
      if (taken.some(([a, b, c]) => Math.abs(c - y) < 12 && from < b && from + long > a)) continue;
      taken.push([from, from + long, y]);
      found[i] = side;
      break;
    }
  }
  return found;
}

const round = (value: number): number => Math.round(value * 10) / 10;
