import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { philoxBlock } from "../random.ts";
import { f32, perElement, store } from "../wgsl.ts";

/**
 * Sets each number to 0 with probability `rate` and divides the others by 1 − rate, so that the mean stays; the gradient meets the same
 * mask. Whether number i stays is told by Philox from (seed, counter, layer, i), the same on every backend: nothing is stored.
 * Shapes: x any; state [2] i32 = seed, counter (raise it each step).
 * Source: Srivastava et al. 2014; Salmon et al. 2011 for the generator.
 */
export function dropout(x: Tensor, state: Tensor, rate: number, layer = 0): Tensor {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: the rate must be in [0, 1), got ${rate}`);
  return apply(dropoutKernel, [x, state], { rate, layer }, () => (dOut, to) => {
    launch(dropoutKernel, [dOut, state], { rate, layer }, [to.into(0)]);
  })[0]!;
}

/** Four words for numbers 4i … 4i + 3. WGSL has no 64-bit product, so its high half is put together from 16-bit parts. */
const philoxInWgsl = `fn multiplyHigh(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let first = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let second = (a & 0xffffu) * (b >> 16u) + (first & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (first >> 16u) + (second >> 16u);
}
fn philox(start: vec4u, seed: u32) -> vec4u {
  var c = start;
  var key = vec2u(seed, 0u);
  for (var round = 0u; round < 10u; round++) {
    c = vec4u(multiplyHigh(0xcd9e8d57u, c.z) ^ c.y ^ key.x, 0xcd9e8d57u * c.z, multiplyHigh(0xd2511f53u, c.x) ^ c.w ^ key.y, 0xd2511f53u * c.x);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`;

export const dropoutKernel = defineKernel<{ rate: number; layer: number }>({
  name: "dropout",
  outputs: ([x, state]) => {
    expectShapes(sameShape(state!, [2]), "dropout", "the state is seed and counter", { x: x!, state: state! });
    return [{ shape: x! }];
  },
  reference([x, state], [y], { outputs: [out], attributes: { rate, layer } }) {
    let block: readonly number[] = [];
    for (let i = 0; i < y!.length; i++) {
      if (i % 4 === 0) block = philoxBlock([i / 4, state![1]! >>> 0, layer, 0], [state![0]! >>> 0, 0]);
      const stays = (block[i % 4]! >>> 8) / 2 ** 24 >= rate;
      y![i] = (out!.accumulate ? y![i]! : 0) + (stays ? x![i]! / (1 - rate) : 0);
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes: { rate, layer } }) {
      const body = `let words = philox(vec4u(i, u32(a1[1]), ${layer}u, 0u), u32(a1[0]));
  for (var j = 0u; j < 4u && 4u * i + j < ${x!.size}u; j++) {
    let stays = f32(words[j] >> 8u) >= ${f32(rate * 2 ** 24)};
    let value = select(0.0f, a0[4u * i + j] / ${f32(1 - rate)}, stays);
    ${store("out0", "4u * i + j", "value", y!)}
  }`;
      return perElement(Math.ceil(x!.size / 4), body, philoxInWgsl);
    },
  },
  accumulates: true,
  examples: [
    // Random123's known answer for counter 0 and key 0 begins 6627e8d5 e169c58d bc57ac4c 9b00dbd8: 0.399, 0.881, 0.736, 0.605 of 2³².
    {
      inputs: [{ shape: [4], values: [1, 2, 3, 4] }, { shape: [2], values: [0, 0], dtype: "i32" }],
      attributes: { rate: 0.5, layer: 0 },
      outputs: [[0, 4, 6, 8]],
    },
  ],
  samples: [
    { inputs: [[5, 9], [2]], attributes: { rate: 0.5, layer: 3 }, integers: { 1: 1000 } },
    { inputs: [[40], [2]], attributes: { rate: 0.1, layer: 0 }, integers: { 1: 1000 } },
  ],
});
