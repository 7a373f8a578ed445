import { expect, test } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import type { Shape } from "../kernel.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { addRow } from "./addRow.ts";
import { averagePool2d } from "./averagePool2d.ts";
import { batchedMatmul } from "./batchedMatmul.ts";
import { batchNorm, batchNormFixed } from "./batchNorm.ts";
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { divide } from "./divide.ts";
import { gatherRows, scatterRows } from "./gatherRows.ts";
import { gruCell } from "./gruCell.ts";
import { lstmCell } from "./lstmCell.ts";
import { maxPool2d } from "./maxPool2d.ts";
import { parallelScan, scan } from "./scan.ts";
import { slice } from "./slice.ts";
import { subtract } from "./subtract.ts";
import { swapAxes } from "./swapAxes.ts";
import { topK } from "./topK.ts";

const backend = createReferenceBackend();
const of = (...shape: number[]): Tensor => tensor(backend, shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0));
const ids = (...shape: Shape): Tensor => tensor(backend, shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0), "i32");

test.each<[string, () => unknown]>([
  ["addRow: the row does not fit, x is [2,3] and row is [2]", () => addRow(of(2, 3), of(2))],
  [
    "averagePool2d: the window does not fit, x is [1,1,2,2] and window is [3,3] and stride and padding is [3,0]",
    () => averagePool2d(of(1, 1, 2, 2), 3),
  ],
  ["batchNorm: weight and bias do not fit, x is [2,3] and weight is [2] and bias is [2]", () => batchNorm(of(2, 3), of(2), of(2))],
  ["batchNormFixed: statistics do not fit, x is [2,3] and statistics is [3,2]", () => batchNormFixed(of(2, 3), of(3), of(3), of(3, 2))],
  ["batchedMatmul: inner sizes differ, a is [2,3,4] and b is [2,3,4]", () => batchedMatmul(of(2, 3, 4), of(2, 3, 4))],
  ["batchedMatmul: items do not divide, a is [3,3,4] and b is [2,4,4]", () => batchedMatmul(of(3, 3, 4), of(2, 4, 4))],
  ["concat: axes before the last differ, first is [2,3] and other is [3,3]", () => concat(of(2, 3), of(3, 3))],
  ["conv2d: channels differ, x is [1,2,4,4] and weight is [3,1,2,2]", () => conv2d(of(1, 2, 4, 4), of(3, 1, 2, 2))],
  ["conv2d: bias does not fit, weight is [3,2,2,2] and bias is [2]", () => conv2d(of(1, 2, 4, 4), of(3, 2, 2, 2), of(2))],
  ["conv2d: x must be [batch,channels,height,width], x is [2,4,4] and window is [2,2]", () => conv2d(of(2, 4, 4), of(3, 4, 2, 2))],
  ["divide: shapes differ, a is [2] and b is [3]", () => divide(of(2), of(3))],
  ["gatherRows: x must be a matrix and indices a list, x is [4] and indices is [2]", () => gatherRows(of(4), ids(2))],
  ["scatterRows: every row needs an index, x is [4,2] and indices is [3]", () => scatterRows(of(4, 2), ids(3), 5)],
  [
    "gruCell: gates are three times h, fromInput is [2,6] and fromState is [2,6] and state is [2,3]",
    () => gruCell(of(2, 6), of(2, 6), of(2, 3)),
  ],
  ["lstmCell: gates are four times h and the state twice, gates is [2,12] and state is [2,4]", () => lstmCell(of(2, 12), of(2, 4))],
  [
    "maxPool2d: the padding is as wide as the window, window is [2,2] and padding is [2]",
    () => maxPool2d(of(1, 1, 4, 4), 2, { padding: 2 }),
  ],
  ["scan: shapes differ or are not [batch,time,channels], a is [1,2,3] and b is [1,3,2]", () => scan(of(1, 2, 3), of(1, 3, 2))],
  ["parallelScan: shapes differ or are not [batch,time,channels], a is [2,3] and b is [2,3]", () => parallelScan(of(2, 3), of(2, 3))],
  ["slice: the columns do not lie in the last axis, x is [2,3] and columns is [2,2]", () => slice(of(2, 3), 2, 2)],
  ["subtract: shapes differ, a is [2,3] and b is [3,2]", () => subtract(of(2, 3), of(3, 2))],
  ["swapAxes: there is no such pair of axes, x is [2,3] and axis is [1]", () => swapAxes(of(2, 3), 1)],
  ["topK: k does not fit the last axis, x is [2,3] and k is [4]", () => topK(of(2, 3), 4)],
])("%s", (message, call) => {
  expect(call).toThrow(message);
});
