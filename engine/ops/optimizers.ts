import { type Attributes, defineKernel, type Kernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { elementWise, f32 } from "../wgsl.ts";
import { hyper } from "./adamW.ts";

/** How one number of a parameter moves: the rule of an optimizer, with what it remembers of each number. */
interface Rule<A extends Attributes> {
  readonly name: string;
  /** How many numbers it remembers: buffers of zeros as long as the parameters. */
  readonly memories: 0 | 1;
  /**
   * From the gradient and the memory: the new memory, and the step to take back from the parameter, to be multiplied by the learning
   * rate.
   */
  move(gradient: number, memory: number, attributes: A): { memory: number; step: number };
  /** The same in WGSL: statements that may assign `memory` and must declare `step`, of type Number. */
  readonly wgsl: (attributes: A) => string;
}

/**
 * One step in place, as `adamWKernel` does it: the gradient is clipped by clip[0], and where that is 0 (it was not finite) nothing changes.
 * Shapes: g [n], clip [4] of `clipFactorKernel`, hyper [4] → parameters [n] (, memory [n]).
 */
function optimizerKernel<A extends Attributes>(rule: Rule<A>): Kernel<A> {
  const { name, memories, move } = rule;
  return defineKernel<A>({
    name,
    outputs: ([g, clip, numbers]) => {
      expectShapes(
        sameShape(clip!, [4]) && sameShape(numbers!, [hyper.size]), name, "clip and hyper hold 4 numbers",
        { clip: clip!, hyper: numbers! },
      );
      return Array.from({ length: 1 + memories }, () => ({ shape: g! }));
    },
    reference([g, clip, h], [w, memory], { attributes }) {
      const factor = clip![0]!, rate = h![hyper.learningRate]!;
      if (factor === 0) return;
      for (let i = 0; i < w!.length; i++) {
        const moved = move(factor * g![i]!, memory ? memory[i]! : 0, attributes);
        if (memory) memory[i] = moved.memory;
        w![i] = w![i]! - rate * moved.step;
      }
    },
    wgsl: {
      // Clip and hyper are bound as plain numbers: only the buffers as long as the parameters are read four at a time.
      flat: ({ inputs: [g], outputs, attributes }) => elementWise({ inputs: [g!], outputs }, `if (a1[0] == 0.0f) { return; }
  let gradient = a1[0] * a0[i];
  ${memories ? "var memory = out1[i];" : ""}
  ${rule.wgsl(attributes)}
  ${memories ? "out1[i] = memory;" : ""}
  out0[i] -= a2[${hyper.learningRate}] * step;`),
    },
    examples: [],
    samples: [],
  });
}

/** w ← w − η g. Source: Robbins & Monro 1951. */
export const sgdKernel = optimizerKernel({
  name: "sgd",
  memories: 0,
  move: (gradient) => ({ memory: 0, step: gradient }),
  wgsl: () => "let step = gradient;",
});

/**
 * v ← μ v + g; w ← w − η v, or with Nesterov's look ahead w − η (g + μ v). Source: Polyak 1964; Sutskever et al. 2013 in PyTorch's form.
 */
export const momentumKernel = optimizerKernel<{ momentum: number; nesterov: boolean }>({
  name: "momentum",
  memories: 1,
  move(gradient, memory, { momentum, nesterov }) {
    const velocity = momentum * memory + gradient;
    return { memory: velocity, step: nesterov ? gradient + momentum * velocity : velocity };
  },
  wgsl: ({ momentum, nesterov }) => `memory = ${f32(momentum)} * memory + gradient;
  let step = ${nesterov ? `gradient + ${f32(momentum)} * memory` : "memory"};`,
});

/** s ← s + g²; w ← w − η g / (√s + ε). Source: Duchi, Hazan & Singer 2011. */
export const adaGradKernel = optimizerKernel<{ epsilon: number }>({
  name: "adaGrad",
  memories: 1,
  move(gradient, memory, { epsilon }) {
    const sum = memory + gradient * gradient;
    return { memory: sum, step: gradient / (Math.sqrt(sum) + epsilon) };
  },
  wgsl: ({ epsilon }) => `memory += gradient * gradient;
  let step = gradient / (sqrt(memory) + ${f32(epsilon)});`,
});

/** s ← α s + (1 − α) g²; w ← w − η g / (√s + ε). Source: Tieleman & Hinton 2012, lecture 6e. */
export const rmsPropKernel = optimizerKernel<{ alpha: number; epsilon: number }>({
  name: "rmsProp",
  memories: 1,
  move(gradient, memory, { alpha, epsilon }) {
    const mean = alpha * memory + (1 - alpha) * gradient * gradient;
    return { memory: mean, step: gradient / (Math.sqrt(mean) + epsilon) };
  },
  wgsl: ({ alpha, epsilon }) => `memory = ${f32(alpha)} * memory + ${f32(1 - alpha)} * gradient * gradient;
  let step = gradient / (sqrt(memory) + ${f32(epsilon)});`,
});
