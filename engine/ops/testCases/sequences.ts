import type { OpCases } from "../../testing/opCases.ts";
import { batchedMatmul } from "../batchedMatmul.ts";
import { parallelScan, scan, scanRound } from "../scan.ts";

export const cases: OpCases = {
  calls: [
    { op: "batchedMatmul", shapes: [[4, 2, 3], [2, 3, 2]], apply: ([a, b]) => batchedMatmul(a!, b!) },
    {
      op: "batchedMatmul", title: "b read transposed, with a factor", shapes: [[4, 2, 3], [2, 2, 3]],
      apply: ([a, b]) => batchedMatmul(a!, b!, { transposeB: true, factor: 0.5 }),
    },
    { op: "scan", shapes: [[2, 4, 2], [2, 4, 2]], apply: ([a, b]) => scan(a!, b!) },
    { op: "scan", title: "in parallel", shapes: [[2, 5, 2], [2, 5, 2]], apply: ([a, b]) => parallelScan(a!, b!) },
    { op: "scanRound", shapes: [[2, 1, 4, 2]], apply: ([pairs]) => scanRound(pairs!, 2) },
  ],
  products: {
    batchedMatmul: ([a], { transposeA }) => a!.shape[transposeA ? 1 : 2]! + 1,
  },
};
