import { defineKernel, type Shape, sizeOf } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";

/**
 * Exchanges an axis with the next one: y[..,j,i,..] = x[..,i,j,..]. The gradient is exchanged back.
 * Shapes: with axis 1, x [a,b,c,d] → [a,c,b,d].
 * Throws: ShapeError when there is no such pair of axes.
 */
export function swapAxes(x: Tensor, axis: number): Tensor {
  return apply(swapAxesKernel, [x], { axis }, ([y]) => (dOut, to) => {
    launch(swapAxesKernel, [{ ...dOut, shape: y!.shape }], { axis }, [to.into(0)]);
  })[0]!;
}

/** The transpose of the last two axes: x [..,m,n] → [..,n,m]. */
export const transpose = (x: Tensor): Tensor => swapAxes(x, x.shape.length - 2);

/** A tensor seen as [outer, rows, columns, width], of which rows and columns are exchanged. */
function sizesOf(shape: Shape, axis: number): { rows: number; columns: number; width: number } {
  return { rows: shape[axis]!, columns: shape[axis + 1]!, width: sizeOf(shape.slice(axis + 2)) };
}

export const swapAxesKernel = defineKernel<{ axis: number }>({
  name: "swapAxes",
  outputs: ([x], { axis }) => {
    expectShapes(axis >= 0 && axis + 1 < x!.length, "swapAxes", "there is no such pair of axes", { x: x!, axis: [axis] });
    return [{ shape: [...x!.slice(0, axis), x![axis + 1]!, x![axis]!, ...x!.slice(axis + 2)] }];
  },
  reference([x], [y], { inputs, outputs: [out], attributes: { axis } }) {
    const { rows, columns, width } = sizesOf(inputs[0]!.shape, axis);
    let from = 0;
    for (let outer = 0; outer < x!.length; outer += rows * columns * width) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const to = outer + (column * rows + row) * width;
          for (let j = 0; j < width; j++, from++) y![to + j] = (out!.accumulate ? y![to + j]! : 0) + x![from]!;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes: { axis } }) {
      const { rows, columns, width } = sizesOf(x!.shape, axis);
      return perElement(y!.size, `let row = i / ${width}u % ${rows}u;
  let column = i / ${rows * width}u % ${columns}u;
  let outer = i / ${rows * columns * width}u;
  ${store("out0", "i", `a0[((outer * ${rows}u + row) * ${columns}u + column) * ${width}u + i % ${width}u]`, y!)}`);
    },
  },
  accumulates: true,
  examples: [
    { inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }], attributes: { axis: 0 }, outputs: [[1, 4, 2, 5, 3, 6]] },
    { inputs: [{ shape: [2, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] }], attributes: { axis: 0 }, outputs: [[1, 2, 5, 6, 3, 4, 7, 8]] },
  ],
  samples: [{ inputs: [[2, 3, 5, 4]], attributes: { axis: 1 } }, { inputs: [[3, 4, 7]], attributes: { axis: 1 } }],
});
