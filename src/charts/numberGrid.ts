import { type Cell, cellCursor } from "./cellCursor.ts";
import { colourClass, hatch, inkOn } from "./heatmap.ts";
import type { Group } from "./plot.ts";

export interface NumberGridOptions {
  readonly left: number;
  readonly top: number;
  /** The rectangle that the matrix fills, whatever its shape; rows are at most `rowHeight` high. */
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  /** Document-wide unique. */
  readonly id: string;
  readonly label: string;
  /** A role of colors.css for borders and tints; null tints by the sequential scale, for weights of 0 … 1. */
  readonly role: string | null;
  position(event: PointerEvent): readonly [number, number];
  speak(row: number, column: number): string;
  select(cell: Cell | null): void;
  /** Cells can be changed: by typing a number, by + and −, or by dragging sideways. */
  readonly edit?: { readonly step: number; change(cell: Cell, value: number): void };
}

export interface NumberGridState {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
  masked?(row: number, column: number): boolean;
  /** What stands in a masked cell. */
  readonly maskedText?: string;
  readonly editable?: boolean;
  /** Bands to outline: whole rows, whole columns or cells, each with the role of its colour. */
  readonly marks?: readonly { readonly row?: number; readonly column?: number; readonly role: string }[];
}

/** Units of a drag for one step. */
const PER_STEP = 7;

/** A small matrix with its numbers written in the cells: one tab stop, each cell spoken, some of them editable. */
export function numberGrid(parent: Group, options: NumberGridOptions): { update(state: NumberGridState): void } {
  const { left, top, width, height, rowHeight, id, label, role, position, speak, select, edit } = options;
  const group = parent.append("g").attr("class", `gb-grid ${role ?? ""}`).attr("transform", `translate(${left},${top})`);
  hatch(group, `${id}-hatch`);
  const cells = group.append("g");
  const frame = group.append("rect").attr("class", "gb-grid-frame").attr("rx", 2);
  const bands = group.append("g").attr("pointer-events", "none");
  let state: NumberGridState = { rows: 0, columns: 0, values: [] };
  let typed = "";
  let typedAt = "";
  let grabbed = 0;

  const valueAt = ([row, column]: Cell): number => state.values[row * state.columns + column] ?? 0;
  const change = (cell: Cell, value: number): void => {
    if (edit && state.editable && Number.isFinite(value)) edit.change(cell, value);
  };
  const cursor = cellCursor(group, {
    id: `${id}-cursor`, label, speak,
    select: (cell) => {
      typed = "";
      select(cell);
    },
    position: (event) => {
      const [x, y] = position(event);
      return [x - left, y - top];
    },
    ...(edit && {
      key(event: KeyboardEvent, cell: Cell) {
        if (!state.editable || event.ctrlKey || event.metaKey || event.altKey) return false;
        const place = cell.join();
        if (place !== typedAt) typed = "";
        typedAt = place;
        if (event.key === "+" || event.key === "=") change(cell, valueAt(cell) + edit.step);
        else if (event.key === "_" || (event.key === "-" && event.shiftKey)) change(cell, valueAt(cell) - edit.step);
        else if (/^[-\d.,]$/.test(event.key)) {
          // Typing writes the number as it grows: "-", "-0", "-0.4".
          typed += event.key === "," ? "." : event.key;
          if (/\d/.test(typed)) change(cell, Number(typed));
        } else if (event.key === "Backspace" || event.key === "Delete") {
          typed = "";
          change(cell, 0);
        } else return false;
        return true;
      },
      drag(cell: Cell, dx: number, start: boolean) {
        if (start) grabbed = valueAt(cell);
        else if (Math.abs(dx) >= PER_STEP) change(cell, grabbed + Math.trunc(dx / PER_STEP) * edit.step);
      },
    }),
  });

  return {
    update(now) {
      state = now;
      const { rows, columns, values, masked, maskedText = "", marks = [] } = now;
      const w = width / columns;
      const h = Math.min(rowHeight, height / rows);
      const small = w < 30;
      const all = Array.from({ length: rows * columns }, (_, i) => {
        const row = Math.floor(i / columns), column = i % columns;
        const hidden = masked?.(row, column) === true;
        return { x: round(column * w), y: round(row * h), hidden, value: values[i]!,
          text: hidden ? maskedText : cellText(values[i]!, (small ? 2 : 3) - (Math.abs(values[i]!) >= 1 ? 1 : 0)) };
      });
      const largest = all.reduce((most, { value, hidden }) => (hidden ? most : Math.max(most, Math.abs(value))), 1e-9);
      cells.selectAll("rect").data(all).join("rect").attr("x", ({ x }) => x).attr("y", ({ y }) => y).attr("width", round(w))
        .attr("height", round(h))
        .attr("class", ({ value, hidden }) => (hidden ? "gb-masked-cells" : role ? "gb-tint" : `q${colourClass(value, 1, "sqrt")}`))
        .attr("fill", ({ hidden }) => (hidden ? `url(#${id}-hatch)` : null))
        .attr("fill-opacity", ({ value, hidden }) => (role && !hidden ? round(0.05 + 0.3 * Math.abs(value) / largest) : null));
      cells.selectAll("text").data(all).join("text").attr("text-anchor", "middle").attr("x", ({ x }) => round(x + w / 2))
        .attr("y", ({ y }) => round(y + h / 2 + 4))
        .style("font-size", `${Math.min(12, round(w * (small ? 0.44 : 0.325)), h - 3)}px`)
        .attr("class", ({ value, hidden }) => (role || hidden ? "gb-on-light" : inkOn(colourClass(value, 1, "sqrt"))))
        .text(({ text }) => text);
      frame.attr("width", width).attr("height", round(rows * h)).classed("gb-editable", now.editable === true);
      bands.selectAll("rect").data(marks).join("rect").attr("class", (mark) => `gb-band ${mark.role}`)
        .attr("x", ({ column }) => round((column ?? 0) * w)).attr("width", ({ column }) => round(column === undefined ? width : w))
        .attr("y", ({ row }) => round((row ?? 0) * h)).attr("height", ({ row }) => round(row === undefined ? rows * h : h));
      cursor.update({ rows, columns, width: w, height: h });
    },
  };
}

/** A number of the formula: at most three digits after the point, no zero before it. */
export function cellText(value: number, digits = 3): string {
  const text = Number(value.toFixed(digits)).toString();
  return text.replace(/^(-?)0\./, "$1.").replace("-", "−");
}

const round = (value: number): number => Math.round(value * 100) / 100;
