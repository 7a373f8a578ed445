import { expect, test } from "vitest";
import { planes } from "../data/planes.ts";
import { race, RACE_WON, type RacerName, type RaceOptimizersParams } from "./raceOptimizers.ts";

const base: RaceOptimizersParams = {
  landscape: "ravine", learningRate: 0.019, scaledRate: 0.1, momentum: 0.9, startX: -2.5, startY: 0.8, headStart: 0, steps: 400,
  lane1: "plain", lane2: "nobody", lane3: "nobody", lane4: "nobody",
};
const pathOf = (lane1: RacerName, patch: Partial<RaceOptimizersParams> = {}, steps = 400) => race({ ...base, ...patch, lane1 }, steps).racers[0]!;

test.each(Object.entries(planes))("the gradient of %s is its derivative, and vanishes with the loss at its minima", (_name, { value, gradient, minima }) => {
  for (let x = -2.9; x < 3; x += 0.61) {
    for (let y = -1.9; y < 2; y += 0.37) {
      const [dx, dy] = gradient(x, y), h = 1e-5, scale = 1 + Math.abs(dx) + Math.abs(dy);
      expect((dx - (value(x + h, y) - value(x - h, y)) / (2 * h)) / scale).toBeCloseTo(0, 6);
      expect((dy - (value(x, y + h) - value(x, y - h)) / (2 * h)) / scale).toBeCloseTo(0, 6);
    }
  }
  for (const [x, y] of minima) {
    expect(value(x, y)).toBe(0);
    for (const slope of gradient(x, y)) expect(slope).toBeCloseTo(0, 12);
  }
});

test("plain descent in the ravine follows its closed form: 0.981ᵏ along and (−0.9)ᵏ across", () => {
  const { path, losses } = pathOf("plain");
  path.forEach(([x, y], k) => {
    expect(x).toBeCloseTo(-2.5 * 0.981 ** k, 10);
    expect(y).toBeCloseTo(0.8 * (-0.9) ** k, 10);
    expect(losses[k]).toBeCloseTo((x * x + 100 * y * y) / 2, 10);
  });
});

test("momentum follows the two-term recurrence of Polyak: wₖ₊₁ = wₖ − ηg + μ(wₖ − wₖ₋₁)", () => {
  const { path } = pathOf("momentum");
  for (let k = 1; k + 1 < 200; k++) {
    expect(path[k + 1]![0]).toBeCloseTo(path[k]![0] * (1 - 0.019) + 0.9 * (path[k]![0] - path[k - 1]![0]), 10);
    expect(path[k + 1]![1]).toBeCloseTo(path[k]![1] * (1 - 1.9) + 0.9 * (path[k]![1] - path[k - 1]![1]), 10);
  }
});

test("the first step of AdaGrad and of Adam is the learning rate itself, whatever the slope", () => {
  for (const name of ["adaGrad", "adam"] as const) {
    const [x, y] = pathOf(name).path[1]!;
    expect(x).toBeCloseTo(-2.4, 6);
    expect(y).toBeCloseTo(0.7, 6);
  }
});

test("momentum and Adam cross the ravine long before plain descent does", () => {
  const arrived = (name: RacerName): number => pathOf(name, { steps: 1200 }, 1200).arrivedAt ?? Infinity;
  expect(arrived("plain")).toBe(Math.ceil(Math.log(Math.sqrt(2 * RACE_WON) / 2.5) / Math.log(0.981)));
  expect(arrived("momentum")).toBeLessThan(arrived("plain") / 1.5);
  expect(arrived("adam")).toBeLessThan(arrived("plain") / 1.5);
});

test("turning the ravine changes nothing for plain descent from the turned start, and much for Adam", () => {
  const turn = ([x, y]: readonly [number, number]): [number, number] => {
    const c = Math.sqrt(3) / 2, s = 0.5;
    return [c * x - s * y, s * x + c * y];
  };
  const [startX, startY] = turn([-2.5, 0.8]);
  const last = (name: RacerName, patch = {}) => pathOf(name, patch, 60).losses;
  last("plain", { landscape: "tilted", startX, startY }).forEach((loss, k) => expect(loss).toBeCloseTo(last("plain")[k]!, 8));
  expect(Math.abs(last("adam", { landscape: "tilted", startX, startY })[30]! - last("adam")[30]!)).toBeGreaterThan(0.1);
});

test("above 2/100 plain descent leaves all bounds, is stopped there, and does not hold the others up", () => {
  const frame = race({ ...base, learningRate: 0.03, lane2: "adam" }, 400);
  const [plain, adam] = frame.racers;
  expect(plain!.divergedAt).toBe(plain!.path.length);
  expect(plain!.losses.every(Number.isFinite)).toBe(true);
  expect(adam!.path).toHaveLength(401);
});

test("on the ridge of a saddle plain descent stands still, a hair beside it all find a hollow", () => {
  const saddle = { landscape: "saddle", learningRate: 0.1, startX: -2 } as const;
  expect(pathOf("plain", { ...saddle, startY: 0 }).losses.at(-1)).toBeCloseTo(0.25, 6);
  for (const name of ["plain", "momentum", "nesterov", "rmsProp", "adam"] as const) {
    expect(pathOf(name, { ...saddle, startY: 0.001 }).losses.at(-1), name).toBeLessThan(0.02);
  }
});
