import { expect, test } from "vitest";
import { repaints } from "./repaints.ts";

/** A page whose repaints come when they are called for; each drawing costs so many milliseconds, the browser's part included. */
function page(cost: () => number) {
  let now = 0, asked: (() => void) | null = null, painted: (() => void) | null = null;
  const queue = repaints({
    request: (callback) => { asked = callback; },
    painted: (callback) => { painted = callback; },
    now: () => now,
  });
  const draws: string[] = [];
  const draw = (name: string, then?: () => void) => (): void => {
    now += cost();
    draws.push(name);
    then?.();
  };
  /** One repaint; what it drew. */
  const repaint = (): string[] => {
    const frame = asked;
    asked = null;
    frame?.();
    painted?.();
    painted = null;
    return draws.splice(0);
  };
  return { queue, draw, repaint, waits: () => asked !== null };
}

test("twenty figures that walk by themselves advance alike, and no repaint draws for longer than its share", () => {
  const { queue, draw, repaint } = page(() => 3);
  const drawn = new Map<string, number>();
  const walk = (name: string): void => queue(draw(name, () => {
    drawn.set(name, (drawn.get(name) ?? 0) + 1);
    walk(name);
  }), false);
  for (let i = 0; i < 20; i++) walk(`figure ${i}`);
  repaint();
  const perRepaint = Array.from({ length: 99 }, () => repaint().length);
  expect(new Set(perRepaint.slice(10))).toEqual(new Set([2]));
  const counts = [...drawn.values()];
  expect(counts).toHaveLength(20);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test("a drawing that costs more than a repaint has is drawn alone, and one that grows cheap again is joined by others", () => {
  let cost = 40;
  const { queue, draw, repaint } = page(() => cost);
  const walk = (name: string): void => queue(draw(name, () => walk(name)), false);
  for (let i = 0; i < 6; i++) walk(`figure ${i}`);
  repaint();
  for (let i = 0; i < 6; i++) expect(repaint()).toHaveLength(1);
  cost = 1;
  for (let i = 0; i < 12; i++) repaint();
  expect(repaint()).toHaveLength(6);
});

test("what the reader asked for is drawn in the next repaint, before all that waits", () => {
  const { queue, draw, repaint } = page(() => 10);
  for (const name of ["a", "b", "c"]) queue(draw(name), false);
  repaint();
  queue(draw("asked"), true);
  expect(repaint()[0]).toBe("asked");
});

test("a repaint that answers the reader draws nothing that can wait, and the one after it does", () => {
  const { queue, draw, repaint } = page(() => 1);
  queue(draw("walks"), false);
  queue.answer();
  queue(draw("asked"), true);
  expect(repaint()).toEqual(["asked"]);
  expect(repaint()).toEqual(["walks"]);
});

test("a drawing that throws holds up no other, and a page that is hidden draws what waits at once", () => {
  const { queue, draw, repaint, waits } = page(() => 20);
  queue(() => { throw new Error("broken"); }, false);
  queue(draw("whole"), false);
  expect(repaint).toThrow("broken");
  expect(repaint()).toEqual(["whole"]);
  queue(draw("late"), false);
  queue(draw("later"), false);
  queue.flush();
  repaint();
  expect(waits()).toBe(false);
});
