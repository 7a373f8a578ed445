import { describe, expect, test } from "vitest";
import { chips, realModels } from "./configs.ts";
import { cacheRoom, type Machine, passTime, requests, serve, serviceFacts } from "./serving.ts";

const machine: Machine = { model: realModels["llama-3-8b"], chip: chips.h100, bits: 16, slots: 2 };
const step = passTime(machine, 1, 0);

describe("a pass", () => {
  test("takes as long as its weights need to be fetched, until there are tokens enough to keep the arithmetic busy", () => {
    // 16.06 GB at 3.35 TB/s.
    expect(step * 1000).toBeCloseTo(16_060_522_496 / 3.35e9, 6);
    expect(passTime(machine, 100, 0)).toBe(step);
    // Above peak/bandwidth = 295 operations a byte, that is 295 tokens with 16-bit weights, arithmetic decides.
    expect(chips.h100.peak16 / chips.h100.bandwidth).toBeCloseTo(295.3, 1);
    expect(passTime(machine, 295, 0)).toBe(step);
    expect(passTime(machine, 296, 0)).toBeGreaterThan(step);
    expect(passTime(machine, 1, 1000) - step).toBeCloseTo((1000 * 131_072) / 3.35e12, 12);
  });
});

describe("serving", () => {
  // Three at once, two places, answers of 1, 4 and 1 tokens; prompts so short that every pass takes about the same.
  const three = [1, 4, 1].map((answer) => ({ arrives: 0, prompt: 1, answer }));
  const passes = (seconds: number): number => Math.round(seconds / step);

  test("in static batches lets the third wait for the longest of the first two", () => {
    const served = serve(three, machine, "static");
    expect(served.map(({ starts, finishes, frees }) => [starts, finishes, frees].map(passes))).toEqual([[0, 1, 4], [0, 4, 4], [4, 5, 5]]);
  });

  test("continuously gives the third the place of the first as soon as that has finished", () => {
    const served = serve(three, machine, "continuous");
    expect(served.map(({ starts, finishes, slot }) => [passes(starts), passes(finishes), slot])).toEqual([[0, 1, 0], [0, 4, 1], [1, 2, 0]]);
  });

  test("begins nobody before they come, fills no place twice, and writes every answer", () => {
    const all = requests({ seed: 3, count: 50, rate: 6, prompt: 400, answer: 150 });
    for (const policy of ["static", "continuous"] as const) {
      const served = serve(all, { ...machine, slots: 8 }, policy);
      expect(served.map(({ arrives, prompt, answer }) => ({ arrives, prompt, answer }))).toEqual(all);
      for (const one of served) {
        expect(one.starts).toBeGreaterThanOrEqual(one.arrives);
        expect(one.firstToken).toBeGreaterThan(one.starts);
        expect(one.finishes).toBeGreaterThanOrEqual(one.firstToken);
        // No pass is shorter than fetching the weights.
        expect(one.finishes - one.starts).toBeGreaterThanOrEqual(one.answer * step * 0.999);
        for (const other of served) {
          if (other === one || other.slot !== one.slot) continue;
          expect(other.starts >= one.frees || one.starts >= other.frees).toBe(true);
        }
      }
    }
  });

  test("continuously lifts throughput several-fold where requests queue up", () => {
    const all = requests({ seed: 1, count: 60, rate: 40, prompt: 400, answer: 200 });
    const facts = (["static", "continuous"] as const).map((policy) => serviceFacts(serve(all, { ...machine, slots: 8 }, policy), 8));
    expect(facts[1]!.throughput / facts[0]!.throughput).toBeGreaterThan(1.5);
    expect(facts[1]!.firstToken[1]).toBeLessThan(facts[0]!.firstToken[1]);
  });

  test("never holds more keys and values than fit, and leaves out what never would", () => {
    const small: Machine = { ...machine, chip: chips["rtx-4090"], slots: 64 };
    const room = cacheRoom(small);
    expect(room).toBe(Math.floor((24e9 - 16_060_522_496) / 131_072));
    const all = Array.from({ length: 40 }, (_, i) => ({ arrives: i / 100, prompt: 9000, answer: 200 }));
    const served = serve([...all, { arrives: 1, prompt: room, answer: 1 }], small, "continuous");
    expect(served).toHaveLength(40);
    for (const { starts } of served) {
      const there = served.filter((other) => other.starts <= starts && other.frees > starts);
      expect(there.reduce((sum, { prompt, answer }) => sum + prompt + answer, 0)).toBeLessThanOrEqual(room);
    }
  });

  test("draws lengths and gaps with the means that it is asked for", () => {
    const many = requests({ seed: 7, count: 20_000, rate: 5, prompt: 400, answer: 100 });
    const mean = (of: (one: (typeof many)[number]) => number): number => many.reduce((sum, one) => sum + of(one), 0) / many.length;
    expect(mean(({ prompt }) => prompt) / 400).toBeCloseTo(1, 1);
    expect(mean(({ answer }) => answer) / 100).toBeCloseTo(1, 1);
    expect(many.at(-1)!.arrives / many.length / 0.2).toBeCloseTo(1, 1);
  });
});
