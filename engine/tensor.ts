import type { Backend, Buffer, BufferOperand } from "./backend.ts";
import { type Attributes, type Dtype, formatShape, type Kernel, type Numbers, type Shape, ShapeError, sizeOf } from "./kernel.ts";
import { copyKernel } from "./ops/copy.ts";
import { fillKernel } from "./ops/fill.ts";

/** A shape, and numbers that live on a backend. `node` remembers how it was made, if a gradient must flow through it. */
export interface Tensor {
  readonly shape: Shape;
  readonly size: number;
  readonly dtype: Dtype;
  readonly backend: Backend;
  readonly buffer: Buffer;
  /** True for parameters and for everything computed from them. */
  readonly needsGradient: boolean;
  /** Parameters only: where `backward` leaves the gradient. */
  readonly gradient: Tensor | null;
  readonly node: TapeNode | null;
}

/** One entry of the tape: `outputs = kernel(inputs)`, and how gradients go back through it. */
export interface TapeNode {
  readonly order: number;
  readonly inputs: readonly Tensor[];
  readonly gradients: GradientRule;
}

/**
 * The chain rule of one op: given dL/d(output 0), leave dL/d(input i) in `to.into(i)` for every i that `to.needs(i)`.
 */
export type GradientRule = (dOut: Tensor, to: GradientTargets) => void;

export interface GradientTargets {
  needs(input: number): boolean;
  /** Where to put the gradient of an input: a fresh tensor, or one to be added to because the input was used twice. */
  into(input: number): Target;
  /** The gradient of an input *is* this tensor (a sum hands its gradient on unchanged): no copy unless it must be. */
  share(input: number, gradient: Tensor): void;
}

export interface Target {
  readonly tensor: Tensor;
  readonly accumulate: boolean;
}

let order = 0;
let openScope: Map<Buffer, Backend> | null = null;

function make(backend: Backend, shape: Shape, dtype: Dtype, needsGradient = false, node: TapeNode | null = null): Tensor {
  const size = sizeOf(shape);
  const tensor: Tensor = { shape, size, dtype, backend, buffer: backend.allocate(size, dtype), needsGradient, gradient: null, node };
  openScope?.set(tensor.buffer, backend);
  return tensor;
}

/** An uninitialised tensor. */
export function empty(backend: Backend, shape: Shape, dtype: Dtype = "f32"): Tensor {
  return make(backend, shape, dtype);
}

/** A tensor with the given values in row-major order. Throws: ShapeError when their number does not match the shape. */
export function tensor(backend: Backend, shape: Shape, values: ArrayLike<number>, dtype: Dtype = "f32"): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(`tensor: shape ${formatShape(shape)} holds ${sizeOf(shape)} values, got ${values.length}`);
  }
  const result = make(backend, shape, dtype);
  backend.write(result.buffer, values);
  return result;
}

/** A parameter: a leaf that gradients flow to. Buffers come from outside, usually slices of flat buffers. */
export function parameter(backend: Backend, shape: Shape, buffer: Buffer, gradientBuffer: Buffer): Tensor {
  const size = sizeOf(shape);
  const common = { shape, size, dtype: "f32" as const, backend, node: null };
  const gradient: Tensor = { ...common, buffer: gradientBuffer, needsGradient: false, gradient: null };
  return { ...common, buffer, needsGradient: true, gradient };
}

/** The same numbers under another shape. Gradients pass through unchanged. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sizeOf(shape) !== x.size) throw new ShapeError(`reshape: ${formatShape(x.shape)} does not hold as many elements as ${formatShape(shape)}`);
  // Subtle: shares x's buffer, so it is not put into the scope: x is what gets freed.
  if (!x.needsGradient) return { ...x, shape, node: null, gradient: null };
  const gradients: GradientRule = (dOut, to) => to.share(0, { ...dOut, shape: x.shape });
  return { ...x, shape, gradient: null, node: { order: order++, inputs: [x], gradients } };
}

export async function read(x: Tensor): Promise<Numbers> {
  return x.backend.read(x.buffer);
}

/**
 * Frees every tensor made inside `body`, but for those it returns (a tensor, or an array or record of tensors).
 * Subtle: synchronous on purpose; a scope that waits could free what another task made in between.
 */
export function scope<T>(body: () => T): T {
  const outer = openScope;
  const mine = new Map<Buffer, Backend>();
  openScope = mine;
  let result: T | undefined;
  try {
    result = body();
    return result;
  } finally {
    openScope = outer;
    const kept = new Set(tensorsIn(result).map((tensor) => tensor.buffer));
    for (const [buffer, backend] of mine) {
      if (!kept.has(buffer)) backend.free(buffer);
      else outer?.set(buffer, backend);
    }
  }
}

function tensorsIn(value: unknown): Tensor[] {
  if (value === null || typeof value !== "object") return [];
  if ("buffer" in value && "shape" in value) return [value as Tensor];
  return Object.values(value).flatMap(tensorsIn);
}

/** Frees a tensor before its scope ends, or one that lives outside any scope. */
export function free(x: Tensor): void {
  openScope?.delete(x.buffer);
  x.backend.free(x.buffer);
}

const operand = (x: Tensor, accumulate = false): BufferOperand => ({ shape: x.shape, size: x.size, dtype: x.dtype, accumulate, buffer: x.buffer });

/** Runs a kernel outside the tape. Without `into`, outputs are fresh tensors. */
export function launch<A extends Attributes>(
  kernel: Kernel<A>, inputs: readonly Tensor[], attributes: A, into?: readonly (Target | undefined)[],
): Tensor[] {
  const backend = inputs[0]!.backend;
  const rules = kernel.outputs(inputs.map((x) => x.shape), attributes);
  const targets = rules.map((rule, i): Target => {
    const target = into?.[i];
    if (!target) return { tensor: make(backend, rule.shape, rule.dtype ?? "f32"), accumulate: false };
    if (sizeOf(rule.shape) !== target.tensor.size) {
      throw new ShapeError(`${kernel.name}: output is ${formatShape(rule.shape)} and its target ${formatShape(target.tensor.shape)}`);
    }
    return target;
  });
  const direct = (target: Target): boolean => !target.accumulate || kernel.accumulates === true;
  const outputs = targets.map((target) => (direct(target) ? target : { tensor: make(backend, target.tensor.shape, "f32"), accumulate: false }));
  backend.run(kernel, inputs.map((x) => operand(x)), outputs.map((o, i) => ({ ...operand(o.tensor, o.accumulate), shape: rules[i]!.shape })), attributes);
  targets.forEach((target, i) => {
    if (!direct(target)) addInto(target.tensor, outputs[i]!.tensor);
  });
  return targets.map((target) => target.tensor);
}

/**
 * Runs a kernel and records it on the tape: the whole interface between the numbers and the calculus.
 * The gradient flows through output 0; further outputs are saved statistics.
 */
export function apply<A extends Attributes>(kernel: Kernel<A>, inputs: readonly Tensor[], attributes: A, gradients: (outputs: readonly Tensor[]) => GradientRule): Tensor[] {
  const [y, ...saved] = launch(kernel, inputs, attributes);
  return [record(y!, inputs, () => gradients([y!, ...saved])), ...saved];
}

/** Records on the tape that `y` was made of `inputs`, by however many launches: for ops that are fused only with their gradient. */
export function record(y: Tensor, inputs: readonly Tensor[], gradients: () => GradientRule): Tensor {
  if (!inputs.some((x) => x.needsGradient)) return y;
  return { ...y, needsGradient: true, node: { order: order++, inputs, gradients: gradients() } };
}

/**
 * Reverse-mode differentiation: leaves d(loss)/d(parameter) in `parameter.gradient` for every parameter the loss depends on.
 * Returns the parameters reached. Gradients of intermediate tensors are freed as soon as they have been used.
 * Throws: ShapeError when the loss is not a single number.
 */
export function backward(loss: Tensor): Tensor[] {
  if (loss.size !== 1) throw new ShapeError(`backward: the loss must be one number, got shape ${formatShape(loss.shape)}`);
  const { backend } = loss;
  const nodes = tape(loss);
  // Keyed by the value's node or, for a parameter, by the parameter itself: views made by spreading share neither.
  const gradients = new Map<TapeNode | Tensor, Tensor>();
  const key = (x: Tensor): TapeNode | Tensor => x.node ?? x;
  const reached = new Set<Tensor>();
  const users = (buffer: Buffer): number => [...gradients.values()].filter((g) => g.buffer === buffer).length;
  gradients.set(key(loss), launch(fillKernel, [loss], { value: 1 })[0]!);
  for (const node of nodes) {
    const dOut = gradients.get(node)!;
    gradients.delete(node);
    const targets: GradientTargets = {
      needs: (i) => node.inputs[i]!.needsGradient,
      into(i) {
        const x = node.inputs[i]!;
        const known = gradients.get(key(x));
        if (!known) {
          const fresh = x.gradient ?? make(backend, x.shape, "f32");
          if (x.gradient) reached.add(x);
          gradients.set(key(x), fresh);
          return { tensor: fresh, accumulate: false };
        }
        if (known.buffer !== dOut.buffer && users(known.buffer) === 1) return { tensor: known, accumulate: true };
        const own = make(backend, x.shape, "f32");
        launch(copyKernel, [known], {}, [{ tensor: own, accumulate: false }]);
        gradients.set(key(x), own);
        return { tensor: own, accumulate: true };
      },
      share(i, gradient) {
        const x = node.inputs[i]!;
        if (!gradients.has(key(x)) && !x.gradient) gradients.set(key(x), gradient);
        else launch(copyKernel, [gradient], {}, [targets.into(i)]);
      },
    };
    node.gradients(dOut, targets);
    // Early, so that the next gradients reuse memory that is still in the cache.
    if (users(dOut.buffer) === 0 && openScope?.has(dOut.buffer)) free(dOut);
  }
  return [...reached];
}

/** The nodes that the loss depends on, latest first: a valid order for the chain rule, since inputs are made before outputs. */
function tape(loss: Tensor): TapeNode[] {
  const seen = new Set<TapeNode>();
  const stack = loss.node ? [loss.node] : [];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const x of node.inputs) if (x.node) stack.push(x.node);
  }
  return [...seen].sort((a, b) => b.order - a.order);
}

function addInto(target: Tensor, part: Tensor): void {
  launch(copyKernel, [part], {}, [{ tensor: target, accumulate: true }]);
}
