import { useState } from "react";
import { type AnyValue, clipText, type ChoiceParam, type NumberParam, type Param, type TextParam, validValue } from "./params.ts";

export interface KnobProps<P extends Param = Param> {
  readonly id: string;
  readonly name: string;
  readonly param: P;
  readonly value: AnyValue;
  readonly base: AnyValue;
  readonly changed: boolean;
  set(value: AnyValue): void;
}

/** One control: native inputs that bear the param's name, and a button back to where it started. */
export function Knob(props: KnobProps) {
  const { param, name, changed, base, set } = props;
  return (
    <div className={`gb-knob gb-${param.kind}${isLong(param) ? " gb-long" : ""}`}>
      <KnobInput {...props} />
      <button type="button" className="gb-back" aria-label={`Reset ${param.label || name}`} title="Reset" disabled={!changed} onClick={() => set(base)}>↺</button>
    </div>
  );
}

function KnobInput(props: KnobProps) {
  const { id, name, param, value, set } = props;
  switch (param.kind) {
    case "number": return <NumberInput {...props} param={param} />;
    case "choice": return <ChoiceInput {...props} param={param} />;
    case "text": return <TextInput {...props} param={param} />;
    case "toggle":
      return (
        <label htmlFor={id}>
          <input id={id} name={name} type="checkbox" checked={value === true} onChange={(event) => set(event.target.checked)} /> {param.label}
        </label>
      );
    default: return null;
  }
}

const POSITIONS = 400;

/** A slider for the feel and a box for the exact number. On a log scale the slider counts positions, so the box bears the name. */
function NumberInput({ id, name, param, value, set }: KnobProps<NumberParam>) {
  const number = value as number;
  const [draft, setDraft] = useState<string | null>(null);
  const log = param.scale === "log" && param.min > 0;
  const ratio = Math.log(param.max / param.min);
  const accept = (text: string): void => {
    setDraft(text);
    const typed = Number(text);
    if (text.trim() !== "" && validValue(param, typed) === typed) set(typed);
  };
  const leave = (): void => {
    if (draft !== null && draft.trim() !== "" && Number.isFinite(Number(draft))) set(validValue(param, Number(draft), number));
    setDraft(null);
  };
  return (
    <>
      <label htmlFor={id}>{param.label}</label>
      {log ? (
        <input id={id} type="range" min={0} max={POSITIONS} step={1} value={Math.round((Math.log(number / param.min) / ratio) * POSITIONS)} aria-valuetext={String(number)}
          onChange={(event) => set(validValue(param, param.min * Math.exp((ratio * Number(event.target.value)) / POSITIONS)))} />
      ) : (
        <input id={id} name={name} type="range" min={param.min} max={param.max} step={param.step ?? "any"} value={number}
          onChange={(event) => set(Number(event.target.value))} />
      )}
      <input {...(log && { name })} className="gb-box" type="number" inputMode="decimal" aria-label={`${param.label}, exact value`} min={param.min} max={param.max}
        step={param.step ?? "any"} value={draft ?? String(number)} onChange={(event) => accept(event.target.value)} onBlur={leave} />
      {param.unit && <span className="gb-unit">{param.unit}</span>}
    </>
  );
}

/** Whether a name would break beside its slider, or options beside their name, on a phone: there the name stands above. */
function isLong(param: Param): boolean {
  if (param.kind === "number") return param.label.length > 16;
  if (param.kind !== "choice") return false;
  const { label, options } = param;
  const labels = Object.values(options);
  return !isList(labels) && labels.join("").length + label.length + labels.length * 3.5 > 37;
}

const isList = (labels: readonly string[]): boolean => labels.length > 4 || labels.join("").length > 48;

/** Few short options are seen side by side, more are a list. */
function ChoiceInput({ id, name, param, value, set }: KnobProps<ChoiceParam>) {
  const options = Object.entries(param.options);
  if (isList(Object.values(param.options))) {
    return (
      <>
        <label htmlFor={id}>{param.label}</label>
        <select id={id} name={name} value={String(value)} onChange={(event) => set(event.target.value)}>
          {options.map(([option, label]) => <option key={option} value={option}>{label}</option>)}
        </select>
      </>
    );
  }
  return (
    <fieldset>
      <legend>{param.label}</legend>
      {options.map(([option, label]) => (
        <label key={option}>
          <input type="radio" name={name} value={option} checked={value === option} onChange={() => set(option)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function TextInput({ id, name, param, value, set }: KnobProps<TextParam>) {
  const [clipped, setClipped] = useState(false);
  const bytes = param.maxLength ?? 500;
  const type = (text: string): void => {
    const kept = clipText(text, bytes);
    setClipped(kept.length < text.length);
    set(kept);
  };
  const common = { id, name, value: String(value), spellCheck: false, autoComplete: "off" } as const;
  return (
    <>
      <label htmlFor={id}>{param.label}</label>
      {param.multiline
        ? <textarea {...common} rows={3} onChange={(event) => type(event.target.value)} />
        : <input {...common} type="text" onChange={(event) => type(event.target.value)} />}
      {clipped && <output className="gb-notice">Only the first {bytes} bytes are kept.</output>}
    </>
  );
}
