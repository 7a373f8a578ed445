import { defineKernel, type Operand } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, lanesOf, nextGroup, perBlock, perElement, store, workgroupSize } from "../wgsl.ts";

/**
 * Layer normalisation of each row: y = (x − mean) / √(variance + epsilon) · weight + bias, with the biased variance.
 * Shapes: x [..,d], weight [d], bias [d] → [..,d].
 * Source: Ba, Kiros & Hinton 2016, eq. 3.
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  return apply(layerNormKernel, [x, weight, bias], { epsilon }, ([, stats]) => (dOut, to) => {
    launch(layerNormGradientKernel, [x, weight, stats!, dOut], {}, [to.into(0), to.into(1), to.into(2)]);
  })[0]!;
}

/** Also leaves the statistics that the gradient needs: stats[row] = (mean, 1/√(variance + epsilon)). */
export const layerNormKernel = defineKernel<{ epsilon: number }>({
  name: "layerNorm",
  outputs: ([x, weight, bias]) => {
    const d = lastOf(x!);
    expectShapes(sameShape(weight!, [d]) && sameShape(bias!, [d]), "layerNorm", "sizes differ", { x: x!, weight: weight!, bias: bias! });
    return [{ shape: x! }, { shape: [rowsOf(x!), 2] }];
  },
  reference([x, weight, bias], [y, stats], { inputs, attributes }) {
    const d = lastOf(inputs[0]!.shape);
    for (let row = 0; row < x!.length / d; row++) {
      let mean = 0;
      for (let j = 0; j < d; j++) mean += x![row * d + j]!;
      mean /= d;
      let variance = 0;
      for (let j = 0; j < d; j++) variance += (x![row * d + j]! - mean) ** 2;
      const inverse = 1 / Math.sqrt(variance / d + attributes.epsilon);
      for (let j = 0; j < d; j++) y![row * d + j] = (x![row * d + j]! - mean) * inverse * weight![j]! + bias![j]!;
      stats![row * 2] = mean;
      stats![row * 2 + 1] = inverse;
    }
  },
  wgsl: {
    flat({ inputs: [x], attributes: { epsilon } }) {
      const d = lastOf(x!.shape);
      const { units, declarations, vec4 } = lanesOf(d);
      const body = `let row = i * ${units}u;
  var sum = Number();
  for (var j = 0u; j < ${units}u; j++) { sum += a0[row + j]; }
  let mean = total(sum) / ${f32(d)};
  var squares = 0.0f;
  for (var j = 0u; j < ${units}u; j++) { let c = a0[row + j] - mean; squares += inner(c, c); }
  let inverse = 1.0f / sqrt(squares / ${f32(d)} + ${f32(epsilon)});
  for (var j = 0u; j < ${units}u; j++) { out0[row + j] = (a0[row + j] - mean) * inverse * a1[j] + a2[j]; }
  out1[i * 2u] = mean;
  out1[i * 2u + 1u] = inverse;`;
      return { ...perElement(x!.size / d, body, declarations), vec4: vec4("a0", "a1", "a2", "out0") };
    },
  },
  wasm({ inputs: [x, weight, bias], outputs: [y, stats], attributes: { epsilon } }) {
    const d = lastOf(x!.shape);
    return d % 4 === 0 ? [["layerNorm", x!.pointer, weight!.pointer, bias!.pointer, y!.pointer, stats!.pointer, x!.size / d, d, epsilon]] : null;
  },
  examples: [
    {
      inputs: [{ shape: [1, 2], values: [1, 3] }, { shape: [2], values: [1, 2] }, { shape: [2], values: [0, 10] }],
      attributes: { epsilon: 0 },
      outputs: [[-1, 12], [2, 1]],
    },
  ],
  samples: [{ inputs: [[3, 4, 20], [20], [20]], attributes: { epsilon: 1e-5 } }, { inputs: [[5, 32], [32], [32]], attributes: { epsilon: 1e-5 } }],
});

/** WGSL for the dX of row i. */
function gradientOfRow(d: number, units: number, dX: Operand): string {
  return `let row = i * ${units}u;
    let mean = a2[i * 2u];
    let inverse = a2[i * 2u + 1u];
    var sumG = Number();
    var sumGn = 0.0f;
    for (var j = 0u; j < ${units}u; j++) {
      let g = a3[row + j] * a1[j];
      sumG += g;
      sumGn += inner(g, (a0[row + j] - mean) * inverse);
    }
    let meanG = total(sumG) / ${f32(d)};
    let meanGn = sumGn / ${f32(d)};
    for (var j = 0u; j < ${units}u; j++) {
      let value = inverse * (a3[row + j] * a1[j] - meanG - (a0[row + j] - mean) * inverse * meanGn);
      ${store("out0", "row + j", "value", dX)}
    }`;
}

/** WGSL for dWeight and dBias of column j over every `step`-th row. */
function sumOverRows(first: string, rows: number, step: number, units: number): string {
  return `var dWeight = Number();
    var dBias = Number();
    for (var row = ${first}; row < ${rows}u; row += ${step}u) {
      let dy = a3[row * ${units}u + j];
      dWeight += dy * (a0[row * ${units}u + j] - a2[row * 2u]) * a2[row * 2u + 1u];
      dBias += dy;
    }`;
}

/**
 * With n = (x − mean) · inverse and g = dy · weight: dx = inverse · (g − mean(g) − n · mean(g n)), dWeight = Σ dy n, dBias = Σ dy.
 */
export const layerNormGradientKernel = defineKernel({
  name: "layerNormGradient",
  outputs: ([x, weight]) => [{ shape: x! }, { shape: weight! }, { shape: weight! }],
  reference([x, weight, stats, dOut], [dX, dWeight, dBias], { inputs, outputs }) {
    const d = lastOf(inputs[0]!.shape);
    if (!outputs[1]!.accumulate) dWeight!.fill(0);
    if (!outputs[2]!.accumulate) dBias!.fill(0);
    for (let row = 0; row < x!.length / d; row++) {
      const mean = stats![row * 2]!, inverse = stats![row * 2 + 1]!;
      let sumG = 0, sumGn = 0;
      for (let j = 0; j < d; j++) {
        const i = row * d + j;
        const n = (x![i]! - mean) * inverse;
        const g = dOut![i]! * weight![j]!;
        sumG += g;
        sumGn += g * n;
        dWeight![j] = dWeight![j]! + dOut![i]! * n;
        dBias![j] = dBias![j]! + dOut![i]!;
      }
      for (let j = 0; j < d; j++) {
        const i = row * d + j;
        const n = (x![i]! - mean) * inverse;
        const value = inverse * (dOut![i]! * weight![j]! - sumG / d - (n * sumGn) / d);
        dX![i] = (outputs[0]!.accumulate ? dX![i]! : 0) + value;
      }
    }
  },
  wgsl: {
    // The first workgroups take a row each for dX; the rest take a column each for dWeight and dBias.
    flat({ inputs: [x], outputs: [dX, dWeight, dBias] }) {
      const d = lastOf(x!.shape);
      const rows = x!.size / d;
      const { units, declarations, vec4 } = lanesOf(d);
      const columns = nextGroup(rows);
      const body = `if (i < ${rows}u) {
    ${gradientOfRow(d, units, dX!)}
  } else if (i >= ${columns}u) {
    let j = i - ${columns}u;
    ${sumOverRows("0u", rows, 1, units)}
    ${store("out1", "j", "dWeight", dWeight!)}
    ${store("out2", "j", "dBias", dBias!)}
  }`;
      return { ...perElement(columns + units, body, declarations), vec4: vec4("a0", "a1", "a3", "out0", "out1", "out2") };
    },
    // As above, but a whole workgroup adds up each column.
    tiled({ inputs: [x], outputs: [dX, dWeight, dBias] }) {
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
    let weight = sumOf(local, dWeight);
    let bias = sumOf(local, dBias);
    if (local == 0u) { ${store("out1", "j", "weight", dWeight!)} ${store("out2", "j", "bias", dBias!)} }
  }`;
      return { ...perBlock(rowBlocks + units, body, declarations), vec4: vec4("a0", "a1", "a3", "out0", "out1", "out2") };
    },
  },
  wasm({ inputs, outputs }) {
    const [x] = inputs;
    const d = lastOf(x!.shape);
    if (d % 4 !== 0) return null;
    const pointers = [...inputs, ...outputs].map((operand) => operand.pointer);
    return [["layerNormGradient", ...pointers, x!.size / d, d, ...outputs.map((output) => Number(output.accumulate))]];
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[6, 20], [20], [6, 2], [6, 20]] }, { inputs: [[3, 32], [32], [3, 2], [3, 32]] }],
});
