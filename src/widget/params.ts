/**
 * The schema of a widget's parameters: one entry gives the TypeScript type, the control, the form in a link and the default.
 * Everything that comes from outside (a link, an attribute, a message) passes `valid` before anything is done with it.
 */
interface Common {
  readonly label: string;
  /** Reaches the running task; any other param restarts it. */
  readonly live?: boolean;
  /** Changes how the frames are drawn and nothing of the run: it neither restarts nor steers a training. */
  readonly picture?: boolean;
  /** Shown under "More". */
  readonly more?: boolean;
  /** No control at all: set on the picture itself, or by scenes. */
  readonly hidden?: boolean;
  /** Has a control only while another param, a choice, has this value, or one of these. */
  readonly when?: { readonly param: string; readonly is: string | readonly string[] };
  /** Former names, still understood in links. */
  readonly aliases?: readonly string[];
}

export interface NumberParam extends Common {
  readonly kind: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Distance of allowed values from `min`; without it three significant digits are kept. */
  readonly step?: number;
  readonly scale?: "linear" | "log";
  readonly unit?: string;
}

export interface ChoiceParam extends Common {
  readonly kind: "choice";
  readonly default: string;
  /** Value → what the reader sees. */
  readonly options: Readonly<Record<string, string>>;
  /** Former value → the one that it is called now. */
  readonly formerly?: Readonly<Record<string, string>>;
}

export interface ToggleParam extends Common {
  readonly kind: "toggle";
  readonly default: boolean;
}

export interface TextParam extends Common {
  readonly kind: "text";
  readonly default: string;
  /** In bytes of UTF-8; 500 where absent. */
  readonly maxLength?: number;
  readonly multiline?: boolean;
}

export interface GridParam extends Common {
  readonly kind: "grid";
  readonly rows: number;
  readonly columns: number;
  readonly min: number;
  readonly max: number;
  /** Distance of allowed values; (max − min) / step ≤ 65,535. Bits are min 0, max 1, step 1. */
  readonly step: number;
  /** Row-major, rows × columns numbers. */
  readonly default: readonly number[];
}

/** `shipped`, or `mine:<hash>`: something of the reader's own, which the task reads as the artefacts `mine:<hash>/<file>`. */
export interface ModelParam extends Common {
  readonly kind: "model";
  readonly default: "shipped";
  /** What is chosen: a language model, where this is absent, or a tokenizer. */
  readonly made?: "tokenizer";
  /** The most layers and heads that the picture has room for; larger models are listed and cannot be chosen. */
  readonly most?: { readonly layers: number; readonly heads: number };
}

export type Param = NumberParam | ChoiceParam | ToggleParam | TextParam | GridParam | ModelParam;
export type Schema = Readonly<Record<string, Param>>;

/** The type of a param's value. */
export type Value<P extends Param> = P extends NumberParam ? number
  : P extends ChoiceParam ? keyof P["options"] & string
  : P extends ToggleParam ? boolean
  : P extends GridParam ? readonly number[]
  : string;

/** The type of a widget's params: `{ learningRate: number, landscape: "bowl" | "ripples" }`. */
export type Values<S extends Schema> = { readonly [K in keyof S]: Value<S[K]> };

/** Params of a widget that is not known at compile time. */
export type AnyValues = Readonly<Record<string, number | string | boolean | readonly number[]>>;
export type AnyValue = AnyValues[string];

const TEXT_BYTES = 500;

/** The default of every param. */
export function defaults<S extends Schema>(schema: S): Values<S> {
  return Object.fromEntries(Object.entries(schema).map(([name, param]) => [name, param.default])) as Values<S>;
}

/**
 * A value that the schema allows: numbers are clamped and snapped, text is made well-formed and clipped, anything else that does
 * not fit becomes `fallback`. Never throws, and allocates no more than the schema permits.
 */
export function validValue(param: Param, value: unknown, fallback: AnyValue = param.default): AnyValue {
  switch (param.kind) {
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? snap(param, value) : fallback;
    case "choice":
      if (typeof value !== "string") return fallback;
      if (Object.hasOwn(param.options, value)) return value;
      return param.formerly && Object.hasOwn(param.formerly, value) ? param.formerly[value]! : fallback;
    case "toggle":
      return typeof value === "boolean" ? value : fallback;
    case "text":
      return typeof value === "string" ? clipText(value, param.maxLength ?? TEXT_BYTES) : fallback;
    case "grid":
      return isGrid(value) && value.length === param.rows * param.columns && value.every(Number.isFinite)
        ? value.map((cell) => snapTo(cell, param.min, param.max, param.step))
        : fallback;
    case "model":
      return typeof value === "string" && (value === "shipped" || /^mine:[0-9a-f]{8,64}$/.test(value)) ? value : fallback;
  }
}

/** Params that the schema allows, from anything: unknown names are dropped, bad values become those of `base`. */
export function valid<S extends Schema>(schema: S, values: unknown, base: Values<S> = defaults(schema)): Values<S> {
  const given = typeof values === "object" && values !== null ? values : {};
  return Object.fromEntries(
    Object.entries(schema).map(([name, param]) => {
      const fallback = base[name] as AnyValue;
      return [name, Object.hasOwn(given, name) ? validValue(param, (given as AnyValues)[name], fallback) : fallback];
    }),
  ) as Values<S>;
}

/** What a param is called today, of which this is the name or a former one; undefined where there is none. */
export function nameNow(schema: Schema, name: string): string | undefined {
  return Object.keys(schema).find((one) => one === name || schema[one]!.aliases?.includes(name));
}

/** Whether two values of one param are the same. */
export function sameValue(a: AnyValue | undefined, b: AnyValue | undefined): boolean {
  if (!isGrid(a) || !isGrid(b)) return a === b;
  return a.length === b.length && a.every((cell, i) => cell === b[i]);
}

const isGrid = (value: unknown): value is readonly number[] => Array.isArray(value);

function snap(param: NumberParam, value: number): number {
  const { min, max, step } = param;
  if (step !== undefined) return snapTo(value, min, max, step);
  return clamp(Number(clamp(value, min, max).toPrecision(3)), min, max);
}

/** The nearest of min, min + step, min + 2 step, …, not above max, without the crumbs of binary fractions. */
function snapTo(value: number, min: number, max: number, step: number): number {
  const index = Math.min(Math.round((clamp(value, min, max) - min) / step), Math.floor((max - min) / step + 1e-9));
  const digits = Math.min(20, Math.max(decimals(step), decimals(min)));
  // Adding 0 turns −0 into 0.
  return Number((min + index * step).toFixed(digits)) + 0;
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** Digits after the point: 2 for 0.05, 7 for 1e-7. */
export function decimals(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

/** Well-formed Unicode of at most `bytes` bytes, cut between characters. */
export function clipText(text: string, bytes: number): string {
  // Every UTF-16 unit takes at least one byte, so cutting at `bytes` units first loses nothing that would stay, and bounds the work.
  const encoded = new TextEncoder().encode(text.slice(0, bytes));
  if (encoded.length <= bytes) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoded);
  let end = bytes;
  while (end > 0 && (encoded[end]! & 0xc0) === 0x80) end--;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoded.subarray(0, end));
}
