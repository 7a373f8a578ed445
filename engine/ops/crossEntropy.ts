import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { lanesOf, perElement } from "../wgsl.ts";
import { meanWhere } from "./meanWhere.ts";

/**
 * The mean of −log softmax(logits)[target] over the rows whose target is not negative (−100 marks an ignored one).
 * Shapes: logits [..,vocab], targets [rows] or [..] i32 → [1].
 * Units: nats.
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const rows = apply(crossEntropyKernel, [logits, targets], {}, ([, logSumExp]) => (dOut, to) => {
    launch(crossEntropyGradientKernel, [logits, logSumExp!, targets, dOut], {}, [to.into(0)]);
  })[0]!;
  return meanWhere(rows, targets);
}

/** The loss of every row (0 where ignored) and log Σ exp(logits), from which the gradient recomputes the probabilities. */
export const crossEntropyKernel = defineKernel({
  name: "crossEntropy",
  outputs: ([logits, targets]) => {
    const rows = rowsOf(logits!);
    expectShapes(targets!.reduce((p, n) => p * n, 1) === rows, "crossEntropy", "one target a row", { logits: logits!, targets: targets! });
    return [{ shape: targets! }, { shape: [rows] }];
  },
  reference([logits, targets], [losses, logSumExp], { inputs }) {
    const vocab = lastOf(inputs[0]!.shape);
    for (let row = 0; row < targets!.length; row++) {
      let max = -Infinity;
      for (let j = 0; j < vocab; j++) max = Math.max(max, logits![row * vocab + j]!);
      let sum = 0;
      for (let j = 0; j < vocab; j++) sum += Math.exp(logits![row * vocab + j]! - max);
      logSumExp![row] = max + Math.log(sum);
      losses![row] = targets![row]! < 0 ? 0 : logSumExp![row]! - logits![row * vocab + targets![row]!]!;
    }
  },
  wgsl: {
    flat({ inputs: [logits, targets] }) {
      const { lanes, units, declarations, vec4 } = lanesOf(lastOf(logits!.shape));
      const most = lanes === 4 ? "max(max(tops.x, tops.y), max(tops.z, tops.w))" : "tops";
      const picked = lanes === 4 ? "a0[row + goal / 4u][goal % 4u]" : "a0[row + goal]";
      const body = `let row = i * ${units}u;
  var tops = Number(-3.4e38f);
  for (var j = 0u; j < ${units}u; j++) { tops = max(tops, a0[row + j]); }
  let top = ${most};
  var sum = Number();
  for (var j = 0u; j < ${units}u; j++) { sum += exp(a0[row + j] - top); }
  let logSumExp = top + log(total(sum));
  out1[i] = logSumExp;
  let goal = u32(max(a1[i], 0));
  out0[i] = select(logSumExp - ${picked}, 0.0f, a1[i] < 0);`;
      return { ...perElement(targets!.size, body, declarations), vec4: vec4("a0") };
    },
  },
  wasm({ inputs: [logits, targets], outputs: [losses, logSumExp] }) {
    return [["crossEntropy", logits!.pointer, targets!.pointer, losses!.pointer, logSumExp!.pointer, targets!.size, lastOf(logits!.shape)]];
  },
  examples: [
    {
      inputs: [{ shape: [2, 2], values: [0, 0, 7, 7] }, { shape: [2], values: [1, -100], dtype: "i32" }],
      outputs: [[Math.log(2), 0], [Math.log(2), 7 + Math.log(2)]],
    },
  ],
  samples: [{ inputs: [[9, 21], [9]], integers: { 1: 21 } }],
});

/** dLogits = dRow · (softmax(logits) − onehot(target)); 0 in ignored rows. */
export const crossEntropyGradientKernel = defineKernel({
  name: "crossEntropyGradient",
  outputs: ([logits, logSumExp, targets]) => {
    expectShapes(sameShape(logSumExp!, [rowsOf(logits!)]), "crossEntropyGradient", "rows differ", { logits: logits!, targets: targets! });
    return [{ shape: logits! }];
  },
  reference([logits, logSumExp, targets, dRows], [dLogits], { inputs }) {
    const vocab = lastOf(inputs[0]!.shape);
    for (let i = 0; i < dLogits!.length; i++) {
      const row = Math.floor(i / vocab);
      const hit = i % vocab === targets![row] ? 1 : 0;
      dLogits![i] = targets![row]! < 0 ? 0 : dRows![row]! * (Math.exp(logits![i]! - logSumExp![row]!) - hit);
    }
  },
  wgsl: {
    flat({ inputs: [logits] }) {
      const { lanes, units, declarations, vec4 } = lanesOf(lastOf(logits!.shape));
      const first = `i32(i % ${units}u) * ${lanes}`;
      const hit = lanes === 4 ? `vec4i(${first}) + vec4i(0, 1, 2, 3) == vec4i(goal)` : `${first} == goal`;
      const body = `let row = i / ${units}u;
  let goal = a2[row];
  let p = exp(a0[i] - a1[row]);
  let hit = select(Number(), Number(1.0f), ${hit});
  out0[i] = select(a3[row] * (p - hit), Number(), goal < 0);`;
      return { ...perElement(logits!.size / lanes, body, declarations), vec4: vec4("a0", "out0") };
    },
  },
  wasm({ inputs, outputs: [dLogits] }) {
    const [logits, , targets] = inputs;
    const pointers = inputs.map((operand) => operand.pointer);
    return [["crossEntropyGradient", ...pointers, dLogits!.pointer, targets!.size, lastOf(logits!.shape)]];
  },
  examples: [
    {
      inputs: [
        { shape: [1, 2], values: [0, 0] }, { shape: [1], values: [Math.log(2)] }, { shape: [1], values: [0], dtype: "i32" }, { shape: [1], values: [2] },
      ],
      outputs: [[-1, 1]],
    },
  ],
  samples: [{ inputs: [[9, 21], [9], [9], [9]], integers: { 2: 21 } }],
});
