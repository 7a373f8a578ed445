import type { Backend, Counts } from "../backend.ts";
import { type NamedProfile, profileTable } from "./profileTable.ts";
import { columns } from "./columns.ts";
import { largeWorkloads, plainLoopSpeed, processorTime, type Workload, workloads } from "./benchWorkloads.ts";
import type { Command } from "./command.ts";
import { number, seed, text } from "./flags.ts";

export const benchCommand: Command = {
  name: "bench",
  summary: "speed of the engine on this machine: matrix product, training, decoding",
  options: {
    seconds: { kind: "text", value: "X", summary: "how long each workload is timed, after a warm-up", default: "2" },
    profile: { kind: "switch", summary: "instead, one step of each workload kernel by kernel: launches, time, bytes, operations" },
    large: { kind: "switch", summary: "also decode with GPT-2 small on the CPU, and read as many bytes: 1 GB of memory" },
  },
  details: `One thread. The table shows the best round of each workload by the clock ("speed"), the mean by processor time ("undisturbed",
which other programs on the machine change little), and per step after the first: launches, submits, buffers and bind groups
created. "read" is the roof of decoding a model larger than the caches. "plain loop" is a matmul of three JavaScript loops beside it: compare machines by the ratio to it.
--backend cpu times the CPU, and the GPU too where Dawn finds a real one; --backend webgpu times both, a software GPU included. A GPU's
rows name it.`,
  async run(flags, io) {
    const seconds = number(flags, "seconds", { least: 0, most: 600, above: true });
    const start = seed(flags);
    const gpu = await openGpu(text(flags, "backend") === "webgpu", io.openBackend);
    const rows: Row[] = [];
    const profiles: NamedProfile[] = [];
    for (const backend of [await io.openBackend("cpu"), ...(gpu ? [gpu] : [])]) {
      for (const make of flags.has("large") && backend.kind === "cpu" ? [...workloads, ...largeWorkloads] : workloads) {
        const workload = make(backend, start);
        io.note(io.isTerminal ? `\r\u001b[K${backend.kind}: ${workload.title}` : "");
        if (!flags.has("profile")) rows.push(await time(backend, workload, seconds));
        else if (workload.profile) {
          for (let warm = 0; warm < 2; warm++) await workload.round();
          profiles.push({ workload: workload.title, ...(await workload.profile()) });
        }
        workload.close();
      }
      backend.close();
    }
    io.note(io.isTerminal ? "\r\u001b[K" : "");
    if (flags.has("profile")) {
      io.out(flags.has("json") ? `${JSON.stringify({ profiles })}\n` : profiles.map(profileTable).join("\n"));
      return;
    }
    io.out(flags.has("json") ? `${JSON.stringify({ rows })}\n` : table(rows));
  },
};

interface Row {
  readonly backend: string;
  /** What the GPU calls itself; null on the CPU. */
  readonly adapter: string | null;
  readonly workload: string;
  readonly speed: number;
  readonly unit: string;
  /** The mean by processor time, what a core of its own would give; null for a GPU. */
  readonly undisturbed: number | null;
  /** GFLOP/s of the plain loop beside it, by processor time. */
  readonly plain: number;
  /** `undisturbed` (for a GPU `speed`) over `plain`, for GFLOP/s. */
  readonly ratio: number | null;
  readonly launches: number;
  readonly submits: number;
  readonly buffersCreated: number;
  readonly bindGroupsCreated: number;
  readonly rounds: number;
}

async function openGpu(wanted: boolean, open: (kind: "webgpu") => Promise<Backend>): Promise<Backend | null> {
  if (wanted) return open("webgpu");
  try {
    const gpu = await open("webgpu");
    if (!("software" in gpu && gpu.software === true)) return gpu;
    gpu.close();
  } catch { /* No adapter: the CPU alone. */ }
  return null;
}

const adapterOf = (backend: Backend): string | null => ("description" in backend ? String(backend.description) : null);

async function time(backend: Backend, workload: Workload, seconds: number): Promise<Row> {
  const plain = plainLoopSpeed();
  // Twice: the first compiles and captures, the second fills caches and lets a governor learn.
  for (let warm = 0; warm < 2; warm++) await workload.round();
  const before: Counts = { ...backend.counts };
  const busy = processorTime();
  const end = performance.now() + seconds * 1000;
  let best = Infinity;
  let rounds = 0;
  do {
    const start = performance.now();
    await workload.round();
    best = Math.min(best, performance.now() - start);
    rounds++;
  } while (performance.now() < end);
  const speed = (workload.amount * 1000) / best;
  const undisturbed = backend.kind === "cpu" ? (workload.amount * 1000 * rounds) / (processorTime() - busy) : null;
  const perStep = (name: keyof Counts): number => (backend.counts[name] - before[name]) / (rounds * workload.steps);
  return {
    backend: backend.kind, adapter: adapterOf(backend), workload: workload.title, speed, unit: workload.unit, undisturbed, plain,
    ratio: workload.unit === "GFLOP/s" ? (undisturbed ?? speed) / plain : null,
    launches: perStep("launches"), submits: perStep("submits"),
    buffersCreated: perStep("buffersCreated"), bindGroupsCreated: perStep("bindGroupsCreated"), rounds,
  };
}

function table(rows: readonly Row[]): string {
  const counted = ["launches", "submits", "buffers", "bind groups", "rounds"];
  const head = ["backend", "workload", "speed", "", "undisturbed", "plain loop", "ratio", ...counted];
  const cells = rows.map((row) => [
    row.adapter ? `${row.backend}, ${row.adapter}` : row.backend, row.workload, speed(row.speed), row.unit, row.undisturbed === null ? "" : speed(row.undisturbed),
    `${row.plain.toFixed(2)} GFLOP/s`, row.ratio === null ? "" : `${row.ratio.toFixed(1)} ×`,
    ...[row.launches, row.submits, row.buffersCreated, row.bindGroupsCreated, row.rounds].map(count),
  ]);
  return columns([head, ...cells], (column) => column < 2 || column === 3);
}

const speed = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1));

const count = (perStep: number): string => (Number.isInteger(perStep) ? String(perStep) : perStep.toFixed(2));
