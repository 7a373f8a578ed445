import type { GalleryTest, HeadGalleryFrame } from "../../../engine/tasks/headGallery.ts";
import { copyPlaces, evenStops } from "../../../engine/tasks/headScores.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** What heads can be ranked by: the loss without them, or one of their habits. */
export const MEASURES = { loss: "loss without it", before: "token before", first: "first token", itself: "itself", copy: "earlier copy",
  stops: "punctuation" } as const;
export type Measure = keyof typeof MEASURES;
export const TESTS = { yours: "your text", stories: "stories", twice: "nonsense twice" } as const satisfies Record<GalleryTest, string>;
type Habit = Exclude<Measure, "loss">;
const habitNames = ["before", "first", "itself", "copy", "stops"] as const satisfies readonly Habit[];

export interface Params {
  readonly measure: Measure;
  readonly test: GalleryTest;
  readonly layer: number;
  readonly head: number;
}

/** Less than this many nats more without a head: nobody would notice. */
const HARDLY = 0.05;
/** A habit that takes less than this share of the attention gives a head no name. */
const NAMED = 0.35;

export const lossText = (loss: number | null): string => (loss === null ? "…" : loss.toFixed(2));
export const signed = (change: number): string => {
  const digits = Math.abs(change).toFixed(2);
  return `${digits === "0.00" ? "" : change < 0 ? "−" : "+"}${digits}`;
};
const shareText = (share: number | null): string => (share === null ? "–" : share.toFixed(2));
export const headName = (heads: number, index: number): string => `layer ${Math.floor(index / heads)}, head ${index % heads}`;
export const lessonOf = ({ taught, heads }: HeadGalleryFrame, index: number): string | null =>
  taught.find(({ layer, head }) => layer * heads + head === index)?.as ?? null;

/** How much more the whole model loses without one head, in nats a token; null while that is not measured. */
export function rise({ tests }: HeadGalleryFrame, test: GalleryTest, index: number): number | null {
  const { whole, without } = tests[test];
  const loss = without[index] ?? null;
  return whole === null || loss === null ? null : loss - whole;
}

export const changeOf = (frame: HeadGalleryFrame, test: GalleryTest, index: number): string => {
  const change = rise(frame, test, index);
  return change === null ? "…" : signed(change);
};

/** How many heads could go, one at a time, at less than 0.05 nats; null while not all are measured. */
export function unneeded(frame: HeadGalleryFrame, test: GalleryTest): number | null {
  const rises = frame.off.map((_, i) => rise(frame, test, i));
  return rises.includes(null) ? null : rises.filter((change) => change! < HARDLY).length;
}

/** The habit that takes most of a head's attention, or "mixed" where none takes a third of it. */
export function habitOf({ scores }: HeadGalleryFrame, index: number): { readonly name: string; readonly score: number | null } {
  const [best] = habitNames.map((name) => ({ name, score: scores[index]![name] ?? 0 })).sort((a, b) => b.score - a.score);
  return best!.score < NAMED ? { name: "mixed", score: null } : { name: shortNames[best!.name], score: best!.score };
}
const shortNames: Readonly<Record<Habit, string>> = { before: "before", first: "first", itself: "itself", copy: "copy", stops: "stops" };

export interface Ranked {
  readonly index: number;
  readonly value: number | null;
}

/** All heads by what they are ranked by, largest first; what is not measured comes last. */
export function ranking(frame: HeadGalleryFrame, { measure, test }: Params): Ranked[] {
  return frame.off.map((_, index) => ({ index, value: measure === "loss" ? rise(frame, test, index) : frame.scores[index]![measure] }))
    .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || a.index - b.index);
}

/** The chosen head in words: its habits here, and what its loss is on each text. */
export function chosenLines(frame: HeadGalleryFrame, index: number, narrow: boolean): string[] {
  const { scores, twice, ids, pieces } = frame;
  const { before, first, itself, copy, stops } = scores[index]!;
  const lesson = lessonOf(frame, index);
  const places = copyPlaces(ids);
  const habits = [
    `before ${shareText(before)}`, `first ${shareText(first)}`, `itself ${shareText(itself)}`,
    copy === null ? "no token comes twice" : `copy ${shareText(copy)} (${places} place${places === 1 ? "" : "s"})`,
    stops === null ? "no punctuation" : `stops ${shareText(stops)} (evenly: ${shareText(evenStops(pieces))})`,
  ];
  const costs = (Object.keys(TESTS) as GalleryTest[]).map((test) => `${TESTS[test]} ${changeOf(frame, test, index)}`);
  const again = twice?.[index];
  const nonsense = again ? `On nonsense written twice: before ${again.before.toFixed(2)}, copy ${again.copy.toFixed(2)}` : "";
  const title = `${headName(frame.heads, index).replace("l", "L")}${lesson === null ? "" : `, taught: ${lesson}`}`;
  if (!narrow) return [title, `On your text: ${habits.join(", ")}`, nonsense, `Loss without it alone: ${costs.join(", ")} nats a token`];
  return [title, habits.slice(0, 3).join(", "), habits.slice(3).join(", "), nonsense.replace("On nonsense written twice", "Nonsense twice"),
    "Loss without it, in nats a token:", costs.join(", ")];
}

/** What the switches do to the loss on each text. */
export function switchedLine({ tests, off }: HeadGalleryFrame): string {
  const count = off.filter(Boolean).length;
  const each = (Object.keys(TESTS) as GalleryTest[]).map((test) => {
    const { whole, now } = tests[test];
    return `${TESTS[test]} ${lossText(whole)}${count > 0 ? `, now ${lossText(now)}` : ""}`;
  });
  return `${count === 0 ? "All heads on" : count === 1 ? "1 head off" : `${count} heads off`}: loss on ${each.join("; ")}`;
}

/** The picture as one sentence and one row a head. */
export function describe(frame: HeadGalleryFrame, params: Params): Description {
  const { heads, off, scores, ids } = frame;
  const { test } = params;
  const away = off.flatMap((isOff, i) => (isOff ? [headName(heads, i)] : []));
  const [most] = ranking(frame, { ...params, measure: "loss" });
  const few = unneeded(frame, test);
  const found = most!.value === null
    ? `the losses on ${TESTS[test]} are being measured`
    : `on ${TESTS[test]} the loss rises most without ${headName(heads, most!.index)} (${signed(most!.value)} nats)`
      + (few === null ? "" : `, and ${few} of ${off.length} heads could go, one at a time, for less than ${HARDLY} nats`);
  const { whole, now } = frame.tests[test];
  const switched = away.length === 0 ? "" : `; with ${away.join(" and ")} off it is ${lossText(now)} in place of ${lossText(whole)}`;
  return {
    sentence: `All ${off.length} heads on ${ids.length - 1} tokens: ${found}${switched}.`,
    table: {
      columns: ["head", ...habitNames.map((name) => MEASURES[name]), ...Object.values(TESTS).map((name) => `loss without it: ${name}`),
        "state"],
      rows: off.map((isOff, i) => [
        headName(heads, i), ...habitNames.map((name) => shareText(scores[i]![name])),
        ...(Object.keys(TESTS) as GalleryTest[]).map((one) => changeOf(frame, one, i)),
        [...(lessonOf(frame, i) === null ? [] : ["taught"]), isOff ? "off" : "on"].join(", "),
      ]),
    },
  };
}
