import { Window } from "happy-dom";
import type { Backend } from "../../engine/backend.ts";
import { loadTask } from "../../engine/tasks/loadTask.ts";
import type { Run } from "../../engine/tasks/task.ts";
import type { Description, Table, Widget } from "./defineWidget.ts";
import { type AnyValues, type Schema, valid, type Values } from "./params.ts";
import { createStage } from "./stage.ts";

export interface Poster {
  readonly svg: string;
  readonly sentence: string;
  readonly table: Table;
  /** Where its tensors lived; `cpu` for a task without tensors. */
  readonly backend: "cpu" | "webgpu";
  readonly frame: unknown;
  /** Milliseconds to compute and draw it. */
  readonly ms: number;
}

export interface PosterOptions {
  readonly narrow?: boolean;
  /** Makes the names inside the SVG unique on the page: the figure's id. */
  readonly id?: string;
  /** Which frame to show, counted from 0; the widget's own choice where absent. */
  readonly frame?: number;
  /** The bytes of a pack by its manifest name. */
  getArtefact?(name: string): Promise<Uint8Array>;
  /** Opens the backend, for tasks with tensors. */
  backend?(): Promise<Backend>;
}

/**
 * A figure's first whole frame at build time: the widget's own task, the widget's own `draw`, on a DOM of Node.
 * Throws: what the task throws, and Error when the task ends before the frame asked for.
 */
export async function renderPoster<S extends Schema>(widget: Widget<S>, params: Partial<Values<S>> = {}, options: PosterOptions = {}): Promise<Poster> {
  const begun = performance.now();
  const values = valid(widget.params, params) as AnyValues;
  const [frame, backend] = await computeFrame(widget, values, options);
  const svg = drawFrame(widget, frame, values, options);
  const { sentence, table }: Description = widget.describe(frame, values);
  return { svg, sentence, table, backend, frame, ms: performance.now() - begun };
}

/** Both widths of one frame, computed once. */
export async function renderPosters<S extends Schema>(widget: Widget<S>, params: Partial<Values<S>> = {}, options: Omit<PosterOptions, "narrow"> = {}): Promise<{ wide: Poster; narrow: Poster }> {
  const wide = await renderPoster(widget, params, options);
  const svg = drawFrame(widget, wide.frame, valid(widget.params, params) as AnyValues, { ...options, narrow: true });
  return { wide, narrow: { ...wide, svg } };
}

async function computeFrame(widget: Widget, params: AnyValues, { frame: index = widget.posterFrame, getArtefact, backend }: PosterOptions): Promise<[unknown, "cpu" | "webgpu"]> {
  let kind: "cpu" | "webgpu" = "cpu";
  const run: Run<AnyValues> = {
    params,
    async backend() {
      if (!backend) throw new Error(`${widget.id}: its task wants a backend, and renderPoster was given none`);
      const opened = await backend();
      kind = opened.kind === "webgpu" ? "webgpu" : "cpu";
      return opened;
    },
    async artefact(name) {
      if (!getArtefact) throw new Error(`${widget.id}: its task wants ${name}, and renderPoster was given no packs`);
      return getArtefact(name);
    },
    breathe: async () => undefined,
    changed: () => new Promise(() => undefined),
  };
  const frames = (await loadTask(widget.task.name))(run);
  try {
    for (let i = 0; ; i++) {
      const { done, value } = await frames.next();
      if (done) throw new Error(`${widget.id}: its task ended before frame ${index}`);
      if (i === index) return [value, kind];
    }
  } finally {
    await frames.return();
  }
}

/** The SVG text of one frame. */
export function drawFrame(widget: Widget, frame: unknown, params: AnyValues, { narrow = false, id = widget.id }: PosterOptions = {}): string {
  const window = new Window();
  try {
    const size = narrow ? widget.size.narrow : widget.size.wide;
    const stage = createStage({ document: window.document as unknown as Document, prefix: id, title: widget.title, size, narrow });
    widget.draw(stage)(frame, params);
    return stage.svg.outerHTML;
  } finally {
    void window.happyDOM.close();
  }
}
