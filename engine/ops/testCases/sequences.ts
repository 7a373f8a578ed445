import type { OpCases } from "../../testing/opCases.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import { batchedMatmul } from "../batchedMatmul.ts";
import { ropeTable } from "../rope.ts";
import { rotaryAttention } from "../rotaryAttention.ts";
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
    ...[8, 6].map((dHead) => ({
      op: "rotaryAttention", title: `heads of ${dHead}, two queries to a key`, shapes: [[2, 3, 5], [4 * dHead, 5], [4 * dHead]],
      apply: ([x, weight, bias]: readonly Tensor[]) => {
        const { backend } = x!;
        const turns = { table: tensor(backend, [4, dHead], ropeTable(4, dHead, 10)), start: tensor(backend, [1], [0], "i32") };
        return rotaryAttention(x!, weight!, bias!, turns, { nHeads: 2, nKvHeads: 1, causal: true });
      },
    })),
  ],
  products: {
    batchedMatmul: ([a], { transposeA }) => a!.shape[transposeA ? 1 : 2]! + 1,
  },
};
