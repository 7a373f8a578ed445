import type { Artefacts, EngineClient, FrameMessage, RunHandle } from "../../engine/worker/client.ts";
import type { TakeKind } from "../../engine/worker/protocol.ts";
import { hasSteps, type Widget } from "./defineWidget.ts";
import { facts } from "./facts.ts";
import { fingerprint } from "./moment.ts";
import { type AnyValues, sameValue, valid } from "./params.ts";
import { nextPaint } from "./repaints.ts";
import { type FigureStore, MOST_PINNED, type Wish } from "./store.ts";
import { tabHidden } from "./tab.ts";

export interface RunnerOptions {
  readonly widget: Widget;
  readonly figure: string;
  readonly store: FigureStore;
  readonly client: EngineClient;
  /** Params of the figure as it stands on the page: what "reset" and links count from. */
  readonly base: AnyValues;
  /** Finds what params of the form `mine:<hash>` name, or puts others in their place; absent where nothing is stored. */
  readonly findOwn?: FindOwn;
  /** Whether a run that the reader started goes on off-screen; embeds always pause. */
  readonly keep?: boolean;
  /** Puts a frame on the stage. */
  draw(frame: unknown, params: AnyValues): void;
  /** Calls back before a repaint that has time for it, or before the next one; tests pass their own. */
  readonly repaint?: (draw: () => void, first: boolean) => void;
}

/** The reader's own artefacts that the params name; params without those that are not there, and a sentence about each of these. */
export type FindOwn = (widget: Widget, params: AnyValues) => Promise<{
  readonly artefacts: Artefacts; readonly params: AnyValues; readonly notices: readonly string[];
}>;

/** Whether a param's value names something of the reader's own. */
export const isOwn = (value: unknown): boolean => typeof value === "string" && value.startsWith("mine:");

/** One figure's conversation with the engine. */
export interface Runner {
  fulfil(wish: Wish): void;
  /** The figure came into view, or left it. */
  see(visible: boolean): void;
  take(kind: TakeKind): Promise<Uint8Array | null>;
  stop(): void;
}

/**
 * Pulls frames and draws them: `next` is asked when the last frame is on the screen, and no more often than the widget's pace.
 * Pausing is not asking. Frames never pass through React.
 */
export function createRunner(options: RunnerOptions): Runner {
  const { widget, figure, store, client, base, findOwn, keep = true, draw, repaint = nextPaint } = options;
  let handle: RunHandle | null = null;
  /** Set while the reader's own artefacts are looked for: what will start then. */
  let looking: object | null = null;
  let pulling = false;
  /** The latest frame, until it is drawn. */
  let arrived: readonly [FrameMessage, RunHandle] | null = null;
  let visible = false;
  let askedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const { getState: state, setState: set } = store;
  const active = (): boolean => visible || (keep && state().pressed && (!tabHidden() || state().keepsHidden));

  const pull = (single = false): void => {
    clearTimeout(timer);
    if (pulling || !handle) return;
    pulling = true;
    askedAt = performance.now();
    handle.next(single || state().speed !== null);
  };
  /** Asks for another frame if the figure is to go on. */
  const goOn = (): void => {
    if (!state().playing || !active()) return;
    clearTimeout(timer);
    if (tabHidden()) return pull();
    const { speed } = state();
    timer = setTimeout(pull, Math.max(0, askedAt + (speed === null ? widget.pace : 1000 / speed) - performance.now()));
  };
  const status = (): void => {
    if (state().status === "error" || state().frame === null) return;
    const waits = !state().finished && (!state().playing || !active());
    set({ status: waits ? "paused" : "live" });
  };

  const show = (message: FrameMessage, sender: RunHandle): void => {
    if (message.frame === undefined) return set({ note: message.note ?? null });
    const isAwaited = arrived !== null;
    arrived = [message, sender];
    if (isAwaited) return;
    // What the reader asked for is not kept waiting by figures that walk by themselves.
    const first = !state().playing || !hasSteps(widget);
    repaint(() => {
      const [{ frame, backend, ms, note, gpu, tensors }, from] = arrived!;
      arrived = null;
      if (handle !== from) return;
      pulling = false;
      try {
        draw(frame, state().params);
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
        return;
      }
      const { step, loss, finished, diverged } = facts(frame);
      const readouts = Object.fromEntries(Object.entries(widget.readouts).map(([name, text]) => [name, text(frame, state().params)]));
      const { target, furthest } = state();
      const furthestNow = Math.max(furthest, step ?? 0);
      set({
        frame, backend, tensors: tensors === true, gpu: gpu ?? null, frameTime: ms, note: note ?? null, step, loss, finished, diverged, readouts, error: null, target: null, furthest: furthestNow,
        weights: null,
      });
      if (target !== null || finished || !state().playing) void name(from);
      status();
      goOn();
    }, first);
  };
  /** Names the weights where a run stands still, and compares them with those of the link that led here. */
  const name = async (from: RunHandle): Promise<void> => {
    if (!widget.task.training) return;
    const { frame } = state();
    const bytes = await from.take("model");
    const weights = bytes && (await fingerprint(bytes));
    if (handle !== from || state().frame !== frame || !weights) return;
    const { expected } = state();
    set({ weights, expected: null });
    if (expected === null) return;
    const verdict = weights === expected
      ? `and its weights are the same to the last bit (${weights}).`
      : `but its weights differ (${weights}, and the link says ${expected}): another machine's GPU, another version of the book, `
        + "or a control moved on the way.";
    set({ notices: [...state().notices, `The run was repeated up to the step of the link, ${verdict}`] });
  };
  const fail = (error: string): void => {
    handle?.stop();
    handle = null;
    pulling = false;
    set({ status: "error", error, playing: false });
  };

  const start = (): void => {
    looking = null;
    if (!findOwn || !Object.values(state().params).some(isOwn)) return begin();
    handle?.stop();
    handle = null;
    const mine = {};
    looking = mine;
    void findOwn(widget, state().params).then(({ artefacts, params, notices }) => {
      if (looking !== mine) return;
      looking = null;
      if (notices.length > 0) set({ notices: [...state().notices, ...notices] });
      // What was moved meanwhile stays moved.
      const missing = Object.keys(params).filter((name) => isOwn(state().params[name]) && !isOwn(params[name]));
      set({ params: { ...state().params, ...Object.fromEntries(missing.map((name) => [name, params[name]!])) } });
      begin(Object.keys(artefacts).length > 0 ? artefacts : undefined);
    });
  };
  const begin = (artefacts?: Artefacts): void => {
    handle?.stop();
    clearTimeout(timer);
    pulling = false;
    if (state().frame === null) set({ status: "loading" });
    const { target } = state();
    set({
      error: null, finished: false, diverged: false, waits: null, furthest: 0, steered: false, weights: null,
      ...(target !== null && { playing: false }), ...(state().status === "error" && { status: "loading" }),
    });
    const { task, uses } = widget;
    const { params, choice } = state();
    const request = {
      figure, task, params, ...(choice && { backend: choice }), ...(artefacts && { artefacts }), ...(uses.length > 0 && !artefacts && { uses }),
    };
    const mine: RunHandle = client.start(request, {
      frame: (message) => { if (handle === mine) show(message, mine); },
      done: () => {
        if (handle !== mine) return;
        pulling = false;
        set({ finished: true });
        status();
      },
      error: (message) => { if (handle === mine) fail(message); },
    });
    handle = mine;
    if (target !== null) mine.seek(target);
    pull();
  };

  const change = (patch: AnyValues, scene: string | null, host = false): void => {
    if (state().locked && !host) return;
    const before = state().params;
    const params = valid(widget.params, { ...before, ...patch }, before);
    const changed = Object.keys(params).filter((name) => !sameValue(params[name], before[name]));
    set({ params, scene: changed.length > 0 || scene !== null ? scene : state().scene });
    if (changed.length === 0) return;
    // The figure draws the frame it has once more.
    if (widget.task.training && changed.every((name) => widget.params[name]!.picture)) return;
    // Other params have other steps.
    set({ target: null, expected: null, steered: state().steered || (widget.task.training && (state().step ?? 0) > 0) });
    if (!handle) {
      // A figure that waits for its press answers its controls, unless that would download a pack.
      if (looking || (state().error === null && widget.uses.length === 0)) start();
    } else if (changed.every((name) => widget.params[name]!.live) && state().error === null && !(widget.task.training && scene !== null)) {
      handle.params(Object.fromEntries(changed.map((name) => [name, params[name]!])));
      // A paused picture follows its controls; but a paused training would take a step for each move of a slider.
      if (!widget.task.training) pull();
    } else {
      // What a scene says of a training holds from its first step.
      start();
    }
  };

  const play = (playing: boolean): void => {
    set({ playing: playing && state().target === null });
    if (playing && !handle && !looking) start();
    else if (playing) pull();
    else if (handle) void name(handle);
    status();
  };

  const seek = (step: number): void => {
    set({ target: Math.max(0, Math.round(step)), playing: false });
    if (!handle) {
      start();
    } else {
      handle.seek(state().target!);
      pull(true);
    }
    status();
  };

  return {
    fulfil(wish) {
      switch (wish.type) {
        case "set": return change(wish.params, null, wish.host);
        case "seek": return seek(wish.step);
        case "speed":
          set({ speed: wish.perSecond });
          return goOn();
        case "backend":
          set({ choice: wish.choice });
          handle?.choose(wish.choice);
          // A figure that stands still shows at once where it stands now.
          if (!state().playing) pull(true);
          return;
        case "pin": {
          const { frame, params, pinned } = state();
          if (!widget.pins || frame === null || pinned?.frame === frame) return;
          const earlier = pinned ? [...(pinned.earlier ?? []), { frame: pinned.frame, params: pinned.params }].slice(1 - MOST_PINNED) : [];
          return set({ pinned: { frame, params, earlier } });
        }
        case "unpin": return set({ pinned: null });
        case "scene": {
          const scene = Object.hasOwn(widget.scenes, wish.scene) ? widget.scenes[wish.scene] : undefined;
          // A reader's own model stays: a scene says what is to be seen of a model, not of which.
          const own = Object.entries(state().params).filter(([name, value]) => widget.params[name]?.kind === "model" && isOwn(value));
          if (!scene || state().locked) return;
          change({ ...base, ...Object.fromEntries(own), ...scene.params }, wish.scene);
          // Whoever asks for a scene wants to see what it says: a training runs, even if the chip stands far from it, and packs are fetched.
          if (state().finished || (!widget.task.training && widget.start !== "press")) return;
          set({ pressed: widget.task.training || state().pressed });
          return play(true);
        }
        case "run":
          set({ pressed: true });
          return play(true);
        case "pause":
          set({ pressed: false });
          return play(false);
        case "step":
          set({ playing: false });
          if (!handle) start();
          else pull(true);
          return status();
        case "reset":
          set({ target: null, expected: null });
          return start();
        case "newSeed": {
          if (state().locked) return;
          set({ target: null, expected: null });
          const seed = state().params.seed;
          if (typeof seed === "number") set({ params: valid(widget.params, { ...state().params, seed: seed + 1 }, state().params) });
          return start();
        }
        case "retry":
          set({ playing: true });
          return start();
        default: wish satisfies never;
      }
    },
    see(now) {
      visible = now;
      handle?.rest(!active());
      if (now) {
        if (state().playing && !handle && !looking && state().error === null) start();
        else if (handle) goOn();
      }
      status();
    },
    take: async (kind) => (await handle?.take(kind)) ?? null,
    stop() {
      clearTimeout(timer);
      looking = null;
      handle?.stop();
      handle = null;
    },
  };
}
