import { roundHalfEven } from "../checkpoint/halfFloat.ts";
import { defineKernel } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { apply, type Tensor } from "../tensor.ts";
import { perElement } from "../wgsl.ts";

export type FakeQuantizeOptions = { bits: number; group: number };

/**
 * Weights as they will be once they are quantized: y = s·round(x / s), s = max|x| / (2^(bits−1) − 1) over each `group` of consecutive
 * numbers, symmetric, halves to even. The gradient passes straight through, dx = dy: rounding itself has none that could teach.
 * Shapes: x any → like x. Throws: RangeError for bits outside 2…8.
 * Source: Bengio, Léonard and Courville 2013 (straight-through estimator); Jacob et al. 2017 (training with simulated quantization).
 */
export function fakeQuantize(x: Tensor, { bits, group }: FakeQuantizeOptions): Tensor {
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) {
    throw new RangeError(`fakeQuantize: bits is ${bits}, expected a whole number from 2 to 8`);
  }
  return apply(quantizeGroupsKernel, [x], { bits, group }, () => (dOut, to) => to.share(0, dOut))[0]!;
}

/** s·round(x / s) by groups. Its name is not the op's, for the gradient of the op is by intent not its slope. */
export const quantizeGroupsKernel = defineKernel<FakeQuantizeOptions>({
  name: "quantizeGroups",
  outputs: ([x], { group }) => {
    expectShapes(
      Number.isInteger(group) && group >= 1, "quantizeGroups", `the group must be a positive whole number, got ${group}`, { x: x! }
    );
    return [{ shape: x! }];
  },
  reference([x], [y], { attributes: { bits, group } }) {
    const most = 2 ** (bits - 1) - 1;
    for (let from = 0; from < x!.length; from += group) {
      const to = Math.min(x!.length, from + group);
      let largest = 0;
      for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(x![i]!));
      const scale = largest / most;
      for (let i = from; i < to; i++) y![i] = scale === 0 ? 0 : roundHalfEven(x![i]! / scale) * scale;
    }
  },
  wgsl: {
    flat({ inputs: [x], attributes: { bits, group } }) {
      const body = `let end = min(${x!.size}u, (i + 1u) * ${group}u);
  var largest = 0.0f;
  for (var j = i * ${group}u; j < end; j++) { largest = max(largest, abs(a0[j])); }
  let scale = largest / ${2 ** (bits - 1) - 1}.0f;
  for (var j = i * ${group}u; j < end; j++) { out0[j] = select(0.0f, round(a0[j] / scale) * scale, scale > 0.0f); }`;
      return perElement(Math.ceil(x!.size / group), body);
    },
  },
  examples: [
    // Chapter 25: 4 bits, scale 2.5546 / 7, codes −4, 2, 7; the fourth number is a group of its own.
    {
      inputs: [{ shape: [4], values: [-1.4271, 0.8103, 2.5546, 0.3] }],
      attributes: { bits: 4, group: 3 },
      outputs: [[-4 * (2.5546 / 7), 2 * (2.5546 / 7), 2.5546, 0.3]],
    },
  ],
  samples: [
    { inputs: [[5, 13]], attributes: { bits: 4, group: 16 } },
    { inputs: [[64]], attributes: { bits: 8, group: 64 } },
    { inputs: [[3, 7]], attributes: { bits: 2, group: 7 } },
  ],
});
