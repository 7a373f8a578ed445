import { defineKernel, type Shape, sizeOf } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement, store } from "../wgsl.ts";

/** Mean and variance of each channel over all batches so far: what inference uses. In one tensor [2,channels], means first. */
export interface RunningStatistics {
  readonly values: Tensor;
  /** How far a batch moves them: new = (1 − momentum) old + momentum batch. */
  readonly momentum: number;
}

/**
 * Normalises each channel over the batch: y = weight · (x − mean) / √(variance + epsilon) + bias. With `running` the statistics are updated
 * in place, the variance by its unbiased estimate, as PyTorch does.
 * Shapes: x [batch,channels,…], weight and bias [channels] → as x.
 * Source: Ioffe & Szegedy 2015, algorithm 1.
 */
export function batchNorm(
  x: Tensor, weight: Tensor, bias: Tensor,
  { epsilon = 1e-5, running = null }: { epsilon?: number; running?: RunningStatistics | null } = {},
): Tensor {
  const [y, stats] = apply(batchNormKernel, [x, weight, bias], { epsilon }, ([, saved]) => (dOut, to) => {
    launch(batchNormGradientKernel, [x, weight, saved!, dOut], {}, [to.into(0), to.into(1), to.into(2)]);
  });
  if (running) {
    const attributes = { momentum: running.momentum, epsilon, count: x.size / x.shape[1]! };
    launch(updateStatisticsKernel, [stats!], attributes, [{ tensor: running.values, accumulate: false }]);
  }
  return y!;
}

/**
 * The same with fixed statistics, for inference: a map of each number by itself. No gradient flows through it.
 * Shapes: x [batch,channels,…], weight and bias [channels], statistics [2,channels] = means, variances.
 */
export function batchNormFixed(x: Tensor, weight: Tensor, bias: Tensor, statistics: Tensor, epsilon = 1e-5): Tensor {
  return launch(fixedNormKernel, [x, weight, bias, statistics], { epsilon })[0]!;
}

/** Channels, numbers of a channel in one item of the batch, and numbers of a channel in the batch. */
function sizesOf(x: Shape): { channels: number; inner: number; count: number } {
  const channels = x[1]!, inner = sizeOf(x.slice(2));
  return { channels, inner, count: x[0]! * inner };
}

function expectChannels(name: string, x: Shape, weight: Shape, bias: Shape): void {
  expectShapes(
    x.length >= 2 && sameShape(weight, [x[1]!]) && sameShape(bias, weight), name, "weight and bias do not fit", { x, weight, bias },
  );
}

/** Calls `visit` with the place of every number of a channel. */
function eachOf(x: Shape, channel: number, visit: (at: number) => void): void {
  const { channels, inner } = sizesOf(x);
  for (let b = 0; b < x[0]!; b++) {
    const start = (b * channels + channel) * inner;
    for (let j = 0; j < inner; j++) visit(start + j);
  }
}

/** WGSL that runs `body` for every number of channel `c`, whose place is `at`. */
function eachOfInWgsl(x: Shape, body: string): string {
  const { channels, inner } = sizesOf(x);
  return `for (var b = 0u; b < ${x[0]!}u; b++) {
    for (var at = (b * ${channels}u + c) * ${inner}u; at < (b * ${channels}u + c + 1u) * ${inner}u; at++) { ${body} }
  }`;
}

/** Stats are [2,channels]: mean, then 1 / √(variance + epsilon) with the biased variance. */
export const batchNormKernel = defineKernel<{ epsilon: number }>({
  name: "batchNorm",
  outputs: ([x, weight, bias]) => {
    expectChannels("batchNorm", x!, weight!, bias!);
    return [{ shape: x! }, { shape: [2, x![1]!] }];
  },
  reference([x, weight, bias], [y, stats], { inputs, attributes: { epsilon } }) {
    const { shape } = inputs[0]!;
    const { channels, count } = sizesOf(shape);
    for (let c = 0; c < channels; c++) {
      let sum = 0, squares = 0;
      eachOf(shape, c, (at) => { sum += x![at]!; });
      const mean = sum / count;
      eachOf(shape, c, (at) => { squares += (x![at]! - mean) ** 2; });
      const inverse = 1 / Math.sqrt(squares / count + epsilon);
      eachOf(shape, c, (at) => { y![at] = weight![c]! * (x![at]! - mean) * inverse + bias![c]!; });
      stats![c] = mean;
      stats![channels + c] = inverse;
    }
  },
  wgsl: {
    flat({ inputs: [x], attributes: { epsilon } }) {
      const { channels, count } = sizesOf(x!.shape);
      return perElement(channels, `let c = i;
  var sum = 0.0f;
  ${eachOfInWgsl(x!.shape, "sum += a0[at];")}
  let mean = sum / ${f32(count)};
  var squares = 0.0f;
  ${eachOfInWgsl(x!.shape, "squares += (a0[at] - mean) * (a0[at] - mean);")}
  let inverse = 1.0f / sqrt(squares / ${f32(count)} + ${f32(epsilon)});
  ${eachOfInWgsl(x!.shape, "out0[at] = a1[c] * (a0[at] - mean) * inverse + a2[c];")}
  out1[c] = mean;
  out1[${channels}u + c] = inverse;`);
    },
  },
  examples: [
    {
      inputs: [{ shape: [2, 2], values: [1, 10, 3, 10] }, { shape: [2], values: [1, 2] }, { shape: [2], values: [0, 5] }],
      attributes: { epsilon: 0.25 },
      outputs: [[-1 / Math.sqrt(1.25), 5, 1 / Math.sqrt(1.25), 5], [2, 10, 1 / Math.sqrt(1.25), 2]],
    },
  ],
  samples: [
    { inputs: [[4, 3, 5, 2], [3], [3]], attributes: { epsilon: 1e-5 } },
    { inputs: [[6, 5], [5], [5]], attributes: { epsilon: 1e-5 } },
  ],
});

/** With n = (x − mean) · inverse: dx = weight · inverse · (dy − mean(dy) − n · mean(dy n)), dWeight = Σ dy n, dBias = Σ dy. */
export const batchNormGradientKernel = defineKernel({
  name: "batchNormGradient",
  outputs: ([x, weight]) => [{ shape: x! }, { shape: weight! }, { shape: weight! }],
  reference([x, weight, stats, dOut], [dX, dWeight, dBias], { inputs, outputs }) {
    const { shape } = inputs[0]!;
    const { channels, count } = sizesOf(shape);
    for (let c = 0; c < channels; c++) {
      const mean = stats![c]!, inverse = stats![channels + c]!;
      let sum = 0, sumN = 0;
      eachOf(shape, c, (at) => {
        sum += dOut![at]!;
        sumN += dOut![at]! * (x![at]! - mean) * inverse;
      });
      eachOf(shape, c, (at) => {
        const value = weight![c]! * inverse * (dOut![at]! - sum / count - ((x![at]! - mean) * inverse * sumN) / count);
        dX![at] = (outputs[0]!.accumulate ? dX![at]! : 0) + value;
      });
      dWeight![c] = (outputs[1]!.accumulate ? dWeight![c]! : 0) + sumN;
      dBias![c] = (outputs[2]!.accumulate ? dBias![c]! : 0) + sum;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [dX, dWeight, dBias] }) {
      const { channels, count } = sizesOf(x!.shape);
      return perElement(channels, `let c = i;
  let mean = a2[c];
  let inverse = a2[${channels}u + c];
  var sum = 0.0f;
  var sumN = 0.0f;
  ${eachOfInWgsl(x!.shape, "sum += a3[at]; sumN += a3[at] * (a0[at] - mean) * inverse;")}
  ${eachOfInWgsl(x!.shape, `let n = (a0[at] - mean) * inverse;
      let value = a1[c] * inverse * (a3[at] - sum / ${f32(count)} - n * sumN / ${f32(count)});
      ${store("out0", "at", "value", dX!)}`)}
  ${store("out1", "c", "sumN", dWeight!)}
  ${store("out2", "c", "sum", dBias!)}`);
    },
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[4, 3, 5, 2], [3], [2, 3], [4, 3, 5, 2]] }, { inputs: [[6, 5], [5], [2, 5], [6, 5]] }],
});

/**
 * running ← (1 − momentum) running + momentum (mean, count/(count − 1) · variance), in place; the variance is taken back from 1 /
 * √(variance + epsilon).
 */
export const updateStatisticsKernel = defineKernel<{ momentum: number; epsilon: number; count: number }>({
  name: "updateStatistics",
  outputs: ([stats]) => [{ shape: stats! }],
  reference([stats], [running], { attributes: { momentum, epsilon, count } }) {
    const channels = stats!.length / 2;
    for (let i = 0; i < stats!.length; i++) {
      const batch = i < channels ? stats![i]! : (1 / stats![i]! ** 2 - epsilon) * (count / Math.max(1, count - 1));
      running![i] = (1 - momentum) * running![i]! + momentum * batch;
    }
  },
  wgsl: {
    flat({ inputs: [stats], attributes: { momentum, epsilon, count } }) {
      return perElement(stats!.size, `let variance = (1.0f / (a0[i] * a0[i]) - ${f32(epsilon)}) * ${f32(count / Math.max(1, count - 1))};
  out0[i] = ${f32(1 - momentum)} * out0[i] + ${f32(momentum)} * select(variance, a0[i], i < ${stats!.size / 2}u);`);
    },
  },
  examples: [],
  samples: [],
});

export const fixedNormKernel = defineKernel<{ epsilon: number }>({
  name: "fixedNorm",
  outputs: ([x, weight, bias, statistics]) => {
    expectChannels("batchNormFixed", x!, weight!, bias!);
    expectShapes(sameShape(statistics!, [2, x![1]!]), "batchNormFixed", "statistics do not fit", { x: x!, statistics: statistics! });
    return [{ shape: x! }];
  },
  reference([x, weight, bias, statistics], [y], { inputs, attributes: { epsilon } }) {
    const { channels, inner } = sizesOf(inputs[0]!.shape);
    for (let i = 0; i < y!.length; i++) {
      const c = Math.floor(i / inner) % channels;
      y![i] = (weight![c]! * (x![i]! - statistics![c]!)) / Math.sqrt(statistics![channels + c]! + epsilon) + bias![c]!;
    }
  },
  wgsl: {
    flat({ inputs: [x], attributes: { epsilon } }) {
      const { channels, inner } = sizesOf(x!.shape);
      return perElement(x!.size, `let c = i / ${inner}u % ${channels}u;
  out0[i] = a1[c] * (a0[i] - a3[c]) / sqrt(a3[${channels}u + c] + ${f32(epsilon)}) + a2[c];`);
    },
  },
  examples: [
    {
      inputs: [
        { shape: [1, 2, 1], values: [7, 1] }, { shape: [2], values: [2, 1] }, { shape: [2], values: [0, 1] },
        { shape: [2, 2], values: [1, 1, 8, 3] },
      ],
      attributes: { epsilon: 1 },
      outputs: [[4, 1]],
    },
  ],
  samples: [],
});
