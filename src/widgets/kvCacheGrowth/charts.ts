import type { GrowCacheFrame } from "../../../engine/tasks/growCacheFrame.ts";
import type { Timing } from "../../../engine/tasks/stopwatch.ts";
import { crosshair, lineChart, type Point, type Series } from "../../charts/lineChart.ts";
import { type Group, type Plot, plot, pointerPosition } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { gigabytes, planOf, tokensThatFit } from "./realModel.ts";
import { type GrowthParams, ratio, short } from "./reading.ts";

const WITH = "c-train", WITHOUT = "c-loss";
const views = {
  work: { labelX: "tokens in the text", labelY: "million multiply–adds for the next token", nameX: "tokens" },
  time: { labelX: "tokens in the text", labelY: "milliseconds for the next token", nameX: "tokens" },
  phases: { labelX: "tokens in the text", labelY: "tokens a second", nameX: "tokens" },
  real: { labelX: "thousand tokens of each conversation", labelY: "GB of memory", nameX: "thousand tokens" },
} as const;

interface Chart {
  readonly group: Group;
  readonly plot: Plot;
  show(series: readonly Series[]): void;
  /** Names beside lines: where they stand in the plot, and on which side. */
  label(names: readonly Label[]): void;
  spread(points: readonly Spread[]): void;
}

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly className: string;
  readonly anchor?: "start" | "end";
}

interface Spread {
  readonly x: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly className: string;
}

/** One chart a view, of which the chosen one is seen. */
export function growthCharts(
  parent: Group, stage: Stage<GrowthParams>, [left, top, width, height]: readonly [number, number, number, number],
): (frame: GrowCacheFrame, params: GrowthParams) => void {
  const made = new Map<GrowthParams["view"], Chart>();
  const chartOf = (view: GrowthParams["view"]): Chart => {
    const known = made.get(view);
    if (known) return known;
    const group = parent.append("g") as Group;
    const { labelX, labelY, nameX } = views[view];
    const drawn = plot(group, { left, top, width, height, labelX, labelY, clipId: stage.id(view), ticksX: stage.narrow ? 4 : 6 });
    const lines = lineChart(drawn);
    const spreads = drawn.body.append("g");
    const labels = drawn.front.append("g").attr("pointer-events", "none");
    const read = crosshair(drawn, { label: `Read ${labelY}`, nameX, left, position: (event) => pointerPosition(stage.svg, event, stage) });
    const chart: Chart = {
      group, plot: drawn,
      show(series) {
        lines(series);
        read(series);
      },
      label: (names) => void labels.selectAll<SVGTextElement, Label>("text").data(names).join("text")
        .attr("class", ({ className }) => `gb-halo gb-letter ${className}`).attr("text-anchor", ({ anchor }) => anchor ?? "end")
        .attr("x", ({ x }) => round(x)).attr("y", ({ y }) => round(y)).text(({ text }) => text),
      spread(points) {
        spreads.selectAll<SVGPathElement, Spread>("path").data(points).join("path")
          .attr("class", ({ className }) => `gb-spread ${className}`)
          .attr("d", ({ x, low, high }) => `M${round(drawn.x(x))},${round(drawn.y(low))}V${round(drawn.y(high))}`);
        spreads.selectAll<SVGCircleElement, Spread>("circle").data(points).join("circle")
          .attr("class", ({ className }) => `gb-dot ${className}`).attr("r", 3.5)
          .attr("cx", ({ x }) => round(drawn.x(x))).attr("cy", ({ middle }) => round(drawn.y(middle)));
      },
    };
    made.set(view, chart);
    return chart;
  };
  return (frame, params) => {
    const chart = chartOf(params.view);
    for (const [view, { group }] of made) group.attr("display", view === params.view ? null : "none");
    if (params.view === "work") showWork(chart, frame);
    else if (params.view === "real") showReal(chart, params, stage.narrow);
    else showTimes(chart, frame, params.view);
  };
}

function showWork({ plot: drawn, show, label }: Chart, frame: GrowCacheFrame): void {
  const { withCache, without, promptTokens, length } = frame;
  const points = (work: readonly number[]): Point[] => work.map((count, i) => [promptTokens + i, count / 1e6]);
  const highest = Math.max(...without.work, 1e6) / 1e6;
  drawn.domain([0, promptTokens + length], [0, Math.max(20, highest * 1.12)]);
  show([
    { name: "without", points: points(without.work), className: WITHOUT, dashed: true },
    { name: "with", points: points(withCache.work), className: WITH },
  ]);
  const x = drawn.x(promptTokens + frame.step - 1);
  const far = x > drawn.width * 0.4, anchor = far ? "end" : "start";
  label([
    {
      text: `without: ${ratio(frame).toFixed(0)} × as much`, className: WITHOUT, anchor,
      x: far ? x - 16 : x + 8, y: drawn.y(without.work.at(-1)! / 1e6) + 4,
    },
    { text: "with a cache", className: WITH, anchor, x: far ? x : x + 8, y: drawn.y(withCache.work.at(-1)! / 1e6) - 8 },
  ]);
}

function showTimes({ plot: drawn, show, label, spread }: Chart, { times, contextLength }: GrowCacheFrame, view: "time" | "phases"): void {
  const perSecond = view === "phases";
  const value = (tokens: number, ms: number): number => (perSecond ? (1000 * tokens) / ms : ms);
  const spreadOf = (which: "cached" | "whole", className: string): Spread[] => times.map((one) => {
    const { median, fastest, slowest }: Timing = one[which];
    // Written a second: one token a step; read a second: all of the text in one pass.
    const tokens = which === "cached" ? 1 : one.tokens;
    return { x: one.tokens, low: value(tokens, fastest), middle: value(tokens, median), high: value(tokens, slowest), className };
  });
  const whole = spreadOf("whole", WITHOUT), cached = spreadOf("cached", WITH);
  const highest = Math.max(1, ...[...whole, ...cached].flatMap(({ low, middle, high }) => [low, middle, high]));
  drawn.domain([0, contextLength], [0, highest * 1.15]);
  const line = (points: readonly Spread[]): Point[] => points.map(({ x, middle }): Point => [x, middle]);
  show([
    { name: perSecond ? "read" : "without", points: line(whole), className: WITHOUT, dashed: true },
    { name: perSecond ? "written" : "with", points: line(cached), className: WITH },
  ]);
  spread([...whole, ...cached]);
  const lastWhole = whole.at(-1), lastCached = cached.at(-1);
  // Where the lines meet, the name of the lower one stands below it.
  const meet = lastWhole && lastCached && Math.abs(drawn.y(lastWhole.middle) - drawn.y(lastCached.middle)) < 22;
  const beside = ({ x, middle, className }: Spread, text: string): Label => {
    const below = meet && middle === Math.min(lastWhole.middle, lastCached.middle) && !(lastWhole.middle === lastCached.middle && className === WITHOUT);
    return { text, x: drawn.x(x) - 10, y: drawn.y(middle) + (below ? 20 : -8), className, anchor: "end" };
  };
  label(lastWhole && lastCached ? [
    beside(lastWhole, perSecond ? "a prompt, read in one pass" : `without: ${short(lastWhole.middle / lastCached.middle)} × as long`),
    beside(lastCached, perSecond ? "an answer, written token by token" : "with a cache"),
  ] : []);
}

function showReal({ plot: drawn, show, label }: Chart, params: GrowthParams, narrow: boolean): void {
  const plan = planOf(params);
  const { model, weights, memory, chip, cards } = plan;
  const fits = tokensThatFit(plan);
  // Where a card is full long before the window is, only its beginning is drawn.
  const longest = fits > 0 && 8 * fits < model.contextLength ? 4 * fits : model.contextLength;
  const lengths = Array.from({ length: 65 }, (_, i) => Math.round((longest * i) / 64));
  const totals = (heads: GrowthParams["realHeads"]): Point[] =>
    lengths.map((tokens) => [tokens / 1000, (weights + plan.cacheWith(heads, tokens)) / 1e9]);
  const chosen = totals(params.realHeads);
  const top = 1.15 * Math.max(memory / 1e9, Math.min(chosen.at(-1)![1], (1.5 * memory) / 1e9), (weights / 1e9) * 1.1);
  const end = longest / 1000;
  drawn.domain([0, end], [0, top]);
  const others = (["own", "all", "one"] as const).filter((heads) => heads !== params.realHeads);
  const named = { own: "its own heads", all: "a head for each query", one: "one head for all" } as const;
  show([
    ...others.map((heads): Series => ({ name: named[heads], points: totals(heads), className: "c-baseline gb-thin", dashed: true })),
    { name: named[params.realHeads], points: chosen, className: WITH },
    { name: "memory", points: [[0, memory / 1e9], [end, memory / 1e9]], className: "c-ink gb-thin" },
    { name: "weights", points: [[0, weights / 1e9], [end, weights / 1e9]], className: "c-curve gb-thin" },
  ]);
  /** The end of a line, or where it comes near the card's. */
  const place = (points: readonly Point[]): { x: number; y: number } => {
    const [tokens, size] = points.findLast(([, each]) => each <= (0.88 * memory) / 1e9) ?? points[0]!;
    return { x: drawn.x(tokens), y: drawn.y(size) };
  };
  const beside = (points: readonly Point[], text: string, className: string): Label => {
    const { x, y } = place(points);
    const isRight = x > drawn.width * 0.6;
    // Lines rise to the right: what ends at a point stands above it, what begins there below.
    const at = { x: isRight ? Math.min(x, drawn.width) - 6 : x + 8, y: Math.max(12, y + (isRight ? -7 : 12)) };
    return { text, className, ...at, anchor: isRight ? "end" : "start" };
  };
  label(apart([
    {
      text: `${cards === 1 ? "" : `${cards} × `}${chip.name}: ${gigabytes(memory)}`, className: "c-ink", anchor: "start",
      x: 6, y: drawn.y(memory / 1e9) - 6,
    },
    beside(chosen, `${model.name}, ${named[params.realHeads]}`, WITH),
    { text: `weights: ${gigabytes(weights)}`, x: 6, y: drawn.y(weights / 1e9) + 15, className: "c-curve", anchor: "start" },
    ...(narrow ? [] : others.map((heads) => beside(totals(heads), named[heads], "c-baseline"))),
  ]));
}

/** Labels in order of weight, less those that would lie on one before. */
function apart(labels: readonly Label[]): Label[] {
  const left = ({ x, text, anchor }: Label): number => (anchor === "end" ? x - widthOf(text) : x);
  const widthOf = (text: string): number => text.length * 6.4;
  return labels.reduce<Label[]>((kept, one) => (kept.some((other) => Math.abs(other.y - one.y) < 14
    && left(one) < left(other) + widthOf(other.text) + 6 && left(other) < left(one) + widthOf(one.text) + 6) ? kept : [...kept, one]), []);
}

const round = (value: number): number => Math.round(value * 100) / 100;
