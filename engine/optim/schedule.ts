/** How the learning rate moves: up from 0 over the warm-up, then down to `final` of the peak on a line or a half cosine. */
export interface Schedule {
  readonly peak: number;
  readonly steps: number;
  readonly warmup: number;
  readonly decay: "linear" | "cosine" | "none";
  readonly final: number;
}

/**
 * The learning rate of step `step` (0 is the first).
 * Subtle: the cosine is a polynomial of our own, because Math.cos may differ in its last bit between machines and training must not.
 */
export function learningRateAt({ peak, steps, warmup, decay, final }: Schedule, step: number): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  if (decay === "none") return peak;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  const left = decay === "linear" ? 1 - progress : 0.5 * (1 + cosinePi(progress));
  return peak * (final + (1 - final) * left);
}

/** cos(π x) for x in [0, 1], from the Taylor series about ½ where it is odd. */
function cosinePi(x: number): number {
  const u = Math.PI * (0.5 - x);
  let term = u, sum = u;
  for (let n = 1; n <= 10; n++) {
    term *= (-u * u) / (2 * n * (2 * n + 1));
    sum += term;
  }
  return sum;
}
