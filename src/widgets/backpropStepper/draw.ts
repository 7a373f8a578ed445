import type { WalkTapeFrame } from "../../../engine/tasks/walkTape.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { cellText, numberGrid } from "../../charts/numberGrid.ts";
import { paragraph } from "../../charts/paragraph.ts";
import { type Group, pointerPosition, root } from "../../charts/plot.ts";
import { pressButton } from "../../charts/pressButton.ts";
import { spanLines } from "../../charts/spanLines.ts";
import type { Stage } from "../../widget/stage.ts";
import { drawCircuit } from "./drawCircuit.ts";
import { explain, explainWeight, gradientAt, gridOf, nameOf, progressOf } from "./reading.ts";
import { tapeStrip } from "./tapeStrip.ts";

export interface StepperParams {
  readonly at: number;
  readonly neuronData: readonly number[];
  readonly neuron: readonly number[];
  readonly layersData: readonly number[];
  readonly hidden: readonly number[];
  readonly output: readonly number[];
  readonly learningRate: number;
}

const ROW = 24;
/** One press of + or −, and one notch of a drag. */
const STEP = 0.1;
/** What the grids are kept to: four digits. */
const STORED = 4;
type Block = "weights" | "gradients" | "nudged";
const blocks: readonly Block[] = ["weights", "gradients", "nudged"];
const roles: Readonly<Record<Block, string>> = { weights: "c-curve", gradients: "c-gradient", nudged: "c-baseline" };

/** The tape on top, the circuit it came from, the parameters with their slopes, and the sum of the moment. */
export function drawStepper(stage: Stage<StepperParams>): (frame: WalkTapeFrame, params: StepperParams) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  let frame: WalkTapeFrame | null = null;
  let params: StepperParams | null = null;
  /** A parameter whose slope is written out instead of the current entry. */
  let chosen: { readonly which: 0 | 1; readonly cell: Cell } | null = null;

  const strip = tapeStrip(svg, { width: stage.width, narrow, go: (at) => stage.set({ at }) });
  const circuit = drawCircuit(svg.append("g").attr("transform", `translate(0,${narrow ? 42 : 36})`), narrow);
  /** Of the small matrices; the neuron has fewer and stands taller. */
  const top = narrow ? 548 : 296;
  const lower = svg.append("g");
  const [dataLeft, dataWidth] = narrow ? [4, 200] : [8, 112];
  const drop = (): number => (frame?.network === "neuron" ? (narrow ? 84 : 80) : 0);
  const raised = (event: PointerEvent): readonly [number, number] => {
    const [x, y] = pointerPosition(stage.svg, event, stage);
    return [x, y - drop()];
  };
  const dataTitle = lower.append("text").attr("class", "gb-axis").attr("x", dataLeft).attr("y", top - (narrow ? 44 : 8));
  const data = numberGrid(lower, {
    left: dataLeft, top: narrow ? top - 38 : top, width: dataWidth, height: ROW, rowHeight: ROW, id: stage.id("data"), label: "data", role: "c-curve", position: raised,
    speak: (_, column) => `${dataName(column)}, ${cellText(dataOf()[column]!)}`,
    select: () => undefined,
    edit: { step: STEP, change: ([, column], value) => stage.set({ [frame!.network === "neuron" ? "neuronData" : "layersData"]: replaced(dataOf(), column, value) }) },
  });
  const dataOf = (): readonly number[] => (frame!.network === "neuron" ? params!.neuronData : params!.layersData);
  const dataName = (column: number): string => (frame!.network === "neuron" ? ["input x", "target t"] : ["input x₁", "input x₂", "target t₁", "target t₂"])[column]!;

  const grids = blocks.flatMap((block, b) => ([0, 1] as const).map((which) => {
    const left = narrow ? 4 + b * 120 : 148 + b * 194;
    const width = narrow ? 112 : 180;
    const parent = lower.append("g");
    if (which === 0) {
      lower.append("text").attr("class", "gb-axis").attr("x", left).attr("y", top + (narrow ? 16 : -8))
        .text({ weights: narrow ? "weights" : "weights and biases", gradients: narrow ? "by the tape" : "slopes, by the tape", nudged: narrow ? "by nudging" : "slopes, by nudging" }[block]);
    }
    const grid = numberGrid(parent, {
      left, top: top + (narrow ? 22 : 0) + which * (3 * ROW + 6), width, height: 3 * ROW, rowHeight: ROW, id: stage.id(`${block}${which}`),
      label: `${block}${which === 0 ? "" : ", second layer"}`, role: roles[block], position: raised,
      speak: (row, column) => spoken(block, which, [row, column]),
      select: (cell) => {
        chosen = cell && { which, cell };
        redraw();
      },
      ...(block === "weights" && { edit: { step: STEP, change: (cell: Cell, value: number) => write(which, cell, value) } }),
    });
    return { block, which, grid, parent };
  }));
  const write = (which: 0 | 1, [row, column]: Cell, value: number): void => {
    const name = frame!.network === "neuron" ? "neuron" : which === 0 ? "hidden" : "output";
    stage.set({ [name]: replaced(params![name], row * gridOf(frame!, which).columns + column, value) });
  };
  const numberAt = (block: Block, which: 0 | 1, cell: Cell): number | null => {
    const place = gridOf(frame!, which).place(cell);
    if (block === "weights") return frame!.values[place.name]![place.index]!;
    if (gradientAt(frame!, place, progressOf(frame!, params!.at)) === null) return null;
    return frame![block][place.name]![place.index]!;
  };
  const spoken = (block: Block, which: 0 | 1, cell: Cell): string => {
    const name = nameOf(frame!, gridOf(frame!, which).place(cell));
    const value = numberAt(block, which, cell);
    const what = block === "weights" ? name : `slope of the loss along ${name}, by ${block === "gradients" ? "the tape" : "nudging"}`;
    return `${what}: ${value === null ? "not handed back yet" : cellText(value)}`;
  };

  const says = paragraph(svg.append("g").attr("transform", `translate(4,${narrow ? 766 : 452})`));
  const buttonTop = narrow ? 710 : 480;
  const button = (left: number, width: number, activate: () => void) =>
    pressButton(svg.append("g").attr("transform", `translate(${left},${buttonTop})`), { width, activate });
  const last = (): number => 2 * frame!.entries.length;
  const now = (): number => Math.min(params!.at, last());
  const back = button(4, narrow ? 70 : 84, () => stage.set({ at: Math.max(0, now() - 1) }));
  const next = button(narrow ? 80 : 96, narrow ? 76 : 96, () => stage.set({ at: now() >= last() ? 0 : now() + 1 }));
  const stepDown = button(narrow ? 164 : 470, narrow ? 192 : 246, () => stage.set(stepped(frame!, params!)));

  const redraw = (): void => {
    if (!frame || !params) return;
    const shown = frame, at = params.at;
    const progress = progressOf(shown, at);
    const place = chosen && gridOf(shown, chosen.which).place(chosen.cell);
    circuit(shown, progress, place);
    for (const { block, which, grid, parent } of grids) {
      const { rows, columns } = gridOf(shown, which);
      parent.attr("display", rows === 0 ? "none" : null);
      const cells = Array.from({ length: rows * columns }, (_, i) => numberAt(block, which, [Math.floor(i / columns), i % columns]));
      const mark = chosen?.which === which && chosen.cell[0] < rows ? [{ row: chosen.cell[0], column: chosen.cell[1], role: "c-ink" }] : [];
      grid.update({
        rows, columns, values: cells.map((value) => value ?? 0), masked: (row, column) => cells[row * columns + column] === null,
        editable: block === "weights", marks: mark,
      });
    }
    const canTell = place && gradientAt(shown, place, progress) !== null;
    says(spanLines(canTell ? explainWeight(shown, place) : explain(shown, at), narrow ? 50 : 106));
  };

  return (shown, values) => {
    const same = frame?.network === shown.network;
    frame = shown;
    params = values;
    if (!same) chosen = null;
    strip(shown, progressOf(shown, values.at));
    dataTitle.text(shown.network === "neuron" ? "data: x, t" : "data: x₁ x₂ t₁ t₂");
    lower.attr("transform", `translate(0,${drop()})`);
    data.update({ rows: 1, columns: dataOf().length, values: dataOf(), editable: true });
    back(now() === 0 ? null : "‹ back");
    next(now() >= last() ? "restart" : "next ›", now() >= last() ? "Walk again from the start" : "Next entry of the tape");
    stepDown(now() >= last() ? `step: loss ${cellText(shown.loss)} to ${cellText(shown.nextLoss)}` : null,
      `Take one step of gradient descent with η = ${values.learningRate}: the loss goes from ${cellText(shown.loss)} to ${cellText(shown.nextLoss)}`);
    redraw();
  };
}

const replaced = (values: readonly number[], index: number, value: number): number[] => values.map((old, i) => (i === index ? value : old));

/** All weights after one step against their slopes, to four digits. */
function stepped(frame: WalkTapeFrame, params: StepperParams): Partial<StepperParams> {
  const move = (which: 0 | 1, old: readonly number[]): number[] => {
    const { columns, place } = gridOf(frame, which);
    return old.map((value, i) => {
      const { name, index } = place([Math.floor(i / columns), i % columns]);
      return Number((value - params.learningRate * frame.gradients[name]![index]!).toFixed(STORED));
    });
  };
  if (frame.network === "neuron") return { neuron: move(0, params.neuron) };
  return { hidden: move(0, params.hidden), output: move(1, params.output) };
}
