import type { Plan } from "../backend.ts";
import { copyKernel } from "../ops/copy.ts";
import { optimizer, type OptimizerOptions } from "../optim/optimizer.ts";
import { backward, free, launch, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Parameters } from "./parameters.ts";

/** Training of any small model: every step replays one captured plan (forward, loss, gradient, optimizer), on either backend. */
export interface Fit {
  /** Steps done. */
  readonly step: number;
  /** One step on new values of the inputs, in their order. */
  advance(values: readonly ArrayLike<number>[], learningRate: number): void;
  /** The loss of the last step, before it moved anything. Waits for the device: read it every few steps. */
  loss(): Promise<number>;
  /** Frees the plan, the optimizer and the inputs; the parameters stay. */
  close(): void;
}

/**
 * Fits `parameters` so that `lossOf()`, a function of them and of `inputs`, becomes small. `lossOf` is called once, to be captured: what it
 * computes must depend on the step through the inputs alone.
 */
export function fit(parameters: Parameters, options: OptimizerOptions, inputs: readonly Tensor[], lossOf: () => Tensor): Fit {
  const { backend } = parameters;
  const updates = optimizer(parameters, options);
  const loss = tensor(backend, [1], [0]);
  let plan: Plan | null = null;
  let step = 0;
  const capture = (): Plan => backend.capture(() => scope(() => {
    const value = lossOf();
    launch(copyKernel, [value], {}, [{ tensor: loss, accumulate: false }]);
    backward(value);
    updates.launch();
  }));
  return {
    get step() { return step; },
    advance(values, learningRate) {
      plan ??= capture();
      inputs.forEach((input, i) => backend.write(input.buffer, values[i]!));
      updates.prepare(step + 1, learningRate);
      plan.replay();
      step++;
    },
    loss: async () => (await read(loss))[0]!,
    close() {
      plan?.close();
      updates.close();
      [loss, ...inputs].forEach(free);
    },
  };
}
