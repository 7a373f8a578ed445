import type { Task } from "./task.ts";

export interface DescendParams {
  /** Which function is walked down. */
  readonly landscape: LandscapeName;
  readonly learningRate: number;
  /** The start w₀. */
  readonly start: number;
  /** Steps already taken in the first frame. */
  readonly headStart: number;
  /** The walk ends after this many steps. */
  readonly steps: number;
}

export interface DescendFrame {
  readonly step: number;
  /** Where the walk is now, and the value and slope of the function there. */
  readonly w: number;
  readonly loss: number;
  readonly slope: number;
  /** w₀ … w_step; shorter when the walk left the finite numbers. */
  readonly path: readonly number[];
  readonly losses: readonly number[];
  /** The step whose value was no finite number or larger than 10¹², or null. */
  readonly divergedAt: number | null;
  /** True when no further step will come by itself. */
  readonly finished: boolean;
}

/** A function of one weight with its derivative written out, and the interval on which it is worth looking at. */
export interface Landscape {
  readonly name: string;
  readonly formula: string;
  value(w: number): number;
  slope(w: number): number;
  /** The minimum that lies lowest. */
  readonly minimum: number;
}

/** The four functions of `descent-1d`. The first is the worked example of the chapter: slope 2(w − 3), curvature 2 everywhere. */
export const landscapes = {
  bowl: {
    name: "bowl",
    formula: "(w − 3)²",
    value: (w: number) => (w - 3) ** 2,
    slope: (w: number) => 2 * (w - 3),
    minimum: 3,
  },
  twoValleys: {
    name: "two valleys",
    formula: "0.2(w − 1)²(w − 4)² + 0.2w",
    value: (w: number) => 0.2 * ((w - 1) * (w - 4)) ** 2 + 0.2 * w,
    slope: (w: number) => 0.4 * (w - 1) * (w - 4) * (2 * w - 5) + 0.2,
    minimum: 0.9472587,
  },
  corner: {
    name: "rounded corner",
    formula: "√((w − 3)² + 0.01)",
    value: (w: number) => Math.sqrt((w - 3) ** 2 + 0.01),
    slope: (w: number) => (w - 3) / Math.sqrt((w - 3) ** 2 + 0.01),
    minimum: 3,
  },
  ripples: {
    name: "ripples",
    formula: "0.3(w − 3)² + 0.5(1 − cos 4(w − 3))",
    value: (w: number) => 0.3 * (w - 3) ** 2 + 0.5 * (1 - Math.cos(4 * (w - 3))),
    slope: (w: number) => 0.6 * (w - 3) + 2 * Math.sin(4 * (w - 3)),
    minimum: 3,
  },
} as const satisfies Record<string, Landscape>;

export type LandscapeName = keyof typeof landscapes;

const TOO_LARGE = 1e12;

/**
 * Gradient descent on one weight: w ← w − η f′(w), with f′ written out (the derivative by tape comes two chapters later).
 * f(w) = (w − 3)², w₀ = 5, η = 0.1 gives 5, 4.6, 4.28, 4.024, 3.8192.
 *
 * Every param is live: the frame always shows the walk that *these* params give, so that a learning rate can be dragged
 * and all footprints move with it.
 */
export const descend: Task<DescendParams, DescendFrame> = async function* (run) {
  let step = run.params.headStart;
  let shown = { ...run.params };
  for (;;) {
    const frame = walk(run.params, step);
    yield frame;
    const same = (Object.keys(shown) as (keyof DescendParams)[]).every((name) => shown[name] === run.params[name]);
    shown = { ...run.params };
    if (!same) {
      step = Math.min(step, run.params.steps);
    } else if (frame.finished) {
      await run.changed();
      shown = { ...run.params };
      step = Math.min(step, run.params.steps);
    } else {
      step += 1;
    }
  }
};

/** The first `count` steps of the walk. */
export function walk(params: DescendParams, count: number): DescendFrame {
  const { value, slope } = landscapes[params.landscape];
  const path = [params.start];
  const losses = [value(params.start)];
  let divergedAt: number | null = null;
  for (let step = 1; step <= Math.min(count, params.steps); step++) {
    const before = path[step - 1]!;
    const w = before - params.learningRate * slope(before);
    const loss = value(w);
    if (!(Math.abs(w) < TOO_LARGE && Math.abs(loss) < TOO_LARGE)) {
      divergedAt = step;
      break;
    }
    path.push(w);
    losses.push(loss);
  }
  const w = path.at(-1)!;
  const step = path.length - 1;
  return { step, w, loss: losses.at(-1)!, slope: slope(w), path, losses, divergedAt, finished: divergedAt !== null || step >= params.steps };
}
