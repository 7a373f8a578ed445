import type { LaunchRecord } from "./backend.ts";
import { lastOf } from "./shapes.ts";

type Count = (launch: LaunchRecord) => number;

/** 2 m n k: each of the m n results is a sum of k products. `inner` is k. */
const product = (inner: (launch: LaunchRecord) => number): Count => (launch) => 2 * launch.outputs[0]!.size * inner(launch);

/** Pairs of a query and a key that it may see, over all sequences and heads, times the width of a head. */
function pairs({ inputs: [qkv], attributes }: LaunchRecord): number {
  const [batch, time, width] = qkv!.shape as [number, number, number];
  const { nHeads, nKvHeads, causal } = attributes as { nHeads: number; nKvHeads: number; causal?: boolean };
  const dHead = width / (nHeads + 2 * nKvHeads);
  return batch * nHeads * dHead * (causal ? (time * (time + 1)) / 2 : time * time);
}

const inputRows: Count = ({ inputs: [x] }) => x!.shape[0]!;
const innerOfX: Count = ({ inputs: [x] }) => lastOf(x!.shape);

/**
 * Floating-point operations of a launch, a multiplication and an addition counted as two, by kernel. They stand here and not with the
 * kernels because pages that measure nothing need not load them. Kernels that are not named do a few operations a number: what they
 * take is the time to move their bytes.
 */
const counts: ReadonlyMap<string, Count> = new Map<string, Count>([
  ["matmul", product(({ inputs: [a], attributes }) => a!.shape[attributes.transposeA === true ? 0 : 1]!)],
  ["batchedMatmul", product(({ inputs: [a], attributes }) => a!.shape[attributes.transposeA === true ? 1 : 2]!)],
  ["linear", product(innerOfX)],
  ["linearRope", product(innerOfX)],
  ["linearInt8", product(innerOfX)],
  ["linearInt4", product(innerOfX)],
  ["linearWeightGradient", product(inputRows)],
  // Scores and mix; backwards scores again, their gradient, and those of queries, keys and values.
  ["attention", (launch) => 4 * pairs(launch)],
  ["attentionGradient", (launch) => 10 * pairs(launch)],
  ["attentionScores", (launch) => 2 * pairs(launch)],
  ["attentionScoresGradient", (launch) => 4 * pairs(launch)],
]);

/** The floating-point operations of a launch (2 m n k for a product of m × k and k × n), or null where only its bytes are worth counting. */
export const operationsOf = (launch: LaunchRecord): number | null => counts.get(launch.kernel.name)?.(launch) ?? null;

/** The kernels whose operations are counted. */
export const countedKernels: readonly string[] = [...counts.keys()];
