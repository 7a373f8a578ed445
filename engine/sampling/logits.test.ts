import { describe, expect, it } from "vitest";
import { random } from "../random.ts";
import { logProbabilities, topLogProbabilities } from "./logProbabilities.ts";
import { applyLogitRules } from "./logitRules.ts";
import { candidates, greedy, sample } from "./sample.ts";

const logits = [2, 1, 0, -1, -2, 2];

describe("min-p", () => {
  it("keeps the ids at least that fraction as probable as the likeliest", () => {
    const kept = (minP: number): number[] => candidates(logits, { temperature: 1, topK: 0, topP: 1, minP }).map(({ id }) => id);
    expect(kept(0)).toHaveLength(6);
    expect(kept(Math.exp(-1) + 1e-9)).toEqual([0, 5]);
    expect(kept(Math.exp(-1) - 1e-9)).toEqual([0, 5, 1]);
    expect(kept(1)).toEqual([0, 5]);
  });
});

describe("rules on logits", () => {
  it("the repetition penalty divides positive logits and multiplies negative ones, once for each id", () => {
    expect([...applyLogitRules(logits, [0, 3, 3], { repetitionPenalty: 2 })]).toEqual([1, 1, 0, -2, -2, 2]);
    expect(() => applyLogitRules(logits, [], { repetitionPenalty: 0 })).toThrow(RangeError);
  });

  it("frequency and presence penalties count", () => {
    expect([...applyLogitRules(logits, [0, 3, 3], { frequencyPenalty: 0.5, presencePenalty: 0.25 })]).toEqual([1.25, 1, 0, -2.25, -2, 2]);
  });

  it("forbidden ids are never drawn, at any temperature", () => {
    const allowed = [0, 1, 0, 1, 1, 0];
    const ruled = applyLogitRules(logits, [], { allowed });
    const draw = random(3);
    for (const temperature of [0, 0.5, 1000]) {
      for (let i = 0; i < 300; i++) expect(allowed[sample(ruled, { temperature, topK: 0, topP: 1 }, draw)]).toBe(1);
    }
    expect(candidates(ruled, greedy)[0]!.id).toBe(1);
    const none = applyLogitRules(logits, [], { allowed: [0, 0, 0, 0, 0, 0] });
    for (const temperature of [0, 1]) expect(() => candidates(none, { temperature, topK: 0, topP: 1 })).toThrow("nothing to choose from");
    expect(() => applyLogitRules(logits, [], { allowed: [1] })).toThrow("applyLogitRules: 6 logits and a mask of 1");
  });

  it.each([
    { temperature: 1, topK: 0, topP: 1, minP: 0.1 },
    { temperature: 1.7, topK: 5, topP: 0.95, minP: 0.05 },
    { temperature: 0.6, topK: 0, topP: 0.8 },
  ])("draws after a penalty match softmax written out, over 10,000 draws (χ², %o)", (options) => {
    const ruled = applyLogitRules(logits, [0, 2, 4], { repetitionPenalty: 1.3 });
    // The definition once more, in other words: sort, cut by k, by mass, by share of the first, renormalise.
    let rest = [...ruled].map((x, id) => ({ id, weight: Math.exp(x / options.temperature) }));
    rest.sort((a, b) => b.weight - a.weight || a.id - b.id);
    if (options.topK > 0) rest = rest.slice(0, options.topK);
    const total = rest.reduce((sum, { weight }) => sum + weight, 0);
    let mass = 0;
    rest = rest.filter(({ weight }) => { const isIn = mass < options.topP * total; mass += weight; return isIn; });
    rest = rest.filter(({ weight }) => weight >= (options.minP ?? 0) * rest[0]!.weight);
    const left = rest.reduce((sum, { weight }) => sum + weight, 0);
    const draw = random(12), counts = new Map<number, number>();
    for (let i = 0; i < 10_000; i++) {
      const id = sample(ruled, options, draw);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(rest.map(({ id }) => id).sort());
    const chiSquared = rest.reduce(
      (sum, { id, weight }) => sum + (counts.get(id)! - (10_000 * weight) / left) ** 2 / ((10_000 * weight) / left), 0
    );
    // The 99.9 % point of χ² with 5 degrees of freedom is 20.5.
    expect(chiSquared).toBeLessThan(20.5);
  });
});

describe("log-probabilities", () => {
  it("are the logits less the logarithm of their summed exponentials, and exp of them sums to 1", () => {
    const logs = logProbabilities(logits);
    const sum = logits.reduce((total, x) => total + Math.exp(x), 0);
    logs.forEach((value, i) => expect(value).toBeCloseTo(logits[i]! - Math.log(sum), 12));
    // Far from 0 as well, where a plain exponential would overflow.
    expect(logProbabilities(logits.map((x) => x + 1000))[1]).toBeCloseTo(logs[1]!, 10);
    expect(logProbabilities([0, -Infinity])[1]).toBe(-Infinity);
  });

  it("the top ones come likeliest first, ties by id", () => {
    expect(topLogProbabilities(logits, 3).map(({ id }) => id)).toEqual([0, 5, 1]);
    expect(topLogProbabilities(logits, 99)).toHaveLength(6);
  });
});
