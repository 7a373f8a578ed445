/**
 * In development alone: a changed chapter changes in the open page, where its figures run on; where a script has to be loaded anew, the
 * page is, and its figures get back what the reader had set.
 */
import type { AnyValues } from "../widget/params.ts";
import { ask, figureStore } from "../widget/store.ts";
import { patch } from "./patch.ts";

interface Held {
  readonly params: AnyValues;
  readonly step: number | null;
}

const key = `glassbox-hot ${location.pathname}`;
const figures = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("figure[data-widget][data-controls]")];

/** Remembers what the figures show, for the page that comes next. */
function hold(): void {
  const held = figures().map(({ id }): [string, Held] => {
    const { params, step } = figureStore(id).getState();
    return [id, { params, step }];
  });
  sessionStorage.setItem(key, JSON.stringify(held));
}

const held = JSON.parse(sessionStorage.getItem(key) ?? "[]") as [string, Held][];
sessionStorage.removeItem(key);
for (const [id, { params, step }] of held) {
  ask(id, { type: "set", params });
  if (step !== null && step > 0) ask(id, { type: "seek", step });
}

/** The page as it was served: scripts have changed the open one since. */
let served = document.body.cloneNode(true) as HTMLElement;

import.meta.hot?.on("vite:beforeFullReload", hold);
import.meta.hot?.on("glassbox:prose", async () => {
  const html = await (await fetch(location.pathname + location.search)).text();
  const next = new DOMParser().parseFromString(html, "text/html").body;
  if (patch(document.body, served, next)) {
    served = next;
  } else {
    hold();
    location.reload();
  }
});
