import { type MaskName, STORED } from "../../../engine/tasks/attentionMasks.ts";
import type { MaskLabFrame } from "../../../engine/tasks/maskLab.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { numberGrid } from "../../charts/numberGrid.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { isVisible, leakText, type Panel, spokenCell, writtenOut } from "./reading.ts";
import { trainingPanel } from "./trainingPanel.ts";

export interface Params {
  readonly preset: MaskName;
  readonly train: boolean;
  readonly mask: readonly number[];
  readonly scores: readonly number[];
}

interface Slot { readonly left: number; readonly top: number; readonly side: number }
/** Wide: scores, mask and shares in one row. Narrow: mask and shares below each other; the scores stand in the mask. */
const layouts = {
  wide: { slots: { scores: { left: 24, top: 52, side: 208 }, masked: { left: 258, top: 52, side: 208 },
    pattern: { left: 492, top: 52, side: 208 } },
    lines: [24, 284], room: 100 },
  narrow: { slots: { scores: null, masked: { left: 52, top: 48, side: 256 }, pattern: { left: 52, top: 352, side: 256 } },
    lines: [8, 634], room: 52 },
} as const;
const titles: Readonly<Record<Panel, string>> = { scores: "scores", masked: "mask: press a cell", pattern: "softmax: shares" };
const roles: Readonly<Record<Panel, string | null>> = { scores: "c-curve", masked: "c-path", pattern: null };

export function drawMaskLab(stage: Stage<Params>): (frame: MaskLabFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: MaskLabFrame | null = null;
  let params: Params | null = null;
  let chosen: Cell = [3, 1];
  /** What a drag over the mask paints; null when none is going on. */
  let painting: number | null = null;
  let touched = false;

  /** Writes one bit into the mask as it is now, which makes it the reader's own. */
  const paint = ([row, column]: Cell, bit: number): void => {
    if (!frame || isVisible(frame, [row, column]) === (bit === 1)) return;
    const { tokens, mask } = frame;
    const own = [...params!.mask];
    mask.forEach((value, i) => { own[Math.floor(i / tokens) * STORED + (i % tokens)] = value; });
    own[row * STORED + column] = bit;
    stage.set({ preset: "own", mask: own });
  };
  const flip = (cell: Cell): void => paint(cell, isVisible(frame!, cell) ? 0 : 1);

  const panels = (["scores", "masked", "pattern"] as const).flatMap((panel) => {
    const slot: Slot | null = layout.slots[panel];
    if (!slot) return [];
    const { left, top, side } = slot;
    svg.append("text").attr("class", "gb-axis").attr("x", left).attr("y", top - 26)
      .text(narrow && panel === "masked" ? "scores under the mask: press a cell" : titles[panel]);
    const group = svg.append("g") as Group;
    let at: Cell | null = null;
    const grid = numberGrid(group, {
      left, top, width: side, height: side, rowHeight: side, id: stage.id(panel), label: titles[panel], role: roles[panel],
      position: (event) => pointerPosition(stage.svg, event, stage), speak: (row, column) => spokenCell(frame!, panel, [row, column]),
      select: (cell) => {
        at = cell;
        if (!cell) return;
        chosen = cell;
        if (panel === "masked" && painting !== null) paint(cell, painting);
        mark();
      },
      ...(panel === "scores" && {
        edit: {
          step: 0.1,
          change: ([row, column]: Cell, value: number) => {
            const scores = [...params!.scores];
            scores[row * STORED + column] = value;
            stage.set({ scores });
          },
        },
      }),
    });
    if (panel === "masked") {
      // A press or a drag of the mouse paints. A finger may be scrolling, so only its tap counts.
      group.on("pointerdown", (event: PointerEvent) => {
        touched = event.pointerType === "touch";
        if (touched || !at) return;
        painting = isVisible(frame!, at) ? 0 : 1;
        paint(at, painting);
      }).on("pointerup pointercancel pointerleave", () => { painting = null; })
        .on("click", () => { if (touched && at) flip(at); })
        .on("keydown", (event: KeyboardEvent) => {
          if ((event.key !== "Enter" && event.key !== " ") || !at) return;
          event.preventDefault();
          flip(at);
        });
    }
    const rowLabels = svg.append("g").attr("class", "gb-ticks").attr("aria-hidden", "true")
      .attr("transform", `translate(${left - 7},${top})`);
    const columnLabels = svg.append("g").attr("class", "gb-ticks").attr("aria-hidden", "true")
      .attr("transform", `translate(${left},${top - 6})`);
    return [{ panel, side, grid, rowLabels, columnLabels }];
  });
  const lines = paragraph(svg.append("g").attr("transform", `translate(${layout.lines[0]},${layout.lines[1]})`));
  const showTraining = trainingPanel(stage, svg);

  const mark = (): void => {
    if (!frame) return;
    const now = frame;
    const { tokens, scores, pattern } = now;
    chosen = [Math.min(chosen[0], tokens - 1), Math.min(chosen[1], tokens - 1)];
    const [row, column] = chosen;
    for (const { panel, grid } of panels) {
      grid.update({
        rows: tokens, columns: tokens, values: panel === "pattern" ? pattern : scores, editable: panel === "scores",
        ...(panel !== "scores" && { masked: (r: number, c: number) => !isVisible(now, [r, c]) }),
        maskedText: panel === "masked" ? "−∞" : "",
        marks: [{ row, role: "c-query" }, { row, column, role: "c-ink" }],
      });
    }
    lines([
      ...wrap(writtenOut(now, chosen), layout.room).map((text) => [{ text }]),
      ...wrap(leakText(now), layout.room - 6).map((text) => [{ text, className: "gb-term" }]),
    ]);
  };

  return (now, values) => {
    frame = now;
    params = values;
    const { tokens } = now;
    const indices = Array.from({ length: tokens }, (_, i) => i);
    for (const { side, rowLabels, columnLabels } of panels) {
      const cell = side / tokens;
      rowLabels.selectAll("text").data(indices).join("text").attr("text-anchor", "end").attr("y", (i) => Math.round((i + 0.5) * cell + 4))
        .text(String);
      columnLabels.selectAll("text").data(indices).join("text").attr("text-anchor", "middle")
        .attr("x", (i) => Math.round((i + 0.5) * cell)).text(String);
    }
    mark();
    showTraining(now, values);
  };
}
