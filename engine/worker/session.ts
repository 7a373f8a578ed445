import type { Run, Seam } from "../tasks/task.ts";
import type { GpuBackend } from "./backends.ts";
import { type Checkpoints, createCheckpoints } from "./checkpoints.ts";
import type { BackendChoice, BackendKind, GpuStanding, ToWorker } from "./protocol.ts";
import type { Watched } from "./watch.ts";

export type Params = Record<string, unknown>;
export type Start = Extract<ToWorker, { type: "start" }>;

/** The same run on the GPU, on trial beside the real one. */
export interface Contest {
  /** Null until its pipelines are compiled and it may be measured. */
  ready: { pace(): Promise<number>; readonly backend: GpuBackend } | null;
  close(): void;
}

/** A run of a figure, from its start to its stop. */
export interface Session {
  readonly start: Start;
  readonly params: Params;
  /** What the reader wants. */
  choice: BackendChoice;
  /** Where the next generator begins. */
  place: BackendKind;
  /** Where the present one computes. */
  kind: BackendKind;
  /** Set when the task first asks for a backend. */
  tensors: { readonly tensors: true } | undefined;
  /** The backend as the task sees it, and what it launched there; more than one where it compares them. */
  watched: readonly Watched[];
  note: string | undefined;
  /** What is known of the GPU beside the CPU. */
  gpu: GpuStanding | undefined;
  /** The fewest milliseconds that a step took on the CPU. */
  pace: number;
  /** When the GPU may be tried again, on the clock of `performance.now`. */
  retryAt: number;
  /** Times that it was too slow to answer. */
  late: number;
  contest: Contest | null;
  /** Where the run went over to another backend. */
  seams: readonly Seam[];
  frames: AsyncGenerator<unknown, void, void> | null;
  run: Run<Params> | null;
  /** Ends the frame being computed; set while there is one. */
  fail: ((error: Error) => void) | null;
  /** Counts the generators of this run: one that was left for another step ends at its next breath. */
  generation: number;
  /** Where a new generator goes on. */
  resume: Uint8Array | undefined;
  readonly checkpoints: Checkpoints;
  /** The step of the last frame. */
  at: number;
  /** The step that the reader asked for, until its frame is there. */
  target: number | null;
  /** A frame that is being computed; it outlives its `next` when the task waits for a change on the way to a target. */
  pending: Promise<IteratorResult<unknown, void>> | null;
  /** Ends the way to a target that the task cannot reach by itself. */
  arrive: (() => void) | null;
  /** When the last frame was handed over. */
  answeredAt: number;
  /** Set while nobody sees it: resolves when somebody does. */
  resting: Promise<void> | null;
  rouse: (() => void) | null;
  busy: boolean;
  asked: boolean;
  single: boolean;
  stopped: boolean;
  changed: boolean;
  wake: (() => void) | null;
}

/** A run that has not computed anything yet. */
export function newSession(start: Start): Session {
  return {
    start, params: { ...start.params }, choice: start.backend, place: start.backend === "webgpu" ? "webgpu" : "cpu", kind: "cpu",
    tensors: undefined, watched: [], note: undefined, gpu: undefined, pace: Infinity, retryAt: 0, late: 0, contest: null, seams: [], frames: null, run: null, fail: null,
    generation: 0, resume: undefined, checkpoints: createCheckpoints(), at: 0, target: null, pending: null, arrive: null,
    answeredAt: 0, resting: null, rouse: null, busy: false, asked: false, single: false, stopped: false, changed: false, wake: null,
  };
}

/** Thrown inside a task whose run was stopped, so that its `finally` blocks run. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Thrown inside a task that was left for an earlier step of the same run. */
export class Left extends Error {
  override readonly name = "Left";
}

/** The device went away while a task was using it. */
export class DeviceLost extends Error {
  override readonly name = "DeviceLost";
}

/**
 * A promise that `session.fail` can end, because promises of a dead device may never settle.
 * Subtle: not Promise.race with a promise that lives as long as the device, which would keep every frame's reaction for ever.
 */
export function endable<T>(session: Session, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    session.fail = reject;
    work.then(resolve, reject);
  }).finally(() => { session.fail = null; });
}

/** The step of a frame that has one. */
export function stepOf(frame: unknown): number | null {
  const step = typeof frame === "object" && frame !== null ? (frame as { step?: unknown }).step : null;
  return typeof step === "number" ? step : null;
}

/** Leaves the generator of a run; the next frame comes from a new one, at `place` and from `resume`. */
export function leave(session: Session): void {
  const { frames } = session;
  session.frames = null;
  session.pending = null;
  session.generation++;
  session.wake?.();
  session.fail?.(new Left("the run went on elsewhere"));
  void frames?.return().catch(() => undefined);
}
