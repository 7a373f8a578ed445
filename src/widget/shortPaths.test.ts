import { Resvg } from "@resvg/resvg-js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortPath, withShortPaths } from "./shortPaths.ts";

/** What a renderer of its own makes of a path. */
const drawn = (d: string): Buffer => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-60 -60 120 120"><path fill="#abc" stroke="#123" d="${d}"/></svg>`;
  return Buffer.from(new Resvg(svg, { fitTo: { mode: "width", value: 120 } }).render().pixels);
};

const place = fc.integer({ min: -5000, max: 5000 }).map((n) => n / 100);
const counted = (n: number) => fc.array(place, { minLength: n, maxLength: n });
const command = fc.oneof(
  ...([["L", 2], ["l", 2], ["H", 1], ["h", 1], ["V", 1], ["v", 1], ["C", 6], ["c", 6], ["S", 4], ["Q", 4], ["q", 4], ["T", 2], ["M", 2], ["m", 2]] as const)
    .map(([letter, takes]) => counted(takes).map((numbers) => letter + numbers.join(","))),
  fc.constant("Z"),
).filter((text) => text !== "");
const path = fc.tuple(counted(2), fc.array(command, { maxLength: 12 })).map(([start, rest]) => `M${start.join(",")}${rest.join("").replaceAll(/Z(?=[^MmZ]|Z)/g, "ZM1,2")}`);

describe("a path written in steps", () => {
  it("has steps that are worked out by hand", () => {
    expect(shortPath("M10,20L11.5,20L11.5,18.25H0V0Z")).toBe("m10 20l1.5 0l0-1.75h-11.5v-18.25z");
    expect(shortPath("M1,2 3,4 5,5")).toBe("m1 2l2 2l2 1");
    expect(shortPath("M0,0C1,1,2,2,3,3S5,4,6,6M0.5,0.5l0.25,-0.25z")).toBe("m0 0c1 1 2 2 3 3s2 1 3 3m-5.5-5.5l.25-.25z");
    expect(shortPath("M5,5h2v2zm1,1h1v1z")).toBe("m5 5h2v2zm1 1h1v1z");
  });

  it("is drawn as before, whatever its commands", () => {
    fc.assert(fc.property(path, (d) => {
      const [before, after] = [drawn(d), drawn(shortPath(d))];
      const apart = before.reduce((most, value, i) => Math.max(most, Math.abs(value - after[i]!)), 0);
      expect(apart).toBeLessThanOrEqual(24);
    }), { numRuns: 150 });
  });

  it("does not drift over ten thousand steps", () => {
    const line = Array.from({ length: 10_000 }, (_, i) => `${i ? "L" : "M"}${(i * 0.01).toFixed(2)},${(Math.sin(i) * 10).toFixed(2)}`).join("");
    const end = [...shortPath(line).matchAll(/[ml](-?[\d.]+) ?(-?[\d.]+)/g)].reduce(([x, y], [, dx, dy]) => [x! + Number(dx), y! + Number(dy)], [0, 0]);
    expect(end[0]).toBeCloseTo(99.99, 6);
    expect(end[1]).toBeCloseTo(Number((Math.sin(9999) * 10).toFixed(2)), 6);
  });

  it("stays as it is where it has arcs, exponents or too few numbers", () => {
    for (const d of ["M0,0A1,1,0,0,1,2,2", "M1e-7,0L2,3", "M1,2L3", "", "1,2"]) expect(shortPath(d)).toBe(d);
  });
});

it("only the paths of an SVG are written anew", () => {
  expect(withShortPaths('<svg id="M1,1"><path d="M1,1L2,2"></path><text d="">M1,1L2,2</text></svg>')).toBe('<svg id="M1,1"><path d="m1 1l1 1"></path><text d="">M1,1L2,2</text></svg>');
});
