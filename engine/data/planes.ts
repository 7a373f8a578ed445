/** A function of two weights with its gradient written out. Its lowest value is 0. */
export interface Plane {
  readonly name: string;
  readonly formula: string;
  value(x: number, y: number): number;
  gradient(x: number, y: number): readonly [number, number];
  /** Where it is lowest; a function may have several such places. */
  readonly minima: readonly (readonly [number, number])[];
}

/** Half the turn of the tilted ravine is 30°: cos and sin of that. */
const C = Math.sqrt(3) / 2, S = 0.5;

/**
 * The ground of `descent-2d`. The ravine has curvature 1 along and 100 across; the tilted one is the same, turned by 30°, so that
 * no weight is responsible for one direction alone.
 *
 * Source: Rosenbrock 1960 for the bent valley.
 */
export const planes = {
  bowl: {
    name: "bowl",
    formula: "½(x² + y²)",
    value: (x: number, y: number) => (x * x + y * y) / 2,
    gradient: (x: number, y: number) => [x, y] as const,
    minima: [[0, 0]],
  },
  ravine: {
    name: "ravine",
    formula: "½(x² + 100y²)",
    value: (x: number, y: number) => (x * x + 100 * y * y) / 2,
    gradient: (x: number, y: number) => [x, 100 * y] as const,
    minima: [[0, 0]],
  },
  tilted: {
    name: "tilted ravine",
    formula: "½(u² + 100v²), u and v turned by 30°",
    value: (x: number, y: number) => ((C * x + S * y) ** 2 + 100 * (C * y - S * x) ** 2) / 2,
    gradient: (x: number, y: number) => {
      const u = C * x + S * y, v = 100 * (C * y - S * x);
      return [C * u - S * v, S * u + C * v] as const;
    },
    minima: [[0, 0]],
  },
  rosenbrock: {
    name: "Rosenbrock’s valley",
    formula: "(1 − x)² + 100(y − x²)²",
    value: (x: number, y: number) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: (x: number, y: number) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)] as const,
    minima: [[1, 1]],
  },
  saddle: {
    name: "saddle",
    formula: "½x² + ¼(y² − 1)²",
    value: (x: number, y: number) => (x * x) / 2 + (y * y - 1) ** 2 / 4,
    gradient: (x: number, y: number) => [x, y * (y * y - 1)] as const,
    minima: [[0, -1], [0, 1]],
  },
} as const satisfies Record<string, Plane>;

export type PlaneName = keyof typeof planes;
