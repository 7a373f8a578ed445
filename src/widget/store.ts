import { createStore, type StoreApi } from "zustand/vanilla";
import type { BackendChoice, BackendKind, GpuStanding, TakeKind } from "../../engine/worker/client.ts";
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
  /** Whether it has tensors, which may lie on either backend. */
  readonly tensors: boolean;
  /** The reader's choice for this figure; null leaves it to the page's address, and that to the engine. */
  readonly choice: BackendChoice | null;
  /** What the engine knows of the GPU beside the CPU; null where it has not looked. */
  readonly gpu: GpuStanding | null;
  /** Whether frames are being asked for; false while paused by the reader or waiting for a press. */
  readonly playing: boolean;
  /** Whether the reader started this run: it goes on off-screen. */
  readonly pressed: boolean;
  /** True when the task has ended, or its frame says that no further one comes by itself. */
  readonly finished: boolean;
  /** Whether a training has run away: nothing more comes until something is changed, or it begins again. */
  readonly diverged: boolean;
  /** Whether a run that the reader started goes on while the tab is hidden. */
  readonly keepsHidden: boolean;
  /** Whether it has just waited for a hidden tab to come back: said for a while. */
  readonly waited: boolean;
  /** What the button says that starts a figure which does not start by itself; null once it runs. */
  readonly waits: string | null;
  /** From the frame, where it has one. */
  readonly step: number | null;
  /** The furthest step of this run so far. */
  readonly furthest: number;
  /** The step that is on its way; the figure pauses when it is there. */
  readonly target: number | null;
  /** Steps a second that the reader chose; null is the figure's own pace. */
  readonly speed: number | null;
  /** Whether a live param was moved after the first step of a training, so that params and step alone no longer name its weights. */
  readonly steered: boolean;
  /** Fingerprint of the weights at the step where a run paused; null where there are none, or while it runs. */
  readonly weights: string | null;
  /** The fingerprint that the link named. */
  readonly expected: string | null;
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
  /** Params without a control, and whether none may be changed: set by an embed's address. */
  readonly hidden: readonly string[];
  readonly locked: boolean;
  /** An earlier frame that the reader pinned, to be drawn behind the next ones. */
  readonly pinned: Pinned | null;
}

/** A frame held for comparison, with the params that gave it. */
export interface Pinned<F = unknown, V = AnyValues> {
  readonly frame: F;
  readonly params: V;
  /** Those pinned before it and not let go since, oldest first. */
  readonly earlier?: readonly Pinned<F, V>[];
}

/** Runs that are held for comparison at most: more dashes cannot be told apart. */
export const MOST_PINNED = 3;

export type FigureStore = StoreApi<FigureState>;

/** What prose and controls may ask of a figure, before or after its code is loaded. */
export type Wish =
  /** `host`: the page that holds an embed asks, which may also set what is locked for its reader. */
  | { readonly type: "set"; readonly params: AnyValues; readonly host?: true }
  /** Goes to a step, computing it again from a checkpoint or from the start, and pauses there. */
  | { readonly type: "seek"; readonly step: number }
  | { readonly type: "speed"; readonly perSecond: number | null }
  | { readonly type: "scene"; readonly scene: string }
  | { readonly type: "backend"; readonly choice: BackendChoice }
  | { readonly type: "run" | "pause" | "step" | "reset" | "newSeed" | "retry" | "pin" | "unpin" };

const initial: FigureState = {
  status: "static", params: {}, frame: null, backend: "cpu", tensors: false, choice: null, gpu: null, playing: false, pressed: false, finished: false, diverged: false, keepsHidden: false, waited: false, waits: null,
  step: null, loss: null, frameTime: 0,
  furthest: 0, target: null, speed: null, steered: false, weights: null, expected: null,
  note: null, notices: [], error: null, scene: null, focus: null, readouts: {}, hidden: [], locked: false, pinned: null,
};

interface Entry {
  readonly store: FigureStore;
  readonly waiting: Wish[];
  fulfil: ((wish: Wish) => void) | null;
  take: Take | null;
}

/** Bytes of a figure's model or checkpoint; null where its task has none. */
export type Take = (kind: TakeKind) => Promise<Uint8Array | null>;

const entries = new Map<string, Entry>();
let wake: (figure: string) => void = () => undefined;

function entry(figure: string): Entry {
  const known = entries.get(figure);
  if (known) return known;
  const made: Entry = { store: createStore<FigureState>(() => initial), waiting: [], fulfil: null, take: null };
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
export function answer(figure: string, fulfil: (wish: Wish) => void, take: Take | null = null): void {
  const mine = entry(figure);
  mine.fulfil = fulfil;
  mine.take = take;
  for (const wish of mine.waiting.splice(0)) fulfil(wish);
}

/** Asks the engine for a figure's model or checkpoint, as it is now. */
export async function takeFrom(figure: string, kind: TakeKind): Promise<Uint8Array | null> {
  return (await entry(figure).take?.(kind)) ?? null;
}

/** Tells who can load the code of a sleeping figure. */
export function onWake(listener: (figure: string) => void): void {
  wake = listener;
}

/** Forgets a figure that left the page (tests, hot reload). */
export function forget(figure: string): void {
  entries.delete(figure);
}
