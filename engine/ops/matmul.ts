import { defineKernel, type Launch, type Product, type Shape } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { store } from "../wgsl.ts";

/**
 * The matrix product y = a b: y[i,j] = Σₖ a[i,k] b[k,j], with either matrix read transposed on request.
 * Shapes: a [m,k] (or [k,m]), b [k,n] (or [n,k]) → [m,n].
 * Throws: ShapeError "matmul: inner sizes differ, a is [2,3] and b is [4,5]".
 */
export function matmul(a: Tensor, b: Tensor, transpose: { a?: boolean; b?: boolean } = {}): Tensor {
  const transposeA = transpose.a ?? false;
  const transposeB = transpose.b ?? false;
  return apply(matmulKernel, [a, b], { transposeA, transposeB }, () => (dOut, to) => {
    // y = op(a) op(b), so d op(a) = dy op(b)ᵀ and d op(b) = op(a)ᵀ dy; where the input was read transposed, so is its gradient.
    if (to.needs(0)) {
      if (transposeA) launch(matmulKernel, [b, dOut], { transposeA: transposeB, transposeB: true }, [to.into(0)]);
      else launch(matmulKernel, [dOut, b], { transposeA: false, transposeB: !transposeB }, [to.into(0)]);
    }
    if (to.needs(1)) {
      if (transposeB) launch(matmulKernel, [dOut, a], { transposeA: true, transposeB: transposeA }, [to.into(1)]);
      else launch(matmulKernel, [a, dOut], { transposeA: !transposeA, transposeB: false }, [to.into(1)]);
    }
  })[0]!;
}

type MatmulAttributes = { transposeA: boolean; transposeB: boolean };

/** The sizes m, n, k of a product. */
export function matmulSizes(a: Shape, b: Shape, { transposeA, transposeB }: MatmulAttributes): { m: number; n: number; k: number } {
  expectShapes(a.length === 2 && b.length === 2, "matmul", "both must be matrices", { a, b });
  const [m, k] = transposeA ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [kB, n] = transposeB ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  expectShapes(k === kB, "matmul", "inner sizes differ", { a, b });
  return { m, n, k };
}

function product({ inputs, outputs, attributes }: Launch<MatmulAttributes>): Product {
  return {
    ...matmulSizes(inputs[0]!.shape, inputs[1]!.shape, attributes),
    a: { name: "a0", alongInner: !attributes.transposeA },
    b: { name: "a1", alongInner: attributes.transposeB },
    finish: () => store("out0", "at", "value", outputs[0]!),
    finished: ["out0"],
  };
}

export const matmulKernel = defineKernel<MatmulAttributes>({
  name: "matmul",
  outputs: ([a, b], attributes) => {
    const { m, n } = matmulSizes(a!, b!, attributes);
    return [{ shape: [m, n] }];
  },
  reference([a, b], [y], { inputs, outputs: [out], attributes }) {
    const { transposeA, transposeB } = attributes;
    const { m, n, k } = matmulSizes(inputs[0]!.shape, inputs[1]!.shape, attributes);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let inner = 0; inner < k; inner++) {
          sum += a![transposeA ? inner * m + row : row * k + inner]! * b![transposeB ? column * k + inner : inner * n + column]!;
        }
        y![row * n + column] = (out!.accumulate ? y![row * n + column]! : 0) + sum;
      }
    }
  },
  wgsl: { flat: product, tiled: product },
  wasm({ inputs: [a, b], outputs: [y], attributes }) {
    const { m, n, k } = matmulSizes(a!.shape, b!.shape, attributes);
    const { transposeA, transposeB } = attributes;
    return [["gemm", a!.pointer, b!.pointer, y!.pointer, m, n, k, Number(transposeA), Number(transposeB), Number(y!.accumulate), 0, 0]];
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, { shape: [3, 2], values: [7, 8, 9, 10, 11, 12] }],
      attributes: { transposeA: false, transposeB: false },
      outputs: [[58, 64, 139, 154]],
    },
  ],
  samples: [
    { inputs: [[5, 7], [7, 9]], attributes: { transposeA: false, transposeB: false } },
    { inputs: [[33, 20], [17, 20]], attributes: { transposeA: false, transposeB: true } },
    { inputs: [[40, 19], [40, 36]], attributes: { transposeA: true, transposeB: false } },
    { inputs: [[24, 16], [8, 24]], attributes: { transposeA: true, transposeB: true } },
    { inputs: [[1, 64], [48, 64]], attributes: { transposeA: false, transposeB: true } },
  ],
});
