import { engineClient, type EngineClient } from "../../engine/worker/client.ts";
import { hasSteps, type Widget } from "./defineWidget.ts";
import { announcer } from "./announcer.ts";
import { attachControls } from "./attachControls.ts";
import { forcedBackend } from "./forcedBackend.ts";
import { linkState, type LinkForm } from "./linkState.ts";
import { decode } from "./permalink.ts";
import type { AnyValues } from "./params.ts";
import { momentOf } from "./moment.ts";
import { createRunner, type FindOwn, isOwn, type Runner } from "./runner.ts";
import { createStage } from "./stage.ts";
import { answer, ask, type FigureState, figureStore, onWake } from "./store.ts";
import { formatTimes } from "./times.ts";

/** Widgets by id, loaded on demand. */
export type Catalogue = Readonly<Record<string, () => Promise<Widget>>>;

export interface HydrateOptions {
  /** Root of the site, where packs lie; the address of the page's `/` where absent. */
  readonly site?: string;
  /** How links to a figure look: `#figure-id?…` on a page of many figures, `#…` in an embed. */
  readonly link?: LinkForm;
  /** For tests, and for embeds that must not start by themselves. */
  readonly autostart?: boolean;
  readonly client?: EngineClient;
}

const tunedKey = "glassbox-adapters";
/** What was measured on this machine's GPU. Storage may be denied or full: then it is measured again. */
const tunedMemory = {
  read(): string | null {
    try {
      return localStorage.getItem(tunedKey);
    } catch {
      return null;
    }
  },
  write(text: string): void {
    try {
      localStorage.setItem(tunedKey, text);
    } catch { /* Measured again next time. */ }
  },
};

/** Figures whose code is loaded or on its way. */
const awake = new WeakSet<HTMLElement>();

/** Below this width in CSS pixels a figure uses its narrow drawing; figure.css has the same number. */
export const NARROW_BELOW = 520;

/**
 * Brings the figures of a page to life: each is loaded when it comes near the viewport, shows its first live frame in place of its
 * poster, and only then gets its controls. Without this call, or without scripts, the posters stay.
 */
export function hydrateFigures(catalogue: Catalogue, options: HydrateOptions = {}): void {
  const figures = [...document.querySelectorAll<HTMLElement>("figure[data-widget]")];
  const site = options.site ?? new URL("/", location.href).href;
  let client: EngineClient | null = options.client ?? null;
  const shared = (): EngineClient => (client ??= engineClient({
    site, backend: forcedBackend(location.search), ...(options.link !== "embed" && { memory: tunedMemory }),
  }));

  const wake = (figure: HTMLElement): void => {
    if (awake.has(figure)) return;
    awake.add(figure);
    near.unobserve(figure);
    hydrate(figure, catalogue, shared, site, options).catch((error: unknown) => {
      awake.delete(figure);
      showError(figure, error instanceof Error ? error.message : String(error), () => wake(figure));
    });
  };
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) wake(target as HTMLElement);
    },
    { rootMargin: "100% 0px" },
  );
  for (const figure of figures) near.observe(figure);
  onWake((id) => {
    const figure = document.getElementById(id);
    if (figure?.matches("figure[data-widget]")) wake(figure);
  });
  // A press on a control that React has not reached yet is remembered by the store, which also wakes the figure.
  document.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-ask]") : null;
    const figure = pressed?.closest<HTMLElement>("figure[data-widget]");
    if (!pressed || !figure || figure.dataset.controls === "live") return;
    const { ask: type, scene } = pressed.dataset;
    if (type === "scene" && scene !== undefined) ask(figure.id, { type, scene });
    else if (type === "run" || type === "step" || type === "reset" || type === "pause" || type === "newSeed") ask(figure.id, { type });
  });
}

/** Only a figure that is asked for something of the reader's own loads the code of their storage. */
const findMine: FindOwn = async (...asked) => (await import("./findOwn.ts")).findOwn(...asked);
const notHere: FindOwn = async (...asked) => (await import("./findOwn.ts")).withoutOwn(...asked);

async function hydrate(
  figure: HTMLElement, catalogue: Catalogue, client: () => EngineClient, site: string, options: HydrateOptions,
): Promise<void> {
  const id = figure.dataset.widget ?? "";
  if (!Object.hasOwn(catalogue, id)) throw new Error(`there is no widget "${id}"`);
  const widget = await catalogue[id]!();
  const stageBox = figure.querySelector<HTMLElement>("[data-stage]");
  if (!stageBox) throw new Error(`figure ${figure.id} has no stage`);
  const store = figureStore(figure.id);
  const base = decode(widget.params, figure.dataset.params ?? "").params;
  const link = linkState(widget, figure.id, base, options.link ?? "page");
  const fromLink = link.read();
  const { moment } = fromLink;
  store.setState({
    params: fromLink.params, notices: fromLink.notices,
    ...(moment && hasSteps(widget) && { target: moment.step, expected: moment.weights }),
  });

  let drawing: ReturnType<Widget["draw"]> | null = null;
  let narrow = stageBox.clientWidth > 0 && stageBox.clientWidth < NARROW_BELOW;
  const setStage = (): void => {
    const stage = createStage({
      document, prefix: `${figure.id}-live`, title: widget.title, size: narrow ? widget.size.narrow : widget.size.wide, narrow,
      set: (params) => ask(figure.id, { type: "set", params }),
      pin: (keep) => ask(figure.id, { type: keep ? "pin" : "unpin" }),
      focus: (focus) => store.setState({ focus }),
    });
    drawing = widget.draw(stage);
    const { frame, params, pinned } = store.getState();
    if (frame !== null) drawing(frame, params, pinned);
    stageBox.replaceChildren(stage.svg);
  };
  const draw = (frame: unknown, params: AnyValues): void => {
    if (drawing) {
      drawing(frame, params, store.getState().pinned);
    } else {
      // The first frame is drawn before its stage enters the page, so that the poster is never followed by an empty box.
      store.setState({ frame });
      setStage();
      figure.dataset.ready = String(Math.round(performance.now()));
      attachControls(figure, widget, store, base, site);
      if (keep) {
        import("./dock.ts").then(({ keepRun }) => {
          dock = keepRun(figure, widget.title);
          dock.see(inView);
        }, () => undefined);
      }
    }
  };
  // Only a training is worth waiting for elsewhere on the page; embeds always pause.
  const keep = widget.task.training && options.link !== "embed";
  let inView = true, dock: { see(visible: boolean): void } | null = null;
  const findOwn = options.link === "embed" ? notHere : findMine;
  const runner = createRunner({ widget, figure: figure.id, store, client: client(), base, draw, keep, findOwn });
  const say = announcer(figure);
  store.subscribe((now, before) => {
    reflect(figure, widget, store.getState());
    if (now.error !== null && now.error !== before.error) showError(figure, now.error, () => ask(figure.id, { type: "retry" }));
    if (now.error === null) figure.querySelector("[data-error]")?.remove();
    // A training that stands still makes no new frame for a param of its picture.
    const looksOther = now.pinned !== before.pinned || (widget.task.training && now.params !== before.params);
    if (looksOther && now.frame !== null) drawing?.(now.frame, now.params, now.pinned);
    const halted = widget.task.training && !now.playing && (now.playing !== before.playing || now.weights !== before.weights);
    if (now.params !== before.params || halted) link.write(now.params, now.playing || now.target !== null ? null : momentOf(widget, now));
    if (now.frame === before.frame || now.frame === null) return;
    say(() => widget.describe(now.frame, now.params).sentence, now.finished && !before.finished);
  });
  link.follow((params, to) => {
    ask(figure.id, { type: "set", params });
    if (to && hasSteps(widget)) ask(figure.id, { type: "seek", step: to.step });
  });

  if (typeof ResizeObserver === "function") {
    new ResizeObserver(([entry]) => {
      const isNarrow = (entry?.contentRect.width ?? Infinity) < NARROW_BELOW;
      if (isNarrow === narrow || !entry?.contentRect.width) return;
      narrow = isNarrow;
      if (drawing) setStage();
    }).observe(stageBox);
  }
  if (options.autostart !== false && mayStart(widget)) {
    store.setState({ playing: true });
  } else {
    const waits = moment && hasSteps(widget) ? `Run to step ${moment.step}` : "Run";
    store.setState({ waits });
    attachControls(figure, widget, store, base, site);
    if (savesData()) {
      void import("./packSizes.ts").then(({ packSizes }) => packSizes(widget.uses, site))
        .then((size) => store.getState().waits !== null && store.setState({ waits: waits + size }), () => undefined);
    }
  }
  watch(figure, runner, (now) => {
    inView = now;
    dock?.see(now);
  });
  answer(figure.id, runner.fulfil, runner.take);
  reflect(figure, widget, store.getState());
}

/** Tells the runner, and the chip that stands in for the figure, when it is on the screen of a visible tab. */
function watch(figure: HTMLElement, runner: Runner, see: (inView: boolean) => void): void {
  let inView = false;
  const tell = (): void => {
    runner.see(inView && !document.hidden);
    see(inView);
  };
  new IntersectionObserver((entries) => {
    // A busy page hears of several changes at once: the last one is what holds.
    inView = entries.at(-1)?.isIntersecting ?? false;
    tell();
  }).observe(figure);
  document.addEventListener("visibilitychange", tell);
}

/** Reduced motion asks that nothing walks by itself, Save-Data that no pack is fetched unasked. */
function mayStart(widget: Widget): boolean {
  if (widget.start === "press") return false;
  return !(hasSteps(widget) && matchMedia("(prefers-reduced-motion: reduce)").matches) && !(widget.uses.length > 0 && savesData());
}

function savesData(): boolean {
  return (navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

/** Writes a figure's state where styles, tests and readers find it. */
function reflect(figure: HTMLElement, { params: schema }: Widget, state: FigureState): void {
  const { status, step, loss, params } = state;
  figure.dataset.status = status;
  if (state.frame !== null) figure.dataset.backend = state.backend;
  setOrRemove(figure, "data-step", step);
  setOrRemove(figure, "data-loss", loss);
  const word = figure.querySelector<HTMLElement>("[data-word]");
  if (word) {
    const own = Object.entries(schema).find(([name, { kind }]) => kind === "model" && isOwn(params[name]));
    const text = statusWord(state) + (own && status !== "static" ? ` · your ${own[1].label}` : "");
    if (word.textContent !== text) word.textContent = text;
  }
}

function statusWord({ status, backend, gpu, note, waited }: FigureState): string {
  const times = gpu?.speedup ? ` ${formatTimes(gpu.speedup)}` : "";
  const where = backend === "webgpu" ? `GPU${times && ` ·${times} CPU`}` : `CPU${times && ` · GPU${times}`}`;
  if (status === "live" || status === "paused") return `${status} · ${where}${waited ? " · waited while the tab was hidden" : ""}`;
  if (status === "loading") return note ?? "loading";
  return status === "error" ? "stopped" : "build-time frame";
}

function setOrRemove(figure: HTMLElement, name: string, value: number | null): void {
  if (value === null) figure.removeAttribute(name);
  else figure.setAttribute(name, String(value));
}

/** One plain sentence and a way on; the rest of the page lives. */
function showError(figure: HTMLElement, message: string, retry: () => void): void {
  figure.dataset.status = "error";
  figure.querySelector("[data-error]")?.remove();
  const box = document.createElement("p");
  box.dataset.error = "";
  box.className = "gb-error";
  box.setAttribute("role", "alert");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Try again";
  button.addEventListener("click", () => {
    box.remove();
    retry();
  });
  box.append(`This figure stopped: ${message}. `, button);
  figure.querySelector("[data-stage]")?.after(box);
}
