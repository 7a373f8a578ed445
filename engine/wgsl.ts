import type { Launch, Operand, Program } from "./kernel.ts";

/** Invocations in a workgroup of every flat kernel. */
export const workgroupSize = 64;

/**
 * The program that runs `body` once for each index `i` in [0, count), one invocation an index, without barriers.
 * Subtle: a grid dimension ends at 65,535 workgroups, so the backend folds the rest into y and the index is put together again here.
 */
export function perElement(count: number, body: string, declarations = ""): Program {
  const code = `${declarations}
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * ${workgroupSize}u;
  if (i >= ${count}u) { return; }
  ${body}
}`;
  return { code, workgroups: Math.ceil(count / workgroupSize) };
}

/** WGSL that writes a value to an output, or adds it where the output accumulates. */
export function store(name: string, index: string, value: string, output: Operand): string {
  return `${name}[${index}] ${output.accumulate ? "+=" : "="} ${value};`;
}

/** A number as a WGSL f32 literal. */
export function f32(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** The names under which a launch's operands are bound, inputs first. */
export function bindingNames({ inputs, outputs }: { readonly inputs: readonly unknown[]; readonly outputs: readonly unknown[] }): string[] {
  return [...inputs.map((_, i) => `a${i}`), ...outputs.map((_, i) => `out${i}`)];
}

/**
 * `perElement` for kernels whose operands are f32 and all of one size. Where the size divides by four an invocation
 * takes four numbers: `Number`, the type of an element, is then vec4f, else f32.
 */
export function elementWise(launch: Pick<Launch, "inputs" | "outputs">, body: string): Program {
  const { size } = launch.outputs[0]!;
  if (size % 4 !== 0) return perElement(size, body, "alias Number = f32;");
  return { ...perElement(size / 4, body, "alias Number = vec4f;"), vec4: bindingNames(launch) };
}

/** How a row of `length` numbers is read: `lanes` at a time, as `units` values of WGSL type `Number`. */
export interface Lanes {
  readonly lanes: number;
  readonly units: number;
  /** Declares `Number`, `inner` (the inner product of two) and `total` (the sum of one's lanes). */
  readonly declarations: string;
  /** The bindings to be read four at a time, for `Program.vec4`: all of them or none. */
  vec4(...names: string[]): string[];
}

/** Rows are read as vec4f where their length divides by four. */
export function lanesOf(length: number): Lanes {
  const wide = length % 4 === 0;
  return {
    lanes: wide ? 4 : 1,
    units: wide ? length / 4 : length,
    declarations: wide
      ? `alias Number = vec4f;
fn inner(a: Number, b: Number) -> f32 { return dot(a, b); }
fn total(a: Number) -> f32 { return (a.x + a.y) + (a.z + a.w); }`
      : `alias Number = f32;
fn inner(a: Number, b: Number) -> f32 { return a * b; }
fn total(a: Number) -> f32 { return a; }`,
    vec4: (...names) => (wide ? names : []),
  };
}

/** `count` copies of a line: loops over registers are written out, since not every driver keeps an indexed array in registers. */
export function unroll(count: number, line: (j: number) => string, separator = "\n  "): string {
  return Array.from({ length: count }, (_, j) => line(j)).join(separator);
}

/** The first index at or after `count` that begins a workgroup: where the second part of a two-part kernel starts. */
export function nextGroup(count: number): number {
  return Math.ceil(count / workgroupSize) * workgroupSize;
}

/**
 * The program that runs `body` once for each block in [0, count), 64 invocations a block: `block` and `local` are its names for them.
 * It may call `sumOf(local, value)`, the sum of a `Number` over the block in a fixed order, wherever control flow depends on `block` alone.
 * For real GPUs only: software adapters pay dearly for barriers.
 */
export function perBlock(count: number, body: string, declarations: string): Program {
  const code = `${declarations}
var<workgroup> parts: array<Number, ${workgroupSize}>;
fn sumOf(local: u32, value: Number) -> Number {
  parts[local] = value;
  workgroupBarrier();
  for (var half = ${workgroupSize / 2}u; half > 0u; half /= 2u) {
    if (local < half) { parts[local] += parts[local + half]; }
    workgroupBarrier();
  }
  let sum = parts[0];
  workgroupBarrier();
  return sum;
}
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let block = group.x + group.y * groups.x;
  if (block >= ${count}u) { return; }
  ${body}
}`;
  return { code, workgroups: count };
}
