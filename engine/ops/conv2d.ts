import { defineKernel, type Shape } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";
import { eachPixel, eachPixelInWgsl, eachWindowInWgsl, type Steps, windowNumbers, windowsOf } from "../windows.ts";

/**
 * Convolution (as the field says; the window is not turned over): y[b,o,p] = bias[o] + Σ over channels c and pixels q of the window of
 * weight[o,c,q] · x[b,c,p·stride + q − padding]. Beyond the picture x counts as 0.
 * Shapes: x [batch,in,height,width], weight [out,in,windowHeight,windowWidth], bias [out] → [batch,out,outHeight,outWidth].
 * Throws: ShapeError when channels differ or the window does not fit.
 * Source: LeCun et al. 1989.
 */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | null = null, { stride = 1, padding = 0 }: Partial<Steps> = {}): Tensor {
  const attributes = { stride, padding, bias: Boolean(bias) };
  return apply(conv2dKernel, bias ? [x, weight, bias] : [x, weight], attributes, () => (dOut, to) => {
    const [, , height, width] = x.shape as [number, number, number, number];
    if (to.needs(0)) launch(conv2dInputGradientKernel, [weight, dOut], { stride, padding, height, width }, [to.into(0)]);
    if (to.needs(1)) {
      const withBias = attributes.bias && to.needs(2);
      const [, , windowHeight, windowWidth] = weight.shape as [number, number, number, number];
      launch(
        conv2dWeightGradientKernel, [x, dOut], { stride, padding, windowHeight, windowWidth, bias: withBias },
        withBias ? [to.into(1), to.into(2)] : [to.into(1)],
      );
    }
  })[0]!;
}

type ConvAttributes = { stride: number; padding: number; bias: boolean };

/** The WebAssembly route lays the windows of a picture out as columns in scratch memory of this many numbers, then multiplies matrices. */
const scratchNumbers = 1_500_000;
const fits = (x: { channels: number; windowHeight: number; windowWidth: number; outHeight: number; outWidth: number }): boolean =>
  x.channels * x.windowHeight * x.windowWidth * x.outHeight * x.outWidth <= scratchNumbers;

function sizesOf(x: Shape, weight: Shape, steps: Steps) {
  expectShapes(weight.length === 4 && x[1] === weight[1], "conv2d", "channels differ", { x, weight });
  return { ...windowsOf("conv2d", x, weight.slice(2), steps), out: weight[0]! };
}

export const conv2dKernel = defineKernel<ConvAttributes>({
  name: "conv2d",
  outputs: ([x, weight, bias], attributes) => {
    const { batch, out, outHeight, outWidth } = sizesOf(x!, weight!, attributes);
    if (attributes.bias) expectShapes(sameShape(bias!, [out]), "conv2d", "bias does not fit", { weight: weight!, bias: bias! });
    return [{ shape: [batch, out, outHeight, outWidth] }];
  },
  reference([x, weight, bias], [y], { inputs, attributes }) {
    const sizes = sizesOf(inputs[0]!.shape, inputs[1]!.shape, attributes);
    const { batch, channels, height, width, outHeight, outWidth, out } = sizes;
    const window = sizes.windowHeight * sizes.windowWidth;
    let to = 0;
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < out; o++) {
        for (let row = 0; row < outHeight; row++) {
          for (let column = 0; column < outWidth; column++) {
            let sum = attributes.bias ? bias![o]! : 0;
            for (let c = 0; c < channels; c++) {
              const w = (o * channels + c) * window, plane = (b * channels + c) * height * width;
              eachPixel(sizes, row, column, (inside, outside) => { sum += weight![w + inside]! * x![plane + outside]!; });
            }
            y![to++] = sum;
          }
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [x, weight], outputs: [y], attributes }) {
      const sizes = sizesOf(x!.shape, weight!.shape, attributes);
      const { channels, height, width, outHeight, outWidth, out } = sizes;
      const window = sizes.windowHeight * sizes.windowWidth;
      return perElement(y!.size, `let column = i % ${outWidth}u;
  let row = i / ${outWidth}u % ${outHeight}u;
  let o = i / ${outWidth * outHeight}u % ${out}u;
  let b = i / ${outWidth * outHeight * out}u;
  var sum = ${attributes.bias ? "a2[o]" : "0.0f"};
  for (var c = 0u; c < ${channels}u; c++) {
    let w = (o * ${channels}u + c) * ${window}u;
    let plane = (b * ${channels}u + c) * ${height * width}u;
    ${eachPixelInWgsl(sizes, "sum += a1[w + inside] * a0[plane + outside];")}
  }
  out0[i] = sum;`);
    },
  },
  wasm({ inputs: [x, weight, bias], outputs: [y], attributes }) {
    const sizes = sizesOf(x!.shape, weight!.shape, attributes);
    if (!fits(sizes)) return null;
    return [["conv2d", x!.pointer, weight!.pointer, bias?.pointer ?? 0, y!.pointer, sizes.out, ...windowNumbers(sizes)]];
  },
  examples: [
    // A detector of steps from left to right, by hand.
    {
      inputs: [{ shape: [1, 1, 2, 4], values: [0, 0, 5, 5, 0, 0, 5, 5] }, { shape: [1, 1, 1, 2], values: [-1, 1] }],
      attributes: { stride: 1, padding: 0, bias: false },
      outputs: [[0, 5, 0, 0, 5, 0]],
    },
    {
      inputs: [
        { shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, { shape: [1, 1, 3, 3], values: Array(9).fill(1) },
        { shape: [1], values: [100] },
      ],
      attributes: { stride: 2, padding: 1, bias: true },
      outputs: [[112, 116, 124, 128]],
    },
  ],
  samples: [
    { inputs: [[2, 3, 6, 5], [4, 3, 3, 2], [4]], attributes: { stride: 1, padding: 1, bias: true } },
    { inputs: [[2, 2, 9, 9], [5, 2, 3, 3]], attributes: { stride: 2, padding: 0, bias: false } },
  ],
});

/** dx[b,c,q] = Σ over the windows that cover q, and over outputs o, of weight[o,c,place of q in the window] · dy[b,o,window]. */
export const conv2dInputGradientKernel = defineKernel<{ stride: number; padding: number; height: number; width: number }>({
  name: "conv2dInputGradient",
  outputs: ([weight, dOut], { height, width }) => [{ shape: [dOut![0]!, weight![1]!, height, width] }],
  reference([weight, dOut], [dX], { inputs, outputs: [result], attributes }) {
    const sizes = sizesOf(result!.shape, inputs[0]!.shape, attributes);
    const { batch, channels, height, width, outHeight, outWidth, out } = sizes;
    const window = sizes.windowHeight * sizes.windowWidth;
    if (!result!.accumulate) dX!.fill(0);
    let from = 0;
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < out; o++) {
        for (let row = 0; row < outHeight; row++) {
          for (let column = 0; column < outWidth; column++) {
            const d = dOut![from++]!;
            for (let c = 0; c < channels; c++) {
              const w = (o * channels + c) * window, plane = (b * channels + c) * height * width;
              eachPixel(
                sizes, row, column, (inside, outside) => { dX![plane + outside] = dX![plane + outside]! + weight![w + inside]! * d; },
              );
            }
          }
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [weight], outputs: [dX], attributes }) {
      const sizes = sizesOf(dX!.shape, weight!.shape, attributes);
      const { channels, height, width, outHeight, outWidth, out } = sizes;
      const window = sizes.windowHeight * sizes.windowWidth;
      return perElement(dX!.size, `let px = i % ${width}u;
  let py = i / ${width}u % ${height}u;
  let c = i / ${width * height}u % ${channels}u;
  let b = i / ${width * height * channels}u;
  var sum = 0.0f;
  ${eachWindowInWgsl(sizes, `for (var o = 0u; o < ${out}u; o++) {
        sum += a0[(o * ${channels}u + c) * ${window}u + inside] * a1[(b * ${out}u + o) * ${outHeight * outWidth}u + place];
      }`)}
  ${store("out0", "i", "sum", dX!)}`);
    },
  },
  wasm({ inputs: [weight, dOut], outputs: [dX], attributes }) {
    const sizes = sizesOf(dX!.shape, weight!.shape, attributes);
    if (!fits(sizes)) return null;
    return [
      ["conv2dInputGradient", weight!.pointer, dOut!.pointer, dX!.pointer, sizes.out, ...windowNumbers(sizes), Number(dX!.accumulate)],
    ];
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [1, 1, 1, 2], values: [-1, 1] }, { shape: [1, 1, 1, 3], values: [1, 10, 100] }],
      attributes: { stride: 1, padding: 0, height: 1, width: 4 },
      outputs: [[-1, -9, -90, 100]],
    },
  ],
  samples: [
    { inputs: [[4, 3, 3, 2], [2, 4, 6, 6]], attributes: { stride: 1, padding: 1, height: 6, width: 5 } },
    { inputs: [[5, 2, 3, 3], [2, 5, 4, 4]], attributes: { stride: 2, padding: 1, height: 8, width: 7 } },
  ],
});

/** dweight[o,c,q] = Σ over pictures and places p of dy[b,o,p] · x[b,c,p·stride + q − padding]; dbias[o] = Σ dy[·,o,·]. */
export const conv2dWeightGradientKernel = defineKernel<ConvAttributes & { windowHeight: number; windowWidth: number }>({
  name: "conv2dWeightGradient",
  outputs: ([x, dOut], { windowHeight, windowWidth, bias }) => {
    const weight = { shape: [dOut![1]!, x![1]!, windowHeight, windowWidth] };
    return bias ? [weight, { shape: [dOut![1]!] }] : [weight];
  },
  reference([x, dOut], [dWeight, dBias], { inputs, outputs, attributes }) {
    const sizes = sizesOf(inputs[0]!.shape, outputs[0]!.shape, attributes);
    const { batch, channels, height, width, outHeight, outWidth, out } = sizes;
    const window = sizes.windowHeight * sizes.windowWidth;
    if (!outputs[0]!.accumulate) dWeight!.fill(0);
    if (attributes.bias && !outputs[1]!.accumulate) dBias!.fill(0);
    let from = 0;
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < out; o++) {
        for (let row = 0; row < outHeight; row++) {
          for (let column = 0; column < outWidth; column++) {
            const d = dOut![from++]!;
            if (attributes.bias) dBias![o] = dBias![o]! + d;
            for (let c = 0; c < channels; c++) {
              const w = (o * channels + c) * window, plane = (b * channels + c) * height * width;
              eachPixel(
                sizes, row, column, (inside, outside) => { dWeight![w + inside] = dWeight![w + inside]! + x![plane + outside]! * d; },
              );
            }
          }
        }
      }
    }
  },
  wgsl: {
    // An invocation a weight; behind them one a bias.
    flat({ inputs: [x], outputs: [dWeight, dBias], attributes }) {
      const sizes = sizesOf(x!.shape, dWeight!.shape, attributes);
      const { batch, channels, height, width, windowHeight, windowWidth, outHeight, outWidth, out, stride, padding } = sizes;
      const places = outHeight * outWidth;
      const weights = `let inside = i % ${windowHeight * windowWidth}u;
    let c = i / ${windowHeight * windowWidth}u % ${channels}u;
    let o = i / ${windowHeight * windowWidth * channels}u;
    var sum = 0.0f;
    for (var b = 0u; b < ${batch}u; b++) {
      for (var row = 0u; row < ${outHeight}u; row++) {
        let py = row * ${stride}u + inside / ${windowWidth}u - ${padding}u;
        if (py >= ${height}u) { continue; }
        for (var column = 0u; column < ${outWidth}u; column++) {
          let px = column * ${stride}u + inside % ${windowWidth}u - ${padding}u;
          if (px >= ${width}u) { continue; }
          sum += a1[(b * ${out}u + o) * ${places}u + row * ${outWidth}u + column] * a0[((b * ${channels}u + c) * ${height}u + py) * ${width}u + px];
        }
      }
    }
    ${store("out0", "i", "sum", dWeight!)}`;
      if (!attributes.bias) return perElement(dWeight!.size, weights);
      return perElement(dWeight!.size + out, `if (i < ${dWeight!.size}u) {
    ${weights}
  } else {
    let o = i - ${dWeight!.size}u;
    var sum = 0.0f;
    for (var b = 0u; b < ${batch}u; b++) { for (var p = 0u; p < ${places}u; p++) { sum += a1[(b * ${out}u + o) * ${places}u + p]; } }
    ${store("out1", "o", "sum", dBias!)}
  }`);
    },
  },
  wasm({ inputs: [x, dOut], outputs: [dWeight, dBias], attributes }) {
    const sizes = sizesOf(x!.shape, dWeight!.shape, attributes);
    if (!fits(sizes)) return null;
    const adds = [Number(dWeight!.accumulate), Number(dBias?.accumulate ?? false)];
    return [
      ["conv2dWeightGradient", x!.pointer, dOut!.pointer, dWeight!.pointer, dBias?.pointer ?? 0, sizes.out, ...windowNumbers(sizes), ...adds],
    ];
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [1, 1, 1, 4], values: [1, 2, 3, 5] }, { shape: [1, 1, 1, 3], values: [1, 10, 100] }],
      attributes: { stride: 1, padding: 0, windowHeight: 1, windowWidth: 2, bias: true },
      outputs: [[321, 532], [111]],
    },
  ],
  samples: [
    { inputs: [[2, 3, 6, 5], [2, 4, 6, 6]], attributes: { stride: 1, padding: 1, windowHeight: 3, windowWidth: 2, bias: true } },
    { inputs: [[2, 2, 8, 7], [2, 5, 4, 4]], attributes: { stride: 2, padding: 1, windowHeight: 3, windowWidth: 3, bias: false } },
  ],
});
