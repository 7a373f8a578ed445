import type { TaskReference } from "../../engine/tasks/index.ts";
import { type AnyValues, type Param, type Schema, sameValue, type Values, validValue, type AnyValue } from "./params.ts";
import type { Stage } from "./stage.ts";
import type { Pinned } from "./store.ts";

/** A named partial state of a widget and what to watch in it. */
export interface Scene<S extends Schema = Schema> {
  /** What its chip says. */
  readonly title: string;
  readonly params: Partial<Values<S>>;
  /** One sentence. */
  readonly watch: string;
  /** The figure shows its chip behind "more": prose leads there. */
  readonly more?: boolean;
  /** Former names, still understood in links. */
  readonly aliases?: readonly string[];
}

/** The numbers of a picture as rows; the first cell of each row is its label. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Description {
  /** What is on the screen now, in one sentence. */
  readonly sentence: string;
  readonly table: Table;
}

export type Size = readonly [width: number, height: number];

interface Definition<S extends Schema, F> {
  readonly id: string;
  /** Former ids: their embed pages, and the anchors of their figures, lead here. */
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly params: S;
  readonly scenes?: Readonly<Record<string, Scene<NoInfer<S>>>>;
  /** Computes the frames. Its params are found in the widget's params by the same names. */
  readonly task: TaskReference<NoInfer<Values<S>>, F>;
  /** Logical sizes of the drawing; the narrow one is used where less than 520 px are to be had. */
  readonly size: { readonly wide: Size; readonly narrow: Size };
  /**
   * Builds the SVG once and returns what changes it per frame. Writes SVG only, never measures: it also runs at build time.
   * `pinned` is an earlier frame that the reader holds for comparison; only a widget with `pins` is given one.
   */
  draw(stage: Stage<Values<NoInfer<S>>>): (frame: F, params: Values<NoInfer<S>>, pinned?: Pinned<F, Values<NoInfer<S>>> | null) => void;
  describe(frame: F, params: Values<NoInfer<S>>): Description;
  /** Whether `draw` can hold one run's curves behind the next. */
  readonly pins?: boolean;
  /** Numbers that a teacher's task may ask for (`task=loss<2.5`): public names, as ids and params are. Null: not known yet. */
  readonly goals?: Readonly<Record<string, {
    readonly label: string; readonly aliases?: readonly string[]; value(frame: F, params: Values<NoInfer<S>>): number | null;
  }>>;
  /** Numbers that prose may show: name → text. */
  readonly readouts?: Readonly<Record<string, (frame: F, params: Values<NoInfer<S>>) => string>>;
  /** `auto` runs when visible, `press` when its button "Run" is pressed. */
  readonly start: "auto" | "press";
  /** Milliseconds from one frame to the next; 0, the default, is as fast as the page draws. */
  readonly pace?: number;
  /** Which frame the poster shows, where the first is not whole yet; 0, the default, is the first. */
  readonly posterFrame?: number;
  /** Names of the packs that the task reads, as in the manifest. */
  readonly uses?: readonly string[];
  /** What its run makes that the reader may keep and choose in other figures: the task hands it out when asked to `take` that kind. */
  readonly makes?: {
    readonly kind: "model" | "tokenizer";
    /** What it is called until the reader calls it something else. */
    name(frame: F, params: Values<NoInfer<S>>): string;
    /** What it has read, to follow "All that this model has ever read:". */
    read(frame: F, params: Values<NoInfer<S>>): string;
  } | null;
}

/** A widget as the rest of the book sees it: its frame type is known to nobody but itself. */
export interface Widget<S extends Schema = Schema> {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly params: S;
  readonly scenes: Readonly<Record<string, {
    readonly title: string; readonly params: AnyValues; readonly watch: string; readonly more?: boolean; readonly aliases?: readonly string[];
  }>>;
  readonly task: TaskReference;
  readonly size: { readonly wide: Size; readonly narrow: Size };
  draw(stage: Stage): (frame: unknown, params: AnyValues, pinned?: Pinned | null) => void;
  describe(frame: unknown, params: AnyValues): Description;
  readonly pins: boolean;
  readonly goals: Readonly<Record<string, Goal>>;
  readonly readouts: Readonly<Record<string, (frame: unknown, params: AnyValues) => string>>;
  readonly start: "auto" | "press";
  readonly pace: number;
  readonly posterFrame: number;
  readonly uses: readonly string[];
  readonly makes: Makes | null;
}

/** What a run of a widget makes for other figures. */
export interface Makes {
  readonly kind: "model" | "tokenizer";
  name(frame: unknown, params: AnyValues): string;
  read(frame: unknown, params: AnyValues): string;
}

/** A number of a widget that a task may set a bound to. */
export interface Goal {
  /** What it is, as in "held-out loss": the words of the task's sentence. */
  readonly label: string;
  /** Former names, still understood in tasks. */
  readonly aliases?: readonly string[];
  value(frame: unknown, params: AnyValues): number | null;
}

/**
 * Whether a widget walks in steps that can be run, paused and taken one by one. Where every param is live there is nothing to begin
 * again: such a widget answers, and its press only lets it fetch what it needs.
 */
export function hasSteps({ task, pace, start, params }: Widget): boolean {
  return task.training || pace > 0 || (start === "press" && !Object.values(params).every(({ live }) => live));
}

/** Whether a param has a knob: grids are edited on the picture, and models are chosen from the reader's own (ModelChoice.tsx). */
export function hasKnob({ kind, hidden }: Param): boolean {
  return !hidden && kind !== "grid" && kind !== "model";
}

/** Names with a meaning of their own in links. */
const RESERVED = new Set(["v", "scene", "step", "w", "backend", "theme", "constructor", "prototype"]);

/**
 * Defines a widget: params → task → frames → draw. Checks at once what links and embeds rely on.
 * Throws: RangeError naming the widget when an id, a param name, a default or a scene is not allowed.
 */
export function defineWidget<const S extends Schema, F>(definition: Definition<S, F>): Widget<S> {
  const { id, params, scenes = {} } = definition;
  for (const name of [id, ...(definition.aliases ?? [])]) {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new RangeError(`defineWidget: an id is kebab-case, got "${name}"`);
  }
  for (const [name, param] of Object.entries(params)) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name) || RESERVED.has(name)) throw new RangeError(`${id}: a param cannot be called "${name}"`);
    check(id, name, param.default, validValue(param, param.default));
  }
  for (const [scene, { params: patch }] of Object.entries(scenes)) {
    for (const [name, value] of Object.entries(patch)) {
      const param = params[name];
      if (!param) throw new RangeError(`${id}: scene ${scene} sets "${name}", which is no param`);
      check(`${id}, scene ${scene}`, name, value as AnyValue, validValue(param, value));
    }
  }
  for (const name of Object.keys(definition.goals ?? {})) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw new RangeError(`${id}: a goal cannot be called "${name}"`);
  }
  // The one place where the frame type is forgotten: the task named above makes the frames that draw and describe get.
  return { aliases: [], scenes: {}, readouts: {}, goals: {}, pins: false, pace: 0, posterFrame: 0, uses: [], makes: null, ...definition } as unknown as Widget<S>;
}

function check(where: string, name: string, value: AnyValue, allowed: AnyValue): void {
  if (!sameValue(value, allowed)) throw new RangeError(`${where}: ${name} is ${String(value)}, and its schema allows ${String(allowed)}`);
}
