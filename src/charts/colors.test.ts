import { readFileSync } from "node:fs";
import { join } from "node:path";
import { interpolateBlues, interpolateCividis } from "d3-scale-chromatic";
import { expect, test } from "vitest";

const sheet = readFileSync(join(import.meta.dirname, "colors.css"), "utf8");
const hex = (color: string): string => (color.startsWith("#") ? color : `#${color.match(/\d+/g)!.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`);

/** WCAG's relative luminance. */
const luminance = (color: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

const variables = new Map([...sheet.matchAll(/--([\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));/g)].map(([, name, light, dark, both]) => [name!, { light: light ?? both!, dark: dark ?? both! }]));

test("the sequential ramp is Blues on light paper and Cividis on dark, in 64 classes", () => {
  for (let i = 0; i < 64; i++) {
    expect(variables.get(`seq-${i}`)).toEqual({ light: hex(interpolateBlues(0.02 + (0.98 * i) / 63)), dark: hex(interpolateCividis(i / 63)) });
    expect(sheet).toContain(`.q${i} { fill: var(--seq-${i}); }`);
  }
});

test("the ramp's lightness goes one way in both themes", () => {
  const steps = Array.from({ length: 64 }, (_, i) => variables.get(`seq-${i}`)!);
  for (let i = 1; i < 64; i++) {
    expect(luminance(steps[i]!.light)).toBeLessThan(luminance(steps[i - 1]!.light));
    expect(luminance(steps[i]!.dark)).toBeGreaterThan(luminance(steps[i - 1]!.dark));
  }
});

test("every role stands out from the paper by 3:1, and text by 7:1", () => {
  const paper = variables.get("c-paper")!;
  for (const role of ["query", "key", "value", "residual", "output", "loss", "gradient", "curve", "path", "train", "baseline", "accent"]) {
    const color = variables.get(`c-${role}`)!;
    expect(contrast(color.light, paper.light), `${role}, light`).toBeGreaterThanOrEqual(3);
    expect(contrast(color.dark, paper.dark), `${role}, dark`).toBeGreaterThanOrEqual(3);
  }
  const ink = variables.get("c-ink")!;
  expect(Math.min(contrast(ink.light, paper.light), contrast(ink.dark, paper.dark))).toBeGreaterThanOrEqual(7);
});
