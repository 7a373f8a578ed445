import { Window } from "happy-dom";
import { beforeEach, expect, test } from "vitest";
import { createStage, type Stage } from "../widget/stage.ts";
import { moveCell } from "./cellCursor.ts";
import { classPaths, CLASSES, colourClass, heatmap, type Heatmap, type Matrix } from "./heatmap.ts";
import { type Group, root } from "./plot.ts";

const causal = (row: number, column: number): boolean => column > row;
const size = 64;
/** Rows that decay and sum to one, so that many classes occur. */
const values = Float32Array.from({ length: size * size }, (_, i) => {
  const row = Math.floor(i / size), column = i % size;
  return column > row ? 0 : 2 ** -(row - column) * (row === column ? 1 : 0.9);
});
const matrix: Matrix = { rows: size, columns: size, values, masked: causal };

let window: Window;
let stage: Stage;
let map: Heatmap;
let seen: unknown[];

beforeEach(() => {
  window = new Window();
  seen = [];
  stage = createStage({ document: window.document as unknown as Document, prefix: "f", title: "t", size: [500, 500], narrow: false });
  window.document.body.append(stage.svg as never);
  map = heatmap(root(stage.svg) as unknown as Group, {
    left: 10, top: 20, width: 384, height: 384, hatchId: "hatch", cursorId: "cursor", max: 1, label: "all of it",
    speak: (row, column) => `cell ${row} ${column}`, select: (cell) => seen.push(cell), first: () => [3, 1],
    position: (event) => [event.clientX, event.clientY],
  });
  map.update(matrix);
});

const cells = (): SVGGElement => stage.svg.querySelector<SVGGElement>(".gb-cells")!;
const press = (key: string, ctrlKey = false): void => void cells()
  .dispatchEvent(new window.KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true }) as never);
const spoken = (): string | null => {
  const cursor = stage.svg.querySelector(`#${cells().getAttribute("aria-activedescendant")}`);
  return cursor?.getAttribute("aria-label") ?? null;
};

/** Class by cell, read back from the paths that are drawn. */
function painted(svg: SVGSVGElement, side: number): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of svg.querySelectorAll(".gb-heatmap path")) {
    const name = path.getAttribute("class")!;
    const unit = name === "gb-masked-cells" ? side : 1;
    let [x, y] = [0, 0];
    for (const [, move, right, down, w] of (path.getAttribute("d") ?? "").matchAll(/([Mm])([\d.-]+),([\d.-]+)h([\d.]+)v/g)) {
      [x, y] = [Number(right) + (move === "m" ? x : 0), Number(down) + (move === "m" ? y : 0)];
      const row = Math.round(y / unit), from = Math.round(x / unit);
      for (let column = from; column < Math.round((x + Number(w)) / unit + 0.2); column++) {
        const key = `${row},${column}`;
        found.set(key, [...(found.get(key) ?? []), name]);
      }
    }
  }
  return found;
}

test("a picture of 4,096 cells takes at most 64 paths, whatever its numbers", () => {
  const ramp = { rows: size, columns: size, values: Float32Array.from({ length: size * size }, (_, i) => i / (size * size)),
    masked: causal };
  map.update(ramp, { scale: "linear" });
  const paths = stage.svg.querySelectorAll(".gb-heatmap path");
  expect(paths.length).toBe(64);
  expect(new Set([...paths].map((path) => path.getAttribute("class"))).size).toBe(64);
});

test.each(["sqrt", "linear", "rowMax"] as const)("every cell is painted once, with the class of its value, at scale %s", (scale) => {
  map.update(matrix, { scale });
  const found = painted(stage.svg, map.cell());
  expect(found.size).toBe(size * size);
  for (let row = 0; row < size; row++) {
    const rowMax = Math.max(...values.subarray(row * size, row * size + row + 1));
    for (let column = 0; column <= row; column++) {
      const index = colourClass(values[row * size + column]!, scale === "rowMax" ? rowMax : 1, scale);
      expect(found.get(`${row},${column}`), `${row},${column}`).toEqual([`q${index}`]);
    }
  }
});

test("a masked cell is hatched and a visible zero is not", () => {
  const found = painted(stage.svg, map.cell());
  expect(values[63 * size]).toBeLessThan(1e-15);
  expect(found.get("63,0")).toEqual(["q0"]);
  expect(found.get("0,63")).toEqual(["gb-masked-cells"]);
  expect(stage.svg.querySelector(".gb-masked-cells")!.getAttribute("fill")).toBe("url(#hatch)");
  expect(stage.svg.querySelector("pattern#hatch line")).not.toBeNull();
});

test("a number that is none is hatched rather than shown as zero", () => {
  const { paths, hatched } = classPaths({ rows: 1, columns: 3, values: [0, NaN, Infinity] }, 10, 1, "sqrt");
  expect(paths).toEqual([[0, "m0,0h1v1h-1z"]]);
  expect(hatched).toBe("M10,0h20v10h-20z");
});

test("a square root tells 1/64 from 0 where a linear scale hardly does", () => {
  expect(colourClass(1 / 64, 1, "sqrt")).toBe(7);
  expect(colourClass(1 / 64, 1, "linear")).toBe(0);
  expect(colourClass(1, 1, "sqrt")).toBe(CLASSES - 1);
  expect(colourClass(NaN, 1, "sqrt")).toBe(0);
});

test("the whole matrix is one tab stop with a name, and its cursor begins where the figure says", () => {
  expect(stage.svg.querySelectorAll("[tabindex='0']").length).toBe(1);
  expect(cells().getAttribute("aria-label")).toBe("all of it");
  cells().dispatchEvent(new window.FocusEvent("focus") as never);
  expect(spoken()).toBe("cell 3 1");
  expect(seen).toEqual([[3, 1]]);
});

test("arrows, Home, End, page keys and Ctrl move the cursor, and each cell is spoken anew", () => {
  cells().dispatchEvent(new window.FocusEvent("focus") as never);
  const walk = (key: string, control = false): string | null => {
    const before = cells().getAttribute("aria-activedescendant");
    press(key, control);
    expect(cells().getAttribute("aria-activedescendant"), key).not.toBe(before);
    return spoken();
  };
  expect(walk("ArrowDown")).toBe("cell 4 1");
  expect(walk("ArrowRight")).toBe("cell 4 2");
  expect(walk("End")).toBe("cell 4 63");
  expect(walk("Home")).toBe("cell 4 0");
  expect(walk("PageDown")).toBe("cell 14 0");
  expect(walk("End", true)).toBe("cell 63 63");
  expect(walk("PageUp")).toBe("cell 53 63");
  expect(walk("Home", true)).toBe("cell 0 0");
  press("ArrowUp");
  expect(spoken()).toBe("cell 0 0");
  cells().dispatchEvent(new window.FocusEvent("blur") as never);
  expect(seen.at(-1)).toBeNull();
});

test("a pointer shows the cell under it and none outside", () => {
  const side = map.cell();
  const move = (x: number, y: number): void => void cells()
    .dispatchEvent(new window.PointerEvent("pointermove", { clientX: x, clientY: y }) as never);
  move(10 + 5.5 * side, 20 + 8.5 * side);
  expect(seen).toEqual([[8, 5]]);
  move(5, 5);
  expect(seen).toEqual([[8, 5], null]);
});

test("a cursor on a matrix that shrinks stays inside it", () => {
  cells().dispatchEvent(new window.FocusEvent("focus") as never);
  press("End", true);
  map.update({ rows: 3, columns: 3, values: [1, 0, 0, 1, 0, 0, 1, 0, 0] });
  expect(spoken()).toBe("cell 2 2");
});

test("other keys are left to the page", () => {
  expect(moveCell({ key: "Tab", ctrlKey: false, metaKey: false }, [0, 0], { rows: 2, columns: 2 })).toBeNull();
});
