import { describe, expect, it } from "vitest";
import { cosine, exponential, logarithm, sine } from "./portable.ts";
import { philoxBlock, random } from "./random.ts";

describe("portable", () => {
  it("agrees with the platform's functions to a few units in the last place", () => {
    const draw = random(7);
    for (let i = 0; i < 5000; i++) {
      const x = (draw.uniform() - 0.5) * 80;
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(2e-15);
      const y = exponential(x);
      expect(Math.abs(logarithm(y) - Math.log(y))).toBeLessThan(1e-15 * (1 + Math.abs(Math.log(y))));
      const angle = (draw.uniform() - 0.5) * 2e5;
      expect(Math.abs(sine(angle) - Math.sin(angle))).toBeLessThan(1e-11);
      expect(Math.abs(cosine(angle) - Math.cos(angle))).toBeLessThan(1e-11);
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(2e-15);
    }
  });
});

describe("random", () => {
  it("reproduces the known-answer vectors of Random123 for Philox 4x32-10", () => {
    const all = 0xffffffff;
    expect(philoxBlock([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philoxBlock([all, all, all, all], [all, all])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    expect(philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))
      .toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });

  it("continues from a position as if it had never stopped", () => {
    const first = random(3, 5);
    Array.from({ length: 13 }, first.uint32);
    const second = random(3, 5);
    second.seek(first.position());
    expect(Array.from({ length: 9 }, second.uint32)).toEqual(Array.from({ length: 9 }, first.uint32));
  });

  it("draws normals with mean 0, variance 1 and a fourth moment of 3", () => {
    const draw = random(1);
    const n = 200_000;
    const moments = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = draw.normal();
      moments[0]! += x / n;
      moments[1]! += x ** 2 / n;
      moments[2]! += x ** 4 / n;
    }
    expect(Math.abs(moments[0]!)).toBeLessThan(0.01);
    expect(Math.abs(moments[1]! - 1)).toBeLessThan(0.02);
    expect(Math.abs(moments[2]! - 3)).toBeLessThan(0.15);
  });
});
