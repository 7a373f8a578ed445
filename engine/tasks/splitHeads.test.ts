import { describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { attentionParameters, headWidthOf } from "./headWidths.ts";
import { split, type SplitHeadsFrame } from "./splitHeads.ts";

/** Columns of one head, as rows of numbers. */
const columns = (values: readonly number[], width: number, from: number, count: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width + from, row * width + from + count));

/** Attention of one head by its definition, in plain loops. */
function plainHead({ matrices: { q, k, v }, heads, dHead }: SplitHeadsFrame, head: number): number[][] {
  const [queries, keys, values] = [q, k, v].map((matrix) => columns(matrix, heads * dHead, head * dHead, dHead)) as [number[][],
    number[][], number[][]];
  return queries.map((query, t) => {
    const powers = keys.slice(0, t + 1).map((key) => Math.exp(key.reduce((sum, x, j) => sum + x * query[j]!, 0) / Math.sqrt(dHead)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return values[0]!.map((_, j) => powers.reduce((sum, power, s) => sum + (power / total) * values[s]![j]!, 0));
  });
}

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test.each([["4", "split"], ["8", "fixed"], ["1", "split"]] as const)("%s heads, %s: each head is attention on its own columns",
    async (heads, rule) => {
    const backend = await create();
    if (!backend) return;
    const frame = await split(backend, { dModel: "16", heads, rule, seed: 3 });
    const width = frame.heads * frame.dHead;
    for (let head = 0; head < frame.heads; head++) {
      columns(frame.matrices.joined, width, head * frame.dHead, frame.dHead).flat()
        .forEach((value, i) => expect(value).toBeCloseTo(plainHead(frame, head).flat()[i]!, 4));
    }
    const [row] = columns(frame.matrices.joined, width, 0, width);
    const first = row!.reduce((sum, x, i) => sum + x * frame.matrices.wo[i * frame.dModel]!, 0);
    expect(frame.matrices.output[0]).toBeCloseTo(first, 4);
    backend.close();
  });
});

test("splitting the width leaves the number of weights alone, a fixed head width does not", () => {
  for (const heads of [1, 2, 4, 8, 32, 64]) expect(attentionParameters(4096, heads, headWidthOf("split", 4096, heads))).toBe(67_108_864);
  expect([1, 2, 4, 8].map((heads) => attentionParameters(16, heads, headWidthOf("fixed", 16, heads)))).toEqual([256, 512, 1024, 2048]);
});
