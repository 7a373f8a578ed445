import { logistic } from "../curve.ts";
import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";

/**
 * One step of long short-term memory, from the summed inputs of its gates: c′ = σ(f) c + σ(i) tanh(g), h′ = σ(o) tanh(c′).
 * Subtle: a state is one row [h | c], because a gradient flows through one output; `slice` takes h out.
 * Shapes: gates [batch,4h] = i, f, g, o (PyTorch's order), state [batch,2h] → [batch,2h].
 * Throws: ShapeError when gates and state do not fit.
 * Source: Hochreiter & Schmidhuber 1997; the forget gate is Gers et al. 2000.
 */
export function lstmCell(gates: Tensor, state: Tensor): Tensor {
  return apply(lstmCellKernel, [gates, state], {}, ([, saved]) => (dOut, to) => {
    launch(lstmCellGradientKernel, [saved!, state, dOut], {}, [to.into(0), to.into(1)]);
  })[0]!;
}

/** WGSL: the logistic function of one number, and a hyperbolic tangent that does not overflow. */
export const gateFunctionsInWgsl = `fn logistic(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(e, 1.0f, v >= 0.0f) / (1.0f + e);
}
fn squash(v: f32) -> f32 { return tanh(clamp(v, -10.0f, 10.0f)); }`;

/** The next state, and what the gradient needs: [batch,5h] = i, f, g, o after their functions, and tanh c′. */
export const lstmCellKernel = defineKernel({
  name: "lstmCell",
  outputs: ([gates, state]) => {
    const fits = state!.length === 2 && state![1]! % 2 === 0 && sameShape(gates!, [state![0]!, 2 * state![1]!]);
    expectShapes(fits, "lstmCell", "gates are four times h and the state twice", { gates: gates!, state: state! });
    return [{ shape: state! }, { shape: [state![0]!, (5 * state![1]!) / 2] }];
  },
  reference([gates, state], [next, saved], { inputs }) {
    const h = inputs[1]!.shape[1]! / 2;
    for (let row = 0; row < inputs[1]!.shape[0]!; row++) {
      for (let j = 0; j < h; j++) {
        const at = row * 4 * h + j;
        const i = logistic(gates![at]!), f = logistic(gates![at + h]!);
        const g = Math.tanh(gates![at + 2 * h]!), o = logistic(gates![at + 3 * h]!);
        const c = f * state![row * 2 * h + h + j]! + i * g;
        const t = Math.tanh(c);
        next![row * 2 * h + j] = o * t;
        next![row * 2 * h + h + j] = c;
        [i, f, g, o, t].forEach((value, part) => { saved![(row * 5 + part) * h + j] = value; });
      }
    }
  },
  wgsl: {
    flat({ inputs: [, state] }) {
      const h = state!.shape[1]! / 2;
      return perElement(state!.size / 2, `let row = i / ${h}u;
  let gate = row * ${4 * h}u + i % ${h}u;
  let at = row * ${2 * h}u + i % ${h}u;
  let keep = row * ${5 * h}u + i % ${h}u;
  let input = logistic(a0[gate]);
  let forget = logistic(a0[gate + ${h}u]);
  let content = squash(a0[gate + ${2 * h}u]);
  let output = logistic(a0[gate + ${3 * h}u]);
  let c = forget * a1[at + ${h}u] + input * content;
  let t = squash(c);
  out0[at] = output * t;
  out0[at + ${h}u] = c;
  out1[keep] = input;
  out1[keep + ${h}u] = forget;
  out1[keep + ${2 * h}u] = content;
  out1[keep + ${3 * h}u] = output;
  out1[keep + ${4 * h}u] = t;`, gateFunctionsInWgsl);
    },
  },
  wasm({ inputs: [gates, state], outputs: [next, saved] }) {
    const [rows, width] = state!.shape as [number, number];
    return [["lstmCell", gates!.pointer, state!.pointer, next!.pointer, saved!.pointer, rows, width / 2]];
  },
  examples: [
    // All gates half open or shut: c′ = ½·2 + ½·0, h′ = ½ tanh 1.
    {
      inputs: [{ shape: [1, 4], values: [0, 0, 0, 0] }, { shape: [1, 2], values: [9, 2] }],
      outputs: [[0.5 * Math.tanh(1), 1], [0.5, 0.5, 0, 0.5, Math.tanh(1)]],
    },
  ],
  samples: [{ inputs: [[3, 24], [3, 12]] }, { inputs: [[5, 32], [5, 16]] }],
});

/**
 * dc = dc′ + dh′ o (1 − tanh² c′); di = dc g i(1 − i), df = dc c f(1 − f), dg = dc i (1 − g²), do = dh′ tanh(c′) o(1 − o); dc_before = dc
 * f. The h before is met only through the gates, so its part is 0.
 */
export const lstmCellGradientKernel = defineKernel({
  name: "lstmCellGradient",
  outputs: ([, state]) => [{ shape: [state![0]!, 2 * state![1]!] }, { shape: state! }],
  reference([saved, state, dNext], [dGates, dState], { inputs, outputs }) {
    const h = inputs[1]!.shape[1]! / 2;
    const put = (
      to: typeof dGates, k: number, at: number, value: number,
    ): void => { to![at] = (outputs[k]!.accumulate ? to![at]! : 0) + value; };
    for (let row = 0; row < inputs[1]!.shape[0]!; row++) {
      for (let j = 0; j < h; j++) {
        const [i, f, g, o, t] = [0, 1, 2, 3, 4].map(
          (part) => saved![(row * 5 + part) * h + j]!
        ) as [number, number, number, number, number];
        const at = row * 2 * h + j, gate = row * 4 * h + j;
        const dH = dNext![at]!;
        const dC = dNext![at + h]! + dH * o * (1 - t * t);
        put(dGates, 0, gate, dC * g * i * (1 - i));
        put(dGates, 0, gate + h, dC * state![at + h]! * f * (1 - f));
        put(dGates, 0, gate + 2 * h, dC * i * (1 - g * g));
        put(dGates, 0, gate + 3 * h, dH * t * o * (1 - o));
        put(dState, 1, at, 0);
        put(dState, 1, at + h, dC * f);
      }
    }
  },
  wgsl: {
    flat({ inputs: [, state], outputs: [dGates, dState] }) {
      const h = state!.shape[1]! / 2;
      return perElement(state!.size / 2, `let row = i / ${h}u;
  let gate = row * ${4 * h}u + i % ${h}u;
  let at = row * ${2 * h}u + i % ${h}u;
  let keep = row * ${5 * h}u + i % ${h}u;
  let input = a0[keep];
  let forget = a0[keep + ${h}u];
  let content = a0[keep + ${2 * h}u];
  let output = a0[keep + ${3 * h}u];
  let t = a0[keep + ${4 * h}u];
  let dH = a2[at];
  let dC = a2[at + ${h}u] + dH * output * (1.0f - t * t);
  ${store("out0", "gate", "dC * content * input * (1.0f - input)", dGates!)}
  ${store("out0", `gate + ${h}u`, `dC * a1[at + ${h}u] * forget * (1.0f - forget)`, dGates!)}
  ${store("out0", `gate + ${2 * h}u`, "dC * input * (1.0f - content * content)", dGates!)}
  ${store("out0", `gate + ${3 * h}u`, "dH * t * output * (1.0f - output)", dGates!)}
  ${store("out1", "at", "0.0f", dState!)}
  ${store("out1", `at + ${h}u`, "dC * forget", dState!)}`);
    },
  },
  wasm({ inputs: [saved, state, dNext], outputs: [dGates, dState] }) {
    const [rows, width] = state!.shape as [number, number];
    const pointers = [saved, state, dNext, dGates, dState].map((operand) => operand!.pointer);
    return [["lstmCellGradient", ...pointers, rows, width / 2, Number(dGates!.accumulate), Number(dState!.accumulate)]];
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[3, 30], [3, 12], [3, 12]] }, { inputs: [[2, 40], [2, 16], [2, 16]] }],
});
