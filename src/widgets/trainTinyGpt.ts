import type { Divergence } from "../../engine/tasks/divergence.ts";
import type { Sample } from "../../engine/tasks/trainingSample.ts";
import type { TrainTransformerFrame } from "../../engine/tasks/trainTransformer.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { crosshair, lineChart, type Point, type Series } from "../charts/lineChart.ts";
import { formatNumber, type Group, type Plot, plot, pointerPosition, root } from "../charts/plot.ts";
import { firstLine, wrapText } from "../charts/wrapText.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { clipped, drawEnds, drawSeams } from "./trainTinyGpt/marks.ts";
import { ownText } from "./trainTinyGpt/ownText.ts";

/** Trains a small GPT from random weights while one watches: the loss against counting, and what it writes. */
export const trainTinyGpt = defineWidget({
  id: "train-tiny-gpt",
  title: "Train a tiny GPT",
  params: {
    learningRate: { kind: "number", default: 0.005, min: 0.0001, max: 3, scale: "log", label: "learning rate η", live: true },
    corpus: {
      kind: "choice", default: "stories", label: "learns from", options: { stories: "little stories", book: "Moby-Dick", own: "your text" },
    },
    tokenizer: { kind: "model", default: "shipped", label: "tokenizer", made: "tokenizer" },
    text: { kind: "text", default: ownText, maxLength: 1_000_000, multiline: true, label: "your text", more: true },
    block: { kind: "choice", default: "gpt2", label: "blocks", more: true, options: { gpt2: "GPT-2", llama: "Llama" } },
    steps: { kind: "number", default: 3000, min: 100, max: 10_000, step: 100, label: "steps in all", live: true, more: true },
    sampleEvery: {
      kind: "number", default: 50, min: 10, max: 500, step: 10, label: "a sample every", unit: "steps", live: true, more: true,
    },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", more: true },
  },
  scenes: {
    default: {
      title: "a tiny GPT", params: {},
      watch: "The curve falls through the lines in order: first the frequent tokens are learnt, then pairs, then more than pairs.",
    },
    tooFast: {
      title: "too fast", params: { learningRate: 3 },
      watch: "Steps this large undo each other: within ten steps the loss is worse than guessing, and training stops.",
    },
    ownText: {
      title: "your own text", params: { corpus: "own" },
      watch: "A page is soon known by heart: the training loss goes on falling while the held-out loss turns and climbs. "
        + "Paste your own under More.",
    },
  },
  task: tasks.trainTransformer,
  size: { wide: [720, 490], narrow: [360, 570] },
  start: "press",
  // Step 0 with its sample.
  posterFrame: 1,
  pins: true,
  makes: {
    kind: "model",
    name: ({ step }, { corpus }) => `${corpusName[corpus]}, step ${whole(step)}`,
    read: ({ corpus: { documents } }, { corpus }) =>
      (corpus === "stories" ? `${whole(documents)} little stories that a grammar of this book wrote` : corpus === "book" ? "Moby-Dick" : "a text of yours"),
  },
  goals: {
    validationLoss: { label: "held-out loss", value: ({ validation }) => validation.at(-1)?.loss ?? null },
    trainingLoss: { label: "training loss", value: ({ curve }) => curve.smooth.at(-1) ?? null },
    step: { label: "step", value: ({ step }) => step },
  },
  draw(stage) {
    const { narrow, width } = stage;
    const svg = root(stage.svg);
    const left = 40, chartWidth = narrow ? width - left - 12 : 552, chartHeight = narrow ? 230 : 240;
    const chart = plot(svg, {
      left, top: 30, width: chartWidth, height: chartHeight, clipId: stage.id("loss"), ticksX: narrow ? 4 : 6,
      labelX: "step", labelY: "loss in nats a token",
    });
    const counted = chart.body.append("g");
    const undone = lineChart(chart);
    const raw = chart.body.append("g").attr("opacity", 0.35);
    const drawRaw = lineChart({ ...chart, body: raw });
    const drawLines = lineChart(chart);
    const dots = chart.front.append("g").attr("class", "c-loss");
    const labels = chart.front.append("g");
    const seams = chart.body.append("g"), ends = chart.front.append("g");
    const readLoss = crosshair(chart, {
      label: "Read the loss curve", nameX: "step", left, position: (event) => pointerPosition(stage.svg, event, stage),
    });
    legend(chart, narrow);
    const status = svg.append("text").attr("class", "gb-axis").attr("x", left).attr("y", 30 + chartHeight + 34);
    const top = 30 + chartHeight + (narrow ? 62 : 66);
    if (narrow) status.attr("y", 30 + chartHeight + 52).attr("x", 10);
    const place = { top: narrow ? top + 18 : top, left: narrow ? 10 : left, columns: narrow ? 42 : 90 };
    const samples = samplePanel(svg as unknown as Group, { ...place, earlier: 3, lines: narrow ? 6 : 3 });
    const trouble = troublePanel(svg as unknown as Group, { ...place, slower: (learningRate) => stage.set({ learningRate }) });

    return (frame, params, pinned) => {
      const { curve, validation, baselines, step } = frame;
      const uniform = baselines?.uniform ?? 6.238;
      const furthest = Math.max(step, pinned?.frame.step ?? 0);
      chart.domain([0, shownSteps(furthest, Math.max(params.steps, furthest))], [0, highest(frame, uniform)]);
      drawBaselines(chart, counted, labels, frame, narrow);
      undone(frame.abandoned.map(({ steps, losses }, i) => (
        { name: `undone ${i + 1}`, points: points(steps, losses), className: "c-baseline gb-thin", dashed: true }
      )));
      drawEnds(chart, ends, frame);
      drawSeams(chart, seams, frame);
      drawRaw([{ name: "each step", points: points(curve.steps, curve.losses), className: "c-train gb-thin" }]);
      const smooth: Series = { name: "training", points: points(curve.steps, curve.smooth), className: "c-train" };
      const looks = validation.map((point): Point => [point.step, point.loss]);
      const held: Series = { name: "held out", points: looks, className: "c-loss gb-thin" };
      const before: Series[] = pinned
        ? [{ name: "pinned", points: points(pinned.frame.curve.steps, pinned.frame.curve.smooth), className: "c-baseline", dashed: true }]
        : [];
      drawLines([...before, smooth, held]);
      // Many points would hide the line beneath: then they are small, and only the latest is large.
      const seen = validation.filter((point) => chart.y(point.loss) >= 0);
      const isLarge = (i: number): boolean => seen.length <= 20 || i === seen.length - 1;
      dots.selectAll("circle").data(seen).join("circle")
        .attr("class", (_, i) => (isLarge(i) ? "gb-now" : "gb-print")).attr("r", (_, i) => (isLarge(i) ? 4 : 1.75))
        .attr("cx", (point) => clipped(chart.x(point.step))).attr("cy", (point) => clipped(chart.y(point.loss)));
      readLoss([smooth, held, ...before]);
      status.text(statusOf(frame));
      trouble(frame.diverged, frame);
      samples(frame.diverged || frame.fault ? [] : frame.samples);
    };
  },
  describe(frame) {
    const { validation, curve, baselines } = frame;
    const cell = (value: number | undefined): string => (value === undefined ? "–" : formatNumber(value));
    const smoothAt = (step: number): number | undefined => curve.smooth[curve.steps.findLastIndex((at) => at <= step)];
    const lines = [cell(baselines?.uniform), cell(baselines?.unigram), cell(baselines?.bigram)];
    const rows = validation.map(({ step, loss }) => [step, cell(smoothAt(step)), cell(loss), ...lines]);
    const columns = ["step", "training loss", "held-out loss", "uniform baseline", "unigram baseline", "bigram baseline"];
    return { sentence: sentence(frame), table: { columns, rows } };
  },
  readouts: {
    loss: ({ loss }) => (loss === null ? "–" : loss.toFixed(3)),
    heldOut: ({ validation }) => validation.at(-1)?.loss.toFixed(3) ?? "–",
    perplexity: ({ validation }) => (validation.length > 0 ? formatNumber(Math.exp(validation.at(-1)!.loss), 3) : "–"),
    step: ({ step }) => String(step),
    bigram: ({ baselines }) => baselines?.bigram.toFixed(3) ?? "–",
    unigram: ({ baselines }) => baselines?.unigram.toFixed(3) ?? "–",
    uniform: ({ baselines }) => baselines?.uniform.toFixed(3) ?? "–",
    parameters: ({ parameters }) => parameters.toLocaleString("en"),
    tokensSeen: ({ tokensSeen }) => tokensSeen.toLocaleString("en"),
  },
});

const corpusName = { stories: "Little stories", book: "Moby-Dick", own: "My text" } as const;
const points = (xs: readonly number[], ys: readonly number[]): Point[] => xs.map((x, i): Point => [x, ys[i]!]);
const whole = (value: number): string => Math.round(value).toLocaleString("en");

/** The axis grows by doubling, so that the first seconds are seen as well as the last. */
function shownSteps(step: number, most: number): number {
  let shown = 100;
  while (shown < step) shown *= 2;
  return Math.min(shown, Math.max(most, 100));
}

/** Guessing evenly lies near the top; worse is shown up to twice that. */
function highest({ diverged, abandoned, validation }: TrainTransformerFrame, uniform: number): number {
  const worst = diverged || abandoned.length > 0 ? 2 * uniform : Math.max(uniform + 0.4, ...validation.map(({ loss }) => loss));
  return Math.ceil(Math.min(worst, 2 * uniform));
}

const named = ({ uniform, unigram, bigram }: NonNullable<TrainTransformerFrame["baselines"]>) =>
  [["uniform", uniform], ["unigram", unigram], ["bigram", bigram]] as const;

function drawBaselines(chart: Plot, lines: Group, labels: Group, { baselines }: TrainTransformerFrame, narrow: boolean): void {
  const shown = baselines ? named(baselines) : [];
  lines.selectAll("line").data(shown).join("line").attr("class", "gb-line gb-thin c-baseline").attr("stroke-dasharray", "6 3")
    .attr("x2", chart.width).attr("y1", ([, loss]) => clipped(chart.y(loss))).attr("y2", ([, loss]) => clipped(chart.y(loss)));
  labels.selectAll("text").data(shown).join("text").attr("class", "gb-axis gb-halo")
    .attr("x", narrow ? chart.width - 4 : chart.width + 8).attr("text-anchor", narrow ? "end" : "start")
    .attr("y", ([, loss]) => clipped(chart.y(loss)) + (narrow ? -4 : 4)).text(([name, loss]) => `${name} ${loss.toFixed(2)}`);
}

function legend(chart: Plot, narrow: boolean): void {
  const entries = [["training", "c-train"], ["held out", "c-loss"]] as const;
  const group = chart.front.append("g").attr("transform", `translate(${chart.width - (narrow ? 150 : 168)},${chart.height - 15})`);
  for (const [i, [name, className]] of entries.entries()) {
    const entry = group.append("g").attr("class", className).attr("transform", `translate(${i * (narrow ? 78 : 86)},0)`);
    entry.append("line").attr("class", "gb-line").attr("x2", 16).attr("y1", -4).attr("y2", -4);
    if (i === 1) entry.append("circle").attr("class", "gb-now").attr("cx", 8).attr("cy", -4).attr("r", 3.5).attr("stroke-width", 1);
    entry.append("text").attr("x", 21).text(name);
  }
}

function statusOf({ step, steps, tokensSeen, tokensPerSecond, parameters, fault }: TrainTransformerFrame): string {
  if (fault !== null) return "";
  const speed = tokensPerSecond === null ? `${whole(parameters)} parameters` : `${whole(tokensPerSecond)} a second`;
  return `step ${whole(step)} of ${whole(Math.max(steps, step))} · ${whole(tokensSeen)} tokens · ${speed}`;
}

/** The first sample, up to two from between, and the latest. */
export function chosen(samples: readonly Sample[], earlier: number): readonly Sample[] {
  const last = samples.length - 1;
  const indices = Array.from({ length: earlier }, (_, i) => (i === 0 ? 0 : Math.round(last * 0.5 ** (earlier - i))));
  return [...new Set([...indices, last])].filter((i) => i >= 0 && i < samples.length).sort((a, b) => a - b).map((i) => samples[i]!);
}

interface Panel { readonly top: number; readonly left: number; readonly columns: number }

/** What the model writes: earlier samples a line each, the latest in full. */
function samplePanel(
  parent: Group, { top, left, columns, earlier, lines }: Panel & { readonly earlier: number; readonly lines: number },
): (samples: readonly Sample[]) => void {
  const group = parent.append("g").attr("transform", `translate(${left},${top})`);
  const head = group.append("text").attr("class", "gb-axis");
  const old = group.append("g").attr("class", "gb-token gb-ticks");
  const headNow = group.append("text").attr("class", "gb-reading");
  const now = group.append("g").attr("class", "gb-token");
  return (samples) => {
    const shown = chosen(samples, earlier);
    const latest = shown.at(-1), before = shown.slice(0, -1);
    head.text(before.length > 0 ? "what it wrote" : "");
    old.selectAll("text").data(before).join("text").attr("y", (_, i) => 20 + i * 18)
      .text(({ step, text }) => `${String(step).padStart(5)}  ${firstLine(text, columns - 7)}`);
    const y = before.length > 0 ? 20 + before.length * 18 + 12 : 0;
    const underlined = latest && latest.known < latest.words && columns > 60 ? ", the others are underlined" : "";
    headNow.attr("y", y).text(latest ? `step ${whole(latest.step)}: ${latest.known} of ${latest.words} words are from its texts${underlined}` : "");
    now.selectAll("text").data(latest ? wrapText(latest.text, columns).slice(0, lines) : []).join("text").attr("y", (_, i) => y + 20 + i * 18)
      .selectAll("tspan").data((line) => marked(line, latest!.invented)).join("tspan")
      .attr("text-decoration", ([, isInvented]) => (isInvented ? "underline" : null))
      .attr("class", ([, isInvented]) => (isInvented ? "gb-soft" : null)).text(([part]) => part);
  };
}

/** A line in pieces, each with whether it is a word that the corpus does not have. */
function marked(line: string, invented: readonly string[]): (readonly [string, boolean])[] {
  return (line.match(/\p{L}+(?:['’]\p{L}+)*|[^\p{L}]+/gu) ?? []).map((part) => [part, invented.includes(part.toLowerCase())] as const);
}

/** Why training stopped, and the way back. */
function troublePanel(
  parent: Group, { top, left, columns, slower }: Panel & { slower(learningRate: number): void },
): (diverged: Divergence | null, frame: TrainTransformerFrame) => void {
  const group = parent.append("g").attr("transform", `translate(${left},${top})`);
  const text = group.append("g");
  const button = group.append("g").attr("class", "gb-press").attr("tabindex", 0).attr("role", "button");
  const box = button.append("rect").attr("class", "gb-mark").attr("height", 34).attr("rx", 6);
  const word = button.append("text").attr("x", 14).attr("y", 22);
  let rate = 0;
  button.on("click", () => slower(rate)).on("keydown", (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    slower(rate);
  });
  return (diverged, frame) => {
    const lines = wrapText(diverged ? explanation(diverged, frame) : (frame.fault ?? ""), columns);
    text.selectAll("text").data(lines).join("text").attr("y", (_, i) => i * 19).text((line) => line);
    button.attr("display", diverged ? null : "none");
    if (!diverged) return;
    rate = slowerRate(diverged.learningRate);
    const label = `Back to step ${diverged.soundStep}, with η = ${formatNumber(rate)}`;
    button.attr("transform", `translate(0,${lines.length * 19})`).attr("aria-label", label);
    box.attr("width", 28 + label.length * 6.6);
    word.text(label);
  };
}

/** What a learning rate that ran away is followed by: a tenth of it, and no more than what works. */
export const slowerRate = (learningRate: number): number => Math.min(0.005, Math.max(0.0001, Number((learningRate / 10).toPrecision(3))));

function explanation({ step, loss, learningRate, gradientNorm, tensor, finite }: Divergence, { baselines }: TrainTransformerFrame): string {
  const what = finite
    ? `the loss is ${formatNumber(loss ?? 0, 3)} nats, worse than the ${baselines?.uniform.toFixed(2)} of guessing evenly`
    : "numbers left the range that the machine can hold";
  const norm = gradientNorm === null ? "no finite number" : formatNumber(gradientNorm, 3);
  return `Diverged at step ${step}: ${what}. With a learning rate of ${formatNumber(learningRate)} each step overshoots `
    + "and the next one starts somewhere worse. "
    + `Gradient norm: ${norm}; ${finite ? "largest" : "first bad"} in ${tensor}.`;
}

function sentence(frame: TrainTransformerFrame): string {
  const { step, steps, loss, validation, baselines, diverged, fault, finished, curve } = frame;
  if (fault !== null) return fault;
  if (diverged) return `${explanation(diverged, frame)} A smaller learning rate goes on from step ${diverged.soundStep}.`;
  if (!baselines || loss === null) return "Nothing has been trained yet.";
  const held = validation.at(-1)!.loss;
  if (step === 0) {
    return `Step 0, nothing learnt: on held-out text the loss is ${held.toFixed(2)} nats a token, `
      + `close to the ${baselines.uniform.toFixed(2)} of guessing evenly among ${frame.vocabSize} tokens.`;
  }
  const below = named(baselines).findLast(([, line]) => held < line);
  const place = below ? `below the ${below[0]} baseline of ${below[1].toFixed(2)}` : "still above guessing evenly";
  const trained = (curve.smooth.at(-1) ?? loss).toFixed(2);
  const where = `Step ${whole(step)} of ${whole(Math.max(steps, step))}${finished ? ", finished" : ""}`;
  const perplexity = formatNumber(Math.exp(held), 3);
  return `${where}: training loss ${trained} nats a token, held out ${held.toFixed(2)} (perplexity ${perplexity}), ${place}.`;
}
