import type { Operand, Program } from "./kernel.ts";

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
