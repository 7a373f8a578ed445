import type { TrainDigitsFrame } from "../../../engine/tasks/trainDigits.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { formatNumber, type Group, root } from "../../charts/plot.ts";
import { pressButton } from "../../charts/pressButton.ts";
import type { Stage } from "../../widget/stage.ts";
import { type Kept, lossChart, type View } from "./lossChart.ts";
import { settings, shapeWords, slowerRate, verdict } from "./reading.ts";
import { sideCharts } from "./sideCharts.ts";

const layouts = {
  wide: { chart: { left: 46, top: 84, width: 560, height: 236 }, side: { left: 46, top: 396, width: 236, height: 84, gap: 64, below: 0 },
    columns: 104, button: [344, 270], pin: [608, 400, 104], ledger: 534, room: 108 },
  narrow: { chart: { left: 40, top: 122, width: 308, height: 220 }, side: { left: 40, top: 420, width: 308, height: 56, gap: 0, below: 110 },
    columns: 52, button: [108, 292], pin: [6, 616, 120], ledger: 676, room: 52 },
} as const;

/** The verdict, the loss chart, gradient norm and learning rate below it, and the ledger of pinned runs. */
export function drawLossLab(stage: Stage<View>): (frame: TrainDigitsFrame, params: View, pinned?: Kept | null) => void {
  const layout = stage.narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  const head = svg.append("g").attr("transform", `translate(${stage.narrow ? 6 : 4},16)`);
  const say = paragraph(head, { lineHeight: 18 });
  const charts = { linear: lossChart(stage, svg, layout.chart, "linear"), log: lossChart(stage, svg, layout.chart, "log") };
  const below = sideCharts(stage, svg, layout.side);
  const recover = svg.append("g").attr("transform", `translate(${layout.button})`) as Group;
  let rate = 0;
  const back = pressButton(recover, { width: 230, activate: () => stage.set({ learningRate: rate }) });
  const ledger = svg.append("g").attr("transform", `translate(${stage.narrow ? 6 : 4},${layout.ledger})`);
  const list = paragraph(ledger, { lineHeight: 17, className: "gb-fine" });
  let isKept = false;
  const [pinX, pinY, pinWidth] = layout.pin;
  const pinPlace = svg.append("g").attr("transform", `translate(${pinX},${pinY})`) as Group;
  const pin = pressButton(pinPlace, { width: pinWidth, activate: () => stage.pin(!isKept) });

  return (frame, params, pinned = null) => {
    const kept: readonly Kept[] = pinned ? [...(pinned.earlier ?? []), pinned] : [];
    const { reading, diverged } = frame;
    const title = `${shapeWords[reading.shape]}: `;
    const lines = wrap(title + verdict(frame), layout.columns);
    say(lines.map((text, i) => (i === 0
      ? [{ text: title, className: "gb-term" }, { text: text.slice(title.length) }]
      : [{ text }])));
    for (const [scale, chart] of Object.entries(charts)) chart(params.scale === scale ? frame : null, params, kept);
    below(frame, params.steps);
    if (diverged) rate = slowerRate(diverged.learningRate);
    back(diverged ? `Back to step ${diverged.soundStep}, with η = ${formatNumber(rate)}` : null);
    isKept = pinned?.frame === frame;
    pin(isKept ? "Unpin all" : frame.step > 0 ? "Pin this run" : null);
    const hint = stage.narrow ? "Pin a run to compare the next one with it." : "Pin a run, and it stays behind the next ones; its settings then stand here.";
    list(kept.length === 0 ? [[{ text: hint }]] : kept.map((run, i) => [{ text: line(run, i, layout.room) }]));
  };
}

function line({ frame, params }: Kept, i: number, room: number): string {
  const { reading } = frame;
  const { step, validation } = reading.best;
  const ended = `${shapeWords[reading.shape].toLowerCase()}, lowest ${formatNumber(validation, 3)} at step ${step}`;
  const text = `run ${i + 1}: ${settings(params)}: ${ended}`;
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}
