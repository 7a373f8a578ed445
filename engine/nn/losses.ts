import { multiply } from "../ops/multiply.ts";
import { softplus } from "../ops/softplus.ts";
import { subtract } from "../ops/subtract.ts";
import { mean } from "../ops/sum.ts";
import { reshape, type Tensor } from "../tensor.ts";

/** The mean over all elements, as one number [1]. */
const average = (x: Tensor): Tensor => mean(reshape(x, [1, x.size]));

/** (1/n) Σ (y − target)². Throws: ShapeError when the shapes differ. */
export function meanSquaredError(y: Tensor, target: Tensor): Tensor {
  const off = subtract(y, target);
  return average(multiply(off, off));
}

/**
 * The loss of yes-or-no answers from their logits z: (1/n) Σ −t ln σ(z) − (1 − t) ln(1 − σ(z)) = (1/n) Σ softplus(z) − t z, which never
 * takes the logarithm of a rounded 0.
 * Shapes: logits and targets alike, targets in [0, 1].
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return average(subtract(softplus(logits), multiply(logits, targets)));
}
