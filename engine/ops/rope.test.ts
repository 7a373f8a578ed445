import { describe, expect, it } from "vitest";
import { ropeFrequencies, ropeTable } from "./rope.ts";

describe("scaled rotary positions", () => {
  it("linear scaling makes position 2p look like position p did", () => {
    const plain = ropeTable(8, 6, 10_000), stretched = ropeTable(16, 6, 10_000, { type: "linear", factor: 2 });
    for (let p = 0; p < 8; p++) {
      stretched.slice(2 * p * 6, (2 * p + 1) * 6).forEach((value, j) => expect(value).toBeCloseTo(plain[p * 6 + j]!, 12));
    }
  });

  it("llama3 scaling leaves fast pairs, divides slow ones and blends between, with the numbers of Llama 3.1", () => {
    const scaling = { type: "llama3", factor: 8, lowFrequency: 1, highFrequency: 4, originalContext: 8192 } as const;
    const plain = ropeFrequencies(128, 500_000), scaled = ropeFrequencies(128, 500_000, scaling);
    const ratios = [...plain].map((value, j) => value / scaled[j]!);
    // Worked out from the definition in wavelengths: 2π·500000^(j/64) passes 8192/4 between pairs 28 and 29, and 8192/1 between 34 and 35.
    expect(ratios.slice(0, 29).every((ratio) => ratio === 1)).toBe(true);
    ratios.slice(35).forEach((ratio) => expect(ratio).toBeCloseTo(8, 12));
    const wave = (2 * Math.PI) / plain[30]!;
    const smooth = (8192 / wave - 1) / (4 - 1);
    expect(scaled[30]).toBeCloseTo(((1 - smooth) * plain[30]!) / 8 + smooth * plain[30]!, 15);
    expect(ratios[30]).toBeGreaterThan(1.05);
    expect(ratios[30]).toBeLessThan(8);
  });

  it("factors divide pair by pair", () => {
    const plain = ropeFrequencies(4, 100);
    expect([...ropeFrequencies(4, 100, { type: "factors", factors: [1, 5] })]).toEqual([plain[0], plain[1]! / 5]);
  });
});
