import { lazy, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { BackendChoice } from "../../engine/worker/client.ts";
import { CopyButton } from "./CopyButton.tsx";
import { DataTable } from "./DataTable.tsx";
import type { Widget } from "./defineWidget.ts";
import { EmbedDialog } from "./EmbedDialog.tsx";
import { frameBytes, toCsv } from "./exportData.ts";
import { type Origin, savePng, saveSvg } from "./exportPicture.ts";
import { forcedBackend } from "./forcedBackend.ts";
import { figureHash } from "./linkState.ts";
import { momentOf } from "./moment.ts";
import type { AnyValues } from "./params.ts";
import { encode } from "./permalink.ts";
import { saveFile } from "./saveFile.ts";
import { ask, type FigureState, type FigureStore, takeFrom } from "./store.ts";
import { formatTimes } from "./times.ts";
import { useSlowly } from "./TimeControls.tsx";

export interface PanelProps {
  readonly widget: Widget;
  readonly figure: HTMLElement;
  readonly store: FigureStore;
  readonly base: AnyValues;
  /** Root of the book, absolute. */
  readonly site: string;
}

/** Few readers of a panel look there: its code is fetched when they do. */
const UnderTheHood = lazy(async () => ({ default: (await import("./UnderTheHood.tsx")).UnderTheHood }));

const licence = "CC BY 4.0";

/** What lies behind ⋯: what is on the screen in words, what runs it, its numbers, links, embeds and files. Looks twice a second. */
export function Panel({ widget, figure, store, base, site }: PanelProps) {
  const state = useSlowly(store, 500, store.getState());
  const [asTable, setAsTable] = useState(false);
  const [embeds, setEmbeds] = useState(false);
  const [hood, setHood] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const description = state.frame === null ? null : widget.describe(state.frame, state.params);
  // The first look comes before the store is read, and finds no params in it.
  const { leftOut } = encode(widget.params, { ...base, ...state.params }, base);
  const link = (): string => linkTo(widget, figure, store.getState(), base);
  const origin = (): Origin => ({
    title: widget.title,
    caption: captionOf(figure),
    source: `Glassbox, an explorable textbook of modern AI. ${licence}. ${link()}`,
  });
  // What is saved is what is there when the button is pressed, not what was there at the last look.
  const name = (): string => {
    const { step } = store.getState();
    return step === null ? widget.id : `${widget.id}-step-${step}`;
  };
  const describeNow = () => {
    const { frame, params } = store.getState();
    return widget.describe(frame, params);
  };
  const attempt = (work: () => void | Promise<void>) => (): void => {
    setTrouble(null);
    const fail = (error: unknown): void => setTrouble(`That did not work: ${error instanceof Error ? error.message : String(error)}.`);
    Promise.resolve().then(work).catch(fail);
  };
  const saveCsv = (): void => {
    saveFile(new Blob([toCsv(describeNow().table)], { type: "text/csv" }), `${name()}.csv`);
  };
  const saveData = (): void => {
    const { params, step, backend, weights } = store.getState();
    const { sentence, table } = describeNow();
    const data = {
      title: widget.title, source: link(), licence, params, ...(step !== null && { step }), ...(weights !== null && { weights }), backend,
      sentence, ...table,
    };
    saveFile(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }), `${name()}.json`);
  };
  const saveWeights = async (): Promise<void> => {
    const bytes = await takeFrom(figure.id, "model");
    if (!bytes) throw new Error("there is no model yet, press Run first");
    saveFile(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }), `${name()}.safetensors`);
  };
  return (
    <>
      {description && <p>{description.sentence}</p>}
      <dl className="gb-facts">{facts(state).map(([term, value]) => <div key={term}><dt>{term}</dt><dd>{value}</dd></div>)}</dl>
      {[...state.notices, ...(state.note === null ? [] : [state.note])].map((notice) => <p key={notice} className="gb-notice">{notice}</p>)}
      {state.steered && (
        <p className="gb-notice">
          A control was moved during this run. A link repeats it with the last settings from the first step, so its weights may differ.
        </p>
      )}
      {leftOut.length > 0 && (
        <p className="gb-notice">Too long for a link, and left out of it: {leftOut.map((one) => widget.params[one]?.label).join(", ")}.</p>
      )}
      {widget.task.training && figure.dataset.link !== "embed" && <KeepsHidden store={store} />}
      {state.tensors && <BackendSwitch figure={figure.id} store={store} />}
      <div className="gb-actions">
        <fieldset aria-label="Look">
          <button type="button" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Hide table" : "Show as table"}
          </button>
          {description && <CopyButton text={() => describeNow().sentence}>Copy description</CopyButton>}
          {document.fullscreenEnabled && <FullScreenButton figure={figure} attempt={attempt} />}
          <button type="button" aria-expanded={hood} onClick={() => setHood(!hood)}>Under the hood</button>
          {widget.pins && (
            <button type="button" aria-pressed={state.pinned !== null} title="Keeps these curves behind the next ones"
              disabled={state.frame === null} onClick={() => ask(figure.id, { type: state.pinned ? "unpin" : "pin" })}>
              {state.pinned ? "Unpin" : "Pin this run"}
            </button>
          )}
        </fieldset>
        <fieldset aria-label="Share">
          <CopyButton text={link}>Copy link</CopyButton>
          <button type="button" aria-haspopup="dialog" onClick={() => setEmbeds(true)}>Embed…</button>
        </fieldset>
        <fieldset aria-label="Save the picture">
          <span className="gb-try">picture</span>
          <button type="button" onClick={attempt(() => saveSvg(figure, origin(), name()))}>SVG</button>
          <button type="button" onClick={attempt(() => savePng(figure, origin(), name()))}>PNG</button>
        </fieldset>
        <fieldset aria-label="Save the numbers" disabled={!description}>
          <span className="gb-try">numbers</span>
          <button type="button" onClick={saveCsv}>CSV</button>
          <button type="button" onClick={saveData}>JSON</button>
        </fieldset>
        {widget.task.training && (
          <fieldset aria-label="Save the weights">
            <span className="gb-try">weights</span>
            <button type="button" onClick={attempt(saveWeights)}>safetensors</button>
          </fieldset>
        )}
      </div>
      {trouble !== null && <p className="gb-notice" role="alert">{trouble}</p>}
      {asTable && description && <DataTable table={description.table} caption={widget.title} />}
      {hood && (
        <Suspense fallback={<p className="gb-notice">Measuring…</p>}><UnderTheHood figure={figure.id} tensors={state.tensors || state.frame === null} /></Suspense>
      )}
      {embeds && <EmbedDialog widget={widget} state={store.getState()} site={site} close={() => setEmbeds(false)} />}
    </>
  );
}

/** The words of a caption, without the notes that open inside it. */
function captionOf(figure: HTMLElement): string {
  const copy = figure.querySelector("figcaption")?.cloneNode(true) as HTMLElement | undefined;
  for (const note of copy?.querySelectorAll("[role=note]") ?? []) note.remove();
  return copy?.textContent.replaceAll(/\s+/g, " ").trim() ?? "";
}

/** The address of a figure in its present state and, for a run, at its present step. */
function linkTo(widget: Widget, figure: HTMLElement, state: FigureState, base: AnyValues): string {
  const isEmbed = figure.dataset.link === "embed";
  // What an embed's address says beside the state (a teacher's task) goes with the link; a page's does not.
  const address = `${location.origin}${location.pathname}${isEmbed ? location.search : ""}`;
  return address + figureHash(widget, figure.id, state.params, base, isEmbed ? "embed" : "page", momentOf(widget, state));
}

/** Left by the same button, which keeps the focus, or by Escape. A frame that may not fill the screen has no such button. */
function FullScreenButton({ figure, attempt }: { readonly figure: HTMLElement; readonly attempt: (work: () => Promise<void>) => () => void }) {
  const [full, setFull] = useState(document.fullscreenElement === figure);
  useEffect(() => {
    const look = (): void => setFull(document.fullscreenElement === figure);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, [figure]);
  const press = attempt(() => (full ? document.exitFullscreen() : figure.requestFullscreen()));
  return <button type="button" onClick={press}>{full ? "Leave full screen" : "Full screen"}</button>;
}

/** A run that waits for its tab is kind to the machine; who wants it finished ticks this. */
function KeepsHidden({ store }: { readonly store: FigureStore }) {
  const keepsHidden = useStore(store, (state) => state.keepsHidden);
  return (
    <p className="gb-backend">
      <label>
        <input type="checkbox" checked={keepsHidden} onChange={({ target }) => store.setState({ keepsHidden: target.checked })} />
        keep running while this tab is hidden
      </label>
    </p>
  );
}

/** Where a figure is computed, as a switch: the engine's own choice, or the reader's. */
function BackendSwitch({ figure, store }: { readonly figure: string; readonly store: FigureStore }) {
  const chosen = useStore(store, ({ choice }) => choice) ?? forcedBackend(location.search);
  const choices: Readonly<Record<BackendChoice, string>> = { auto: "as measured", cpu: "CPU", webgpu: "GPU" };
  return (
    <fieldset className="gb-backend">
      <legend>compute on</legend>
      {(Object.keys(choices) as BackendChoice[]).map((choice) => (
        <label key={choice}>
          <input type="radio" name={`${figure}-backend`} value={choice} checked={choice === chosen}
            onChange={() => ask(figure, { type: "backend", choice })} />
          {choices[choice]}
        </label>
      ))}
    </fieldset>
  );
}

/** "GPU (WebGPU, nvidia ampere), 3.1 × the CPU". */
function whereText(backend: FigureState["backend"], gpu: FigureState["gpu"]): string {
  if (backend === "webgpu") {
    return `GPU (WebGPU${gpu ? `, ${gpu.description}` : ""})${gpu?.speedup ? `, ${formatTimes(gpu.speedup)} the CPU` : ""}`;
  }
  if (!gpu) return "CPU";
  return gpu.speedup ? `CPU: the GPU (${gpu.description}) is ${formatTimes(gpu.speedup)} as fast` : `CPU; GPU: ${gpu.description}`;
}

function facts({ status, backend, gpu, params, step, frameTime, frame, weights }: FigureState): [string, string][] {
  const live = status !== "static";
  const time = frameTime < 0.1 ? "under 0.1" : frameTime.toFixed(1);
  return [
    ["computed", live ? "live, in this tab" : "when the book was built"],
    ["on", whereText(backend, gpu)],
    ...(params.seed === undefined ? [] : [["seed", String(params.seed)] as [string, string]]),
    ...(step === null ? [] : [["step", String(step)] as [string, string]]),
    ...(live ? [["last frame", `${time} ms, ${inBytes(frameBytes(frame))}`] as [string, string]] : []),
    ...(weights === null ? [] : [["weights", weights] as [string, string]]),
  ];
}

function inBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
