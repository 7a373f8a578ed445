/** A training that ran away. */
export interface Divergence {
  readonly step: number;
  readonly loss: number | null;
  readonly learningRate: number;
  /** Before clipping; null where it was no finite number. */
  readonly gradientNorm: number | null;
  /** The first tensor whose gradient was not finite, or, where all were, the one whose gradient was largest. */
  readonly tensor: string;
  readonly finite: boolean;
  /** The step that training goes back to. */
  readonly soundStep: number;
}

/** Names the first gradient that holds a number that is not finite; where there is none, the one with the largest norm. */
export function worst(gradients: ReadonlyMap<string, Float32Array>): string {
  let largest = -1, tensor = "";
  for (const [name, values] of gradients) {
    const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    if (!Number.isFinite(norm)) return name;
    if (norm > largest) [largest, tensor] = [norm, name];
  }
  return tensor;
}
