import { defineKernel, type Operand } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, lanesOf, nextGroup, perBlock, perElement, store, workgroupSize } from "../wgsl.ts";

/**
 * Root-mean-square normalisation of each row: y = x / √(mean(x²) + epsilon) · weight.
 * Shapes: x [..,d], weight [d] → [..,d].
 * Source: Zhang & Sennrich 2019, eq. 4.
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon = 1e-5): Tensor {
  return apply(rmsNormKernel, [x, weight], { epsilon }, ([, stats]) => (dOut, to) => {
    launch(rmsNormGradientKernel, [x, weight, stats!, dOut], {}, [to.into(0), to.into(1)]);
  })[0]!;
}

/** Also leaves stats[row] = 1/√(mean(x²) + epsilon) for the gradient. */
export const rmsNormKernel = defineKernel<{ epsilon: number }>({
  name: "rmsNorm",
  outputs: ([x, weight]) => {
    expectShapes(sameShape(weight!, [lastOf(x!)]), "rmsNorm", "sizes differ", { x: x!, weight: weight! });
    return [{ shape: x! }, { shape: [rowsOf(x!)] }];
  },
  reference([x, weight], [y, stats], { inputs, attributes }) {
    const d = lastOf(inputs[0]!.shape);
    for (let row = 0; row < x!.length / d; row++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += x![row * d + j]! ** 2;
      const inverse = 1 / Math.sqrt(sum / d + attributes.epsilon);
      for (let j = 0; j < d; j++) y![row * d + j] = x![row * d + j]! * inverse * weight![j]!;
      stats![row] = inverse;
    }
  },
  wgsl: {
    flat({ inputs: [x], attributes: { epsilon } }) {
      const d = lastOf(x!.shape);
      const { units, declarations, vec4 } = lanesOf(d);
      const body = `let row = i * ${units}u;
  var squares = 0.0f;
  for (var j = 0u; j < ${units}u; j++) { squares += inner(a0[row + j], a0[row + j]); }
  let inverse = 1.0f / sqrt(squares / ${f32(d)} + ${f32(epsilon)});
  for (var j = 0u; j < ${units}u; j++) { out0[row + j] = a0[row + j] * inverse * a1[j]; }
  out1[i] = inverse;`;
      return { ...perElement(x!.size / d, body, declarations), vec4: vec4("a0", "a1", "out0") };
    },
  },
  wasm({ inputs: [x, weight], outputs: [y, stats], attributes: { epsilon } }) {
    const d = lastOf(x!.shape);
    return d % 4 === 0 ? [["rmsNorm", x!.pointer, weight!.pointer, y!.pointer, stats!.pointer, x!.size / d, d, epsilon]] : null;
  },
  examples: [
    {
      inputs: [{ shape: [1, 2], values: [3, 4] }, { shape: [2], values: [1, 2] }],
      attributes: { epsilon: 0 },
      // The root of the mean square of (3, 4) is √12.5.
      outputs: [[3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)], [1 / Math.sqrt(12.5)]],
    },
  ],
  samples: [{ inputs: [[3, 4, 20], [20]], attributes: { epsilon: 1e-5 } }, { inputs: [[5, 32], [32]], attributes: { epsilon: 1e-5 } }],
});

/** WGSL for the dX of row i. */
function gradientOfRow(d: number, units: number, dX: Operand): string {
  return `let row = i * ${units}u;
    let inverse = a2[i];
    var sumGn = 0.0f;
    for (var j = 0u; j < ${units}u; j++) { sumGn += inner(a3[row + j] * a1[j], a0[row + j] * inverse); }
    let meanGn = sumGn / ${f32(d)};
    for (var j = 0u; j < ${units}u; j++) {
      let value = inverse * (a3[row + j] * a1[j] - a0[row + j] * inverse * meanGn);
      ${store("out0", "row + j", "value", dX)}
    }`;
}

/** WGSL for the dWeight of column j over every `step`-th row. */
function sumOverRows(first: string, rows: number, step: number, units: number): string {
  return `var sum = Number();
    for (var row = ${first}; row < ${rows}u; row += ${step}u) { sum += a3[row * ${units}u + j] * a0[row * ${units}u + j] * a2[row]; }`;
}

/** With r = 1/rms, n = x r and g = dy · weight: dx = r · (g − n · mean(g n)), dWeight = Σ dy n. */
export const rmsNormGradientKernel = defineKernel({
  name: "rmsNormGradient",
  outputs: ([x, weight]) => [{ shape: x! }, { shape: weight! }],
  reference([x, weight, stats, dOut], [dX, dWeight], { inputs, outputs }) {
    const d = lastOf(inputs[0]!.shape);
    if (!outputs[1]!.accumulate) dWeight!.fill(0);
    for (let row = 0; row < x!.length / d; row++) {
      const inverse = stats![row]!;
      let sumGn = 0;
      for (let j = 0; j < d; j++) {
        const i = row * d + j;
        sumGn += dOut![i]! * weight![j]! * x![i]! * inverse;
        dWeight![j] = dWeight![j]! + dOut![i]! * x![i]! * inverse;
      }
      for (let j = 0; j < d; j++) {
        const i = row * d + j;
        const value = inverse * (dOut![i]! * weight![j]! - (x![i]! * inverse * sumGn) / d);
        dX![i] = (outputs[0]!.accumulate ? dX![i]! : 0) + value;
      }
    }
  },
  wgsl: {
    // The first workgroups take a row each for dX; the rest take a column each for dWeight.
    flat({ inputs: [x], outputs: [dX, dWeight] }) {
      const d = lastOf(x!.shape);
      const rows = x!.size / d;
      const { units, declarations, vec4 } = lanesOf(d);
      const columns = nextGroup(rows);
      const body = `if (i < ${rows}u) {
    ${gradientOfRow(d, units, dX!)}
  } else if (i >= ${columns}u) {
    let j = i - ${columns}u;
    ${sumOverRows("0u", rows, 1, units)}
    ${store("out1", "j", "sum", dWeight!)}
  }`;
      return { ...perElement(columns + units, body, declarations), vec4: vec4("a0", "a1", "a3", "out0", "out1") };
    },
    // As above, but a whole workgroup adds up each column.
    tiled({ inputs: [x], outputs: [dX, dWeight] }) {
      const d = lastOf(x!.shape);
      const rows = x!.size / d;
      const { units, declarations, vec4 } = lanesOf(d);
      const rowBlocks = Math.ceil(rows / workgroupSize);
      const body = `let i = block * ${workgroupSize}u + local;
  if (block < ${rowBlocks}u) {
    if (i < ${rows}u) { ${gradientOfRow(d, units, dX!)} }
  } else {
    let j = block - ${rowBlocks}u;
    ${sumOverRows("local", rows, workgroupSize, units)}
    let weight = sumOf(local, sum);
    if (local == 0u) { ${store("out1", "j", "weight", dWeight!)} }
  }`;
      return { ...perBlock(rowBlocks + units, body, declarations), vec4: vec4("a0", "a1", "a3", "out0", "out1") };
    },
  },
  wasm({ inputs, outputs }) {
    const [x] = inputs;
    const d = lastOf(x!.shape);
    if (d % 4 !== 0) return null;
    const pointers = [...inputs, ...outputs].map((operand) => operand.pointer);
    return [["rmsNormGradient", ...pointers, x!.size / d, d, ...outputs.map((output) => Number(output.accumulate))]];
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[6, 20], [20], [6], [6, 20]] }, { inputs: [[3, 32], [32], [3], [3, 32]] }],
});
