import { describe, expect, test } from "vitest";
import { type Look, readCurves } from "./curveReading.ts";

const guess = Math.log(10);
/** Curves on 61 looks, ten steps apart, with a ripple that has no period of its own. */
function looks(training: (step: number) => number, validation: (step: number) => number, ripple = 0, count = 61): Look[] {
  return Array.from({ length: count }, (_, i) => ({
    step: 10 * i, training: training(10 * i) + ripple * Math.sin(i * i), validation: validation(10 * i) + ripple * Math.cos(i * i),
  }));
}
const falling = (from: number, to: number, time: number) => (step: number): number => to + (from - to) * Math.exp(-step / time);
const shape = (curves: Look[]): string => readCurves(curves, { guess }).shape;

describe("readCurves", () => {
  test("names the step after which validation rose, to the look, while training went on falling", () => {
    const turning = (step: number): number => 0.8 + ((step - 420) / 600) ** 2;
    const { shape: is, best, rise, gap } = readCurves(looks(falling(2.3, 0.01, 100), turning, 0, 61), { guess });
    expect(is).toBe("overfit");
    expect(best.step).toBe(420);
    // Medians of five looks: of the last five it is the third from the end.
    expect(rise).toBeCloseTo(turning(580) - best.validation, 10);
    expect(gap).toBeCloseTo(turning(580) - falling(2.3, 0.01, 100)(580), 10);
  });

  test("does not call a ripple a rise", () => {
    expect(shape(looks(falling(2.3, 0.2, 60), falling(2.3, 0.33, 60), 0.03))).toBe("wellFit");
    expect(readCurves(looks(falling(2.3, 0.2, 60), falling(2.3, 0.33, 60), 0.03), { guess }).rise).toBeLessThan(0.04);
  });

  test("does not call it overfitting when both losses have risen", () => {
    const both = (step: number): number => 1 + ((step - 200) / 300) ** 2;
    expect(shape(looks(both, both))).not.toBe("overfit");
  });

  test("tells rest at a high level from rest at a low one, and a wide gap from a narrow one", () => {
    expect(shape(looks(falling(2.3, 1.1, 60), falling(2.3, 1.2, 60)))).toBe("underfit");
    expect(shape(looks(falling(2.3, 0.2, 60), falling(2.3, 0.4, 60)))).toBe("wellFit");
    expect(shape(looks(falling(2.3, 0.2, 60), falling(2.3, 0.9, 60)))).toBe("gap");
  });

  test("sees curves that are still on their way, and ones that never set out", () => {
    expect(shape(looks(falling(2.3, 0, 700), falling(2.3, 0.1, 700)))).toBe("falling");
    expect(shape(looks(() => 2.29, () => 2.3))).toBe("flat");
  });

  test("finds no level in a loss that jumps from look to look", () => {
    expect(shape(looks((step) => 1.2 + 0.3 * Math.sin(step), (step) => 1.3 + 0.3 * Math.cos(step)))).toBe("unsteady");
  });

  test("says nothing from fewer than eight looks, and repeats what it is told of a divergence", () => {
    const few = looks(falling(2.3, 0, 10), falling(2.3, 1, 10), 0, 7);
    expect(shape(few)).toBe("early");
    expect(readCurves(few, { guess, diverged: true }).shape).toBe("diverged");
    expect(readCurves(few.slice(0, 1), { guess })).toEqual({
      shape: "early", best: { step: 0, validation: 2.3 }, training: 2.3, validation: 2.3, rise: 0, gap: 0,
    });
    expect(() => readCurves([], { guess })).toThrow("readCurves: there is no look to read");
  });
});
