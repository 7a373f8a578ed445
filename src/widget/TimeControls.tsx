import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Widget } from "./defineWidget.ts";
import { ask, type FigureState, type FigureStore } from "./store.ts";

interface TimeProps {
  readonly figure: string;
  readonly store: FigureStore;
}

/** For so many milliseconds after a run has ended by itself, a press is one of "Pause" that came too late. */
const LATE = 400;

/** Run or Pause, Step, Reset and New seed. */
export function StepButtons({ widget, figure, store }: TimeProps & { readonly widget: Widget }) {
  const playing = useStore(store, (state) => state.playing);
  const over = useStore(store, (state) => state.finished || state.diverged);
  const waits = useStore(store, (state) => state.waits);
  const locked = useStore(store, (state) => state.locked);
  const word = over ? "Run again" : playing ? "Pause" : (waits ?? "Run");
  const shown = useRef({ word, endedAt: -Infinity });
  useEffect(() => {
    shown.current = { word, endedAt: word === "Run again" && shown.current.word === "Pause" ? performance.now() : -Infinity };
  }, [word]);
  const run = ({ timeStamp, detail }: { readonly timeStamp: number; readonly detail: number }): void => {
    // The second press of a double one is not the opposite of the first. And who meant to halt a walk does not want it to begin again.
    if (detail > 1 || timeStamp < shown.current.endedAt + LATE) return;
    if (over) ask(figure, { type: "reset" });
    ask(figure, { type: playing && !over ? "pause" : "run" });
  };
  return (
    <fieldset className="gb-steps" aria-label="Run">
      <button type="button" data-ask="run" className="gb-run" onClick={run}>{word}</button>
      <button type="button" data-ask="step" disabled={over} onClick={() => ask(figure, { type: "step" })}>Step</button>
      <button type="button" data-ask="reset" title="From the start again, with the same seed"
        onClick={() => ask(figure, { type: "reset" })}>Reset</button>
      {"seed" in widget.params && !locked && (
        <button type="button" data-ask="newSeed" title="From the start again, with other random numbers"
          onClick={() => ask(figure, { type: "newSeed" })}>New seed</button>
      )}
    </fieldset>
  );
}


/** How long the slider is left alone before the run goes where it points. */
const SETTLE = 150;

/**
 * The steps of a run so far as a slider: moving it goes to that step, computed again from a checkpoint or from the start, and the run
 * may be continued from there.
 */
export function TimeSlider({ figure, store }: TimeProps) {
  const { step, furthest, target } = useSlowly(store, 150);
  const [draft, setDraft] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const at = draft ?? target ?? step ?? 0;
  const move = (to: number): void => {
    setDraft(to);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      ask(figure, { type: "seek", step: to });
      setDraft(null);
    }, SETTLE);
  };
  return (
    <label className="gb-time">
      <span className="gb-hidden">Step of the run</span>
      <input type="range" min={0} max={Math.max(1, furthest, target ?? 0)} step={1} value={at} disabled={furthest === 0}
        aria-valuetext={`step ${at} of ${furthest}`} onChange={(event) => move(Number(event.target.value))} />
      <span className="gb-unit" aria-hidden="true">step {at}{target !== null && step !== target && " …"}</span>
    </label>
  );
}

/** Steps a second; the figure's own pace is the first. */
const SPEEDS = [null, 20, 5, 1] as const;

export function SpeedKnob({ figure, store }: TimeProps) {
  const speed = useStore(store, (state) => state.speed);
  return (
    <div className="gb-knob gb-choice">
      <label htmlFor={`${figure}-speed`}>speed</label>
      <select id={`${figure}-speed`} value={speed ?? ""}
        onChange={({ target: { value } }) => ask(figure, { type: "speed", perSecond: value === "" ? null : Number(value) })}>
        {SPEEDS.map((perSecond) => (
          <option key={perSecond} value={perSecond ?? ""}>
            {perSecond === null ? "its own pace" : perSecond === 1 ? "1 step a second" : `${perSecond} steps a second`}
          </option>
        ))}
      </select>
    </div>
  );
}

/**
 * The store's state, at most once every `interval` milliseconds: controls need not render sixty times a second. Controls that stand
 * in the HTML of the build begin with what it shows, so that React finds what it expects there.
 */
export function useSlowly(store: FigureStore, interval: number, first: FigureState = store.getInitialState()): FigureState {
  const [state, setState] = useState(first);
  useEffect(() => {
    const timer = setInterval(() => setState(store.getState()), interval);
    return () => clearInterval(timer);
  }, [store, interval]);
  return state;
}
