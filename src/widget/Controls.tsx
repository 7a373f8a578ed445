import { useStore } from "zustand";
import { hasSteps, type Widget } from "./defineWidget.ts";
import { Knob } from "./Knob.tsx";
import { type AnyValues, type Param, sameValue } from "./params.ts";
import { ask, type FigureStore } from "./store.ts";

export interface ControlsProps {
  readonly widget: Widget;
  readonly figure: string;
  readonly store: FigureStore;
  /** The figure's params as the page gives them: shown until the runtime is there, and what "reset" goes back to. */
  readonly base: AnyValues;
}

const VISIBLE = 3;

/**
 * Scenes, knobs and training buttons of a figure. Rendered to HTML at build time, so that its place is reserved, and hydrated
 * after the first live frame. It reads only what changes with the reader's doing, so frames do not render it anew.
 */
export function Controls({ widget, figure, store, base }: ControlsProps) {
  const params = { ...base, ...useStore(store, (state) => state.params) };
  const scene = useStore(store, (state) => state.scene);
  const waits = useStore(store, (state) => state.waits);
  const knobs = Object.entries(widget.params).filter(([, param]) => hasKnob(param));
  const front = knobs.filter(([, param]) => !param.more).slice(0, VISIBLE);
  const rest = knobs.filter((knob) => !front.includes(knob));
  const knob = ([name, param]: [string, Param]) => (
    <Knob key={name} id={`${figure}-${name}`} name={name} param={param} value={params[name]!} base={base[name]!}
      changed={!sameValue(params[name], base[name])} set={(value) => ask(figure, { type: "set", params: { [name]: value } })} />
  );
  const scenes = Object.entries(widget.scenes);
  return (
    // A form of its own keeps radio buttons of the same name in two figures apart.
    <form className="gb-controls" aria-label={`Controls: ${widget.title}`} onSubmit={(event) => event.preventDefault()}>
      {waits !== null && !hasSteps(widget) && (
        <div className="gb-bar"><button type="button" className="gb-run" onClick={() => ask(figure, { type: "run" })}>{waits}</button></div>
      )}
      <div className="gb-knobs">{front.map(knob)}</div>
      {(hasSteps(widget) || rest.length > 0) && (
        <div className="gb-bar">
          {hasSteps(widget) && <StepButtons widget={widget} figure={figure} store={store} />}
          {rest.length > 0 && (
            <details className="gb-more">
              <summary>More</summary>
              <div className="gb-knobs">{rest.map(knob)}</div>
            </details>
          )}
        </div>
      )}
      {scenes.length > 0 && (
        <fieldset className="gb-scenes" aria-label="You could try">
          <span className="gb-try" aria-hidden="true">try</span>
          {scenes.map(([name, { title }]) => (
            <button key={name} type="button" className="gb-chip" data-ask="scene" data-scene={name} aria-pressed={scene === name}
              onClick={() => ask(figure, { type: "scene", scene: name })}>{title}</button>
          ))}
        </fieldset>
      )}
      {scenes.length > 0 && <p className="gb-watch">{scene === null ? "" : widget.scenes[scene]?.watch}</p>}
    </form>
  );
}

function StepButtons({ widget, figure, store }: { widget: Widget; figure: string; store: FigureStore }) {
  const playing = useStore(store, (state) => state.playing);
  const finished = useStore(store, (state) => state.finished);
  const waits = useStore(store, (state) => state.waits);
  const run = (): void => {
    if (finished) ask(figure, { type: "reset" });
    ask(figure, { type: playing && !finished ? "pause" : "run" });
  };
  return (
    <fieldset className="gb-steps" aria-label="Run">
      <button type="button" data-ask="run" className="gb-run" onClick={run}>{finished ? "Run again" : playing ? "Pause" : (waits ?? "Run")}</button>
      <button type="button" data-ask="step" disabled={finished} onClick={() => ask(figure, { type: "step" })}>Step</button>
      <button type="button" data-ask="reset" title="From the start again, with the same seed" onClick={() => ask(figure, { type: "reset" })}>Reset</button>
      {"seed" in widget.params && (
        <button type="button" data-ask="newSeed" title="From the start again, with other random numbers" onClick={() => ask(figure, { type: "newSeed" })}>New seed</button>
      )}
    </fieldset>
  );
}

/** Grids are edited on the picture; a model is chosen only where there is more than one. */
function hasKnob(param: Param): boolean {
  return !param.hidden && param.kind !== "grid" && param.kind !== "model";
}
