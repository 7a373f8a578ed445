import type { Shape } from "../kernel.ts";
import { f32, lanesOf } from "../wgsl.ts";
import { headColumns } from "./attention.ts";
import { type HeadLayout, headWidth } from "./rope.ts";

/** Runs `visit` for every head of every sequence with the places of its parts. */
export function eachHead(
  qkvShape: readonly number[], layout: HeadLayout,
  visit: (head: { pattern: number; out: number; query: number; key: number; value: number }) => void,
): void {
  const [batch, time, width] = qkvShape as [number, number, number];
  const dHead = headWidth("attention", qkvShape, layout);
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < layout.nHeads; head++) {
      const at = headColumns(head, layout, dHead);
      const row = b * time * width;
      visit({
        pattern: (b * layout.nHeads + head) * time * time, out: b * time * layout.nHeads * dHead + head * dHead,
        query: row + at.query, key: row + at.key, value: row + at.value,
      });
    }
  }
}

/** What the shaders of scores and mixtures share: sizes in units of `lanes` numbers, and the names of a head's parts. */
export function inWgsl(qkv: Shape, layout: HeadLayout) {
  const [batch, time, width] = qkv as [number, number, number];
  const { nHeads, nKvHeads } = layout;
  const dHead = headWidth("attention", qkv, layout);
  const read = lanesOf(dHead);
  const row = width / read.lanes;
  const group = nHeads / nKvHeads;
  return {
    ...read, batch, time, row, nHeads, nKvHeads, group, scale: f32(1 / Math.sqrt(dHead)),
    parts: nHeads + 2 * nKvHeads,
    /** Names for one query head: where its keys and values begin. */
    head: `let keys = b * ${time * row}u + (${nHeads}u + head / ${group}u) * ${read.units}u;
  let values = keys + ${nKvHeads * read.units}u;`,
  };
}

/** What the WebAssembly functions ask for. */
export function sizesOf(qkv: readonly number[], layout: HeadLayout): number[] {
  return [qkv[0]!, qkv[1]!, layout.nHeads, layout.nKvHeads, headWidth("attention", qkv, layout)];
}
