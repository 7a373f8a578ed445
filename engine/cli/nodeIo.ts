import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Backend } from "../backend.ts";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { tuneTrials } from "../backends/webgpu/tuneTrials.ts";
import { createWebGpuBackend } from "../backends/webgpu/webgpu.ts";
import { nodeGpu } from "../testing/webgpuNode.ts";
import { type Io, Refusal } from "./command.ts";

/** This process as a command sees it. */
export function nodeIo(): Io {
  // A reader that has seen enough (`| head`) closes the pipe: that is no fault.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  }
  let interrupt: AbortController | null = null;
  return {
    out: (text) => void process.stdout.write(text),
    note: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    get signal() {
      // Only a command that asks for the signal outlives the first Ctrl-C; the second ends it too.
      if (!interrupt) {
        const controller = new AbortController();
        process.once("SIGINT", () => controller.abort());
        interrupt = controller;
      }
      return interrupt.signal;
    },
    async openBackend(kind) {
      if (kind === "webgpu" && !isAdapterThere()) {
        throw new Refusal("--backend webgpu: Dawn finds no adapter here; run npm run setup, or use --backend cpu");
      }
      return openBackend(kind);
    },
  };
}

const probeVariable = "GLASSBOX_PROBE";

/** True in the child process that `isAdapterThere` starts; it answers by its exit code and does nothing else. */
export const isProbe = (): boolean => process.env[probeVariable] !== undefined;

/** The child's part. */
export async function answerProbe(): Promise<number> {
  return (await nodeGpu()).gpu ? 0 : 1;
}

/**
 * Asks in a process of its own whether there is an adapter.
 * Subtle: Dawn's native code writes warnings straight to standard error when it finds none, and a broken driver may end the process.
 */
function isAdapterThere(): boolean {
  const env = { ...process.env, [probeVariable]: "1" };
  return spawnSync(process.execPath, [process.argv[1]!], { env, stdio: "ignore", timeout: 60_000 }).status === 0;
}

/** Found from this file, not from the working directory, which is the caller's. */
const kernels = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "node_modules", ".cache", "glassbox", "kernels.wasm");

/** Opens a backend in Node. Throws: Refusal when `webgpu` finds no adapter or the CPU kernels were not built. */
export async function openBackend(kind: "cpu" | "webgpu"): Promise<Backend> {
  if (kind === "cpu") return createCpuBackend({ wasm: await loadWasm(kernels) });
  const { gpu, reason } = await nodeGpu();
  if (!gpu) throw new Refusal(`--backend webgpu: there is no adapter here (${reason.replaceAll(/\s+/g, " ").slice(0, 120)})`);
  try {
    return await createWebGpuBackend({ gpu, trials: tuneTrials, timestamps: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 160) : "no reason given";
    throw new Refusal(`--backend webgpu: the adapter gives no device (${reason})`);
  }
}
