import { useEffect, useState } from "react";
import { DataTable } from "./DataTable.tsx";
import type { Widget } from "./defineWidget.ts";
import { downloadPng, downloadSvg } from "./exportPicture.ts";
import { figureHash } from "./linkState.ts";
import { type AnyValues, defaults } from "./params.ts";
import { encode } from "./permalink.ts";
import type { FigureState, FigureStore } from "./store.ts";

export interface PanelProps {
  readonly widget: Widget;
  readonly figure: HTMLElement;
  readonly store: FigureStore;
  readonly base: AnyValues;
  /** Root of the book, absolute. */
  readonly site: string;
}

/** What lies behind ⋯: what runs the figure, its numbers as a table, a link, an embed, a picture. Looks at the frame twice a second. */
export function Panel({ widget, figure, store, base, site }: PanelProps) {
  const state = useSlowly(store, 500);
  const [asTable, setAsTable] = useState(false);
  const description = state.frame === null ? null : widget.describe(state.frame, state.params);
  const { query, leftOut } = encode(widget.params, state.params, defaults(widget.params));
  const address = new URL(`embed/${widget.id}/`, site).href;
  const embed = `<iframe src="${address}${query && `#${query.replaceAll("&", "&amp;")}`}" title="${widget.title}" sandbox="allow-scripts allow-same-origin allow-popups" ` +
    `referrerpolicy="no-referrer" loading="lazy" width="100%" height="${widget.size.wide[1] + 320}"></iframe>`;
  const link = (): string => `${location.origin}${location.pathname}${figureHash(widget, figure.id, state.params, base, figure.dataset.link === "embed" ? "embed" : "page")}`;
  return (
    <>
      {description && <p>{description.sentence}</p>}
      <dl className="gb-facts">{facts(state).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {[...state.notices, ...(state.note === null ? [] : [state.note])].map((notice) => <p key={notice} className="gb-notice">{notice}</p>)}
      {leftOut.length > 0 && <p className="gb-notice">Too long for a link, and left out of it: {leftOut.map((name) => widget.params[name]?.label).join(", ")}.</p>}
      <div className="gb-actions">
        <button type="button" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? "Hide table" : "Show as table"}</button>
        <CopyButton text={link}>Copy link</CopyButton>
        <CopyButton text={() => embed}>Copy embed</CopyButton>
        <button type="button" onClick={() => downloadSvg(figure, widget.id)}>SVG</button>
        <button type="button" onClick={() => void downloadPng(figure, widget.id)}>PNG</button>
      </div>
      {asTable && description && <DataTable table={description.table} caption={widget.title} />}
    </>
  );
}

function facts({ status, backend, params, step, frameTime }: FigureState): [string, string][] {
  return [
    ["computed", status === "static" ? "when the book was built" : "live, in this tab"],
    ["on", backend === "webgpu" ? "GPU (WebGPU)" : "CPU"],
    ...(params.seed === undefined ? [] : [["seed", String(params.seed)] as [string, string]]),
    ...(step === null ? [] : [["step", String(step)] as [string, string]]),
    ["last frame", frameTime < 0.1 ? "under 0.1 ms" : `${frameTime.toFixed(1)} ms`],
  ];
}

function CopyButton({ text, children }: { text: () => string; children: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = (): void => {
    const done = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error("no clipboard"));
    // Without a clipboard (a sandbox) the text is shown to be copied by hand.
    done.then(() => setSaid("Copied"), () => setSaid(text()));
  };
  return (
    <>
      <button type="button" onClick={copy}>{said === "Copied" ? said : children}</button>
      {said !== null && said !== "Copied" && <code>{said}</code>}
    </>
  );
}

/** The store's state, at most once every `interval` milliseconds: a panel need not render sixty times a second. */
function useSlowly(store: FigureStore, interval: number): FigureState {
  const [state, setState] = useState(store.getState());
  useEffect(() => {
    const timer = setInterval(() => setState(store.getState()), interval);
    return () => clearInterval(timer);
  }, [store, interval]);
  return state;
}
