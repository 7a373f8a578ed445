import { expect, test } from "vitest";
import { descend, type DescendFrame, type DescendParams, landscapes, walk } from "./descend.ts";
import type { Run } from "./task.ts";

const worked: DescendParams = { landscape: "bowl", learningRate: 0.1, start: 5, headStart: 4, steps: 30 };
const round = (values: readonly number[], digits = 4): number[] => values.map((value) => Number(value.toFixed(digits)));

test("the worked example: 5, 4.6, 4.28, 4.024, 3.8192 with losses 4, 2.56, 1.6384, 1.0486, 0.6711", () => {
  const { path, losses } = walk(worked, 4);
  expect(round(path)).toEqual([5, 4.6, 4.28, 4.024, 3.8192]);
  expect(round(losses)).toEqual([4, 2.56, 1.6384, 1.0486, 0.6711]);
});

test("the walk follows its closed form 3 + 2·0.8ᵏ: w₂₀ is 3.0231 and w₃₄ is 3.00101", () => {
  const { path } = walk({ ...worked, steps: 60 }, 60);
  path.forEach((w, step) => expect(w).toBeCloseTo(3 + 2 * 0.8 ** step, 12));
  expect(round([path[20]!])).toEqual([3.0231]);
  expect(round([path[34]!], 5)).toEqual([3.00101]);
});

test.each([
  [0.5, [5, 3, 3]], [0.9, [5, 1.4, 4.28, 1.976]], [1, [5, 1, 5, 1]], [1.05, [5, 0.8, 5.42, 0.338, 5.9282]],
])("learning rate %d walks as the chapter says", (learningRate, expected) => {
  expect(round(walk({ ...worked, learningRate }, expected.length - 1).path)).toEqual(expected);
});

test.each(Object.entries(landscapes))("the slope of %s is its derivative, and vanishes at its stated minimum", (_name, { value, slope, minimum }) => {
  for (let w = -2; w <= 8; w += 0.37) expect(slope(w)).toBeCloseTo((value(w + 1e-5) - value(w - 1e-5)) / 2e-5, 5);
  expect(slope(minimum)).toBeCloseTo(0, 5);
  for (let w = -2; w <= 8; w += 0.01) expect(value(w)).toBeGreaterThanOrEqual(value(minimum) - 1e-9);
});

test("a walk that leaves all bounds stops before the first number that is not finite and says at which step", () => {
  const frame = walk({ ...worked, landscape: "twoValleys", learningRate: 1.2, start: 7 }, 30);
  expect(frame.divergedAt).toBeGreaterThan(0);
  expect(frame.finished).toBe(true);
  expect([...frame.path, ...frame.losses, frame.slope].every(Number.isFinite)).toBe(true);
  expect(frame.path).toHaveLength(frame.divergedAt!);
});

function watch(params: DescendParams) {
  const live = { ...params };
  let wake: () => void = () => undefined;
  const run: Run<DescendParams> = {
    params: live,
    backend: () => Promise.reject(new Error("not needed")),
    artefact: () => Promise.reject(new Error("not needed")),
    breathe: () => Promise.resolve(),
    changed: () => new Promise((resolve) => { wake = resolve; }),
  };
  const frames = descend(run);
  return {
    next: async (): Promise<DescendFrame> => (await frames.next()).value as DescendFrame,
    change(patch: Partial<DescendParams>) {
      Object.assign(live, patch);
      wake();
    },
  };
}

test("the first frame has the head start, each further frame one step more, to the last step", async () => {
  const { next } = watch({ ...worked, steps: 6 });
  expect([await next(), await next(), await next()].map(({ step, finished }) => [step, finished])).toEqual([[4, false], [5, false], [6, true]]);
});

test("a changed learning rate lays the same number of footprints anew", async () => {
  const { next, change } = watch(worked);
  await next();
  await next();
  change({ learningRate: 0.5 });
  expect(await next()).toMatchObject({ step: 5, path: [5, 3, 3, 3, 3, 3] });
  expect((await next()).step).toBe(6);
});

test("a finished walk waits, and answers the next change", async () => {
  const { next, change } = watch({ ...worked, steps: 4 });
  expect((await next()).finished).toBe(true);
  const waiting = next();
  change({ start: 3 });
  expect(await waiting).toMatchObject({ step: 4, w: 3, loss: 0 });
});
