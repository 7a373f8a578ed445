import { describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { framesOf } from "../testing/runTask.ts";
import { fitHinges, type FitHingesFrame, type FitHingesParams, foldsOf, heightAt, piecesOf } from "./fitHinges.ts";
import type { Run } from "./task.ts";

const hills = Array.from({ length: 33 }, (_, i) => {
  const x = (i - 16) / 16;
  return 0.7 * Math.sin(2 * Math.PI * x) * (0.7 + 0.3 * x) + 0.15 * x;
});
const base: FitHingesParams = { units: 12, curve: hills, learningRate: 0.01, steps: 3000, headStart: 3000, seed: 3 };
const trained = async (patch: Partial<FitHingesParams> = {}): Promise<FitHingesFrame> => (await framesOf(fitHinges, { ...base, ...patch }, 1))[0]!;

test("the fit is the sum of its hinges and the base", async () => {
  const { fit, hinges, base: constant } = await trained();
  fit.forEach((value, i) => {
    const x = -1 + (2 * i) / (fit.length - 1);
    expect(hinges.reduce((sum, { w, b, v }) => sum + v * Math.max(0, w * x + b), constant)).toBeCloseTo(value, 4);
  });
});

test.each([1, 4, 12, 32])("%d hinges make at most one straight piece more", async (units) => {
  const { fit, folds } = await trained({ units });
  expect(folds.length).toBeLessThanOrEqual(units);
  // Between neighbouring samples without a fold the slope is the same: count where it is not.
  const bends = fit.slice(1, -1).filter((value, i) => Math.abs(fit[i]! + fit[i + 2]! - 2 * value) > 1e-4).length;
  expect(bends).toBeLessThanOrEqual(2 * units);
});

test("more hinges fit better: 2, 4, 12, 32, the middle one of five seeds", async () => {
  const median = async (units: number): Promise<number> =>
    (await Promise.all([1, 2, 3, 4, 5].map(async (seed) => (await trained({ units, seed })).loss))).sort((a, b) => a - b)[2]!;
  const losses = await Promise.all([2, 4, 12, 32].map(median));
  losses.slice(1).forEach((loss, i) => expect(loss).toBeLessThan(losses[i]!));
  expect(losses[0]).toBeGreaterThan(0.03);
  expect(losses[3]).toBeLessThan(0.002);
});

test("a straight line needs no fold to be seen, and is fitted to the thousandth", async () => {
  const { loss } = await trained({ curve: hills.map((_, i) => 0.5 * ((i - 16) / 16)), units: 4 });
  expect(loss).toBeLessThan(1e-3);
});

test("at a cliff all hinges crowd at its two edges", async () => {
  const { loss, folds, pieces } = await trained({ curve: hills.map((_, i) => (i < 18 ? -0.5 : 0.5)) });
  expect(loss).toBeLessThan(1e-4);
  expect(folds).toHaveLength(12);
  expect(pieces).toBe(3);
});

test("folds are where the pre-activation is zero, strictly inside", () => {
  expect(foldsOf([{ w: 2, b: -1, v: 1 }, { w: -1, b: -0.5, v: 0.3 }, { w: 1, b: 3, v: 1 }, { w: 1, b: 0, v: 0.001 }])).toEqual([-0.5, 0.5]);
  expect(heightAt([0, 1, 0], -0.5)).toBe(0.5);
  expect([[], [0.1], [-0.5, 0.1, 0.11], [0.1, 0.11, 0.12, 0.5]].map(piecesOf)).toEqual([1, 2, 3, 3]);
});

test("training goes on towards a curve that is drawn on the way, from where the hinges are", async () => {
  const live = { ...base, headStart: 0, steps: 40 };
  const run: Run<FitHingesParams> = {
    params: live, backend: async () => (await backends.cpu!())!, artefact: () => Promise.reject(new Error("none")), breathe: async () => undefined,
    changed: async () => undefined,
  };
  const frames = fitHinges(run);
  const next = async (): Promise<FitHingesFrame> => (await frames.next()).value as FitHingesFrame;
  expect([await next(), await next(), await next()].map(({ step, finished }) => [step, finished])).toEqual([[0, false], [20, false], [40, true]]);
  Object.assign(live, { curve: hills.map((y) => -y) });
  expect(await next()).toMatchObject({ step: 60, finished: false });
  expect(await next()).toMatchObject({ step: 80, finished: true });
});

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test("two hundred steps lower the loss, and leave nothing behind", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const run = (headStart: number): Run<FitHingesParams> => ({
      params: { ...base, headStart }, backend: async () => backend, artefact: () => Promise.reject(new Error("none")),
      breathe: async () => undefined, changed: () => new Promise(() => undefined),
    });
    const losses: number[] = [];
    for (const headStart of [0, 200]) {
      const frames = fitHinges(run(headStart));
      losses.push(((await frames.next()).value as FitHingesFrame).loss);
      await frames.return();
    }
    expect(losses[1]).toBeLessThan(0.7 * losses[0]!);
    expect(backend.counts.bytesLive).toBe(0);
  });
});
