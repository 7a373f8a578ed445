import type { OpCases } from "../../testing/opCases.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import { addRow } from "../addRow.ts";
import { concat } from "../concat.ts";
import { divide } from "../divide.ts";
import { dropout } from "../dropout.ts";
import { gatherRows, scatterRows } from "../gatherRows.ts";
import { max } from "../max.ts";
import { slice } from "../slice.ts";
import { subtract } from "../subtract.ts";
import { mean, sum } from "../sum.ts";
import { swapAxes, transpose } from "../swapAxes.ts";
import { topK } from "../topK.ts";

const integers = (like: Tensor, values: readonly number[]): Tensor => tensor(like.backend, [values.length], values, "i32");

export const cases: OpCases = {
  calls: [
    { op: "addRow", shapes: [[2, 3, 4], [4]], apply: ([x, row]) => addRow(x!, row!) },
    { op: "concat", shapes: [[2, 3], [2, 1], [2, 4]], apply: (parts) => concat(...parts) },
    { op: "concat", title: "ten parts", shapes: Array.from({ length: 10 }, () => [2, 1]), apply: (parts) => concat(...parts) },
    { op: "concat", title: "a part used twice", shapes: [[2, 3]], apply: ([x]) => concat(x!, x!) },
    { op: "divide", shapes: [[5], [5]], map: (value) => value + 2 * Math.sign(value), apply: ([a, b]) => divide(a!, b!) },
    { op: "dropout", shapes: [[3, 4]], apply: ([x]) => dropout(x!, integers(x!, [7, 1]), 0.3) },
    { op: "gatherRows", shapes: [[4, 3]], apply: ([x]) => gatherRows(x!, integers(x!, [2, 0, 2])) },
    { op: "max", shapes: [[3, 4]], apply: ([x]) => max(x!) },
    { op: "scatterRows", shapes: [[3, 2]], apply: ([x]) => scatterRows(x!, integers(x!, [2, 0, 2]), 4) },
    { op: "slice", shapes: [[2, 5]], apply: ([x]) => slice(x!, 1, 3) },
    { op: "slice", title: "overlapping parts", shapes: [[2, 5]], apply: ([x]) => concat(slice(x!, 0, 3), slice(x!, 2, 2)) },
    { op: "subtract", shapes: [[3, 2], [3, 2]], apply: ([a, b]) => subtract(a!, b!) },
    { op: "subtract", title: "a value from twice itself", shapes: [[3]], apply: ([a]) => subtract(a!, subtract(a!, addRow(a!, a!))) },
    { op: "sum", shapes: [[2, 3, 4]], apply: ([x]) => sum(x!) },
    { op: "sum", title: "mean", shapes: [[2, 3]], apply: ([x]) => mean(x!) },
    { op: "swapAxes", shapes: [[2, 3, 2, 2]], apply: ([x]) => swapAxes(x!, 1) },
    { op: "swapAxes", title: "transpose", shapes: [[2, 3]], apply: ([x]) => transpose(x!) },
    { op: "topK", shapes: [[3, 5]], apply: ([x]) => topK(x!, 2).values },
  ],
};
