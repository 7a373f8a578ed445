import { useEffect, useId, useRef, useState } from "react";
import { CopyButton } from "./CopyButton.tsx";
import { hasKnob, type Widget } from "./defineWidget.ts";
import { elementCode, embedAddress, type EmbedChoices, type EmbedTarget, iframeCode, plainEmbed } from "./embedCode.ts";
import { momentOf } from "./moment.ts";
import { encode, withMoment } from "./permalink.ts";
import type { FigureState } from "./store.ts";

interface EmbedDialogProps {
  readonly widget: Widget;
  /** As it was when the dialog was opened. */
  readonly state: FigureState;
  readonly site: string;
  close(): void;
}

const PREVIEW = "glass-box-preview";

/** Code for another site, with this figure's state; the preview is the embed itself, and its height goes into the code. */
export function EmbedDialog({ widget, state, site, close }: EmbedDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [choices, setChoices] = useState<EmbedChoices>(plainEmbed);
  const [form, setForm] = useState<"element" | "iframe">("element");
  const [withState, setWithState] = useState(true);
  const [height, setHeight] = useState(widget.size.wide[1] + 280);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
    const hear = (event: MessageEvent<unknown>): void => {
      const said = event.data as { ns?: unknown; id?: unknown; type?: unknown; height?: unknown } | null;
      const frame = dialog.current?.querySelector("iframe");
      if (!frame || event.source !== frame.contentWindow || said?.ns !== "glass-box" || said.id !== PREVIEW) return;
      if (said.type === "resize" && typeof said.height === "number" && said.height > 0) setHeight(Math.min(8000, Math.round(said.height)));
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, []);
  const query = withState ? withMoment(encode(widget.params, state.params).query, momentOf(widget, state)) : "";
  const target: EmbedTarget = { site, widget: widget.id, title: widget.title, state: query, height, picture: widget.size.wide };
  const code = form === "element" ? elementCode(target, choices) : iframeCode(target, choices);
  const preview = embedAddress(target, choices);
  const choose = (patch: Partial<EmbedChoices>): void => setChoices({ ...choices, ...patch });
  const hide = (name: string, yes: boolean): void => {
    const others = choices.hide.filter((one) => one !== name);
    choose({ hide: yes ? [...others, name] : others });
  };
  const select = <K extends "theme" | "controls" | "run">(name: K, options: Readonly<Record<EmbedChoices[K], string>>, label: string) => (
    <label>{label} <select value={choices[name]} onChange={({ target: { value } }) => choose({ [name]: value } as Partial<EmbedChoices>)}>
      {Object.entries<string>(options).map(([value, text]) => <option key={value} value={value}>{text}</option>)}
    </select></label>
  );
  return (
    <dialog ref={dialog} className="gb-dialog" aria-labelledby={id} onClose={close}>
      <div className="gb-dialog-head">
        <h2 id={id}>Put this figure into your site</h2>
        <button type="button" onClick={() => dialog.current?.close()}>Close</button>
      </div>
      <div className="gb-choices">
        <label>as <select value={form} onChange={({ target: { value } }) => setForm(value === "iframe" ? "iframe" : "element")}>
          <option value="element">element</option><option value="iframe">iframe</option>
        </select></label>
        {select("theme", { auto: "as the reader’s system", light: "light", dark: "dark" }, "theme")}
        {select("controls", { full: "all", min: "few", none: "none" }, "controls")}
        {select("run", { visible: "when it is seen", click: "by press", never: "never" }, "runs")}
        <label>
          <input type="checkbox" checked={withState} onChange={(event) => setWithState(event.target.checked)} /> in its present state
        </label>
      </div>
      <details className="gb-teacher">
        <summary>For teachers</summary>
        <div className="gb-choices">
          <label>
            <input type="checkbox" checked={choices.lock} onChange={(event) => choose({ lock: event.target.checked })} /> lock all settings
          </label>
          <TaskChoice widget={widget} set={(task) => choose({ task })} />
        </div>
        <fieldset className="gb-choices">
          <legend>without a control for</legend>
          {Object.entries(widget.params).filter(([, param]) => hasKnob(param)).map(([name, { label }]) => (
            <label key={name}>
              <input type="checkbox" checked={choices.hide.includes(name)} onChange={(event) => hide(name, event.target.checked)} /> {label}
            </label>
          ))}
        </fieldset>
      </details>
      <textarea className="gb-code" readOnly rows={5} aria-label="Code to copy" value={code} onFocus={(event) => event.target.select()} />
      <p className="gb-actions">
        <CopyButton text={() => code}>Copy code</CopyButton>{" "}
        <a href={new URL("for-your-site/", site).href} target="_blank" rel="noopener">Recipes for your platform</a>
      </p>
      {/* oxlint-disable-next-line react/iframe-missing-sandbox -- a page of this book, whose policy allows no script but its own */}
      <iframe key={preview} name={PREVIEW} src={preview} title="Preview" height={height} />
    </dialog>
  );
}

/** A bound to one of the numbers that the widget declares. */
function TaskChoice({ widget, set }: { readonly widget: Widget; readonly set: (task: string) => void }) {
  const [goal, setGoal] = useState("");
  const [sign, setSign] = useState("<");
  const [bound, setBound] = useState("");
  const goals = Object.entries(widget.goals);
  if (goals.length === 0) return null;
  const write = (name: string, than: string, value: string): void => {
    setGoal(name);
    setSign(than);
    setBound(value);
    set(name !== "" && value.trim() !== "" && Number.isFinite(Number(value)) ? `${name}${than}${Number(value)}` : "");
  };
  return (
    <span>
      <label>task <select value={goal} onChange={(event) => write(event.target.value, sign, bound)}>
        <option value="">none</option>
        {goals.map(([name, { label }]) => <option key={name} value={name}>{label}</option>)}
      </select></label>{" "}
      <select aria-label="comparison" value={sign} onChange={(event) => write(goal, event.target.value, bound)}>
        <option value="<">below</option><option value=">">above</option>
      </select>{" "}
      <input type="number" step="any" aria-label="bound" value={bound} onChange={(event) => write(goal, sign, event.target.value)} />
    </span>
  );
}
