import type { Widget } from "../widget/defineWidget.ts";
import { decode, encode } from "../widget/permalink.ts";
import { ask, figureStore } from "../widget/store.ts";
import { type FromEmbed, NAMESPACE, rateLimit, readHostMessage, VERSION } from "./messages.ts";

export interface HostOptions {
  readonly figure: HTMLElement;
  /** What is measured: a wrapper whose height follows its content, never html or body. */
  readonly wrapper: HTMLElement;
  readonly widget: () => Promise<Widget>;
  /** The name that the host gave this frame. */
  readonly id: string;
}

const TALLEST = 8000;

/** Speaks with the page that holds this embed: height, state and errors out; state, theme, run and pause in. */
export function attachHost({ figure, wrapper, widget, id }: HostOptions): void {
  const host = window.parent;
  if (host === window) return;
  const store = figureStore(figure.id);
  const maySay = rateLimit(20);
  const mayHear = rateLimit(20);
  // The host's origin is not known and nothing said here is secret: a picture's height, and the params that its link would hold.
  const say = (message: FromEmbed): void => {
    if (maySay()) host.postMessage({ ns: NAMESPACE, v: VERSION, id, ...message }, "*");
  };
  const sayState = async (): Promise<void> => {
    const { params: schema } = await widget();
    say({ type: "state", params: encode(schema, store.getState().params).query });
  };

  let height = 0;
  let frame = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const next = Math.min(TALLEST, Math.ceil(wrapper.getBoundingClientRect().height));
      if (Math.abs(next - height) < 2) return;
      height = next;
      say({ type: "resize", height });
    });
  }).observe(wrapper);

  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe((now, before) => {
    if (now.frame !== null && before.frame === null) say({ type: "ready" });
    if (now.error !== null && now.error !== before.error) say({ type: "error", code: "task", message: now.error.slice(0, 400) });
    if (now.status === "paused" && before.status !== "paused") say({ type: "paused" });
    if (now.params !== before.params && Object.keys(before.params).length > 0) {
      clearTimeout(timer);
      timer = setTimeout(() => void sayState(), 300);
    }
  });

  addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.source !== host || !mayHear()) return;
    const message = readHostMessage(event.data, id);
    switch (message?.type) {
      case "set-state": {
        const text = message.params;
        void widget().then(({ params, scenes }) => ask(figure.id, { type: "set", params: decode(params, text, undefined, scenes).params }));
        return;
      }
      case "get-state": return void sayState();
      case "theme": return setTheme(message.theme);
      case "run":
      case "pause": return ask(figure.id, { type: message.type });
    }
  });
  // Even a frame that runs nothing tells that it is there.
  if (figure.dataset.status === "static") say({ type: "ready" });
}

export function setTheme(theme: "auto" | "light" | "dark"): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
