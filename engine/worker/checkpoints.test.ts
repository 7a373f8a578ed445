import { expect, test } from "vitest";
import { createCheckpoints } from "./checkpoints.ts";

test("a long run keeps at most 32 checkpoints, evenly spread, and finds the latest before any step", () => {
  const kept = createCheckpoints();
  for (let step = 0; step <= 10_000; step++) if (kept.wants(step)) kept.keep(step, Uint8Array.from([step >> 8, step & 255]));
  const found = new Set<number>();
  for (let step = 0; step <= 10_000; step++) {
    const bytes = kept.before(step);
    if (bytes) found.add(bytes[0]! * 256 + bytes[1]!);
  }
  const steps = [...found];
  expect(steps.length).toBeGreaterThan(12);
  expect(steps.length).toBeLessThanOrEqual(32);
  expect(steps.at(-1)).toBeGreaterThan(9000);
  expect(Math.max(...steps.map((step, i) => step - (steps[i - 1] ?? 0)))).toBeLessThanOrEqual(640);
});

test("large checkpoints stay under 48 MB, and what lies after a step can be forgotten", () => {
  const kept = createCheckpoints();
  for (let step = 20; step <= 2000; step++) if (kept.wants(step)) kept.keep(step, new Uint8Array(5e6));
  const one = kept.before(2000)!;
  expect(one.length).toBe(5e6);
  kept.forgetAfter(0);
  expect(kept.before(2000)).toBeUndefined();
});
