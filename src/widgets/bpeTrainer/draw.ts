import type { TrainBpeFrame } from "../../../engine/tasks/trainBpe.ts";
import type { PairCount, WordTokens } from "../../../engine/tokenizer/bpeTrainer.ts";
import { crosshair, lineChart, type Point } from "../../charts/lineChart.ts";
import { formatNumber, type Group, plot, pointerPosition, root } from "../../charts/plot.ts";
import { type Flow, tokenFlow, tokens, type TokenWord } from "../../charts/tokens.ts";
import type { Stage } from "../../widget/stage.ts";
import { keyOf, pairRows } from "./pairRows.ts";
import { mergeTree } from "./tree.ts";
import { tokenCalled, type Vocabulary, vocabularyOf } from "./vocabulary.ts";

export interface TrainerParams {
  readonly text: string;
  readonly merges: number;
  readonly view: "counts" | "tree" | "curve";
  readonly token: string;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
interface Layout {
  readonly corpus: Box;
  readonly panel: Box;
  readonly merges: Box;
  readonly pairs: number;
  readonly pairHeight: number;
  readonly nameWidth: number;
}

export const size = { wide: [720, 400], narrow: [360, 616] } as const;

const layouts: Readonly<Record<"wide" | "narrow", Layout>> = {
  wide: {
    corpus: { left: 0, top: 26, width: 424, height: 204 }, merges: { left: 0, top: 276, width: 424, height: 118 },
    panel: { left: 460, top: 0, width: 260, height: 400 }, pairs: 10, pairHeight: 32, nameWidth: 104,
  },
  narrow: {
    corpus: { left: 0, top: 26, width: 360, height: 174 }, merges: { left: 0, top: 522, width: 360, height: 88 },
    panel: { left: 0, top: 216, width: 360, height: 276 }, pairs: 8, pairHeight: 28, nameWidth: 150,
  },
};
/** Sizes of type for a corpus, the largest that shows all of it. */
const SCALES = [1.75, 1.5, 1.25, 1, 0.85];
const HEAD = 14;

/** Corpus and merges as chips, and beside them the counts, a token's tree or the curve. */
export function drawTrainer(stage: Stage<TrainerParams>): (frame: TrainBpeFrame, params: TrainerParams) => void {
  const { corpus, panel, merges, ...rows } = layouts[stage.narrow ? "narrow" : "wide"];
  const svg = root(stage.svg);
  const choose = ({ key }: { key: string }): void => stage.set({ token: nameOf.get(key) ?? "", view: "tree" });
  /** Names of the tokens behind the chips on the screen. */
  const nameOf = new Map<string, string>();

  const corpusHead = heading(svg.append("g"), corpus);
  const corpusChips = tokens(moved(svg.append("g"), corpus), { label: "The corpus in tokens", activate: choose });
  const mergesHead = heading(svg.append("g"), merges);
  const mergeChips = tokens(moved(svg.append("g"), merges), { label: "Merges so far", activate: choose });

  const views = { counts: moved(svg.append("g"), panel), tree: moved(svg.append("g"), panel), curve: moved(svg.append("g"), panel) };
  const panelHead = heading(svg.append("g"), { ...panel, top: panel.top + 26 });
  const remark = svg.append("text").attr("class", "gb-remark").attr("x", panel.left).attr("y", panel.top + HEAD + 20);
  /** The pair whose places are lit: the next one, unless the reader chose another that still stands. */
  let chosen: string | null = null;
  let last: readonly [TrainBpeFrame, TrainerParams] | null = null;
  const drawPairs = pairRows(views.counts.append("g").attr("transform", "translate(0,42)"), {
    width: panel.width, nameWidth: rows.nameWidth, rowHeight: rows.pairHeight,
    activate: (pair) => {
      chosen = keyOf(pair);
      if (last) draw(...last);
    },
  });
  const drawTree = mergeTree(views.tree.append("g").attr("transform", "translate(0,42)"), {
    width: panel.width, rowHeight: 32, rows: Math.floor((panel.height - 42) / 32), columns: stage.narrow ? 18 : 13,
  });
  const curveBox = { left: 42, top: 68, width: panel.width - 50, height: stage.narrow ? 172 : 270 };
  const curve = plot(views.curve, { ...curveBox, labelX: "merges", labelY: "tokens", clipId: stage.id("curve"), ticksX: 5 });
  const drawCurve = lineChart(curve);
  const dot = curve.body.append("circle").attr("class", "gb-now c-path").attr("r", 5);
  const readCurve = crosshair(curve, {
    label: "Read the curve of tokens", nameX: "merges", left: panel.left + curveBox.left,
    position: (event) => pointerPosition(stage.svg, event, stage),
  });

  const draw = (frame: TrainBpeFrame, params: TrainerParams): void => {
    last = [frame, params];
    const vocabulary = vocabularyOf(frame);
    nameOf.clear();
    if (!frame.pairs.some((pair) => keyOf(pair) === chosen)) chosen = null;
    const lit = frame.pairs.find((pair) => keyOf(pair) === chosen) ?? frame.pairs[0] ?? null;

    const words = frame.words.map((word, w) => chipsOf(word, w, vocabulary, lit, nameOf));
    const scale = scaleFor(frame.words, vocabulary, corpus);
    const flow = tokenFlow(words, { ...corpus, scale, stacked: true });
    corpusChips(flow, scale);
    const unseen = frame.wordCount - frame.words.length + flow.hidden;
    corpusHead(corpusTitle(frame, unseen, stage.narrow), `${frame.tokens.at(-1)!} tokens, vocabulary ${vocabulary.size}`);

    const made = latest(frame.history.map((_, k): TokenWord => {
      const id = 256 + k;
      nameOf.set(`m${k}`, vocabulary.name(id));
      const action = `Merge ${k + 1}: ${vocabulary.name(id)}; show how it was made`;
      const chip = { key: `m${k}`, text: vocabulary.text(id), label: vocabulary.story(id), action, className: vocabulary.className(id) };
      return { before: String(k + 1), chips: [chip] };
    }), merges);
    mergeChips(made.flow, 1);
    const title = made.left === 0 ? "merges so far" : `merges from number ${made.left + 1} on`;
    mergesHead(title, frame.step === 0 ? "none yet" : stopped(frame, params));

    for (const [name, group] of Object.entries(views)) group.attr("display", name === params.view ? null : "none");
    switch (params.view) {
      case "counts": {
        const pairs = frame.pairs.slice(0, rows.pairs);
        drawPairs(pairs, vocabulary, chosen ?? "");
        panelHead("pairs, counted", `${pairs.length === frame.pairCount ? "all" : `${pairs.length} of`} ${frame.pairCount}`);
        remark.text(tieRemark(frame));
        return;
      }
      case "tree": {
        const token = tokenCalled(params.token, frame);
        drawTree(token, vocabulary);
        panelHead("how a token was made", "");
        remark.text(token === null ? "No merge yet: every token is a byte." : "Each block lies on its two parts.");
        return;
      }
      case "curve": {
        const series = [{ name: "tokens", points: frame.tokens.map((count, step): Point => [step, count]), className: "c-path" }];
        curve.domain([0, Math.max(8, frame.step, frame.pairs.length === 0 ? 0 : params.merges)], [0, Math.max(1, frame.tokens[0]!)]);
        drawCurve(series);
        readCurve(series);
        dot.attr("cx", curve.x(frame.step)).attr("cy", curve.y(frame.tokens.at(-1)!));
        panelHead("tokens after each merge", "");
        remark.text(`now ${formatNumber(frame.compression, 3)} bytes a token`);
        return;
      }
      default: params.view satisfies never;
    }
  };
  return draw;
}

const moved = (group: Group, { left, top }: Pick<Box, "left" | "top">): Group => group.attr("transform", `translate(${left},${top})`);

/** A title above a box and a remark at its right end. */
function heading(group: Group, { left, top, width }: Pick<Box, "left" | "top" | "width">): (title: string, right: string) => void {
  const title = group.append("text").attr("class", "gb-heading").attr("x", left).attr("y", top - 26 + HEAD);
  const right = group.append("text").attr("class", "gb-remark").attr("x", left + width).attr("y", top - 26 + HEAD)
    .attr("text-anchor", "end");
  return (a, b) => {
    title.text(a);
    right.text(b);
  };
}

/** A word as chips; those of the lit pair are marked, from left to right as a merge would take them. */
function chipsOf(word: WordTokens, w: number, vocabulary: Vocabulary, lit: PairCount | null, nameOf: Map<string, string>): TokenWord {
  const { ids, count } = word;
  const marked = new Set<number>();
  for (let i = 0; lit && i + 1 < ids.length; i++) {
    if (ids[i] !== lit.left || ids[i + 1] !== lit.right) continue;
    marked.add(i).add(++i);
  }
  let start = 0;
  const chips = ids.map((id, i) => {
    const key = `${w}.${start}`;
    start += vocabulary.bytes(id).length;
    nameOf.set(key, vocabulary.name(id));
    return {
      key, text: vocabulary.text(id), label: vocabulary.story(id),
      // A byte was never made: there is nothing to show.
      ...(vocabulary.parts(id) && { action: `${vocabulary.name(id)}: show how it was made` }),
      className: `${vocabulary.className(id)}${marked.has(i) ? " gb-next" : ""}`,
    };
  });
  return { chips, ...(count > 1 && { after: `× ${count}` }) };
}

/** The scale at which the corpus in single bytes finds room: it stays the same while merges make the chips fewer. */
function scaleFor(words: readonly WordTokens[], vocabulary: Vocabulary, area: Box): number {
  const spelt = words.map(({ ids, count }): TokenWord => ({
    chips: ids.flatMap((id) => vocabulary.bytes(id)).map((byte) => ({ key: "", text: vocabulary.text(byte), label: "", className: "" })),
    ...(count > 1 && { after: `× ${count}` }),
  }));
  return SCALES.find((scale) => tokenFlow(spelt, { ...area, scale, stacked: true }).hidden === 0) ?? SCALES.at(-1)!;
}

/** As many of the last merges as find room. */
function latest(words: readonly TokenWord[], area: Box): { flow: Flow; left: number } {
  let left = 0;
  for (;;) {
    const flow = tokenFlow(words.slice(left), { ...area, scale: 1 });
    if (flow.hidden === 0) return { flow, left };
    left += flow.hidden;
  }
}

function corpusTitle({ wordCount }: TrainBpeFrame, unseen: number, narrow: boolean): string {
  if (wordCount === 0) return "no corpus: write something";
  if (unseen === 0) return narrow ? "the corpus" : "the corpus, cut into tokens";
  return narrow ? `first ${wordCount - unseen} of ${wordCount} words` : `the corpus, its first ${wordCount - unseen} of ${wordCount} words`;
}

function tieRemark({ pairs, wordCount }: TrainBpeFrame): string {
  const most = pairs[0]?.count;
  if (most === undefined) return wordCount === 0 ? "" : "Every word is one token: nothing is left.";
  const tied = pairs.filter(({ count }) => count === most).length;
  return tied > 1 ? `${tied}${tied === pairs.length ? " or more" : ""} tie: the one seen first wins.` : "The most frequent is merged next.";
}

function stopped({ finished, pairs, step }: TrainBpeFrame, { merges }: TrainerParams): string {
  return finished && pairs.length > 0 && step >= merges ? "stopped: raise “stop after”" : "";
}
