import { nameNow, type Schema } from "../widget/params.ts";

/** What an address asks to be without a control, as far as it can be the name of a param. */
export const hiddenNames = (asked: string | null): string[] => (asked ?? "").slice(0, 1000).split(",").filter((name) => /^\w+$/.test(name));

/** These names as the params are called today: an address may say what a setting was called once. */
export const namesNow = (schema: Schema, names: readonly string[]): string[] => names.map((name) => nameNow(schema, name) ?? name);

/** Takes the controls that stand in a figure's HTML off the page at once; React, which comes later, leaves them out. */
export function hideControls(figure: HTMLElement, names: readonly string[]): void {
  for (const name of names) for (const input of figure.querySelectorAll(`[name="${name}"]`)) input.closest<HTMLElement>(".gb-knob")?.setAttribute("hidden", "");
}
