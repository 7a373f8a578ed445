import { cosine, sine } from "../portable.ts";
import { random } from "../random.ts";

/** Points of the plane with a class each. */
export interface LabelledPoints {
  /** x₀ y₀ x₁ y₁ … */
  readonly points: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Two arms of a spiral, wound one and a half times around each other: at t from 0.3 to 3.5π the arms stand at radius t/11, half a turn
 * apart. Points alternate between the arms.
 */
export function spiral(count: number, noise: number, seed: number): LabelledPoints {
  const draw = random(seed);
  const points = new Float32Array(2 * count);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const perArm = Math.ceil(count / 2);
  for (let i = 0; i < count; i++) {
    const t = 0.3 + ((3.5 * Math.PI - 0.3) * Math.floor(i / 2)) / Math.max(1, perArm - 1);
    const angle = t + Math.PI * (i % 2);
    points[2 * i] = (t / 11) * cosine(angle) + noise * draw.normal();
    points[2 * i + 1] = (t / 11) * sine(angle) + noise * draw.normal();
  }
  return { points, labels };
}
