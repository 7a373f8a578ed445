import { hasSteps, type Widget } from "../widget/defineWidget.ts";
import { momentOf } from "../widget/moment.ts";
import { decode, encode, readMoment, withMoment } from "../widget/permalink.ts";
import { ask, type FigureState, figureStore } from "../widget/store.ts";
import { hears, NAMESPACE, rateLimit, readHostMessage, VERSION } from "./messages.ts";
import type { Envelope, FromEmbed } from "./protocol.ts";

export interface HostOptions {
  readonly figure: HTMLElement;
  /** What is measured: a wrapper whose height follows its content, never html or body. */
  readonly wrapper: HTMLElement;
  readonly widget: () => Promise<Widget>;
  /** The name that the host gave this frame. */
  readonly id: string;
  /** Repeats how the task stands. */
  readonly sayTask: () => void;
}

/** Says something to the page that holds this embed; does nothing where there is none. */
export type Say = (message: FromEmbed) => void;

const TALLEST = 8000;
/** Heights sent within a second; a host that answers each height by another width is then left alone for that second. */
const LOOP = 12;

/** The way to the host. Its origin is not known, and nothing said is secret: a height, and the params that a link would hold. */
export function sayer(id: string): Say {
  const host = window.parent;
  if (host === window) return () => undefined;
  const maySay = rateLimit(20);
  return (message) => {
    const whole: Envelope & FromEmbed = { ns: NAMESPACE, v: VERSION, id, ...message };
    if (maySay()) host.postMessage(whole, "*");
  };
}

/** Speaks with the page that holds this embed: height, state and errors out; state, theme, lock and the run's buttons in. */
export function attachHost(say: Say, { figure, wrapper, widget, id, sayTask }: HostOptions): void {
  const host = window.parent;
  if (host === window) return;
  const store = figureStore(figure.id);
  const mayHear = rateLimit(20);
  const sayState = async (): Promise<void> => {
    const loaded = await widget();
    const state = store.getState();
    say({ type: "state", params: withMoment(encode(loaded.params, state.params).query, momentOf(loaded, state)) });
  };
  const sayReady = (): void => say({ type: "ready", widget: figure.dataset.widget ?? "", version: VERSION, hears });

  const maySize = rateLimit(LOOP);
  let height = 0;
  let frame = 0;
  let later: ReturnType<typeof setTimeout> | undefined;
  const measure = (): void => {
    clearTimeout(later);
    const next = Math.min(TALLEST, Math.ceil(wrapper.getBoundingClientRect().height));
    if (Math.abs(next - height) < 2) return;
    if (!maySize()) {
      later = setTimeout(measure, 1000);
      return;
    }
    height = next;
    say({ type: "resize", height });
  };
  new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(measure);
  }).observe(wrapper);

  let timer: ReturnType<typeof setTimeout> | undefined;
  const mayTell = rateLimit(1);
  const tell = ({ step, loss, finished }: FigureState): void => {
    if (step !== null && (mayTell() || finished)) say({ type: "progress", step, loss, finished });
  };
  store.subscribe((now, before) => {
    if (now.frame !== null && before.frame === null) sayReady();
    if (now.error !== null && now.error !== before.error) say({ type: "error", code: "task", message: now.error.slice(0, 400) });
    if (now.status === "paused" && before.status !== "paused") say({ type: "paused" });
    if (now.step !== before.step) tell(now);
    const moved = now.params !== before.params && Object.keys(before.params).length > 0;
    if (moved || (now.weights !== before.weights && now.weights !== null)) {
      clearTimeout(timer);
      timer = setTimeout(() => void sayState(), 300);
    }
  });

  addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.source !== host || !mayHear()) return;
    const message = readHostMessage(event.data, id);
    if (!message) return;
    switch (message.type) {
      case "set-state": {
        const text = message.params;
        void widget().then((loaded) => {
          ask(figure.id, { type: "set", params: decode(loaded.params, text, undefined, loaded.scenes).params, host: true });
          const moment = readMoment(text);
          if (moment && hasSteps(loaded)) ask(figure.id, { type: "seek", step: moment.step });
        });
        return;
      }
      case "get-state":
        sayTask();
        return void sayState();
      case "theme": return setTheme(message.theme);
      case "lock": return store.setState({ locked: message.locked });
      case "seek": return ask(figure.id, { type: "seek", step: message.step });
      default: return ask(figure.id, { type: message.type });
    }
  });
  // Even a frame that runs nothing, or waits for a press, tells that it is there.
  if (figure.dataset.status === "static") sayReady();
}

export function setTheme(theme: "auto" | "light" | "dark"): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
