import { draw, type OpCases, positive } from "../../testing/opCases.ts";
import { averagePool2d } from "../averagePool2d.ts";
import { batchNorm } from "../batchNorm.ts";
import { conv2d } from "../conv2d.ts";
import { maxPool2d } from "../maxPool2d.ts";

export const cases: OpCases = {
  calls: [
    { op: "averagePool2d", shapes: [[1, 2, 4, 5]], apply: ([x]) => averagePool2d(x!, 2) },
    {
      op: "averagePool2d", title: "overlapping, with padding", shapes: [[1, 1, 5, 5]],
      apply: ([x]) => averagePool2d(x!, 3, { stride: 2, padding: 1 }),
    },
    { op: "batchNorm", shapes: [[3, 2, 2, 2], [2], [2]], apply: ([x, w, b]) => batchNorm(x!, w!, b!) },
    { op: "conv2d", shapes: [[2, 2, 4, 3], [3, 2, 2, 2]], apply: ([x, w]) => conv2d(x!, w!) },
    {
      op: "conv2d", title: "with bias, stride and padding", shapes: [[1, 2, 5, 5], [2, 2, 3, 3], [2]],
      apply: ([x, w, b]) => conv2d(x!, w!, b!, { stride: 2, padding: 1 }),
    },
    { op: "maxPool2d", shapes: [[1, 2, 4, 5]], apply: ([x]) => maxPool2d(x!, 2) },
    {
      op: "maxPool2d", title: "overlapping, with padding", shapes: [[1, 1, 5, 5]],
      apply: ([x]) => maxPool2d(x!, 3, { stride: 2, padding: 1 }),
    },
  ],
  derived: {
    fixedNorm: () => [
      {
        title: "positive variances", attributes: { epsilon: 1e-5 },
        inputs: [draw([2, 3, 4], 51), draw([3], 52), draw([3], 53), positive(draw([2, 3], 54))],
      },
    ],
    updateStatistics: () => [
      { title: "ten numbers a channel", inputs: [positive(draw([2, 3], 55))], attributes: { momentum: 0.25, epsilon: 1e-5, count: 10 } },
    ],
    maxPool2dGradient: () => [
      {
        title: "windows side by side", inputs: [draw([2, 3, 3, 2], 41, 30), draw([2, 3, 3, 2], 42)],
        attributes: { size: 2, stride: 2, padding: 0, height: 6, width: 5 },
      },
    ].map((each) => ({ ...each, inputs: [withinWindows(each.inputs[0]!), each.inputs[1]!] })),
  },
  products: {
    conv2d: ([, weight]) => weight!.shape[1]! * weight!.shape[2]! * weight!.shape[3]! + 1,
    conv2dInputGradient: ([weight]) => weight!.shape[0]! * weight!.shape[2]! * weight!.shape[3]!,
    conv2dWeightGradient: ([, dOut]) => dOut!.shape[0]! * dOut!.shape[2]! * dOut!.shape[3]!,
  },
};

/** A window's largest number stands inside it: the i-th window of 2 × 2 in a plane 5 wide, at one of its four pixels. */
function withinWindows(x: ReturnType<typeof draw>): ReturnType<typeof draw> {
  const [, , rows, columns] = x.shape as [number, number, number, number];
  const place = (value: number, i: number): number =>
    (2 * (Math.floor(i / columns) % rows) + (value >> 1) % 2) * 5 + 2 * (i % columns) + (value % 2);
  return { ...x, values: Int32Array.from(x.values, place) };
}
