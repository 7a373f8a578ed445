import { expect, test } from "vitest";
import { flatStyles } from "./flatStyles.ts";

test("variables and themes become the colours of one theme, and states and conditions are left out", () => {
  const css = `:root { --c-ink: light-dark(#111, #eee); --deep: var(--c-ink); }
    .a text { fill: var(--deep); } .a:hover { fill: red; } @media print { .a { fill: red; } } .b { fill: var(--none, #222); }`;
  expect(flatStyles(css)).toBe(".a text{fill:#111}\n.b{fill:#222}");
  expect(flatStyles(css, "dark")).toBe(".a text{fill:#eee}\n.b{fill:#222}");
});

test("a colour that a class hands down is written out for the element and for what lies in it", () => {
  const css = ".c-x { --c: light-dark(rgb(1, 2, 3), #fff); } .line { stroke: var(--c, #000); }";
  expect(flatStyles(css)).toBe(".line{stroke:#000}\n.c-x .line,.line.c-x{stroke:rgb(1, 2, 3)}");
});

test("a class may set the colour of any element that a rule names", () => {
  expect(flatStyles(".word circle { fill: var(--c); } .c-x { --c: rgb(1, 2, 3); }"))
    .toBe(".c-x .word circle,.word.c-x circle,.word circle.c-x{fill:rgb(1, 2, 3)}");
});

test("a font in short is written out", () => {
  expect(flatStyles(":root { --font-mono: Some Mono; } .a { font: 600 13px/1.2 var(--font-mono, x); }"))
    .toBe(".a{font-size:13px;font-family:JetBrains Mono;font-weight:600}");
});

test("mixtures of two colours are mixed, and those with nothing are let through", () => {
  const css = ".c-x { --c: #ff0000; } .a { fill: color-mix(in srgb, var(--c) 60%, #000000); } .b { stroke: color-mix(in srgb, #0000ff 12%, transparent); }";
  expect(flatStyles(css)).toBe(".c-x .a,.a.c-x{fill:#990000}\n.b{stroke:#0000ff;stroke-opacity:0.12}");
});
