import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { lanesOf, perBlock, perElement } from "../wgsl.ts";

/**
 * The mean of the rows whose target is not negative; 0 when there is none.
 * Shapes: rows [..], targets [..] i32 of the same shape → [1].
 */
export function meanWhere(rows: Tensor, targets: Tensor): Tensor {
  return apply(meanWhereKernel, [rows, targets], {}, () => (dOut, to) => {
    launch(meanWhereGradientKernel, [targets, dOut], {}, [to.into(0)]);
  })[0]!;
}

export const meanWhereKernel = defineKernel({
  name: "meanWhere",
  outputs: ([rows, targets]) => {
    expectShapes(sameShape(rows!, targets!), "meanWhere", "shapes differ", { rows: rows!, targets: targets! });
    return [{ shape: [1] }];
  },
  reference([rows, targets], [mean]) {
    let sum = 0, count = 0;
    for (let i = 0; i < rows!.length; i++) {
      if (targets![i]! < 0) continue;
      sum += rows![i]!;
      count++;
    }
    mean![0] = sum / Math.max(1, count);
  },
  wgsl: {
    flat({ inputs: [rows] }) {
      return perElement(1, `var sum = 0.0f;
  var count = 0.0f;
  for (var j = 0u; j < ${rows!.size}u; j++) { if (a1[j] >= 0) { sum += a0[j]; count += 1.0f; } }
  out0[0] = sum / max(1.0f, count);`);
    },
    tiled({ inputs: [rows] }) {
      return perBlock(1, `var sum = 0.0f;
  var count = 0.0f;
  for (var j = local; j < ${rows!.size}u; j += 64u) { if (a1[j] >= 0) { sum += a0[j]; count += 1.0f; } }
  let all = sumOf(local, sum);
  let counted = sumOf(local, count);
  if (local == 0u) { out0[0] = all / max(1.0f, counted); }`, lanesOf(1).declarations);
    },
  },
  examples: [{ inputs: [{ shape: [3], values: [2, 9, 4] }, { shape: [3], values: [0, -100, 5], dtype: "i32" }], outputs: [[3]] }],
  samples: [{ inputs: [[70], [70]], integers: { 1: 9 } }],
});

/** dRow = dMean / count where the target is not negative, else 0. */
export const meanWhereGradientKernel = defineKernel({
  name: "meanWhereGradient",
  outputs: ([targets]) => [{ shape: targets! }],
  reference([targets, dOut], [dRows]) {
    let count = 0;
    for (const target of targets!) if (target >= 0) count++;
    for (let i = 0; i < dRows!.length; i++) dRows![i] = targets![i]! < 0 ? 0 : dOut![0]! / count;
  },
  wgsl: {
    // An invocation counts all targets, so it takes many rows to make the count worth it.
    flat({ inputs: [targets] }) {
      const { size } = targets!;
      return perElement(Math.ceil(size / 64), `var count = 0.0f;
  for (var j = 0u; j < ${size}u; j++) { count += select(0.0f, 1.0f, a0[j] >= 0); }
  let each = a1[0] / max(1.0f, count);
  for (var j = i * 64u; j < min(i * 64u + 64u, ${size}u); j++) { out0[j] = select(0.0f, each, a0[j] >= 0); }`);
    },
    tiled({ inputs: [targets] }) {
      const { size } = targets!;
      return perBlock(Math.ceil(size / 64), `var count = 0.0f;
  for (var j = local; j < ${size}u; j += 64u) { count += select(0.0f, 1.0f, a0[j] >= 0); }
  let each = a1[0] / max(1.0f, sumOf(local, count));
  let at = block * 64u + local;
  if (at < ${size}u) { out0[at] = select(0.0f, each, a0[at] >= 0); }`, lanesOf(1).declarations);
    },
  },
  examples: [{ inputs: [{ shape: [3], values: [0, -100, 5], dtype: "i32" }, { shape: [1], values: [6] }], outputs: [[3, 0, 3]] }],
  samples: [{ inputs: [[70], [1]], integers: { 0: 9 } }],
});
