import { createStore, type StoreApi } from "zustand/vanilla";
import type { BackendKind } from "../../engine/worker/client.ts";
import type { AnyValues } from "./params.ts";

export type Status = "static" | "loading" | "live" | "paused" | "error";

/** Everything that may be known about a figure of this page. */
export interface FigureState {
  readonly status: Status;
  /** Empty until the widget's code is there. */
  readonly params: AnyValues;
  /** The last frame that was drawn. */
  readonly frame: unknown;
  readonly backend: BackendKind;
  /** Whether frames are being asked for; false while paused by the reader or waiting for a press. */
  readonly playing: boolean;
  /** Whether the reader started this run: it goes on off-screen. */
  readonly pressed: boolean;
  /** True when the task has ended, or its frame says that no further one comes by itself. */
  readonly finished: boolean;
  /** What the button says that starts a figure which does not start by itself; null once it runs. */
  readonly waits: string | null;
  /** From the frame, where it has one. */
  readonly step: number | null;
  readonly loss: number | null;
  /** Milliseconds that the last frame took in the engine. */
  readonly frameTime: number;
  /** Plain sentences: what the engine said, what a link could not bring. */
  readonly note: string | null;
  readonly notices: readonly string[];
  readonly error: string | null;
  /** The scene chosen last, while its params still hold. */
  readonly scene: string | null;
  /** The term that is lit. */
  readonly focus: string | null;
  /** Texts for `<Live figure readout>`. */
  readonly readouts: Readonly<Record<string, string>>;
}

export type FigureStore = StoreApi<FigureState>;

/** What prose and controls may ask of a figure, before or after its code is loaded. */
export type Wish =
  | { readonly type: "set"; readonly params: AnyValues }
  | { readonly type: "scene"; readonly scene: string }
  | { readonly type: "run" | "pause" | "step" | "reset" | "newSeed" | "retry" };

const initial: FigureState = {
  status: "static", params: {}, frame: null, backend: "cpu", playing: false, pressed: false, finished: false, waits: null, step: null, loss: null, frameTime: 0,
  note: null, notices: [], error: null, scene: null, focus: null, readouts: {},
};

interface Entry {
  readonly store: FigureStore;
  readonly waiting: Wish[];
  fulfil: ((wish: Wish) => void) | null;
}

const entries = new Map<string, Entry>();
let wake: (figure: string) => void = () => undefined;

function entry(figure: string): Entry {
  const known = entries.get(figure);
  if (known) return known;
  const made: Entry = { store: createStore<FigureState>(() => initial), waiting: [], fulfil: null };
  entries.set(figure, made);
  return made;
}

/** The store of a figure of this page, made at first mention: prose may come before the figure it speaks of. */
export function figureStore(figure: string): FigureStore {
  return entry(figure).store;
}

/** Asks something of a figure. What comes before its code is loaded wakes it and is done then. */
export function ask(figure: string, wish: Wish): void {
  const { fulfil, waiting } = entry(figure);
  if (fulfil) {
    fulfil(wish);
  } else {
    waiting.push(wish);
    wake(figure);
  }
}

/** The figure's runtime takes over: it gets what was asked before, and all that follows. */
export function answer(figure: string, fulfil: (wish: Wish) => void): void {
  const mine = entry(figure);
  mine.fulfil = fulfil;
  for (const wish of mine.waiting.splice(0)) fulfil(wish);
}

/** Tells who can load the code of a sleeping figure. */
export function onWake(listener: (figure: string) => void): void {
  wake = listener;
}

/** Forgets a figure that left the page (tests, hot reload). */
export function forget(figure: string): void {
  entries.delete(figure);
}
