// @vitest-environment happy-dom
import { select } from "d3-selection";
import { expect, test } from "vitest";
import { dragPoint } from "./dragPoint.ts";
import { crosshair, cursorKey, lineChart, type Point, readingAt } from "./lineChart.ts";
import { formatNumber, type Group, plot, tickText } from "./plot.ts";

const stage = (): Group => select(document.body.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "g"))) as unknown as Group;
const options = { left: 40, top: 10, width: 100, height: 50, labelX: "step", labelY: "loss", clipId: "clip" };
const key = (name: string): KeyboardEvent => new KeyboardEvent("keydown", { key: name });

test("numbers are printed short, with a true minus sign and never as NaN", () => {
  expect([0.67108864, -1.5, 4, 1234567, 0.00001234, 0].map((value) => formatNumber(value))).toEqual(["0.6711", "−1.5", "4", "1.235e+6", "1.234e−5", "0"]);
  expect([NaN, Infinity, -Infinity].map((value) => formatNumber(value))).toEqual(["not a number", "∞", "−∞"]);
});

test("ticks of great and small scales are printed short, in signs that the fonts have", () => {
  const { x, domain } = plot(stage(), options);
  domain([0, 2e9], [0, 1]);
  expect([0, 5e8, 1e9, 1.5e9].map(tickText(x, 5))).toEqual(["0", "5e8", "1e9", "1.5e9"]);
  domain([-4e-5, 0], [0, 1]);
  expect([-2e-5].map(tickText(x, 5))).toEqual(["−2e−5"]);
  domain([0, 30], [0, 1]);
  expect(tickText(x, 5)(10)).toBe("10");
  const deep = plot(stage(), { ...options, scaleY: "log" });
  deep.domain([0, 1], [1e-12, 1]);
  expect([1e-12, 1e-4, 0.001, 1].map(tickText(deep.y, 7))).toEqual(["1e−12", "1e−4", "0.001", "1"]);
});

test("a line breaks where a value is not finite, and on a log scale where it is not positive", () => {
  const parent = stage();
  const linear = plot(parent, options);
  linear.domain([0, 3], [0, 4]);
  lineChart(linear)([{ name: "loss", points: [[0, 4], [1, NaN], [2, 2], [3, Infinity]], className: "c-loss" }]);
  expect(parent.select("path").attr("d")).toBe("M0,0ZM66.67,25Z");
  const other = stage();
  const log = plot(other, { ...options, scaleY: "log" });
  log.domain([0, 2], [0.1, 10]);
  lineChart(log)([{ name: "loss", points: [[0, 10], [1, 0], [2, 0.1]], className: "c-loss" }]);
  expect(other.select("path").attr("d")).toBe("M0,0ZM100,50Z");
});

test("the crosshair is a slider whose text is the exact value, moved by keys", () => {
  const parent = stage();
  const one = plot(parent, options);
  one.domain([0, 2], [0, 4]);
  const points: Point[] = [[0, 4], [1, 2.56], [2, 1.6384]];
  const update = crosshair(one, { label: "Read the loss", nameX: "step", left: 40, position: () => [40 + 50, 0] });
  update([{ name: "loss", points, className: "c-loss" }]);
  const target = parent.select<SVGRectElement>("[role=slider]");
  expect(target.attr("aria-valuetext")).toBe("step 2: loss 1.638");
  target.node()!.dispatchEvent(key("Home"));
  expect(target.attr("aria-valuetext")).toBe("step 0: loss 4");
  target.node()!.dispatchEvent(new Event("pointermove"));
  expect(parent.select(".gb-reading").text()).toBe("step 1: loss 2.56");
  target.node()!.dispatchEvent(new Event("pointerleave"));
  expect(parent.select(".gb-reading").text()).toBe("");
});

test("a reading names every series that has a value there", () => {
  const series = [{ name: "loss", points: [[0, 4], [1, 2]] as Point[], className: "" }, { name: "bigram", points: [[1, 3]] as Point[], className: "" }];
  expect(readingAt(series, 1, "step")).toBe("step 1: loss 2, bigram 3");
  expect(readingAt(series, 0, "step")).toBe("step 0: loss 4");
});

test("keys move a cursor within its bounds", () => {
  expect([cursorKey("ArrowRight", 9, 9), cursorKey("PageUp", 3, 9), cursorKey("PageDown", 3, 9), cursorKey("Home", 5, 9), cursorKey("x", 5, 9), cursorKey("constructor", 5, 9)])
    .toEqual([9, 9, 0, 0, null, null]);
});

test("a point on the picture is a slider: arrow keys move it by its step, within its bounds, and it says what it is", () => {
  const parent = stage();
  const seen: number[] = [];
  const place = dragPoint(parent, {
    label: "start", min: 0, max: 5, step: 0.5, valueAt: () => 99, place: (value) => [value * 10, 0], speak: (value) => `w = ${value}`,
    change: (value) => {
      seen.push(value);
      place(value);
    },
  });
  place(4);
  const handle = parent.select<SVGGElement>("[role=slider]");
  for (const name of ["ArrowRight", "ArrowUp", "ArrowUp", "PageDown", "End", "Home", "Tab"]) handle.node()!.dispatchEvent(key(name));
  expect(seen).toEqual([4.5, 5, 0, 5, 0]);
  expect([handle.attr("aria-valuetext"), handle.attr("transform")]).toEqual(["w = 0", "translate(0,0)"]);
  handle.node()!.dispatchEvent(new Event("pointermove"));
  expect(seen).toHaveLength(5);
  handle.node()!.dispatchEvent(new Event("pointerdown"));
  handle.node()!.dispatchEvent(new Event("pointermove"));
  expect(seen.at(-1)).toBe(5);
});
