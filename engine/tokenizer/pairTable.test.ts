import fc from "fast-check";
import { expect, test } from "vitest";
import { pairTable } from "./pairTable.ts";

test("the table answers as a Map does while it grows", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(300)), { maxLength: 3000 }), (pairs) => {
    const table = pairTable(1);
    const map = new Map<string, number>();
    for (const [index, [left, right]] of pairs.entries()) {
      const known = map.get(`${left} ${right}`) ?? index;
      map.set(`${left} ${right}`, known);
      expect(table.add(left, right, index)).toBe(known);
      expect(table.get(left, right)).toBe(known);
    }
    expect(table.size()).toBe(map.size);
    expect(table.get(301, 0)).toBe(-1);
  }), { numRuns: 30 });
});

test("pairs chosen to collide are refused instead of being walked through", () => {
  const table = pairTable(100_000);
  // Right ids that undo what the left one adds to the hash: all of these pairs want the same place.
  const collide = (): void => {
    for (let left = 0; left < 5000; left++) table.add(left, (Math.imul(left, 0x9e3779b1) | 0) - 0x7f4a7c15 | 0, left);
  };
  expect(collide).toThrow("share one place");
});
