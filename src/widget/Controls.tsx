import { useStore } from "zustand";
import { hasKnob, hasSteps, type Widget } from "./defineWidget.ts";
import { KeepButton } from "./KeepButton.tsx";
import { Knob } from "./Knob.tsx";
import { ModelChoice } from "./ModelChoice.tsx";
import { type AnyValues, type Param, sameValue } from "./params.ts";
import { ask, type FigureStore } from "./store.ts";
import { SpeedKnob, StepButtons, TimeSlider } from "./TimeControls.tsx";

export interface ControlsProps {
  readonly widget: Widget;
  readonly figure: string;
  readonly store: FigureStore;
  /** The figure's params as the page gives them: shown until the runtime is there, and what "reset" goes back to. */
  readonly base: AnyValues;
  /** An embed has no storage: nothing of the reader's can be chosen or kept there. */
  readonly embed?: boolean;
}

const VISIBLE = 3;

/** What a reader types stands above the picture that answers: the name of a text param that is a widget's first control. */
export function leadOf({ params }: Widget): string | null {
  const [name, param] = Object.entries(params).find(([, one]) => hasKnob(one) && !one.more) ?? [];
  return name !== undefined && param?.kind === "text" && !param.when ? name : null;
}

/** That one control, in its place above the stage. */
export function LeadControl({ widget, figure, store, base }: ControlsProps) {
  const params = useStore(store, (state) => state.params);
  const hidden = useStore(store, (state) => state.hidden);
  const locked = useStore(store, (state) => state.locked);
  const name = leadOf(widget);
  if (name === null || hidden.includes(name)) return null;
  const value = { ...base, ...params }[name]!;
  return (
    <fieldset className="gb-knobs" disabled={locked} aria-label={locked ? "Text, locked by this page" : "Text"}>
      <Knob id={`${figure}-${name}`} name={name} param={widget.params[name]!} value={value} base={base[name]!}
        changed={!sameValue(value, base[name])} set={(text) => ask(figure, { type: "set", params: { [name]: text } })} />
    </fieldset>
  );
}

/**
 * Scenes, knobs and training buttons of a figure. Rendered to HTML at build time, so that its place is reserved, and hydrated
 * after the first live frame. It reads only what changes with the reader's doing, so frames do not render it anew.
 */
export function Controls({ widget, figure, store, base, embed = false }: ControlsProps) {
  const params = { ...base, ...useStore(store, (state) => state.params) };
  const scene = useStore(store, (state) => state.scene);
  const waits = useStore(store, (state) => state.waits);
  const playing = useStore(store, (state) => state.playing);
  const hidden = useStore(store, (state) => state.hidden);
  const locked = useStore(store, (state) => state.locked);
  const knobs = Object.entries(widget.params).filter(([name, param]) => hasKnob(param) && !hidden.includes(name)
    && (!param.when || [param.when.is].flat().includes(String(params[param.when.param]))));
  const lead = leadOf(widget);
  const shown = knobs.filter(([, param]) => !param.more).slice(0, VISIBLE);
  const front = shown.filter(([name]) => name !== lead);
  const rest = knobs.filter((knob) => !shown.includes(knob));
  const knob = ([name, param]: [string, Param]) => (
    <Knob key={name} id={`${figure}-${name}`} name={name} param={param} value={params[name]!} base={base[name]!}
      changed={!sameValue(params[name], base[name])} set={(value) => ask(figure, { type: "set", params: { [name]: value } })} />
  );
  // A scene that sets what is hidden would give it away.
  const scenes = Object.entries(widget.scenes)
    .filter(([, { params: patch }]) => !locked && !hidden.some((name) => Object.hasOwn(patch, name)));
  const chip = ([name, { title }]: (typeof scenes)[number]) => (
    <button key={name} type="button" className="gb-chip" data-ask="scene" data-scene={name} aria-pressed={scene === name}
      onClick={() => ask(figure, { type: "scene", scene: name })}>{title}</button>
  );
  // The scene that is on stands with those in front, wherever its chip is.
  const others = scenes.filter(([name, { more }]) => more && name !== scene);
  const steps = hasSteps(widget);
  // Where a press only fetches, the button keeps its place when it has done so.
  const fetches = widget.start === "press" && !steps;
  const models = Object.entries(widget.params)
    .flatMap(([name, param]) => (param.kind === "model" && !embed && !hidden.includes(name) ? [{ name, param }] : []));
  const makes = embed ? null : widget.makes;
  return (
    // A form of its own keeps radio buttons of the same name in two figures apart. Two figures of one widget have different names.
    <form className="gb-controls" aria-label={`Controls: ${widget.title}${figure === widget.id ? "" : `, ${figure}`}`} onSubmit={(event) => event.preventDefault()}>
      {(waits !== null || fetches) && !steps && (
        <div className="gb-bar">
          <button type="button" data-ask="run" className="gb-run" aria-disabled={playing} onClick={() => ask(figure, { type: "run" })}>{waits ?? "Run"}</button>
        </div>
      )}
      <fieldset className="gb-knobs" disabled={locked} aria-label={locked ? "Settings, locked by this page" : "Settings"}>
        {front.map(knob)}
      </fieldset>
      {(steps || rest.length > 0 || models.length > 0 || makes) && (
        <div className="gb-bar">
          {steps && <StepButtons widget={widget} figure={figure} store={store} />}
          {makes && <KeepButton figure={figure} store={store} makes={makes} where={widget.title} />}
          {steps && <TimeSlider figure={figure} store={store} />}
          {models.map(({ name, param }) => (
            <ModelChoice key={name} id={`${figure}-${name}`} name={name} store={store} param={param} value={String(params[name])} locked={locked}
              set={(value) => ask(figure, { type: "set", params: { [name]: value } })} />
          ))}
          {(steps || rest.length > 0) && (
            <details className="gb-more">
              <summary>More</summary>
              <fieldset className="gb-knobs" disabled={locked} aria-label="More settings">{rest.map(knob)}</fieldset>
              {steps && <SpeedKnob figure={figure} store={store} />}
            </details>
          )}
        </div>
      )}
      {scenes.length > 0 && (
        <fieldset className="gb-scenes" aria-label="You could try">
          <span className="gb-try" aria-hidden="true">try</span>
          {scenes.filter((one) => !others.includes(one)).map(chip)}
          {others.length > 0 && (
            <details className="gb-others">
              <summary>{others.length} more</summary>
              <div className="gb-scenes">{others.map(chip)}</div>
            </details>
          )}
        </fieldset>
      )}
      {scenes.length > 0 && <p className="gb-watch">{scene === null ? "" : widget.scenes[scene]?.watch}</p>}
    </form>
  );
}
