import { cosine, sine } from "../portable.ts";
import { random } from "../random.ts";
import { type LabelledPoints, spiral } from "./spiral.ts";

/** Kinds of points in the plane that a classifier is tried on. */
export type PlaneName = "xor" | "moons" | "rings" | "spiral";

const count = 160;

/**
 * Points of two classes between −1 and 1: the corners of a square with opposite ones alike, two half moons, a disc in a ring, or the two
 * arms of a spiral. Classes alternate; `noise` is the standard deviation added to both coordinates.
 */
export function planePoints(name: PlaneName, noise: number, seed: number): LabelledPoints {
  if (name === "spiral") return spiral(count, noise / 3, seed);
  const draw = random(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [x, y] = places[name](labels[i]!, i, draw.uniform());
    points[2 * i] = x + noise * draw.normal();
    points[2 * i + 1] = y + noise * draw.normal();
  }
  return { points, labels };
}

const places: Readonly<Record<Exclude<PlaneName, "spiral">, (label: number, i: number, u: number) => readonly [number, number]>> = {
  xor(label, i) {
    const right = Math.floor(i / 2) % 2 === 0;
    return [right ? 0.6 : -0.6, right === (label === 0) ? 0.6 : -0.6];
  },
  moons(label, _, u) {
    const angle = Math.PI * u;
    return label === 0 ? [0.6 * cosine(angle) - 0.3, 0.6 * sine(angle) - 0.2] : [0.3 - 0.6 * cosine(angle), 0.2 - 0.6 * sine(angle)];
  },
  rings(label, _, u) {
    const angle = 2 * Math.PI * u, radius = label === 0 ? 0.25 : 0.8;
    return [radius * cosine(angle), radius * sine(angle)];
  },
};
