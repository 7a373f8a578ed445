/** A loss curve of bounded length: each point is the mean of `stride` steps, and the stride doubles when the curve is full. */
export interface LossHistory {
  /** Adds the loss of the next step. */
  push(loss: number): void;
  /** Forgets all after `step`; returns what is forgotten. */
  truncate(step: number): LossCurve;
  curve(): LossCurve;
  /** The exponential mean of the last five steps or so; null before the first. */
  smoothed(): number | null;
  /** Steps a point. */
  stride(): number;
}

export type KeptCurve = LossCurve & { readonly stride: number };

export interface LossCurve {
  /** The last step of each point. */
  readonly steps: readonly number[];
  readonly losses: readonly number[];
  /** Exponential means, at the same steps. */
  readonly smooth: readonly number[];
}

/** Short enough not to lag behind the steep beginning. */
const memory = 0.8;

/** `start` goes on from a kept curve. Losses that are no finite numbers must not be pushed. */
export function lossHistory(limit = 400, start: KeptCurve = { steps: [], losses: [], smooth: [], stride: 1 }): LossHistory {
  let { stride } = start;
  let steps = [...start.steps], losses = [...start.losses], smooth = [...start.smooth];
  let step = steps.at(-1) ?? 0, sum = 0, count = 0;
  // The mean of the first steps is over them alone: dividing by 1 − memory^n takes out the zeros before the first.
  let mean = smooth.at(-1) ?? 0, weight = smooth.length > 0 ? 1 : 0;
  const halve = (): void => {
    const even = (_: number, i: number): boolean => i % 2 === 1;
    losses = losses.map((loss, i) => (i % 2 === 1 ? (loss + losses[i - 1]!) / 2 : loss)).filter(even);
    steps = steps.filter(even);
    smooth = smooth.filter(even);
    stride *= 2;
  };
  return {
    push(loss) {
      step++;
      sum += loss;
      count++;
      mean = memory * mean * weight + (1 - memory) * loss;
      weight = memory * weight + (1 - memory);
      mean /= weight;
      if (count < stride) return;
      steps.push(step);
      losses.push(sum / count);
      smooth.push(mean);
      sum = count = 0;
      if (steps.length >= limit) halve();
    },
    truncate(to) {
      const kept = steps.filter((at) => at <= to).length;
      const gone = { steps: steps.slice(kept), losses: losses.slice(kept), smooth: smooth.slice(kept) };
      steps.length = losses.length = smooth.length = kept;
      step = to;
      sum = count = 0;
      mean = smooth.at(-1) ?? 0;
      weight = kept > 0 ? 1 : 0;
      return gone;
    },
    curve: () => ({ steps: steps.slice(), losses: losses.slice(), smooth: smooth.slice() }),
    smoothed: () => (weight > 0 ? mean : null),
    stride: () => stride,
  };
}
