import type { Attributes, Dtype, Kernel, Numbers, Operand } from "./kernel.ts";

/**
 * Where the numbers of a tensor lie. Opaque outside its backend, but for its extent.
 * Subtle: several buffers may share one allocation (`slice`): parameters lie in one flat buffer.
 */
export interface Buffer {
  readonly dtype: Dtype;
  /** Number of 4-byte elements. */
  readonly length: number;
}

export interface BufferOperand extends Operand {
  readonly buffer: Buffer;
}

/** Counts of what is deterministic, for tests and the bench. */
export interface Counts {
  launches: number;
  submits: number;
  buffersCreated: number;
  bindGroupsCreated: number;
  pipelinesCreated: number;
  bytesLive: number;
}

/** One launch as it was captured: the kernel and the shapes that it was given. */
export interface LaunchRecord {
  readonly kernel: Kernel<never>;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  readonly attributes: Attributes;
}

/** How the milliseconds of launches were taken: by the GPU's own timestamps, each launch submitted alone and waited for, or by the processor's clock. */
export type Clock = "timestamps" | "each alone" | "processor";

export interface Timing {
  readonly clock: Clock;
  /** One for each of `records`. */
  readonly milliseconds: readonly number[];
}

/** A captured sequence of launches. Replaying does no work per op in JavaScript beyond issuing it. */
export interface Plan {
  /** How many launches the plan holds. */
  readonly launches: number;
  /** Resolves when all its programs are compiled, in parallel and in the background; `replay` before that compiles on the spot. */
  ready(): Promise<void>;
  /**
   * Issues launches from the cursor on until done or until `budget` milliseconds are spent (0 or absent: no limit).
   * Returns true when the plan has run to its end (the cursor is back at the start).
   */
  replay(budget?: number): boolean;
  /** What each launch is, in order. */
  readonly records: readonly LaunchRecord[];
  /** Runs the plan once from its start, launch by launch under a clock. Throws: Error when it stands in the middle. */
  timed(): Promise<Timing>;
  /** Frees the memory that the plan owns. */
  close(): void;
}

/**
 * The boundary between the calculus and the machine: seven verbs on untyped buffers. A backend knows nothing of shapes
 * beyond what a kernel asks, nothing of gradients, and nothing of models.
 */
export interface Backend {
  readonly kind: "cpu" | "webgpu" | "reference";
  readonly counts: Counts;
  /** Reserves `length` elements, contents undefined. */
  allocate(length: number, dtype: Dtype): Buffer;
  free(buffer: Buffer): void;
  /** A part of a buffer that shares its memory. Offsets are multiples of 64 elements (256 bytes). Never freed by itself. */
  slice(buffer: Buffer, offset: number, length: number): Buffer;
  write(buffer: Buffer, values: ArrayLike<number>): void;
  /** Copies numbers back to the page. Waits for everything launched before. Throws inside `capture`. */
  read(buffer: Buffer): Promise<Numbers>;
  run<A extends Attributes>(kernel: Kernel<A>, inputs: readonly BufferOperand[], outputs: readonly BufferOperand[], attributes: A): void;
  /** Runs `body` once and remembers its launches. Buffers allocated in it belong to the plan and are reused by every replay. */
  capture(body: () => void): Plan;
  /** Resolves when all that was launched has finished. */
  finish(): Promise<void>;
  /** Resolves with the reason when the device is gone; never resolves on the CPU. */
  readonly lost: Promise<string>;
  close(): void;
}
