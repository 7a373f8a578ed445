import { expect, test } from "vitest";
import { tasks } from "../../engine/tasks/index.ts";
import type { Widget } from "./defineWidget.ts";
import { fingerprint, momentOf } from "./moment.ts";
import { readMoment, withMoment } from "./permalink.ts";
import type { FigureState } from "./store.ts";

const training = { task: tasks.trainTransformer, pace: 0, start: "press" } as unknown as Widget;
const walk = { task: tasks.descend, pace: 100, start: "auto" } as unknown as Widget;
const still = { task: tasks.descend, pace: 0, start: "auto" } as unknown as Widget;
const at = (step: number | null, more: Partial<FigureState> = {}): FigureState => ({ step, playing: false, finished: false, weights: null, target: null, ...more }) as FigureState;

test("a link names the step of a training always, of a walk where it was halted, of a still figure never", () => {
  expect(momentOf(training, at(300, { playing: true, weights: "3fa9c1d2" }))).toEqual({ step: 300, weights: "3fa9c1d2" });
  expect(momentOf(walk, at(12))).toEqual({ step: 12, weights: null });
  expect(momentOf(walk, at(30, { finished: true }))).toBeNull();
  expect(momentOf(walk, at(12, { playing: true }))).toBeNull();
  expect(momentOf(still, at(12))).toBeNull();
  expect(momentOf(training, at(0))).toBeNull();
});

test("a moment goes into a link and back, and nothing but a whole step up to a million is read", () => {
  expect(readMoment(withMoment("learningRate=0.5", { step: 300, weights: "3fa9c1d2" }))).toEqual({ step: 300, weights: "3fa9c1d2" });
  expect(withMoment("", { step: 3, weights: null })).toBe("step=3");
  for (const bad of ["", "step=", "step=0", "step=-3", "step=NaN", "step=0x10", "step=1e9999", "step=١٢"]) expect(readMoment(bad), bad).toBeNull();
  expect(readMoment("step=1e300&w=<b>")).toEqual({ step: 1_000_000, weights: null });
});

test("a fingerprint is that of the numbers: notes of a file do not change it, a weight does", async () => {
  const file = (note: string, weight: number): Uint8Array => {
    const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { note }, w: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }));
    const bytes = new Uint8Array(8 + header.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    new DataView(bytes.buffer).setFloat32(8 + header.length, weight, true);
    return bytes;
  };
  const one = await fingerprint(file("a", 1));
  // SHA-256 of the bytes 00 00 80 3f.
  expect(one).toBe("e00e5eb9");
  expect(await fingerprint(file("b longer", 1))).toBe(one);
  expect(await fingerprint(file("a", 1.0000001))).not.toBe(one);
});
