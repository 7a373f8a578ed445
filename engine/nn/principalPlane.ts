/** Two directions of a space of d numbers, each of length 1. */
export type Plane = readonly [Float64Array, Float64Array];

/**
 * The two directions along which rows differ most: the first two principal axes of the rows, each made of length 1 and less their mean,
 * found by power iteration. `last` is where it starts, so that a picture of slowly changing rows turns slowly.
 * Shapes: rows [n,d].
 */
export function principalPlane(rows: ArrayLike<number>, d: number, last?: Plane): { plane: Plane; points: (readonly [number, number])[]; share: number } {
  const n = rows.length / d;
  const unit = Float64Array.from(rows);
  for (let i = 0; i < n; i++) {
    const length = Math.hypot(...unit.subarray(i * d, i * d + d)) || 1;
    for (let j = 0; j < d; j++) unit[i * d + j]! /= length;
  }
  const mean = Float64Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += unit[i * d + j]!;
    return sum / n;
  });
  for (let i = 0; i < unit.length; i++) unit[i]! -= mean[i % d]!;
  const along = (axis: Float64Array, i: number): number => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += unit[i * d + j]! * axis[j]!;
    return sum;
  };
  const axisFrom = (start: Float64Array, without?: Float64Array): Float64Array => {
    let axis = start;
    for (let round = 0; round < 60; round++) {
      const next = new Float64Array(d);
      for (let i = 0; i < n; i++) {
        const weight = along(axis, i);
        for (let j = 0; j < d; j++) next[j]! += weight * unit[i * d + j]!;
      }
      if (without) {
        const overlap = next.reduce((sum, x, j) => sum + x * without[j]!, 0);
        for (let j = 0; j < d; j++) next[j]! -= overlap * without[j]!;
      }
      const length = Math.hypot(...next);
      if (!(length > 1e-12)) return axis;
      axis = next.map((x) => x / length);
    }
    return axis;
  };
  const begin = (k: number): Float64Array => last?.[k] ?? Float64Array.from({ length: d }, (_, j) => (j === k ? 1 : 0.1 / (j + 1)));
  const first = axisFrom(begin(0));
  const second = axisFrom(begin(1), first);
  const points = Array.from({ length: n }, (_, i) => [along(first, i), along(second, i)] as const);
  const total = unit.reduce((sum, x) => sum + x * x, 0);
  return { plane: [first, second], points, share: points.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / (total || 1) };
}
