/**
 * What an embedded figure of Glassbox and the page that holds it say to each other, by `postMessage`. Version 1.
 *
 * Every message is one plain object with `ns: "glass-box"`, `v: 1` and `id`, the `name` of the iframe (an iframe without a name has
 * the id ""). Messages never carry HTML or code. Unknown types and fields are ignored on both sides, so a later version may add some
 * and still be version 1. An embed reads at most 20 messages a second, from the window that holds it, of at most 2,000 letters.
 *
 * With `<script src="…/embed/v1.js">` the element `<glass-box>` does all this: its methods send, its events tell.
 */
export interface Envelope {
  readonly ns: "glass-box";
  readonly v: 1;
  /** The `name` of the iframe. */
  readonly id: string;
}

/** Figure to page. */
export type FromEmbed =
  /** The figure is on the screen. `hears` lists the types of messages that it understands. */
  | { readonly type: "ready"; readonly widget: string; readonly version: 1; readonly hears: readonly ToEmbed["type"][] }
  /** Its height in CSS pixels, whole, at most 8,000; only after a change of 2 or more. */
  | { readonly type: "resize"; readonly height: number }
  /** Its state as in a link: what differs from the defaults, `learningRate=0.5&start=2`, for a run also `step` and `w`. */
  | { readonly type: "state"; readonly params: string }
  /** How far a run is; at most one a second. */
  | { readonly type: "progress"; readonly step: number; readonly loss: number | null; readonly finished: boolean }
  /** The task of the address (`task=validationLoss<2.5`): said when it is met, or no longer met, and on `get-state`. */
  | { readonly type: "task"; readonly met: boolean; readonly goals: readonly GoalReport[] }
  | { readonly type: "paused" }
  /** One plain sentence. `code`: "task" where the computation stopped, "load" where its code did not come. */
  | { readonly type: "error"; readonly code: string; readonly message: string };

/** One bound of a task, and where the figure stands. */
export interface GoalReport {
  /** The public name of the number, as in the address. */
  readonly goal: string;
  readonly sign: "<" | ">" | "<=" | ">=";
  readonly bound: number;
  /** Null while it is not known. */
  readonly value: number | null;
  readonly met: boolean;
}

/** Page to figure. */
export type ToEmbed =
  /** Sets params as a link would; those that it does not name go back to their defaults. Bad values become defaults. */
  | { readonly type: "set-state"; readonly params: string }
  /** Answered by `state` and, where there is one, `task`. */
  | { readonly type: "get-state" }
  | { readonly type: "theme"; readonly theme: "auto" | "light" | "dark" }
  | { readonly type: "run" }
  | { readonly type: "pause" }
  /** One step on. */
  | { readonly type: "step" }
  /** To a step of the run, computed again; the figure pauses there. */
  | { readonly type: "seek"; readonly step: number }
  /** From the start again, with the same seed. */
  | { readonly type: "reset" }
  /** Whether the reader may change settings. */
  | { readonly type: "lock"; readonly locked: boolean };
