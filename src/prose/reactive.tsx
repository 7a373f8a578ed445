import type { ReactElement, ReactNode } from "react";
import { decimals, type AnyValues } from "../widget/params.ts";
import { figureOf, usePage } from "./page.ts";

/** A number in the sentence that follows a figure: a readout of its widget. Printed as the poster has it, kept up to date by the page. */
export function Live({ figure, readout }: { readonly figure: string; readonly readout: string }): ReactElement {
  const page = usePage();
  const request = figureOf(page, figure, "Live");
  const read = request?.widget.readouts[readout];
  if (request && !read) throw new Error(`Live: ${figure} has no readout "${readout}"`);
  const poster = page.posters.get(figure);
  const text = request && read && poster ? read(poster.wide.frame, request.params) : "…";
  // No `<output>`: a live region of its own would speak at every frame. The figure's says the same, once in a while.
  return <span className="live" data-live={figure} data-readout={readout}>{text}</span>;
}

/** A number in the sentence that can be dragged, or changed by arrow keys: a number param of a figure. */
export function Scrub({ figure, param }: { readonly figure: string; readonly param: string }): ReactElement {
  const request = figureOf(usePage(), figure, "Scrub");
  const schema = request?.widget.params[param];
  if (request && schema?.kind !== "number") throw new Error(`Scrub: ${figure} has no number param "${param}"`);
  if (schema?.kind !== "number") return <span className="scrub" />;
  const step = schema.step ?? (schema.max - schema.min) / 100;
  const value = Number(request?.params[param]);
  return (
    <span
      className="scrub" data-scrub={figure} data-param={param} data-min={schema.min} data-max={schema.max} data-step={step}
      data-label={schema.label}
    >
      {value.toFixed(decimals(step))}
    </span>
  );
}

type ChipProps = { readonly figure: string; readonly children: ReactNode } & ({ readonly scene: string } | { readonly params: AnyValues });

/** A button in the sentence that sets a figure: to one of its scenes, or to params. */
export function Chip({ figure, children, ...what }: ChipProps): ReactElement {
  const request = figureOf(usePage(), figure, "Chip");
  if ("scene" in what) {
    if (request && !Object.hasOwn(request.widget.scenes, what.scene)) throw new Error(`Chip: ${figure} has no scene "${what.scene}"`);
    return <button type="button" className="chip" data-chip={figure} data-scene={what.scene}>{children}</button>;
  }
  const unknown = Object.keys(what.params).find((name) => request && !Object.hasOwn(request.widget.params, name));
  if (unknown) throw new Error(`Chip: ${figure} has no param "${unknown}"`);
  return <button type="button" className="chip" data-chip={figure} data-params={JSON.stringify(what.params)}>{children}</button>;
}
