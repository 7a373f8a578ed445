import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCpuBackend } from "../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../engine/backends/cpu/loadNode.ts";
import { loadTask } from "../../engine/tasks/loadTask.ts";
import type { Run } from "../../engine/tasks/task.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { type AnyValues, defaults, valid } from "../widget/params.ts";
import { decode, encode } from "../widget/permalink.ts";
import { drawFrame, renderPosters } from "../widget/poster.ts";
import { widgets } from "./index.ts";

/** What every widget of the catalogue must do; a new one is covered on the day it is added. */
const packs = join(import.meta.dirname, "../../public");
const cpu = async () => createCpuBackend({ wasm: await loadWasm() });
const missing = (widget: Widget): string[] => widget.uses.filter((name) => !existsSync(join(packs, name)));

async function firstFrames(widget: Widget, params: AnyValues, count: number): Promise<unknown[]> {
  const live = { ...params };
  let wake: () => void = () => undefined;
  const run: Run<AnyValues> = {
    params: live,
    backend: cpu,
    artefact: async (name) => new Uint8Array(readFileSync(join(packs, name))),
    breathe: async () => undefined,
    changed: () => new Promise((resolve) => { wake = resolve; }),
  };
  const frames = (await loadTask(widget.task.name))(run);
  const seen: unknown[] = [];
  while (seen.length < count) {
    const next = frames.next();
    // A task that waits for a change is told that there was one.
    const poke = setInterval(() => wake(), 50);
    const { done, value } = await next.finally(() => clearInterval(poke));
    if (done) break;
    seen.push(value);
  }
  await frames.return();
  return seen;
}

for (const [id, load] of Object.entries(widgets)) {
  describe(id, () => {
    test("is filed under its own id, and its params go into a link and back", async () => {
      const widget = await load();
      expect(widget.id).toBe(id);
      const base = defaults(widget.params) as AnyValues;
      expect(encode(widget.params, base)).toEqual({ query: "", leftOut: [] });
      for (const scene of Object.values(widget.scenes)) {
        const state = valid(widget.params, { ...base, ...scene.params });
        expect(decode(widget.params, encode(widget.params, state).query).params).toEqual(state);
        expect(scene.watch).toMatch(/[.?!]$/);
      }
    });

    test("draws its first three frames wide and narrow, with no number that is none, and describes them", async (context) => {
      const widget = await load();
      if (missing(widget).length > 0 && !process.env.CI) return context.skip(`${missing(widget).join(", ")} is not built`);
      const params = defaults(widget.params) as AnyValues;
      const frames = await firstFrames(widget, params, 3);
      expect(frames.length).toBeGreaterThan(0);
      for (const frame of frames) {
        expect(structuredClone(frame)).toEqual(frame);
        for (const narrow of [false, true]) {
          const svg = drawFrame(widget, frame, params, { narrow });
          expect(/NaN|undefined|Infinity|\[object/.exec(svg)?.[0]).toBeUndefined();
          expect(svg.match(/<[a-z]/gi)!.length).toBeLessThan(3000);
          // Colours are CSS variables, by class: a style that names one would not follow the theme.
          expect(/style="[^"]*(?:color|fill|stroke):|fill="(?!url|none)|<script|<foreignObject/.exec(svg)?.[0]).toBeUndefined();
        }
        const { sentence, table } = widget.describe(frame, params);
        expect(sentence).toMatch(/^[^a-z].*[.?!]$/su);
        expect(sentence).not.toMatch(/NaN|undefined|Infinity|\[object/);
        expect(table.rows.length).toBeGreaterThan(0);
        for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
        for (const text of Object.values(widget.readouts)) expect(text(frame, params)).not.toMatch(/NaN|undefined|\[object/);
      }
    });

    test("shows as its poster exactly what its first whole frame draws, the same every time", async (context) => {
      const widget = await load();
      if (missing(widget).length > 0 && !process.env.CI) return context.skip(`${missing(widget).join(", ")} is not built`);
      const params = defaults(widget.params) as AnyValues;
      const options = { backend: cpu, getArtefact: async (name: string) => new Uint8Array(readFileSync(join(packs, name))) };
      const { wide, narrow } = await renderPosters(widget, {}, options);
      const frame = (await firstFrames(widget, params, widget.posterFrame + 1)).at(-1);
      expect(wide.svg).toBe(drawFrame(widget, frame, params));
      expect(narrow.svg).toBe(drawFrame(widget, frame, params, { narrow: true }));
      expect(wide.sentence).toBe(widget.describe(frame, params).sentence);
      expect([...wide.svg.matchAll(/ id="([^"]+)"/g)].every(([, name]) => !narrow.svg.includes(`id="${name}"`))).toBe(true);
    });

    test("has words of its own in every scene, and draws each", async (context) => {
      const widget = await load();
      if (missing(widget).length > 0 && !process.env.CI) return context.skip(`${missing(widget).join(", ")} is not built`);
      for (const [name, scene] of Object.entries(widget.scenes)) {
        const params = valid(widget.params, scene.params, defaults(widget.params)) as AnyValues;
        const [frame] = await firstFrames(widget, params, 1);
        expect(drawFrame(widget, frame, params), name).not.toMatch(/NaN|undefined|Infinity/);
        expect(widget.describe(frame, params).sentence, name).not.toMatch(/NaN|undefined|Infinity/);
      }
    });
  });
}
