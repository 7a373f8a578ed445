import { logistic } from "../curve.ts";
import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";
import { gateFunctionsInWgsl } from "./lstmCell.ts";

/**
 * One step of a gated recurrent unit, from what the input and the state bring to its gates:
 * r = σ(xᵣ + hᵣ), z = σ(x_z + h_z), n = tanh(xₙ + r · hₙ), h′ = (1 − z) n + z h.
 * Shapes: fromInput and fromState [batch,3h] = r, z, n (PyTorch's order), state [batch,h] → [batch,h].
 * Throws: ShapeError when they do not fit.
 * Source: Cho et al. 2014, with the reset gate after the product as in cuDNN and PyTorch.
 */
export function gruCell(fromInput: Tensor, fromState: Tensor, state: Tensor): Tensor {
  return apply(gruCellKernel, [fromInput, fromState, state], {}, ([, saved]) => (dOut, to) => {
    launch(gruCellGradientKernel, [saved!, fromState, state, dOut], {}, [to.into(0), to.into(1), to.into(2)]);
  })[0]!;
}

/** The next state, and r, z, n as the gradient needs them. */
export const gruCellKernel = defineKernel({
  name: "gruCell",
  outputs: ([fromInput, fromState, state]) => {
    const fits = sameShape(fromInput!, fromState!) && state!.length === 2 && sameShape(fromInput!, [state![0]!, 3 * state![1]!]);
    expectShapes(fits, "gruCell", "gates are three times h", { fromInput: fromInput!, fromState: fromState!, state: state! });
    return [{ shape: state! }, { shape: fromInput! }];
  },
  reference([x, fromState, state], [next, saved], { inputs }) {
    const h = inputs[2]!.shape[1]!;
    for (let k = 0; k < state!.length; k++) {
      const at = Math.floor(k / h) * 3 * h + (k % h);
      const r = logistic(x![at]! + fromState![at]!), z = logistic(x![at + h]! + fromState![at + h]!);
      const n = Math.tanh(x![at + 2 * h]! + r * fromState![at + 2 * h]!);
      next![k] = (1 - z) * n + z * state![k]!;
      saved![at] = r;
      saved![at + h] = z;
      saved![at + 2 * h] = n;
    }
  },
  wgsl: {
    flat({ inputs: [, , state] }) {
      const h = state!.shape[1]!;
      return perElement(state!.size, `let at = i / ${h}u * ${3 * h}u + i % ${h}u;
  let r = logistic(a0[at] + a1[at]);
  let z = logistic(a0[at + ${h}u] + a1[at + ${h}u]);
  let n = squash(a0[at + ${2 * h}u] + r * a1[at + ${2 * h}u]);
  out0[i] = (1.0f - z) * n + z * a2[i];
  out1[at] = r;
  out1[at + ${h}u] = z;
  out1[at + ${2 * h}u] = n;`, gateFunctionsInWgsl);
    },
  },
  wasm({ inputs, outputs }) {
    const [rows, hidden] = inputs[2]!.shape as [number, number];
    return [["gruCell", ...[...inputs, ...outputs].map((operand) => operand.pointer), rows, hidden]];
  },
  examples: [
    // Both gates half open: n = tanh(½·2), h′ = ½ n + ½·3.
    {
      inputs: [{ shape: [1, 3], values: [0, 0, 0] }, { shape: [1, 3], values: [0, 0, 2] }, { shape: [1, 1], values: [3] }],
      outputs: [[0.5 * Math.tanh(1) + 1.5], [0.5, 0.5, Math.tanh(1)]],
    },
  ],
  samples: [{ inputs: [[3, 15], [3, 15], [3, 5]] }],
});

/**
 * dn = dh′ (1 − z)(1 − n²), dz = dh′ (h − n) z(1 − z), dr = dn hₙ r(1 − r); what comes from the state's side of n carries r; dh = dh′ z.
 */
export const gruCellGradientKernel = defineKernel({
  name: "gruCellGradient",
  outputs: ([saved, , state]) => [{ shape: saved! }, { shape: saved! }, { shape: state! }],
  reference([saved, fromState, state, dNext], [dInput, dFromState, dState], { inputs, outputs }) {
    const h = inputs[2]!.shape[1]!;
    const put = (
      to: typeof dInput, part: number, at: number, value: number,
    ): void => { to![at] = (outputs[part]!.accumulate ? to![at]! : 0) + value; };
    for (let k = 0; k < state!.length; k++) {
      const at = Math.floor(k / h) * 3 * h + (k % h);
      const r = saved![at]!, z = saved![at + h]!, n = saved![at + 2 * h]!, d = dNext![k]!;
      const dN = d * (1 - z) * (1 - n * n);
      const dZ = d * (state![k]! - n) * z * (1 - z);
      const dR = dN * fromState![at + 2 * h]! * r * (1 - r);
      [dR, dZ, dN].forEach((value, part) => put(dInput, 0, at + part * h, value));
      [dR, dZ, dN * r].forEach((value, part) => put(dFromState, 1, at + part * h, value));
      put(dState, 2, k, d * z);
    }
  },
  wgsl: {
    flat({ inputs: [, , state], outputs: [dInput, dFromState, dState] }) {
      const h = state!.shape[1]!;
      const parts = ["dR", "dZ", "dN"].map((value, part) => `${store("out0", `at + ${part * h}u`, value, dInput!)}
  ${store("out1", `at + ${part * h}u`, part === 2 ? "dN * r" : value, dFromState!)}`);
      return perElement(state!.size, `let at = i / ${h}u * ${3 * h}u + i % ${h}u;
  let r = a0[at];
  let z = a0[at + ${h}u];
  let n = a0[at + ${2 * h}u];
  let d = a3[i];
  let dN = d * (1.0f - z) * (1.0f - n * n);
  let dZ = d * (a2[i] - n) * z * (1.0f - z);
  let dR = dN * a1[at + ${2 * h}u] * r * (1.0f - r);
  ${parts.join("\n  ")}
  ${store("out2", "i", "d * z", dState!)}`);
    },
  },
  wasm({ inputs, outputs }) {
    const [rows, hidden] = inputs[2]!.shape as [number, number];
    const pointers = [...inputs, ...outputs].map((operand) => operand.pointer);
    return [["gruCellGradient", ...pointers, rows, hidden, ...outputs.map((output) => Number(output.accumulate))]];
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[3, 15], [3, 15], [3, 5], [3, 5]] }],
});
