import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement } from "../wgsl.ts";

/**
 * −log p[target] of each row of probabilities; 0 where the target is negative. A loss on an attention pattern is
 * `meanWhere(pickLog(pattern, targets), targets)`.
 * Shapes: p [..,n], targets [..] i32 → [..]. Units: nats.
 * Subtle: p is floored at 1e-9, so that a head that never looks at its target still has a finite slope.
 */
export function pickLog(p: Tensor, targets: Tensor): Tensor {
  return apply(pickLogKernel, [p, targets], {}, () => (dOut, to) => {
    launch(pickLogGradientKernel, [p, targets, dOut], {}, [to.into(0)]);
  })[0]!;
}

const floor = 1e-9;

export const pickLogKernel = defineKernel({
  name: "pickLog",
  outputs: ([p, targets]) => {
    expectShapes(targets!.reduce((a, b) => a * b, 1) === rowsOf(p!), "pickLog", "one target a row", { p: p!, targets: targets! });
    return [{ shape: targets! }];
  },
  reference([p, targets], [losses], { inputs }) {
    const n = lastOf(inputs[0]!.shape);
    for (let row = 0; row < targets!.length; row++) {
      losses![row] = targets![row]! < 0 ? 0 : -Math.log(Math.max(floor, p![row * n + targets![row]!]!));
    }
  },
  wgsl: {
    flat({ inputs: [p, targets] }) {
      const body = `let at = i * ${lastOf(p!.shape)}u + u32(max(a1[i], 0));
  out0[i] = select(-log(max(${f32(floor)}, a0[at])), 0.0f, a1[i] < 0);`;
      return perElement(targets!.size, body);
    },
  },
  examples: [
    {
      inputs: [{ shape: [2, 2], values: [0.5, 0.5, 0, 1] }, { shape: [2], values: [1, -100], dtype: "i32" }],
      outputs: [[Math.log(2), 0]],
    },
  ],
  samples: [],
});

/** dp[target] = −dy / p[target]; 0 elsewhere. */
export const pickLogGradientKernel = defineKernel({
  name: "pickLogGradient",
  outputs: ([p]) => [{ shape: p! }],
  reference([p, targets, dOut], [dP], { inputs }) {
    const n = lastOf(inputs[0]!.shape);
    for (let i = 0; i < dP!.length; i++) {
      const row = Math.floor(i / n);
      dP![i] = i % n === targets![row] ? -dOut![row]! / Math.max(floor, p![i]!) : 0;
    }
  },
  wgsl: {
    flat({ inputs: [p] }) {
      const n = lastOf(p!.shape);
      const body = `let row = i / ${n}u;
  out0[i] = select(0.0f, -a2[row] / max(${f32(floor)}, a0[i]), i32(i % ${n}u) == a1[row]);`;
      return perElement(p!.size, body);
    },
  },
  examples: [
    {
      inputs: [{ shape: [1, 2], values: [0.5, 0.5] }, { shape: [1], values: [1], dtype: "i32" }, { shape: [1], values: [3] }],
      outputs: [[0, -6]],
    },
  ],
  samples: [],
});
