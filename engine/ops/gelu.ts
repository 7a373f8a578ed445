import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { elementWise, f32 } from "../wgsl.ts";

/**
 * The Gaussian error linear unit in its tanh form: y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
 * Source: Hendrycks & Gimpel 2016; the form GPT-2 uses.
 */
export function gelu(x: Tensor): Tensor {
  return apply(geluKernel, [x], {}, () => (dOut, to) => {
    launch(geluGradientKernel, [x, dOut], {}, [to.into(0)]);
  })[0]!;
}

const root = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** t = tanh u of the value v. Subtle: beyond ±10 tanh is 1 in f32, and some drivers' own overflows there. */
const tanhInWgsl = `let v = a0[i];
  let t = tanh(clamp(${f32(root)} * (v + ${f32(cubic)} * v * v * v), Number(-10.0f), Number(10.0f)));`;

export const geluKernel = defineKernel({
  name: "gelu",
  outputs: ([x]) => [{ shape: x! }],
  reference([x], [y]) {
    for (let i = 0; i < y!.length; i++) {
      const v = x![i]!;
      y![i] = 0.5 * v * (1 + Math.tanh(root * (v + cubic * v ** 3)));
    }
  },
  wgsl: {
    flat: (launch) => elementWise(launch, `${tanhInWgsl}
  out0[i] = 0.5f * v * (1.0f + t);`),
  },
  wasm: ({ inputs: [x], outputs: [y] }) => [["gelu", x!.pointer, y!.pointer, y!.size]],
  examples: [{ inputs: [{ shape: [3], values: [0, 100, -100] }], outputs: [[0, 100, 0]] }],
  samples: [{ inputs: [[7, 13]] }],
});

/** dx = dy · (½(1 + tanh u) + x/2 · (1 − tanh² u) · u′) with u = √(2/π)(x + 0.044715 x³). */
export const geluGradientKernel = defineKernel({
  name: "geluGradient",
  outputs: ([x, dOut]) => {
    expectShapes(sameShape(x!, dOut!), "geluGradient", "shapes differ", { x: x!, dOut: dOut! });
    return [{ shape: x! }];
  },
  reference([x, dOut], [dX]) {
    for (let i = 0; i < dX!.length; i++) {
      const v = x![i]!;
      const t = Math.tanh(root * (v + cubic * v ** 3));
      dX![i] = dOut![i]! * (0.5 * (1 + t) + 0.5 * v * (1 - t * t) * root * (1 + 3 * cubic * v * v));
    }
  },
  wgsl: {
    flat: (launch) => elementWise(launch, `${tanhInWgsl}
  out0[i] = a1[i] * (0.5f * (1.0f + t) + 0.5f * v * (1.0f - t * t) * ${f32(root)} * (1.0f + ${f32(3 * cubic)} * v * v));`),
  },
  wasm: ({ inputs: [x, dOut], outputs: [dX] }) => [["geluGradient", x!.pointer, dOut!.pointer, dX!.pointer, dX!.size]],
  examples: [{ inputs: [{ shape: [1], values: [0] }, { shape: [1], values: [2] }], outputs: [[1]] }],
  samples: [{ inputs: [[7, 13], [7, 13]] }],
});
