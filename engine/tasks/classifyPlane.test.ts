import { describe, expect, test } from "vitest";
import { planePoints, type PlaneName } from "../data/planePoints.ts";
import { backends } from "../testing/backends.ts";
import { framesOf } from "../testing/runTask.ts";
import { classifyPlane, type ClassifyPlaneFrame, type ClassifyPlaneParams } from "./classifyPlane.ts";
import type { Run } from "./task.ts";

const base: ClassifyPlaneParams = { points: "xor", bend: "relu", depth: 1, width: 4, learningRate: 0.02, steps: 1000, headStart: 0, noise: 0.12, seed: 1 };
const trained = async (patch: Partial<ClassifyPlaneParams> = {}): Promise<ClassifyPlaneFrame> => {
  const params = { ...base, ...patch };
  return (await framesOf(classifyPlane, params, params.steps / 10 + 1)).at(-1)!;
};

test.each([1, 2, 3, 4])("four hinges solve XOR, seed %d", async (seed) => {
  expect(await trained({ seed })).toMatchObject({ step: 1000, accuracy: 1, finished: true });
});

test.each([1, 2, 4])("%d linear layers never beat an even guess on XOR: the loss stays at ln 2", async (depth) => {
  const { loss, accuracy } = await trained({ bend: "identity", depth, width: 8 });
  expect(Math.abs(loss - Math.LN2)).toBeLessThan(0.02);
  expect(accuracy).toBeLessThan(0.6);
});

test("without a bend the plane is one straight border: along any line the log-odds are a straight line too", async () => {
  const { plane, side } = await trained({ bend: "identity", depth: 3, width: 8, points: "moons" });
  const odds = (row: number, column: number): number => Math.log(plane[row * side + column]! / (1 - plane[row * side + column]!));
  for (const row of [3, 17, 30]) {
    for (let c = 10; c < 24; c++) expect(odds(row, c - 1) + odds(row, c + 1) - 2 * odds(row, c)).toBeCloseTo(0, 2);
  }
});

test("a head start is the same run, seen later", async () => {
  const [begun] = await framesOf(classifyPlane, { ...base, headStart: 200 }, 1);
  const watched = (await framesOf(classifyPlane, base, 21)).at(-1)!;
  expect(begun).toMatchObject({ step: 200, loss: watched.loss, plane: watched.plane, folds: watched.folds });
});

test("two hinges solve XOR from one start and are stuck from another", async () => {
  expect((await trained({ width: 2, seed: 1 })).accuracy).toBe(1);
  expect((await trained({ width: 2, seed: 2 })).accuracy).toBeLessThan(0.8);
});

test("two layers of eight wind around the spiral, one does not", async () => {
  const spiral = { points: "spiral", bend: "tanh", width: 8, steps: 2000 } as const;
  expect((await trained({ ...spiral, depth: 2 })).accuracy).toBe(1);
  expect((await trained({ ...spiral, depth: 1 })).accuracy).toBeLessThan(0.95);
});

test.each(["xor", "moons", "rings", "spiral"] as const)("the points of %s are half of each kind, within the plane, the same every time", (name: PlaneName) => {
  const { points, labels } = planePoints(name, 0.05, 3);
  expect(labels.filter((label) => label === 1)).toHaveLength(labels.length / 2);
  expect(Math.max(...points.map(Math.abs))).toBeLessThan(1.3);
  expect(planePoints(name, 0.05, 3)).toEqual({ points, labels });
});

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test("a hundred steps lower the loss, and leave nothing behind", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const run: Run<ClassifyPlaneParams> = {
      params: { ...base, steps: 100 }, backend: async () => backend, artefact: () => Promise.reject(new Error("none")), breathe: async () => undefined,
      changed: () => new Promise(() => undefined),
    };
    const losses: number[] = [];
    const frames = classifyPlane(run);
    for (let i = 0; i <= 10; i++) losses.push(((await frames.next()).value as ClassifyPlaneFrame).loss);
    await frames.return();
    expect(losses.at(-1)).toBeLessThan(0.3 * losses[0]!);
    expect(backend.counts.bytesLive).toBe(0);
  });
});
