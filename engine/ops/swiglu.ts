import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { lanesOf, perElement } from "../wgsl.ts";

/**
 * The gated unit of Llama's MLP: y = silu(gate) · up, with silu(z) = z / (1 + e⁻ᶻ).
 * Shapes: gateUp [..,2m] (the gate's m columns, then up's) → [..,m].
 * Source: Shazeer 2020, "GLU variants improve transformer".
 */
export function swiglu(gateUp: Tensor): Tensor {
  return apply(swigluKernel, [gateUp], {}, () => (dOut, to) => {
    launch(swigluGradientKernel, [gateUp, dOut], {}, [to.into(0)]);
  })[0]!;
}

/** Gate, up and s = 1 / (1 + e^−gate) at place i of the output. The clamp keeps e^−gate finite. */
const gateInWgsl = (units: number): string => `let at = (i / ${units}u) * ${2 * units}u + i % ${units}u;
  let gate = a0[at];
  let up = a0[at + ${units}u];
  let s = 1.0f / (1.0f + exp(-clamp(gate, Number(-80.0f), Number(80.0f))));`;

export const swigluKernel = defineKernel({
  name: "swiglu",
  outputs: ([gateUp]) => {
    expectShapes(lastOf(gateUp!) % 2 === 0, "swiglu", "the last size must be even", { gateUp: gateUp! });
    return [{ shape: [...gateUp!.slice(0, -1), lastOf(gateUp!) / 2] }];
  },
  reference([gateUp], [y], { outputs }) {
    const m = lastOf(outputs[0]!.shape);
    for (let i = 0; i < y!.length; i++) {
      const at = Math.floor(i / m) * 2 * m + (i % m);
      const gate = gateUp![at]!;
      y![i] = (gate / (1 + Math.exp(-gate))) * gateUp![at + m]!;
    }
  },
  wgsl: {
    flat({ outputs: [y] }) {
      const { lanes, units, declarations, vec4 } = lanesOf(lastOf(y!.shape));
      return { ...perElement(y!.size / lanes, `${gateInWgsl(units)}\n  out0[i] = gate * s * up;`, declarations), vec4: vec4("a0", "out0") };
    },
  },
  wasm({ inputs: [gateUp], outputs: [y] }) {
    const m = lastOf(y!.shape);
    return [["swiglu", gateUp!.pointer, y!.pointer, y!.size / m, m]];
  },
  examples: [{ inputs: [{ shape: [1, 2], values: [0, 5] }], outputs: [[0]] }, { inputs: [{ shape: [1, 2], values: [40, 2] }], outputs: [[80]] }],
  samples: [{ inputs: [[7, 26]] }, { inputs: [[2, 3, 16]] }],
});

/** dGate = dy · up · s (1 + gate (1 − s)), dUp = dy · gate · s, with s = 1 / (1 + e^−gate). */
export const swigluGradientKernel = defineKernel({
  name: "swigluGradient",
  outputs: ([gateUp]) => [{ shape: gateUp! }],
  reference([gateUp, dOut], [dGateUp], { inputs }) {
    const m = lastOf(inputs[1]!.shape);
    for (let i = 0; i < dOut!.length; i++) {
      const at = Math.floor(i / m) * 2 * m + (i % m);
      const gate = gateUp![at]!;
      const s = 1 / (1 + Math.exp(-gate));
      dGateUp![at] = dOut![i]! * gateUp![at + m]! * s * (1 + gate * (1 - s));
      dGateUp![at + m] = dOut![i]! * gate * s;
    }
  },
  wgsl: {
    flat({ inputs: [, dOut] }) {
      const { lanes, units, declarations, vec4 } = lanesOf(lastOf(dOut!.shape));
      const body = `${gateInWgsl(units)}
  out0[at] = a1[i] * up * s * (1.0f + gate * (1.0f - s));
  out0[at + ${units}u] = a1[i] * gate * s;`;
      return { ...perElement(dOut!.size / lanes, body, declarations), vec4: vec4("a0", "a1", "out0") };
    },
  },
  wasm({ inputs: [gateUp, dOut], outputs: [dGateUp] }) {
    const m = lastOf(gateUp!.shape) / 2;
    return [["swigluGradient", gateUp!.pointer, dOut!.pointer, dGateUp!.pointer, gateUp!.size / (2 * m), m]];
  },
  examples: [{ inputs: [{ shape: [1, 2], values: [0, 6] }, { shape: [1, 1], values: [1] }], outputs: [[3, 0]] }],
  samples: [{ inputs: [[7, 26], [7, 13]] }],
});
