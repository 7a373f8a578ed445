import { defineKernel } from "../kernel.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement, store } from "../wgsl.ts";
import { eachPixel, eachPixelInWgsl, eachWindowInWgsl, type Steps, windowsOf } from "../windows.ts";

/**
 * The mean under each window; pixels of the padding count as 0, as in PyTorch. The gradient is spread evenly.
 * Shapes: x [batch,channels,height,width] → [batch,channels,outHeight,outWidth]. The stride is the window's size unless given.
 * Throws: ShapeError when the window does not fit.
 */
export function averagePool2d(x: Tensor, size: number, { stride = size, padding = 0 }: Partial<Steps> = {}): Tensor {
  return apply(averagePool2dKernel, [x], { size, stride, padding }, () => (dOut, to) => {
    const [, , height, width] = x.shape as [number, number, number, number];
    launch(averagePool2dGradientKernel, [dOut], { size, stride, padding, height, width }, [to.into(0)]);
  })[0]!;
}

type PoolAttributes = { size: number; stride: number; padding: number };

export const averagePool2dKernel = defineKernel<PoolAttributes>({
  name: "averagePool2d",
  outputs: ([x], attributes) => {
    const { batch, channels, outHeight, outWidth } = windowsOf("averagePool2d", x!, [attributes.size, attributes.size], attributes);
    return [{ shape: [batch, channels, outHeight, outWidth] }];
  },
  reference([x], [y], { inputs, attributes }) {
    const sizes = windowsOf("averagePool2d", inputs[0]!.shape, [attributes.size, attributes.size], attributes);
    const { outHeight, outWidth, height, width } = sizes;
    for (let i = 0; i < y!.length; i++) {
      const plane = Math.floor(i / (outHeight * outWidth)) * height * width;
      let sum = 0;
      eachPixel(sizes, Math.floor(i / outWidth) % outHeight, i % outWidth, (_, outside) => { sum += x![plane + outside]!; });
      y![i] = sum / attributes.size ** 2;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes }) {
      const sizes = windowsOf("averagePool2d", x!.shape, [attributes.size, attributes.size], attributes);
      const { outHeight, outWidth, height, width } = sizes;
      return perElement(y!.size, `let column = i % ${outWidth}u;
  let row = i / ${outWidth}u % ${outHeight}u;
  let plane = i / ${outHeight * outWidth}u * ${height * width}u;
  var sum = 0.0f;
  ${eachPixelInWgsl(sizes, "sum += a0[plane + outside];")}
  out0[i] = sum / ${f32(attributes.size ** 2)};`);
    },
  },
  examples: [
    {
      inputs: [{ shape: [1, 1, 2, 4], values: [1, 7, -3, -2, 5, 7, -1, -10] }],
      attributes: { size: 2, stride: 2, padding: 0 },
      outputs: [[5, -4]],
    },
  ],
  samples: [
    { inputs: [[2, 3, 6, 5]], attributes: { size: 2, stride: 2, padding: 0 } },
    { inputs: [[2, 2, 7, 7]], attributes: { size: 3, stride: 2, padding: 1 } },
  ],
});

/** dx[q] = Σ of dy over the windows that cover q, divided by the pixels of a window. */
export const averagePool2dGradientKernel = defineKernel<PoolAttributes & { height: number; width: number }>({
  name: "averagePool2dGradient",
  outputs: ([dOut], { height, width }) => [{ shape: [dOut![0]!, dOut![1]!, height, width] }],
  reference([dOut], [dX], { outputs: [out], attributes }) {
    const sizes = windowsOf("averagePool2d", out!.shape, [attributes.size, attributes.size], attributes);
    const { outHeight, outWidth, height, width } = sizes;
    if (!out!.accumulate) dX!.fill(0);
    for (let i = 0; i < dOut!.length; i++) {
      const plane = Math.floor(i / (outHeight * outWidth)) * height * width;
      eachPixel(sizes, Math.floor(i / outWidth) % outHeight, i % outWidth, (_, outside) => {
        dX![plane + outside] = dX![plane + outside]! + dOut![i]! / attributes.size ** 2;
      });
    }
  },
  wgsl: {
    flat({ outputs: [dX], attributes }) {
      const { height, width } = attributes;
      const sizes = windowsOf("averagePool2d", dX!.shape, [attributes.size, attributes.size], attributes);
      return perElement(dX!.size, `let px = i % ${width}u;
  let py = i / ${width}u % ${height}u;
  let windows = i / ${height * width}u * ${sizes.outHeight * sizes.outWidth}u;
  var sum = 0.0f;
  ${eachWindowInWgsl(sizes, "sum += a0[windows + place];")}
  ${store("out0", "i", `sum / ${f32(attributes.size ** 2)}`, dX!)}`);
    },
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [1, 1, 1, 2], values: [4, 8] }],
      attributes: { size: 2, stride: 2, padding: 0, height: 2, width: 4 },
      outputs: [[1, 1, 2, 2, 1, 1, 2, 2]],
    },
  ],
  samples: [{ inputs: [[2, 2, 4, 4]], attributes: { size: 3, stride: 2, padding: 1, height: 7, width: 7 } }],
});
