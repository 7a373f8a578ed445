import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement } from "../wgsl.ts";
import { sliceKernel } from "./slice.ts";

/** A kernel may bind 8 buffers on the weakest GPU; one of them is the output. */
const most = 7;

/**
 * Lays tensors side by side along the last axis; the gradient is cut apart again.
 * Shapes: [..,n₁], [..,n₂], … → [..,n₁ + n₂ + …]. More than seven are joined in groups of neighbours.
 * Throws: ShapeError when the other axes differ.
 */
export function concat(...parts: readonly Tensor[]): Tensor {
  if (parts.length > most) {
    const size = Math.ceil(parts.length / most);
    return concat(...Array.from({ length: Math.ceil(parts.length / size) }, (_, i) => concat(...parts.slice(i * size, (i + 1) * size))));
  }
  if (parts.length === 1) return parts[0]!;
  return apply(concatKernel, parts, {}, () => (dOut, to) => {
    let start = 0;
    parts.forEach((part, i) => {
      const length = lastOf(part.shape);
      if (to.needs(i)) launch(sliceKernel, [dOut], { start, length }, [to.into(i)]);
      start += length;
    });
  })[0]!;
}

export const concatKernel = defineKernel({
  name: "concat",
  outputs: (parts) => {
    const outer = parts[0]!.slice(0, -1);
    for (const part of parts) expectShapes(
      sameShape(part.slice(0, -1), outer), "concat", "axes before the last differ", { first: parts[0]!, other: part },
    );
    return [{ shape: [...outer, parts.reduce((sum, part) => sum + lastOf(part), 0)] }];
  },
  reference(parts, [y], { inputs, outputs }) {
    const columns = lastOf(outputs[0]!.shape);
    let start = 0;
    parts.forEach((x, i) => {
      const length = lastOf(inputs[i]!.shape);
      for (let row = 0; row < x.length / length; row++) y!.set(x.subarray(row * length, (row + 1) * length), row * columns + start);
      start += length;
    });
  },
  wgsl: {
    flat({ inputs, outputs: [y] }) {
      let at = 0, to = 0;
      const pieces = inputs.map(({ shape, size }, k) => {
        const length = lastOf(shape);
        const place = `j / ${length}u * ${lastOf(y!.shape)}u + ${to}u + j % ${length}u`;
        const piece = `${k > 0 ? "else " : ""}if (i < ${at + size}u) { let j = i - ${at}u; out0[${place}] = a${k}[j]; }`;
        at += rowsOf(shape) * length;
        to += length;
        return piece;
      });
      return perElement(y!.size, pieces.join("\n  "));
    },
  },
  examples: [
    {
      inputs: [{ shape: [2, 1], values: [1, 4] }, { shape: [2, 2], values: [2, 3, 5, 6] }],
      outputs: [[1, 2, 3, 4, 5, 6]],
    },
  ],
  samples: [{ inputs: [[2, 3, 5], [2, 3, 1], [2, 3, 4]] }],
});
