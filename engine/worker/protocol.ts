import type { TaskName } from "../tasks/loadTask.ts";
import type { TakeKind } from "../tasks/task.ts";

export type BackendKind = "cpu" | "webgpu";

/** What the address asked for; `auto` lets the engine choose. */
export type BackendChoice = BackendKind | "auto";

export type { TakeKind };

/** Files by name. A Blob stays where the browser keeps it until it is read. */
export type Artefacts = Readonly<Record<string, Uint8Array | Blob>>;

/** What is known of the GPU, beside the CPU. */
export interface GpuStanding {
  /** Steps that it does in the time of one on the CPU, as measured in this run; null where nothing was measured. */
  readonly speedup: number | null;
  /** What it is, or why there is none: "nvidia ampere", "software adapter (google swiftshader)". */
  readonly description: string;
}

/**
 * The whole conversation between a page and the engine. `run` counts the starts of a figure, so that answers to an
 * earlier start are told apart. The page pulls: one `next`, one `frame`.
 */
export type ToWorker =
  | {
      readonly type: "start";
      readonly figure: string;
      readonly run: number;
      readonly task: TaskName;
      readonly training: boolean;
      readonly params: Readonly<Record<string, unknown>>;
      readonly backend: BackendChoice;
      /** Packs that the task is going to ask for: they are on their way while its code is loaded. */
      readonly uses?: readonly string[];
      /** What the engine said of adapters another time, in `tuned`. */
      readonly tuned?: string;
      /** Where packs are fetched from: the root of the site, absolute. */
      readonly site: string;
      /** The reader's own artefacts by name (`mine:<hash>/model.safetensors`), as files of the browser or bytes; shipped ones are fetched. */
      readonly artefacts?: Artefacts;
    }
  | { readonly type: "params"; readonly figure: string; readonly params: Readonly<Record<string, unknown>> }
  | { readonly type: "next"; readonly figure: string; /** One step on, and no more. */ readonly single?: true }
  | { readonly type: "stop"; readonly figure: string }
  /** Holds the frame that is being computed at its next breath, until any other message of this figure: nobody sees it. */
  | { readonly type: "rest"; readonly figure: string }
  | { readonly type: "rouse"; readonly figure: string }
  /** The next frame is the one at this step, computed again from a checkpoint or from the start. */
  | { readonly type: "seek"; readonly figure: string; readonly step: number }
  | { readonly type: "take"; readonly figure: string; readonly kind: TakeKind }
  /** The reader's choice for this run, which goes on there from where it is. */
  | { readonly type: "backend"; readonly figure: string; readonly choice: BackendChoice };

export interface FrameMessage {
  readonly type: "frame";
  readonly figure: string;
  readonly run: number;
  /** Absent while a pack is on its way: then only the note is new, and the `next` is still unanswered. */
  readonly frame?: unknown;
  /** Milliseconds from `next` to the frame, waiting included. */
  readonly ms: number;
  readonly backend: BackendKind;
  readonly gpu?: GpuStanding;
  /** There where the task has tensors, which may lie on either backend. */
  readonly tensors?: true;
  /** One plain sentence about how the figure is being computed, when there is something to say. */
  readonly note?: string;
}

export type FromWorker =
  | FrameMessage
  /** What was measured on the adapters of this machine: for the page to keep, and to pass in with the next start. */
  | { readonly type: "tuned"; readonly text: string }
  | { readonly type: "done"; readonly figure: string; readonly run: number }
  | { readonly type: "error"; readonly figure: string; readonly run: number; readonly message: string }
  | { readonly type: "taken"; readonly figure: string; readonly run: number; readonly kind: TakeKind; readonly bytes: Uint8Array | null };
