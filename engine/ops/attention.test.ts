import { describe, expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { parameterLeaf } from "../testing/leaf.ts";
import { backward, read, reshape, type Tensor, tensor } from "../tensor.ts";
import { attention } from "./attention.ts";
import { attentionWithPattern } from "./attentionWithPattern.ts";
import { linear } from "./linear.ts";
import { matmul } from "./matmul.ts";
import { rope, ropeTable } from "./rope.ts";
import { rotaryAttention } from "./rotaryAttention.ts";

/** Sizes on both sides of the tiles' edges, heads alone and sharing keys, and scores so large that exp of them overflows. */
const settings = [
  { time: 1, nHeads: 1, nKvHeads: 1, dHead: 8, spread: 1 },
  { time: 7, nHeads: 3, nKvHeads: 1, dHead: 16, spread: 1 },
  { time: 8, nHeads: 2, nKvHeads: 2, dHead: 8, spread: 1 },
  { time: 33, nHeads: 4, nKvHeads: 2, dHead: 8, spread: 1 },
  { time: 65, nHeads: 2, nKvHeads: 1, dHead: 24, spread: 1 },
  { time: 40, nHeads: 2, nKvHeads: 2, dHead: 16, spread: 12 },
] as const;

const batch = 2;

/** How far `a` is from `b`, as a share of the length of `b`. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(b, (value, i) => a[i]! - value)) / Math.hypot(...Array.from(b));

/** A number to differentiate: all of `out`, weighed at random. */
function weighed(backend: Backend, out: Tensor): Tensor {
  const draw = random(5);
  const weights = tensor(backend, [out.size, 1], Array.from({ length: out.size }, () => draw.normal()));
  return reshape(matmul(reshape(out, [1, out.size]), weights), [1]);
}

describe.each(Object.entries(backends))("on the %s backend", (name, create) => {
  const near = name === "reference" ? 1e-12 : 1e-5;
  const both = settings.flatMap((setting) => [{ ...setting, causal: true }, { ...setting, causal: false }]);

  test.each(both)("flash attention equals the naive one, and so does its gradient: %o", async (setting) => {
    const backend = await create();
    if (!backend) return;
    const { time, nHeads, nKvHeads, dHead, spread } = setting;
    const shape = [batch, time, (nHeads + 2 * nKvHeads) * dHead];
    const draw = random(time);
    const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => spread * draw.normal());
    const run = async (attend: (qkv: Tensor) => Tensor): Promise<ArrayLike<number>[]> => {
      const qkv = parameterLeaf(backend, shape, values);
      const out = attend(qkv);
      backward(weighed(backend, out));
      return [await read(out), await read(qkv.gradient!)];
    };
    const [flash, naive] = [await run((qkv) => attention(qkv, setting)), await run((qkv) => attentionWithPattern(qkv, setting).out)];
    expect(Array.from(naive[0]!).every(Number.isFinite)).toBe(true);
    flash.forEach((numbers, i) => expect(apart(numbers, naive[i]!)).toBeLessThan(near));
    backend.close();
  });

  test.each(settings)("turned in the product, it equals product, turn and naive attention one by one: %o", async (setting) => {
    const backend = await create();
    if (!backend) return;
    const { time, nHeads, nKvHeads, dHead } = setting;
    const width = (nHeads + 2 * nKvHeads) * dHead, inputs = 12;
    const draw = random(time, 1);
    const numbers = (count: number): number[] => Array.from({ length: count }, () => draw.normal());
    const [x, weight, bias] = [numbers(batch * time * inputs), numbers(width * inputs), numbers(width)];
    const table = tensor(backend, [time, dHead], ropeTable(time, dHead, 10_000)), start = tensor(backend, [1], [0], "i32");
    const layout = { nHeads, nKvHeads }, heads = { ...layout, causal: true };
    const run = async (attend: (x: Tensor, weight: Tensor, bias: Tensor) => Tensor): Promise<ArrayLike<number>[]> => {
      const leaves = [
        parameterLeaf(backend, [batch, time, inputs], x), parameterLeaf(backend, [width, inputs], weight), parameterLeaf(backend, [width], bias),
      ] as const;
      const out = attend(...leaves);
      backward(weighed(backend, out));
      return [await read(out), ...await Promise.all(leaves.map((leaf) => read(leaf.gradient!)))];
    };
    const fused = await run((...leaves) => rotaryAttention(...leaves, { table, start }, heads));
    const steps = await run((...leaves) => attentionWithPattern(rope(linear(...leaves), table, start, layout), heads).out);
    fused.forEach((found, i) => expect(apart(found, steps[i]!)).toBeLessThan(near));
    backend.close();
  });
});
