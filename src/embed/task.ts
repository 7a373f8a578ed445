import type { Widget } from "../widget/defineWidget.ts";
import type { AnyValues } from "../widget/params.ts";
import type { GoalReport } from "./protocol.ts";

/** One bound of a task: `validationLoss<2.5`. */
export type Bound = Pick<GoalReport, "goal" | "sign" | "bound">;

const MOST = 4;
const FORM = /^\s*([a-z]\w{0,63})\s*(<=|>=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)\s*$/i;

/**
 * Reads a teacher's task from an address: bounds to numbers that the widget declares, joined by commas, at most four.
 * `validationLoss<2.5,step<=500`. What is no bound, or names no goal of this widget, is left out. Never throws.
 */
export function readTask(text: string, goals: Widget["goals"]): Bound[] {
  return text.slice(0, 400).split(",").flatMap((part): Bound[] => {
    const [, said = "", sign, number] = FORM.exec(part) ?? [];
    const bound = Number(number);
    const goal = Object.keys(goals).find((name) => name === said || goals[name]!.aliases?.includes(said));
    return goal !== undefined && Number.isFinite(bound) ? [{ goal, sign: sign as Bound["sign"], bound }] : [];
  }).slice(0, MOST);
}

/** Where a figure stands. A number that is not known, or is none, meets no bound. */
export function judge(bounds: readonly Bound[], goals: Widget["goals"], frame: unknown, params: AnyValues): GoalReport[] {
  return bounds.map((bound) => {
    const found = frame === null ? null : goals[bound.goal]!.value(frame, params);
    const value = found !== null && Number.isFinite(found) ? found : null;
    return { ...bound, value, met: value !== null && compare[bound.sign](value, bound.bound) };
  });
}

const compare: Readonly<Record<Bound["sign"], (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b,
};
const words: Readonly<Record<Bound["sign"], string>> = { "<": "below", ">": "above", "<=": "at most", ">=": "at least" };

/** "held-out loss below 2.5: now 2.31, met" */
export function inWords({ goal, sign, bound, value, met }: GoalReport, goals: Widget["goals"]): string {
  const now = value === null ? "not known yet" : `now ${Number(value.toPrecision(4))}, ${met ? "met" : "not met yet"}`;
  return `${goals[goal]!.label} ${words[sign]} ${bound}: ${now}`;
}
