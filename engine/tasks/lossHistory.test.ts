import { expect, test } from "vitest";
import { lossHistory } from "./lossHistory.ts";

test("a curve stays bounded over a hundred thousand steps, keeps their mean and ends within one stride of the last", () => {
  const history = lossHistory(400);
  let sum = 0;
  for (let step = 1; step <= 100_000; step++) {
    const loss = 6 / Math.sqrt(step);
    sum += loss;
    history.push(loss);
  }
  const { steps, losses, smooth } = history.curve();
  expect(steps.length).toBeLessThan(400);
  expect([losses.length, smooth.length]).toEqual([steps.length, steps.length]);
  expect(100_000 - steps.at(-1)!).toBeLessThan(history.stride());
  const covered = steps.at(-1)!;
  expect((losses.reduce((a, b) => a + b, 0) / losses.length) * covered).toBeCloseTo(sum - Array.from({ length: 100_000 - covered }, (_, i) => 6 / Math.sqrt(covered + 1 + i)).reduce((a, b) => a + b, 0), 6);
});

test("the smoothed loss starts at the first loss and settles on a constant one", () => {
  const history = lossHistory();
  expect(history.smoothed()).toBeNull();
  history.push(6);
  expect(history.smoothed()).toBeCloseTo(6, 12);
  for (let i = 0; i < 100; i++) history.push(2);
  expect(history.smoothed()).toBeCloseTo(2, 6);
});

test("going back forgets what came after and returns it", () => {
  const history = lossHistory();
  for (const loss of [5, 4, 3, 9, 20]) history.push(loss);
  expect(history.truncate(3).losses).toEqual([9, 20]);
  history.push(2.5);
  expect(history.curve()).toMatchObject({ steps: [1, 2, 3, 4], losses: [5, 4, 3, 2.5] });
});

test("a curve that is kept and taken up again goes on as if nothing had been", () => {
  const whole = lossHistory(10), first = lossHistory(10);
  const losses = Array.from({ length: 64 }, (_, i) => 7 - i / 10);
  losses.forEach((loss) => whole.push(loss));
  losses.slice(0, 32).forEach((loss) => first.push(loss));
  const second = lossHistory(10, { ...first.curve(), stride: first.stride() });
  losses.slice(32).forEach((loss) => second.push(loss));
  expect(second.curve().steps).toEqual(whole.curve().steps);
  second.curve().losses.forEach((loss, i) => expect(loss).toBeCloseTo(whole.curve().losses[i]!, 10));
});
