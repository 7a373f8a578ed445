import type { Backend } from "../backend.ts";

/**
 * A computation that somebody watches: an async generator of frames. The page pulls: each `next()` computes one frame, and a
 * page that draws slowly slows the task, never the other way round. A frame is plain data (numbers, strings, typed arrays) that
 * structured cloning can carry.
 */
export type Task<P, F> = (run: Run<P>) => AsyncGenerator<F, void, void>;

/** A place in a run where the machine under it changed. */
export interface Seam {
  /** The last step before. */
  readonly step: number;
  readonly to: "cpu" | "webgpu";
  readonly why: "lost" | "faster" | "chosen";
}

export interface Run<P> {
  /** The current parameters. Live ones change between frames; the object itself stays. */
  readonly params: P;
  /** Where tensors live. A task that keeps none never calls it. */
  backend(): Promise<Backend>;
  /** Both backends, whichever the task itself is on: for a task that compares them. Absent where there is no choice. */
  readonly backends?: { cpu(): Promise<Backend>; webgpu(): Promise<Backend> };
  /** Bytes of a shipped pack by its manifest name ("models/story/model.safetensors"), or of an artefact that the page passed in. */
  artefact(name: string, progress?: (received: number, total: number) => void): Promise<Uint8Array>;
  /** The reader's own artefacts whose names begin with `folder/`, as files; none where there are none. */
  readonly files?: (folder: string) => { readonly name: string; readonly data: Blob | Uint8Array }[];
  /** Whether the frame that is asked for is to be one step after the last: the reader pressed Step. */
  readonly single?: boolean;
  /** Lets other work run once the slice of time is used up (about 12 ms); call it between pieces of long work. */
  breathe(): Promise<void>;
  /**
   * Resolves when a live param has changed since the task last looked: how a task that has nothing left to compute waits
   * (`for (;;) { yield compute(run.params); await run.changed(); }`). Rejects when the run is stopped, so that `finally` runs.
   */
  changed(): Promise<void>;
  /** A checkpoint that `take` gave, where a run goes on from an earlier step or on another backend. */
  readonly resume?: Uint8Array;
  /** Where this run went over to another backend so far, oldest first. */
  readonly seams?: readonly Seam[];
  /** Set by a task that can go back to an earlier step. */
  seek?: (step: number) => void;
  /** Set by a task that has something to hand out: a model or checkpoint as safetensors bytes, a tokenizer.json. A profile is the host's to make. */
  take?: (kind: TakeKind) => Promise<Uint8Array>;
}

/** What a page may ask a running task for. */
export type TakeKind = "model" | "tokenizer" | "checkpoint" | "profile";
