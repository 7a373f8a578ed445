import { defineKernel, type Shape } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement, store } from "../wgsl.ts";

/**
 * One matrix product for each item of a batch: y[i] = factor · a[i] b[i], with b[i] read transposed on request.
 * Subtle: a may have a multiple of b's items; then neighbours in a share one of b, as query heads share a key head.
 * Shapes: a [items,m,k], b [items / group,k,n] (or [items / group,n,k]) → [items,m,n].
 * Throws: ShapeError when inner sizes differ or the items do not divide.
 */
export function batchedMatmul(
  a: Tensor, b: Tensor, { transposeB = false, factor = 1 }: { transposeB?: boolean; factor?: number } = {},
): Tensor {
  return apply(batchedMatmulKernel, [a, b], { transposeA: false, transposeB, factor }, () => (dOut, to) => {
    if (to.needs(0)) launch(batchedMatmulKernel, [dOut, b], { transposeA: false, transposeB: !transposeB, factor }, [to.into(0)]);
    if (to.needs(1)) {
      const group = a.shape[0]! / b.shape[0]!;
      // Where items of a share one of b, its gradient is one product over all their rows.
      const joined = (x: Tensor): Tensor => ({ ...x, shape: [b.shape[0]!, group * x.shape[1]!, x.shape[2]!] });
      const [left, right] = transposeB ? [dOut, a] : [a, dOut];
      launch(batchedMatmulKernel, [joined(left!), joined(right!)], { transposeA: true, transposeB: false, factor }, [to.into(1)]);
    }
  })[0]!;
}

type BatchedAttributes = { transposeA: boolean; transposeB: boolean; factor: number };

function sizesOf(a: Shape, b: Shape, { transposeA, transposeB }: BatchedAttributes) {
  expectShapes(a.length === 3 && b.length === 3 && Number.isInteger(a[0]! / b[0]!), "batchedMatmul", "items do not divide", { a, b });
  const [m, k] = transposeA ? [a[2]!, a[1]!] : [a[1]!, a[2]!];
  const [kB, n] = transposeB ? [b[2]!, b[1]!] : [b[1]!, b[2]!];
  expectShapes(k === kB, "batchedMatmul", "inner sizes differ", { a, b });
  return { items: a[0]!, group: a[0]! / b[0]!, m, n, k };
}

export const batchedMatmulKernel = defineKernel<BatchedAttributes>({
  name: "batchedMatmul",
  outputs: ([a, b], attributes) => {
    const { items, m, n } = sizesOf(a!, b!, attributes);
    return [{ shape: [items, m, n] }];
  },
  reference([a, b], [y], { inputs, outputs: [out], attributes }) {
    const { items, group, m, n, k } = sizesOf(inputs[0]!.shape, inputs[1]!.shape, attributes);
    const { transposeA, transposeB, factor } = attributes;
    for (let item = 0; item < items; item++) {
      const left = item * m * k, right = Math.floor(item / group) * k * n;
      for (let row = 0; row < m; row++) {
        for (let column = 0; column < n; column++) {
          let sum = 0;
          for (let inner = 0; inner < k; inner++) {
            const at = left + (transposeA ? inner * m + row : row * k + inner);
            sum += a![at]! * b![right + (transposeB ? column * k + inner : inner * n + column)]!;
          }
          const at = (item * m + row) * n + column;
          y![at] = (out!.accumulate ? y![at]! : 0) + factor * sum;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [a, b], outputs: [y], attributes }) {
      const { group, m, n, k } = sizesOf(a!.shape, b!.shape, attributes);
      const { transposeA, transposeB, factor } = attributes;
      return perElement(y!.size, `let column = i % ${n}u;
  let row = i / ${n}u % ${m}u;
  let item = i / ${m * n}u;
  let left = item * ${m * k}u + ${transposeA ? "row" : `row * ${k}u`};
  let right = item / ${group}u * ${k * n}u + ${transposeB ? `column * ${k}u` : "column"};
  var sum = 0.0f;
  for (var j = 0u; j < ${k}u; j++) { sum += a0[left + j * ${transposeA ? m : 1}u] * a1[right + j * ${transposeB ? 1 : n}u]; }
  ${store("out0", "i", `${f32(factor)} * sum`, y!)}`);
    },
  },
  wasm({ inputs: [a, b], outputs: [y], attributes }) {
    const { transposeA, transposeB, factor } = attributes;
    const { items, group, m, n, k } = sizesOf(a!.shape, b!.shape, attributes);
    // Subtle: with a factor the product must not be added to, for what was there would be scaled too.
    if (factor !== 1 && y!.accumulate) return null;
    const products = Array.from({ length: items }, (_, item) => [
      "gemm", a!.pointer + 4 * item * m * k, b!.pointer + 4 * Math.floor(item / group) * k * n, y!.pointer + 4 * item * m * n, m, n, k,
      Number(transposeA), Number(transposeB), Number(y!.accumulate), 0, 0,
    ] as const);
    return factor === 1 ? products : [...products, ["scale", y!.pointer, y!.pointer, y!.size, factor, 0]];
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [2, 1, 2], values: [1, 2, 3, 4] }, { shape: [2, 2, 1], values: [10, 1, 1, 10] }],
      attributes: { transposeA: false, transposeB: false, factor: 1 },
      outputs: [[12, 43]],
    },
    {
      inputs: [{ shape: [2, 1, 2], values: [1, 2, 3, 4] }, { shape: [1, 1, 2], values: [10, 1] }],
      attributes: { transposeA: false, transposeB: true, factor: 0.5 },
      outputs: [[6, 17]],
    },
  ],
  samples: [
    { inputs: [[4, 5, 8], [2, 8, 7]], attributes: { transposeA: false, transposeB: false, factor: 1 } },
    { inputs: [[6, 3, 9], [2, 5, 9]], attributes: { transposeA: false, transposeB: true, factor: 0.25 } },
    { inputs: [[3, 9, 4], [3, 9, 6]], attributes: { transposeA: true, transposeB: false, factor: 1 } },
  ],
});
