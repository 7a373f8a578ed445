import { planes, type PlaneName } from "../data/planes.ts";
import { adamWKernel, hyper } from "../ops/adamW.ts";
import { adaGradKernel, momentumKernel, rmsPropKernel, sgdKernel } from "../ops/optimizers.ts";
import type { Task } from "./task.ts";

/** Who may run in a lane. */
export type RacerName = "plain" | "momentum" | "nesterov" | "adaGrad" | "rmsProp" | "adam";

export interface RaceOptimizersParams {
  readonly landscape: PlaneName;
  /** The learning rate of plain descent and of both kinds of momentum, which multiply the gradient by it. */
  readonly learningRate: number;
  /** The learning rate of AdaGrad, RMSProp and Adam, which first divide the gradient by its own usual size. */
  readonly scaledRate: number;
  /** How much of its velocity momentum keeps. */
  readonly momentum: number;
  readonly startX: number;
  readonly startY: number;
  readonly headStart: number;
  readonly steps: number;
  readonly lane1: RacerName | "nobody";
  readonly lane2: RacerName | "nobody";
  readonly lane3: RacerName | "nobody";
  readonly lane4: RacerName | "nobody";
}

export interface Racer {
  /** 1 to 4. */
  readonly lane: number;
  readonly name: RacerName;
  readonly path: readonly (readonly [x: number, y: number])[];
  /** The height at each point of the path. */
  readonly losses: readonly number[];
  /** The step that left all bounds, or null. */
  readonly divergedAt: number | null;
  /** The first step at which the height is below `RACE_WON`, or null. */
  readonly arrivedAt: number | null;
}

export interface RaceOptimizersFrame {
  readonly step: number;
  readonly racers: readonly Racer[];
  readonly finished: boolean;
}

/** A racer has arrived when the loss is below this. */
export const RACE_WON = 0.001;
const TOO_LARGE = 1e9;
/** A race is watched in about this many frames, however many steps it has. */
const FRAMES = 120;

/**
 * Up to four optimizers walk down the same ground from the same place. Each step is the engine's own rule of that optimizer, in
 * float64 on a parameter of two numbers. Every param is live: the frame always shows the race that *these* params give.
 */
export const raceOptimizers: Task<RaceOptimizersParams, RaceOptimizersFrame> = async function* (run) {
  let step = run.params.headStart;
  for (;;) {
    const shown = JSON.stringify(run.params);
    step = Math.min(step, run.params.steps);
    const frame = race(run.params, step);
    yield frame;
    if (JSON.stringify(run.params) !== shown) continue;
    if (!frame.finished) {
      const stride = run.single ? 1 : Math.ceil(run.params.steps / FRAMES);
      step = Math.min(run.params.steps, step + stride);
      continue;
    }
    await run.changed();
  }
};

/** The first `count` steps of everyone in the race. */
export function race(params: RaceOptimizersParams, count: number): RaceOptimizersFrame {
  const step = Math.min(count, params.steps);
  const racers = [params.lane1, params.lane2, params.lane3, params.lane4]
    .flatMap((name, lane) => (name === "nobody" ? [] : [{ lane: lane + 1, name, ...walk(name, params, step) }]));
  return { step, racers, finished: step >= params.steps || racers.every(({ divergedAt }) => divergedAt !== null) };
}

function walk(name: RacerName, params: RaceOptimizersParams, steps: number): Omit<Racer, "lane" | "name"> {
  const { value, gradient } = planes[params.landscape];
  const move = mover(name, params);
  const at = Float64Array.of(params.startX, params.startY);
  const path: (readonly [number, number])[] = [[at[0]!, at[1]!]];
  const losses = [value(at[0]!, at[1]!)];
  let divergedAt: number | null = null;
  for (let step = 1; step <= steps; step++) {
    move(at, Float64Array.from(gradient(at[0]!, at[1]!)), step);
    const [x, y] = [at[0]!, at[1]!];
    const loss = value(x, y);
    // Comparisons with a number that is none are false.
    if (!(Math.abs(x) < TOO_LARGE && Math.abs(y) < TOO_LARGE && loss < TOO_LARGE)) {
      divergedAt = step;
      break;
    }
    path.push([x, y]);
    losses.push(loss);
  }
  const arrived = losses.findIndex((loss) => loss < RACE_WON);
  return { path, losses, divergedAt, arrivedAt: arrived < 0 ? null : arrived };
}

/** One step of an optimizer in place, by its kernel's reference: with PyTorch's defaults for what the reader cannot set. */
function mover(name: RacerName, { learningRate, scaledRate, momentum }: RaceOptimizersParams) {
  const unclipped = Float64Array.of(1, 0, 0, 0);
  const numbers = new Float64Array(hyper.size);
  const [first, second] = [new Float64Array(2), new Float64Array(2)];
  // The rules read no shapes: they walk over the numbers they are given.
  const shapes = { inputs: [], outputs: [] };
  const set = (rate: number, step: number): void => numbers.set([rate, 1 - 0.9 ** step, 1 - 0.999 ** step, 0]);
  return (at: Float64Array, gradient: Float64Array, step: number): void => {
    const inputs = [gradient, unclipped, numbers];
    switch (name) {
      case "plain":
        set(learningRate, step);
        return sgdKernel.reference(inputs, [at], { attributes: {}, ...shapes });
      case "momentum":
      case "nesterov":
        set(learningRate, step);
        return momentumKernel.reference(inputs, [at, first], { attributes: { momentum, nesterov: name === "nesterov" }, ...shapes });
      case "adaGrad":
        set(scaledRate, step);
        return adaGradKernel.reference(inputs, [at, first], { attributes: { epsilon: 1e-10 }, ...shapes });
      case "rmsProp":
        set(scaledRate, step);
        return rmsPropKernel.reference(inputs, [at, first], { attributes: { alpha: 0.99, epsilon: 1e-8 }, ...shapes });
      case "adam": {
        set(scaledRate, step);
        const attributes = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decayLength: 0 };
        return adamWKernel.reference(inputs, [at, first, second], { attributes, ...shapes });
      }
    }
  };
}
