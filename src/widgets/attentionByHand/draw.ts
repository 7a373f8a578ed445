import type { AttentionByHandFrame } from "../../../engine/tasks/attentionByHand.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { numberGrid } from "../../charts/numberGrid.ts";
import { paragraph } from "../../charts/paragraph.ts";
import { type Group, pointerPosition, root } from "../../charts/plot.ts";
import { shorten } from "../../charts/textWidth.ts";
import type { Stage } from "../../widget/stage.ts";
import { type BlockName, hides, linesOf, nameOf, type Place, roleOf, shapeOf, sourcesOf, spoken, sumOf, valuesOf } from "./sums.ts";

interface Params {
  readonly vectors: readonly number[];
  readonly queryWeights: readonly number[];
  readonly keyWeights: readonly number[];
  readonly valueWeights: readonly number[];
}

type Slot = readonly [left: number, top: number, width: number];
type Slots = Readonly<Record<BlockName, Slot>>;
const ROW = 24;
const HEIGHT = 96;

/** W above its product, X left of it: a product stands where the row of the one meets the column of the other. */
const wide: Slots = {
  x: [58, 126, 108], wq: [222, 26, 108], wk: [398, 26, 108], wv: [574, 26, 108], q: [222, 126, 108], k: [398, 126, 108], v: [574, 126, 108],
  scores: [58, 276, 132], scaled: [197, 276, 132], masked: [336, 276, 132], pattern: [475, 276, 132], output: [614, 276, 102],
};
const narrow: Slots = {
  x: [44, 126, 78], wq: [134, 26, 72], wk: [211, 26, 72], wv: [288, 26, 72], q: [134, 126, 72], k: [211, 126, 72], v: [288, 126, 72],
  scores: [44, 276, 152], scaled: [208, 276, 152], masked: [44, 424, 152], pattern: [208, 424, 152], output: [44, 572, 152],
};
/** "X W_Q" as runs of text: what follows an underscore stands lower and smaller. */
const subscripts = (title: string): { text: string; small: boolean; shift: number }[] =>
  title.split("_").flatMap((part, i) => (i === 0 ? [{ text: part, small: false, shift: 0 }]
    : [{ text: part[0]!, small: true, shift: 3 }, { text: part.slice(1), small: false, shift: -3 }]));

/** The param that a matrix is edited through. */
const editedParam = { x: "vectors", wq: "queryWeights", wk: "keyWeights", wv: "valueWeights" } as const;
type Edited = keyof typeof editedParam;
const isEdited = (block: BlockName): block is Edited => Object.hasOwn(editedParam, block);
const STORED = 3;
export const STEP = 0.1;

export function drawByHand(stage: Stage<Params>): (frame: AttentionByHandFrame, params: Params) => void {
  const slots = stage.narrow ? narrow : wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: AttentionByHandFrame | null = null;
  let params: Params | null = null;
  /** The cell whose sum is written out; it stays when the pointer leaves. */
  let place: Place = { block: "pattern", cell: [2, 0] };

  const editable = (block: BlockName): block is Edited => isEdited(block) && (block === "x" || frame!.projected);
  const change = (block: Edited, [row, column]: Cell, value: number): void => {
    const name = editedParam[block];
    const cells = [...params![name]];
    cells[row * STORED + column] = value;
    stage.set({ [name]: cells });
  };
  const blocks = (Object.keys(slots) as BlockName[]).map((block) => {
    const [left, top, width] = slots[block];
    const title = svg.append("text").attr("class", `gb-axis gb-letter ${roleOf(block)}`).attr("x", left);
    const labels = svg.append("g").attr("class", "gb-key-labels gb-token").attr("aria-hidden", "true")
      .attr("transform", `translate(${left},${top - 5})`);
    const grid = numberGrid(svg, {
      left, top, width, height: HEIGHT, rowHeight: ROW, id: stage.id(block), label: nameOf(block),
        role: block === "pattern" ? null : roleOf(block),
      position: (event) => pointerPosition(stage.svg, event, stage),
      speak: (row, column) => spoken(frame!, { block, cell: [row, column] }),
      select: (cell) => {
        if (!cell) return;
        place = { block, cell };
        redraw();
      },
      ...(isEdited(block) && {
        edit: { step: STEP, change: (cell: Cell, value: number) => { if (editable(block)) change(block, cell, value); } },
      }),
    });
    return { block, title, labels, grid };
  });
  const rowLabels = (["x", "scores", ...(stage.narrow ? ["masked" as const, "output" as const] : [])] as const).map((block) => {
    const [left, top] = slots[block];
    return svg.append("g").attr("class", "gb-token").attr("aria-hidden", "true").attr("transform", `translate(${left - 6},${top})`);
  });
  const sum = paragraph(svg.append("g").attr("transform", stage.narrow ? "translate(2,706)" : "translate(4,410)"));
  const nudge = (["−", "+"] as const).map((sign, i) => {
    const button = svg.append("g").attr("class", "gb-nudge").attr("role", "button").attr("tabindex", 0)
      .attr("transform", stage.narrow ? `translate(${262 + i * 48},584)` : `translate(${620 + i * 48},388)`);
    button.append("rect").attr("class", "gb-target").attr("rx", 6).attr("width", 42).attr("height", 34);
    button.append("text").attr("text-anchor", "middle").attr("x", 21).attr("y", 22).text(sign);
    const press = (): void => {
      const { block, cell: [row, column] } = place;
      if (!frame || !editable(block)) return;
      change(block, [row, column], valuesOf(frame, block)[row * shapeOf(frame, block)[1] + column]! + (i === 0 ? -STEP : STEP));
    };
    button.on("click", press).on("keydown", (event: KeyboardEvent) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    });
    return button;
  });
  const hint = svg.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", stage.narrow ? 352 : 710)
    .attr("y", stage.narrow ? 636 : 438).text("or type, or drag the cell");

  const redraw = (): void => {
    if (!frame) return;
    const now = frame;
    const [rows, columns] = shapeOf(now, place.block);
    if (place.cell[0] >= rows || place.cell[1] >= columns) place = { block: "pattern", cell: [now.tokens.length - 1, 0] };
    const marks = sourcesOf(place);
    for (const { block, grid } of blocks) {
      const [r, c] = shapeOf(now, block);
      grid.update({
        rows: r, columns: c, values: valuesOf(now, block), masked: (row, column) => hides(now, block, [row, column]),
        maskedText: block === "masked" ? "−∞" : "0",
        editable: editable(block), marks: marks.filter((mark) => mark.block === block),
      });
    }
    sum(linesOf(sumOf(now, place), stage.narrow ? 50 : 88));
    const shown = editable(place.block);
    for (const [i, button] of nudge.entries()) {
      button.attr("visibility", shown ? "visible" : "hidden")
        .attr("aria-label", `${i === 0 ? "subtract" : "add"} ${STEP}: ${spoken(now, place)}`);
    }
    hint.attr("visibility", shown ? "visible" : "hidden");
  };

  return (now, values) => {
    frame = now;
    params = values;
    const { tokens, width, divisor, causal } = now;
    const height = Math.min(ROW, HEIGHT / tokens.length);
    for (const labels of rowLabels) {
      labels.selectAll("text").data(tokens).join("text").attr("text-anchor", "end").attr("y", (_, i) => (i + 0.5) * height + 4)
        .style("font-size", "12px")
        .text((token) => shorten(token, stage.narrow ? 5 : 7));
    }
    const titles: Readonly<Record<BlockName, string>> = {
      x: `X  ${tokens.length}×${width}`, wq: "W_Q", wk: "W_K", wv: "W_V", q: "Q = X W_Q", k: "K = X W_K", v: "V = X W_V",
      scores: "scores = Q · K", scaled: divisor === 1 ? "not scaled" : `÷ √${width}`, masked: causal ? "masked" : "no mask",
      pattern: "softmax = pattern", output: stage.narrow ? "output = pattern V" : "pattern · V",
    };
    for (const { block, title, labels } of blocks) {
      const [, top, slotWidth] = slots[block];
      const across = shapeOf(now, block)[1] === tokens.length && ["scores", "scaled", "masked", "pattern"].includes(block);
      const parts = subscripts(stage.narrow && block.length === 1 && block !== "x" ? block.toUpperCase() : titles[block]);
      title.attr("y", top - (across ? 19 : 7)).classed("gb-with-subscript", parts.length > 1).selectAll("tspan").data(parts).join("tspan")
        .attr("dy", ({ shift }) => shift).attr("class", ({ small }) => (small ? "gb-subscript" : null)).text(({ text }) => text);
      const cell = slotWidth / tokens.length;
      labels.selectAll("text").data(across ? tokens : []).join("text").attr("text-anchor", "middle").attr("x", (_, i) => (i + 0.5) * cell)
        .style("font-size", stage.narrow ? "12px" : "11px")
        .text((token) => shorten(token, Math.floor(cell / (stage.narrow ? 7.4 : 6.8))));
    }
    redraw();
  };
}
