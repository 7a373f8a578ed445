import type { Backend } from "../backend.ts";
import { recordKernel, recordWidth } from "../ops/record.ts";
import { free, launch, read, type Tensor, tensor } from "../tensor.ts";

export interface StepReport {
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  /** Numbers of the gradient that were not finite: when there are any, the step changed nothing. */
  readonly nonFinite: number;
}

const rows = 64;

/** The reports of the last 64 steps, kept on the device so that one read fetches many. `from`: the steps already done. */
export function reportRing(backend: Backend, from: number) {
  const ring = tensor(backend, [rows, recordWidth], new Float32Array(rows * recordWidth));
  const index = tensor(backend, [1], [0], "i32");
  let reported = from;
  return {
    /** Says which step comes; before its plan is replayed. */
    prepare: (step: number): void => backend.write(index.buffer, [step % rows]),
    /** Inside a plan: notes loss [1] and the optimizer's report [4]. */
    launch(loss: Tensor, report: Tensor): void {
      launch(recordKernel, [loss, report, index], { rows }, [{ tensor: ring, accumulate: false }]);
    },
    /** Of the steps since the last call up to `step`, oldest first. `shards`: the noted loss is a sum over so many. */
    async read(step: number, shards = 1): Promise<StepReport[]> {
      const values = await read(ring);
      const first = Math.max(reported, step - rows);
      reported = step;
      return Array.from({ length: step - first }, (_, i) => {
        const at = ((first + i) % rows) * recordWidth;
        return { step: first + i + 1, loss: values[at]! / shards, gradientNorm: values[at + 1]!, nonFinite: values[at + 2]! };
      });
    },
    close(): void { [ring, index].forEach(free); },
  };
}
