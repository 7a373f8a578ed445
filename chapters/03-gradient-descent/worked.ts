import { type DescendFrame, type LandscapeName, walk } from "../../engine/tasks/descend.ts";
import { race, type RaceOptimizersParams, type RacerName } from "../../engine/tasks/raceOptimizers.ts";
import { MINIBATCH_STEPS, minibatches, NEAR } from "../../engine/tasks/walkMinibatches.ts";
import { fixed, grouped, table, trimmed } from "../../src/prose/numbers.ts";

const from5 = (learningRate: number, steps: number, landscape: LandscapeName = "bowl"): DescendFrame =>
  walk({ landscape, learningRate, start: 5, headStart: 0, steps }, steps);

const list = (values: readonly number[], digits: number): string => values.map((value) => trimmed(value, digits)).join(", ");

/** How many steps bring the walk within a thousandth of 3, for learning rates from 0.1 to 0.9. */
function arrival(): { readonly rates: readonly number[]; readonly steps: readonly number[]; readonly at: (rate: number) => string } {
  const rates = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);
  const steps = rates.map((rate) => from5(rate, 60).path.findIndex((w) => Math.abs(w - 3) < 1e-3));
  return { rates, steps, at: (rate) => String(steps[rates.indexOf(rate)]) };
}

const RACERS: readonly (readonly [RacerName, string])[] = [["plain", "plain descent"], ["momentum", "momentum"], ["adaGrad", "AdaGrad"], ["adam", "Adam"]];

/** When each racer of `descent-2d` arrives, on the ravine and on the ravine turned with its start. */
function raced() {
  const arrivals = (patch: Partial<RaceOptimizersParams>): Readonly<Record<string, string>> => {
    const params: RaceOptimizersParams = {
      landscape: "ravine", learningRate: 0.019, scaledRate: 0.1, momentum: 0.9, startX: -2.5, startY: 0.8, headStart: 0, steps: 5000,
      lane1: "plain", lane2: "momentum", lane3: "adaGrad", lane4: "adam", ...patch,
    };
    return Object.fromEntries(race(params, params.steps).racers.map(({ name, arrivedAt }) => [name, arrivedAt === null ? "never" : grouped(arrivedAt)]));
  };
  const [cos, sin] = [Math.sqrt(3) / 2, 0.5];
  const straight = arrivals({});
  return {
    straight,
    turned: arrivals({ landscape: "tilted", startX: -2.5 * cos - 0.8 * sin, startY: -2.5 * sin + 0.8 * cos }),
    table: table(["optimizer", "steps to arrive"], RACERS.map(([name, says]) => [says, straight[name]!])),
    plainByFormula: String(Math.ceil(Math.log(Math.sqrt(0.002) / 2.5) / Math.log(0.981))),
  };
}

/** What `noise-of-minibatches` measures at its default learning rate. */
function scattered() {
  const { walks } = minibatches({ batch: "one", learningRate: 0.05 }, MINIBATCH_STEPS);
  const spread = (size: number): string => fixed(walks.find((walk) => walk.size === size)!.spread, 2);
  return {
    cars: String(walks.at(-1)!.size),
    near: String(NEAR),
    spreadOne: spread(1),
    spreadSixteen: spread(16),
    table: table(
      ["cars a step", "spread of the cloud", "steps to come near", "examples to come near"],
      walks.map(({ size, nearAt, nearExamples }) => [String(size), spread(size), String(nearAt), grouped(nearExamples!)]),
    ),
  };
}

/** The walk on f(w) = (w − 3)² from 5, computed by the task behind the figure. */
export function worked() {
  const slow = from5(0.1, 60);
  const [bounce, forEver, diverge] = [0.9, 1, 1.05].map((rate) => from5(rate, 4).path.slice(1));
  const corner = from5(0.3, 200, "corner").path.slice(-2);
  // A bowl with curvature 100 one way and 1 the other, walked with the largest round rate that its steep side allows.
  const shrinkFlat = 1 - 0.019;
  return {
    table: table(
      ["step", "weight", "slope", "moves by", "loss"],
      slow.path.slice(0, 5).map((w, step) => [
        String(step), trimmed(w, 4), trimmed(2 * (w - 3), 4),
        step === 4 ? "" : trimmed(slow.path[step + 1]! - w, 4), trimmed(slow.losses[step]!, 4),
      ]),
    ),
    path: list(slow.path.slice(0, 5), 4),
    losses: list(slow.losses.slice(0, 5), 4),
    w20: fixed(slow.path[20]!, 4),
    w20Long: fixed(slow.path[20]!, 5),
    w34: fixed(slow.path[34]!, 5),
    firstBelow: String(slow.path.findIndex((w) => w < 3.001)),
    stepsADigit: trimmed(Math.log(10) / -Math.log(0.8), 1),
    jump: trimmed(from5(0.5, 1).path[1]!, 4),
    bounce: list(bounce!, 3),
    forEver: list(forEver!, 3),
    diverge: list(diverge!, 3),
    cornerEnds: corner.map((w) => fixed(w, 2)),
    arrival: arrival(),
    race: raced(),
    noise: scattered(),
    flatSteps: trimmed(Math.log(10) / -Math.log(shrinkFlat), 0),
    entropy: { half: fixed(-Math.log(0.5), 3), sure: fixed(-Math.log(0.99), 3), wrong: fixed(-Math.log(0.01), 3) },
  };
}
