import { describe, expect, it } from "vitest";
import { random } from "../random.ts";
import { candidates, greedy, sample } from "./sample.ts";

const logits = [2, 1, 0, -1, -2, 2].map((x) => x * 1.0);

describe("sample", () => {
  it("takes the largest logit, the first of equals, at temperature 0", () => {
    expect(candidates(logits, greedy)).toEqual([{ id: 0, probability: 1 }]);
  });

  it("keeps exactly k candidates, renormalised", () => {
    const kept = candidates(logits, { temperature: 1, topK: 3, topP: 1 });
    expect(kept.map(({ id }) => id)).toEqual([0, 5, 1]);
    const total = 2 * Math.exp(2) + Math.exp(1);
    expect(kept[0]!.probability).toBeCloseTo(Math.exp(2) / total, 12);
  });

  it("keeps the smallest set that reaches top-p", () => {
    const all = candidates(logits, { temperature: 1, topK: 0, topP: 1 });
    const p = all[0]!.probability + all[1]!.probability;
    expect(candidates(logits, { temperature: 1, topK: 0, topP: p - 1e-9 })).toHaveLength(2);
    expect(candidates(logits, { temperature: 1, topK: 0, topP: p + 1e-9 })).toHaveLength(3);
    expect(candidates(logits, { temperature: 1, topK: 0, topP: 0 })).toHaveLength(1);
  });

  it("keeps what is at least min-p as likely as the likeliest, after the temperature", () => {
    const kept = (temperature: number, minP: number): number[] =>
      candidates(logits, { temperature, topK: 0, topP: 1, minP }).map(({ id }) => id);
    expect(kept(1, 0)).toHaveLength(6);
    expect(kept(1, Math.exp(-1) - 1e-9)).toEqual([0, 5, 1]);
    expect(kept(1, Math.exp(-1) + 1e-9)).toEqual([0, 5]);
    expect(kept(2, Math.exp(-1) - 1e-9)).toEqual([0, 5, 1, 2]);
    expect(kept(1, 1)).toEqual([0, 5]);
  });

  it.each([{ temperature: 1, topK: 0, topP: 1 }, { temperature: 0.7, topK: 4, topP: 0.9 }])("matches its distribution over 10,000 draws (χ², %o)", (options) => {
    const choices = candidates(logits, options);
    const draw = random(11);
    const counts = new Map<number, number>();
    for (let i = 0; i < 10_000; i++) {
      const id = sample(logits, options, draw);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].every((id) => choices.some((choice) => choice.id === id))).toBe(true);
    const chiSquared = choices.reduce((sum, { id, probability }) => sum + ((counts.get(id) ?? 0) - 10_000 * probability) ** 2 / (10_000 * probability), 0);
    // The 99.9 % point of χ² with 5 degrees of freedom is 20.5.
    expect(chiSquared).toBeLessThan(20.5);
  });

  it("draws the same ids from the same seed", () => {
    const options = { temperature: 1, topK: 0, topP: 1 };
    const run = (): number[] => { const draw = random(5); return Array.from({ length: 20 }, () => sample(logits, options, draw)); };
    expect(run()).toEqual(run());
  });
});
