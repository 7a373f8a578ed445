import type { Request } from "@playwright/test";

export interface Sent {
  readonly name: string;
  readonly kind: "script" | "font" | "other";
  readonly bytes: number;
  /** Milliseconds on the clock of the wall. */
  readonly at: number;
}

/** Everything that was sent, as gzip sends it: the server's word, because the browser does not count a worker's own script. */
export async function sent(all: readonly Request[]): Promise<Sent[]> {
  // What the page asked for early is in the cache when the worker asks for it.
  const requests = all.filter((one, i) => all.findIndex((other) => other.url() === one.url()) === i);
  return Promise.all(requests.map(async (request) => {
    const name = new URL(request.url()).pathname;
    const head = await fetch(request.url(), { method: "HEAD", headers: { "accept-encoding": "gzip" } });
    const bytes = Number(head.headers.get("content-length") ?? NaN);
    return { name, kind: /\.(js|wasm)$/.test(name) ? "script" : name.endsWith(".woff2") ? "font" : "other", bytes, at: request.timing().startTime } as const;
  }));
}

export const kilobytes = (all: readonly Sent[]): number => Math.round(all.reduce((sum, { bytes }) => sum + bytes, 0) / 100) / 10;

/**
 * The scripts of a first live frame. React comes after it; where a press starts the figure, its button is React's, and comes before.
 */
export const scriptsUntil = (all: readonly Sent[], liveAt: number, pressed: boolean): Sent[] =>
  all.filter(({ kind, at, name }) => kind === "script" && at <= liveAt && !(pressed && /mountControls|TimeControls|figureHash|jsx/.test(name)));
