import { defineKernel } from "../kernel.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";
import { eachPixel, eachPixelInWgsl, eachWindowInWgsl, type Steps, windowsOf } from "../windows.ts";

/**
 * The largest number under each window; the gradient goes to the first pixel that holds it.
 * Shapes: x [batch,channels,height,width] → [batch,channels,outHeight,outWidth]. The stride is the window's size unless given.
 * Throws: ShapeError when the window does not fit.
 */
export function maxPool2d(x: Tensor, size: number, { stride = size, padding = 0 }: Partial<Steps> = {}): Tensor {
  return apply(maxPool2dKernel, [x], { size, stride, padding }, ([, places]) => (dOut, to) => {
    const [, , height, width] = x.shape as [number, number, number, number];
    launch(maxPool2dGradientKernel, [places!, dOut], { size, stride, padding, height, width }, [to.into(0)]);
  })[0]!;
}

type PoolAttributes = { size: number; stride: number; padding: number };

/** The largest numbers, and their pixels' places in the plane. */
export const maxPool2dKernel = defineKernel<PoolAttributes>({
  name: "maxPool2d",
  outputs: ([x], attributes) => {
    const { batch, channels, outHeight, outWidth } = windowsOf("maxPool2d", x!, [attributes.size, attributes.size], attributes);
    const shape = [batch, channels, outHeight, outWidth];
    return [{ shape }, { shape, dtype: "i32" }];
  },
  reference([x], [y, places], { inputs, attributes }) {
    const sizes = windowsOf("maxPool2d", inputs[0]!.shape, [attributes.size, attributes.size], attributes);
    const { outHeight, outWidth, height, width } = sizes;
    for (let i = 0; i < y!.length; i++) {
      const plane = Math.floor(i / (outHeight * outWidth)) * height * width;
      let best = -1;
      eachPixel(sizes, Math.floor(i / outWidth) % outHeight, i % outWidth, (_, outside) => {
        if (best < 0 || x![plane + outside]! > x![plane + best]!) best = outside;
      });
      y![i] = x![plane + best]!;
      places![i] = best;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes }) {
      const sizes = windowsOf("maxPool2d", x!.shape, [attributes.size, attributes.size], attributes);
      const { outHeight, outWidth, height, width } = sizes;
      return perElement(y!.size, `let column = i % ${outWidth}u;
  let row = i / ${outWidth}u % ${outHeight}u;
  let plane = i / ${outHeight * outWidth}u * ${height * width}u;
  var best = 0u;
  var found = false;
  ${eachPixelInWgsl(sizes, "if (!found || a0[plane + outside] > a0[plane + best]) { best = outside; found = true; }")}
  out0[i] = a0[plane + best];
  out1[i] = i32(best);`);
    },
  },
  examples: [
    {
      inputs: [{ shape: [1, 1, 2, 4], values: [1, 7, -3, -2, 5, 7, -1, -9] }],
      attributes: { size: 2, stride: 2, padding: 0 },
      outputs: [[7, -1], [1, 6]],
    },
  ],
  samples: [
    { inputs: [[2, 3, 6, 5]], attributes: { size: 2, stride: 2, padding: 0 } },
    { inputs: [[2, 2, 7, 7]], attributes: { size: 3, stride: 2, padding: 1 } },
  ],
});

/** dx[q] = Σ of dy over the windows whose largest number stood at q. */
export const maxPool2dGradientKernel = defineKernel<PoolAttributes & { height: number; width: number }>({
  name: "maxPool2dGradient",
  outputs: ([places], { height, width }) => [{ shape: [places![0]!, places![1]!, height, width] }],
  reference([places, dOut], [dX], { inputs, outputs: [out], attributes: { height, width } }) {
    const perPlane = inputs[0]!.shape[2]! * inputs[0]!.shape[3]!;
    if (!out!.accumulate) dX!.fill(0);
    for (let i = 0; i < places!.length; i++) {
      const at = Math.floor(i / perPlane) * height * width + places![i]!;
      dX![at] = dX![at]! + dOut![i]!;
    }
  },
  wgsl: {
    // Windows may overlap, so each pixel asks the windows that cover it.
    flat({ outputs: [dX], attributes }) {
      const { height, width } = attributes;
      const sizes = windowsOf("maxPool2d", dX!.shape, [attributes.size, attributes.size], attributes);
      return perElement(dX!.size, `let px = i % ${width}u;
  let py = i / ${width}u % ${height}u;
  let windows = i / ${height * width}u * ${sizes.outHeight * sizes.outWidth}u;
  let pixel = i32(py * ${width}u + px);
  var sum = 0.0f;
  ${eachWindowInWgsl(sizes, "if (a0[windows + place] == pixel) { sum += a1[windows + place]; }")}
  ${store("out0", "i", "sum", dX!)}`);
    },
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [1, 1, 1, 2], values: [1, 6], dtype: "i32" }, { shape: [1, 1, 1, 2], values: [3, 4] }],
      attributes: { size: 2, stride: 2, padding: 0, height: 2, width: 4 },
      outputs: [[0, 3, 0, 0, 0, 0, 4, 0]],
    },
  ],
  samples: [],
});
