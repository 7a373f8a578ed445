import { NUDGE, type TapeEntry, type WalkTapeFrame } from "../../../engine/tasks/walkTape.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { cellText } from "../../charts/numberGrid.ts";
import type { Span } from "../../charts/paragraph.ts";
import type { Place } from "./circuit.ts";

/** How far the walk has come: entries recorded, entries gone back through, and the one it is at. */
export interface Progress {
  readonly forward: number;
  readonly back: number;
  readonly current: number | null;
}

/** The walk at a position: 0 is before the first entry, n after the last, 2n back at the beginning. */
export function progressOf({ entries: { length: n } }: WalkTapeFrame, at: number): Progress {
  const position = Math.min(at, 2 * n);
  return {
    forward: Math.min(position, n), back: Math.max(0, position - n),
    current: position === 0 ? null : position <= n ? position - 1 : 2 * n - position,
  };
}

const isDone = ({ entries }: WalkTapeFrame, entry: number, { back }: Progress): boolean => entry >= entries.length - back;

/** A number, if the forward pass has come to it. */
export function valueAt(frame: WalkTapeFrame, { name, index }: Place, { forward }: Progress): number | null {
  const made = frame.entries.findIndex(({ output }) => output === name);
  return made < forward ? frame.values[name]![index]! : null;
}

/** dL/d(number) as far as it has been handed back: the sum over what used it; null where nothing came yet. */
export function gradientAt(frame: WalkTapeFrame, { name, index }: Place, progress: Progress): number | null {
  if (name === "L") return progress.back > 0 ? 1 : null;
  const parts = frame.entries.flatMap(({ inputs, handed }, entry) =>
    (isDone(frame, entry, progress) ? inputs.flatMap((input, i) => (input === name && handed[i] ? [handed[i][index]!] : [])) : []));
  return parts.length > 0 ? parts.reduce((a, b) => a + b) : null;
}

/** The weights as two small matrices, a row a neuron with its bias last; the single neuron has one. */
export function gridOf(frame: WalkTapeFrame, which: 0 | 1): { readonly rows: number; readonly columns: number; place(cell: Cell): Place } {
  if (frame.network === "neuron") return { rows: which === 0 ? 1 : 0, columns: 2, place: ([, column]) => ({ name: column === 0 ? "w" : "b", index: 0 }) };
  const [rows, inputs] = which === 0 ? [3, 2] : [2, 3];
  const layer = which + 1;
  return { rows, columns: inputs + 1, place: ([row, column]) => (column < inputs ? { name: `W${layer}`, index: row * inputs + column } : { name: `b${layer}`, index: row }) };
}

const digits = "₀₁₂₃";
/** "w", or "W₁[2,1]" and "b₁[2]" in a network. */
export function nameOf(frame: WalkTapeFrame, { name, index }: Place): string {
  if (frame.network === "neuron") return name === "wx" ? "w·x" : name;
  const inputs = name === "W1" ? 2 : 3;
  if (name.startsWith("W")) return `W${digits[Number(name[1])]}[${Math.floor(index / inputs) + 1},${(index % inputs) + 1}]`;
  if (name.startsWith("b")) return `b${digits[Number(name[1])]}[${index + 1}]`;
  if (name === "L") return "L";
  return name === "e2" ? `e${digits[index + 1]}²` : `${name}${digits[index + 1]}`;
}

const text = (value: number): string => cellText(value);
const factor = (value: number): string => (value < 0 ? `(${text(value)})` : text(value));
const result = (value: number): Span => ({ text: text(value), className: "gb-term" });
const gradient = (value: number): Span => ({ text: text(value), className: "c-gradient gb-term" });

/** What happens at a position, with its numbers; of a layer, the element `index`. */
export function explain(frame: WalkTapeFrame, at: number, index = 0): Span[] {
  const { current, back } = progressOf(frame, at);
  if (current === null) return [{ text: "The tape is empty. Press “next” for the first operation." }];
  const entry = frame.entries[current]!;
  return back === 0 ? forwards(frame, entry, index) : backwards(frame, entry, index);
}

function forwards(frame: WalkTapeFrame, { op, output, inputs }: TapeEntry, wanted: number): Span[] {
  const index = Math.min(wanted, frame.values[output]!.length - 1);
  const value = (slot: number, i = index): number => frame.values[inputs[slot]!]![i]!;
  const name = (tensor: string): string => nameOf(frame, { name: tensor, index });
  const out = [{ text: `${name(output)} = ` }];
  const end = result(frame.values[output]![index]!);
  switch (op) {
    case "multiply": return [...out, { text: `${inputs[0] === inputs[1] ? `${name(inputs[0]!)} · ${name(inputs[0]!)} = ` : ""}${factor(value(0))} · ${factor(value(1))} = ` }, end];
    case "add": return [...out, { text: `${name(inputs[0]!)} + ${name(inputs[1]!)} = ${text(value(0))} + ${factor(value(1))} = ` }, end];
    case "subtract": return [...out, { text: `${name(inputs[0]!)} − ${name(inputs[1]!)} = ${text(value(0))} − ${factor(value(1))} = ` }, end];
    case "relu": return [...out, { text: `max(0, ${text(value(0))}) = ` }, end];
    case "tanh": return [...out, { text: `tanh(${text(value(0))}) = ` }, end];
    case "sum": return [...out, { text: `${frame.values[inputs[0]!]!.map(factor).join(" + ")} = ` }, end];
    default: {
      const x = frame.values[inputs[0]!]!;
      const products = x.map((each, i) => `${factor(frame.values[inputs[1]!]![index * x.length + i]!)}·${factor(each)}`).join(" + ");
      return [...out, { text: `${products} + ${factor(frame.values[inputs[2]!]![index]!)} = ` }, end];
    }
  }
}

function backwards(frame: WalkTapeFrame, entry: TapeEntry, wanted: number): Span[] {
  const { op, output, inputs, handed } = entry;
  const index = Math.min(wanted, frame.values[inputs[0]!]!.length - 1);
  const told = Math.min(index, entry.upstream.length - 1);
  const up = entry.upstream[told]!;
  const value = (slot: number): number => frame.values[inputs[slot]!]![index]!;
  const name = (slot: number): string => nameOf(frame, { name: inputs[slot]!, index });
  const first = handed[0]?.[index] ?? 0;
  const d = (label: string): Span => ({ text: `∂L/∂${label} = ` });
  switch (op) {
    case "multiply":
      return inputs[0] === inputs[1]
        ? [d(name(0)), { text: `${factor(up)}·${factor(value(0))} along each of two wires, together ` }, gradient(2 * first)]
        : [d(name(0)), { text: `${factor(up)} upstream · ${factor(value(1))} (the other factor) = ` }, gradient(first), { text: `; ${name(1)} is data and asks for none` }];
    case "add": return [{ text: "A sum passes on what it is told, to both: " }, d(name(0)), gradient(first), { text: ", " }, d(name(1)), gradient(handed[1]?.[0] ?? 0)];
    case "subtract": return [d(name(0)), gradient(first), { text: `, passed on unchanged; the target ${name(1)} is data and asks for none` }];
    case "sum": return [{ text: "A sum passes on what it is told, to all: " }, d(name(0)), gradient(first)];
    case "relu":
      return [d(name(0)), { text: `${factor(up)} · ${value(0) > 0 ? 1 : 0} = ` }, gradient(first), { text: `, since ${text(value(0))} is ${value(0) > 0 ? "above" : "not above"} 0` }];
    case "tanh": {
      const y = frame.values[output]![index]!;
      return [d(name(0)), { text: `${factor(up)} · (1 − ${factor(y)}²) = ` }, gradient(first)];
    }
    default: return inputs[0] === "x" ? explainWeight(frame, { name: inputs[1]!, index: 0 }) : toHidden(frame, entry, index);
  }
}

/** Blame that comes back to a hidden neuron along several wires. */
function toHidden(frame: WalkTapeFrame, { inputs, upstream, handed }: TapeEntry, index: number): Span[] {
  const weights = frame.values[inputs[1]!]!, columns = frame.values[inputs[0]!]!.length;
  const products = upstream.map((up, k) => `${factor(up)}·${factor(weights[k * columns + index]!)}`).join(" + ");
  return [{ text: `∂L/∂${nameOf(frame, { name: inputs[0]!, index })} = ${products} = ` }, gradient(handed[0]![index]!),
    { text: ", one product for each wire back" }];
}

/** One parameter: upstream × local, and what nudging it says. */
export function explainWeight(frame: WalkTapeFrame, place: Place): Span[] {
  const { entries, nudged, values, gradients } = frame;
  const { inputs, op, upstream } = entries.find((entry) => entry.inputs.includes(place.name))!;
  const slope = gradients[place.name]![place.index]!;
  const isBias = inputs.indexOf(place.name) === (op === "linear" ? 2 : 1);
  const columns = values[inputs[0]!]!.length;
  const up = upstream[isBias || op !== "linear" ? place.index : Math.floor(place.index / columns)]!;
  const local = isBias ? 1 : op === "linear" ? values[inputs[0]!]![place.index % columns]! : values[inputs[1]!]![0]!;
  return [{ text: `∂L/∂${nameOf(frame, place)} = ${factor(up)} upstream · ${factor(local)} ${isBias ? "(a bias adds as it is)" : "(its input)"} = ` }, gradient(slope),
    { text: `; nudged by ±${NUDGE}: ${text(nudged[place.name]![place.index]!)}` }];
}

/** The largest distance between a slope by the tape and by nudging. */
export function disagreement({ gradients, nudged }: WalkTapeFrame): number {
  return Math.max(...Object.entries(gradients).flatMap(([name, values]) => values.map((value, i) => Math.abs(value - nudged[name]![i]!))));
}

/** How many numbers are learnt. */
export const parameterCount = ({ gradients }: WalkTapeFrame): number => Object.values(gradients).reduce((sum, { length }) => sum + length, 0);
