import { type Attributes, type Dtype, type Numbers, type Shape, sizeOf } from "../kernel.ts";
import { random } from "../random.ts";
import type { Tensor } from "../tensor.ts";

/** One tensor of a test case, in plain numbers. */
export interface Values {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly values: Numbers;
}

/** One launch of a kernel that every backend must do as the float64 reference does. */
export interface Case {
  readonly title: string;
  readonly inputs: readonly Values[];
  readonly attributes: Attributes;
  /** What the outputs hold before; made up when absent. */
  readonly before?: readonly Numbers[];
}

/** One op whose gradient is held to central differences. */
export interface Call {
  readonly op: string;
  readonly title?: string;
  /** Shapes of what the gradient is taken for. */
  readonly shapes: readonly Shape[];
  /** Applied to the drawn normal numbers, where an op wants them positive, say. */
  readonly map?: (value: number) => number;
  readonly apply: (x: readonly Tensor[]) => Tensor;
}

/**
 * What the generic tests need to know of an op beyond its samples. A file in engine/ops/testCases that exports one of these as `cases`
 * is found by them, so that a new op changes no test that is there.
 */
export interface OpCases {
  /** Gradients: at least one for every op with a kernel of its name. */
  readonly calls: readonly Call[];
  /** Launches by kernel name, where random inputs would mean nothing. */
  readonly derived?: Readonly<Record<string, () => readonly Case[]>>;
  /** Kernels that are sums of products, and how many each of them adds up. */
  readonly products?: Readonly<Record<string, (inputs: readonly Values[], attributes: Attributes) => number>>;
}

/** Seeded normal numbers that are exact in float32, or integers below a bound. */
export function draw(shape: Shape, seed: number, below?: number): Values {
  const source = random(seed);
  const next = below === undefined ? () => Math.fround(source.normal()) : () => source.integer(below);
  const values = Float64Array.from({ length: sizeOf(shape) }, next);
  return { shape, dtype: below === undefined ? "f32" : "i32", values: below === undefined ? values : Int32Array.from(values) };
}

/** The absolute values, kept away from zero. */
export const positive = (x: Values): Values => (
  { ...x, values: (x.values as Float64Array).map((value) => Math.fround(Math.abs(value) + 1e-3)) }
);
