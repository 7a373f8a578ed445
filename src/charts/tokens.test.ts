import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenFlow, type TokenWord } from "./tokens.ts";

const word = (...texts: string[]): TokenWord => ({
  chips: texts.map((text, i) => ({ key: String(i), text, label: text, className: "" })), after: "× 2",
});

test("chips never overlap, never leave the area, and either all of a word is there or it counts as hidden", () => {
  const token = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
  const words = fc.array(fc.array(token, { minLength: 1, maxLength: 12 }), { maxLength: 30 });
  fc.assert(fc.property(words, fc.constantFrom(1.75, 1, 0.85), fc.boolean(), (texts, scale, stacked) => {
    const given = texts.map((one) => word(...one));
    const { chips, hidden } = tokenFlow(given, { width: 360, height: 174, scale, stacked });
    for (const { x, y, width } of chips) {
      expect(x + width).toBeLessThanOrEqual(360.01);
      expect(y + 24 * scale).toBeLessThanOrEqual(174.01);
    }
    for (const [i, a] of chips.entries()) {
      const next = chips[i + 1];
      if (next?.y === a.y) expect(next.x).toBeGreaterThanOrEqual(a.x + a.width);
    }
    const whole = given.slice(0, given.length - hidden).reduce((sum, { chips: all }) => sum + all.length, 0);
    expect(chips.length).toBeGreaterThanOrEqual(whole);
    if (hidden === 0) expect(chips).toHaveLength(whole);
  }));
});

test("stacked words begin a row each while there are rows enough, and flow like text where there are not", () => {
  const rows = (count: number, stacked: boolean): number => {
    const { chips } = tokenFlow(Array.from({ length: count }, () => word("a")), { width: 360, height: 174, scale: 1, stacked });
    return new Set(chips.map(({ y }) => y)).size;
  };
  expect([rows(3, true), rows(3, false), rows(8, true)]).toEqual([3, 1, 2]);
});

test("a word wider than the area wraps between its chips, and a chip wider than it ends in an ellipsis", () => {
  const { chips } = tokenFlow([word("a".repeat(20), "b".repeat(20), "c".repeat(200))], { width: 200, height: 174, scale: 1 });
  expect(chips.map(({ y }) => y)).toEqual([0, 30, 60]);
  expect(chips[2]!.text).toMatch(/^c+…$/);
});
