import type { Widget } from "./defineWidget.ts";
import type { AnyValues } from "./params.ts";
import { decode, type Decoded, encode, type Moment, readMoment, withMoment } from "./permalink.ts";
import type { Schema } from "./params.ts";

/** `page`: `#figure-id?layer=1`, one figure of many; `embed`: `#layer=1`, the only one. */
export type LinkForm = "page" | "embed";

export interface LinkState {
  read(): Decoded<Schema> & { readonly moment: Moment | null };
  /** Puts the state into the address bar, 300 ms after the last change. Unchanged state leaves the address alone. */
  write(params: AnyValues, moment: Moment | null): void;
  /** Calls back when the reader follows a link to another state of this figure. */
  follow(listener: (params: AnyValues, moment: Moment | null) => void): void;
}

/** The hash of a link to a figure in a given state and, for a run, at a given step. */
export function figureHash(
  widget: Widget, figure: string, params: AnyValues, base: AnyValues, form: LinkForm, moment: Moment | null = null,
): string {
  const query = withMoment(encode(widget.params, params, base).query, moment);
  if (form === "embed") return query === "" ? "" : `#${query}`;
  return query === "" ? `#${figure}` : `#${figure}?${query}`;
}

/** A figure's part of the address. On a page the last touched figure has it. */
export function linkState(widget: Widget, figure: string, base: AnyValues, form: LinkForm): LinkState {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written: string | null = null;
  const query = (): string | null => {
    const hash = location.hash.slice(1);
    if (form === "embed") return hash;
    return hash.startsWith(`${figure}?`) ? hash.slice(figure.length + 1) : null;
  };
  const read: LinkState["read"] = () => {
    const text = query();
    if (text === null) return { params: base, notices: [], moment: null };
    return { ...decode(widget.params, text, base, widget.scenes), moment: readMoment(text) };
  };
  return {
    read,
    write(params, moment) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const hash = figureHash(widget, figure, params, base, form, moment);
        if (hash === location.hash || (hash === `#${figure}` && location.hash === "")) return;
        written = hash;
        try {
          const address = new URL(location.href);
          address.hash = hash;
          history.replaceState(history.state, "", address);
        } catch {
          // A sandboxed frame may not touch its address, and browsers limit how often one may: the state then lives in memory.
        }
      }, 300);
    },
    follow(listener) {
      addEventListener("hashchange", () => {
        if (location.hash === written || query() === null) return;
        const { params, moment } = read();
        listener(params, moment);
      });
    },
  };
}
