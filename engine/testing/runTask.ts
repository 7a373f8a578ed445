import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import type { Run, Task } from "../tasks/task.ts";

/** Runs a task on the CPU backend to its last frame and returns all frames. It is stopped after `most` of them. */
export async function framesOf<P, F>(task: Task<P, F>, params: P, most = 1000): Promise<F[]> {
  const wasm = await loadWasm();
  const run: Run<P> = {
    params,
    backend: () => createCpuBackend({ wasm }),
    artefact: (name) => Promise.reject(new Error(`no artefact ${name}`)),
    breathe: () => Promise.resolve(),
    changed: () => new Promise(() => undefined),
  };
  const frames: F[] = [];
  for await (const frame of task(run)) {
    frames.push(frame);
    if (frames.length >= most) break;
  }
  return frames;
}
