/**
 * A kernel is one computation on whole tensors, told four times: the rule for its shapes, a slow and obviously right
 * `reference`, WGSL for the GPU, and (where the bench asked for it) calls into the WebAssembly module.
 * Generic tests hold all of them to the reference.
 */
export type Shape = readonly number[];
export type Dtype = "f32" | "i32";

/** Numbers of any precision: Float64Array in tests and worked numbers, Float32Array or Int32Array elsewhere. */
export type Numbers = Float64Array | Float32Array | Int32Array;

/** Constants of a launch that are not tensors. They may be baked into shader text, so nothing that changes per step belongs here. */
export type Attributes = Readonly<Record<string, number | boolean | string>>;

/** What a kernel knows of one of its tensors. */
export interface Operand {
  readonly shape: Shape;
  readonly size: number;
  readonly dtype: Dtype;
  /** Outputs only: add to what is there instead of overwriting it. Set only for kernels that declare `accumulates`. */
  readonly accumulate: boolean;
}

export interface Launch<A extends Attributes = Attributes, O extends Operand = Operand> {
  readonly inputs: readonly O[];
  readonly outputs: readonly O[];
  readonly attributes: A;
}

/** The text of a compute shader and the size of its grid. Bindings are declared by the backend: inputs `a0, a1, …`, outputs `out0, out1, …`, then `sizes`. */
export interface Program {
  /** WGSL after the generated bindings; its entry point is `main`. */
  readonly code: string;
  /** Number of workgroups along x (the backend folds more than 65,535 into y; see `workgroupIndex` in the prelude). */
  readonly workgroups: number;
  /** Names of bindings to declare as `array<vec4f>`: their rows are read four numbers at a time. Sizes must divide by four. */
  readonly vec4?: readonly string[];
  /** Integers that the code reads as `sizes.name`, from a uniform: launches that differ only in them share a pipeline. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** One factor of a product. `alongInner`: neighbours in memory run along the inner index k (else along rows of a, columns of b). */
export interface Factor {
  readonly name: string;
  readonly alongInner: boolean;
}

/** y = a b, for which the backend writes the shader: every variant of a product is one text, so that no kernel has to hold it. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Factor;
  readonly b: Factor;
  /**
   * If set, columns c and c + pairs of every 2 · pairs are finished together: `finish` finds the product of the other column as
   * `other`. n must divide by 2 · pairs, and pairs by 4.
   */
  readonly pairs?: number;
  /**
   * WGSL that stores `value`, the product at `row` and `column`, to element `at`. With `wide`, value holds four columns, and `at` and
   * `column / 4` index bindings of vec4f.
   */
  finish(wide: boolean): string;
  /** Bindings besides a and b that `finish` indexes by column or by `at`. */
  readonly finished: readonly string[];
  /** WGSL run once a row, for the tile of column 0, with `sum` = Σₖ a[row,k]. */
  readonly rowSum?: string;
}

/** An operand that lies in WebAssembly memory. */
export interface WasmOperand extends Operand {
  readonly pointer: number;
}

/** One call of an exported WebAssembly function. */
export type WasmCall = readonly [name: string, ...numbers: number[]];

export interface Example {
  readonly inputs: readonly { readonly shape: Shape; readonly values: readonly number[]; readonly dtype?: Dtype }[];
  readonly attributes?: Attributes;
  readonly outputs: readonly (readonly number[])[];
}

export interface OutputRule {
  readonly shape: Shape;
  readonly dtype?: Dtype;
}

export interface Kernel<A extends Attributes = Attributes> {
  readonly name: string;
  /** Shapes of the outputs. Throws: ShapeError when the inputs do not fit together. */
  outputs(inputs: readonly Shape[], attributes: A): readonly OutputRule[];
  /** The definition of the result, in plain loops, on numbers of any precision. */
  reference(inputs: readonly Numbers[], outputs: readonly Numbers[], launch: Launch<A>): void;
  /** WGSL variants by name, or what they multiply; `flat` (no barriers) is always there. */
  readonly wgsl?: Readonly<Record<string, (launch: Launch<A>) => Program | Product>>;
  /** Calls that do the same in WebAssembly; null when this launch is better left to the reference. */
  wasm?(launch: Launch<A, WasmOperand>): readonly WasmCall[] | null;
  /** All implementations honour `accumulate` on their outputs. */
  readonly accumulates?: boolean;
  /** Examples worked out by hand or printed by another program. */
  readonly examples: readonly Example[];
  /** Shapes and attributes for the seeded random tests and the bench. */
  readonly samples: readonly { readonly inputs: readonly Shape[]; readonly attributes?: A; readonly integers?: Readonly<Record<number, number>> }[];
}

/** The inputs of a kernel do not fit together. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Types a kernel literal. The generic parameter is inferred from the attributes that its functions use. */
export function defineKernel<A extends Attributes>(kernel: Kernel<A>): Kernel<A> {
  return kernel;
}

/** Number of elements of a shape; 1 for the empty shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** "[2,3]", the form in which error messages print shapes. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}
