import { expect, it } from "vitest";
import { fromHalf, roundHalfEven, toHalf, widenBfloat, widenHalf } from "./halfFloat.ts";

// Values of the binary16 table in IEEE 754-2019 and its Wikipedia article.
it.each([
  [0x0000, 0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3bff, 0.99951171875],
  [0x3c00, 1],
  [0x3c01, 1.0009765625],
  [0x7bff, 65504],
  [0x7c00, Infinity],
  [0xc000, -2],
  [0xfc00, -Infinity],
])("the bits %i stand for %f, and the other way", (bits, value) => {
  expect(fromHalf(bits)).toBe(value);
  expect(toHalf(value)).toBe(bits);
});

it("every one of the 65,536 patterns comes back from widening and rounding", () => {
  for (let bits = 0; bits < 65_536; bits++) {
    const value = fromHalf(bits);
    if (Number.isNaN(value)) expect(fromHalf(toHalf(value))).toBeNaN();
    else if (toHalf(value) !== bits) throw new Error(`${bits} came back as ${toHalf(value)}`);
  }
});

it("every tie between neighbours goes to the even one, and a hair more or less to the nearer", () => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    const below = fromHalf(bits);
    // Above the largest half float the next step would be 65536: from there on it is infinity.
    const above = bits === 0x7bff ? 65_536 : fromHalf(bits + 1);
    const middle = (below + above) / 2;
    const hair = middle * 2 ** -50;
    for (const [value, wanted] of [[middle, bits % 2 === 0 ? bits : bits + 1], [middle - hair, bits], [middle + hair, bits + 1]] as const) {
      if (toHalf(value) !== wanted) throw new Error(`${value} became ${toHalf(value)}, expected ${wanted}`);
      if (toHalf(-value) !== wanted + 0x8000) throw new Error(`${-value} became ${toHalf(-value)}`);
    }
  }
});

it("half floats agree with the rounding of the runtime where it has one", (context) => {
  const native = (Math as { f16round?: (value: number) => number }).f16round;
  if (native === undefined) context.skip("this runtime has no Math.f16round");
  else for (let i = -4000; i < 4000; i++) expect(fromHalf(toHalf(i * 17.31))).toBe(native(i * 17.31));
});

it("minus zero and NaN keep what they are", () => {
  expect(toHalf(-0)).toBe(0x8000);
  expect(fromHalf(0x8000)).toBe(-0);
  expect(toHalf(NaN)).toBe(0x7e00);
});

it("halves round to the even neighbour on both sides of zero", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, -2.6].map(roundHalfEven).map((x) => x + 0)).toEqual([0, 2, 2, 0, -2, -2, 2, -3]);
});

it("bfloat16 is the upper half of a float32", () => {
  expect([...widenBfloat(Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x7f80))]).toEqual([1, -2, 3.140625, Infinity]);
  expect([...widenHalf(Uint16Array.of(0x3c00, 0xc000))]).toEqual([1, -2]);
});
