import {
  type AnyValue, type AnyValues, defaults, type GridParam, type Param, sameValue, type Schema, valid, validValue, type Values,
} from "./params.ts";

/** Links are read up to this length and written up to `LONGEST_WRITTEN`. */
const LONGEST_READ = 8192;
const LONGEST_WRITTEN = 2000;
const VERSION = 1;

export interface Decoded<S extends Schema> {
  readonly params: Values<S>;
  /** Plain sentences about what could not be taken over. */
  readonly notices: readonly string[];
}

export interface Encoded {
  /** `head=2&layer=1`, sorted; empty when nothing differs from the base. */
  readonly query: string;
  /** Names of params whose values are too long for a link. */
  readonly leftOut: readonly string[];
}

/** Named partial states, as far as a link needs them. */
export type ScenePatches = Readonly<Record<string, { readonly params: AnyValues; readonly aliases?: readonly string[] }>>;

/**
 * Reads params from the query of a link or an attribute, with or without a leading `#` or `?`. A bad value becomes the base's, a
 * number is clamped and snapped, unknown keys are dropped, of duplicate keys the first counts. Never throws.
 * `decode(schema, "head=2&layer=99")` gives head 2 and the last layer.
 */
export function decode<S extends Schema>(
  schema: S, text: string, base: Values<S> = defaults(schema), scenes: ScenePatches = {},
): Decoded<S> {
  const given = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(text.slice(0, LONGEST_READ).replace(/^[#?]+/, ""))) {
    if (!given.has(key)) given.set(key, value);
  }
  const version = given.get("v");
  if (version !== undefined && !(parseNumber(version) <= VERSION)) {
    return { params: base, notices: ["This link was made by a newer version of the book, so the figure shows its defaults."] };
  }
  const scene = given.get("scene");
  const named = Object.entries(scenes).find(([name, { aliases = [] }]) => name === scene || (scene !== undefined && aliases.includes(scene)));
  const start = named ? valid(schema, named[1].params, base) : base;
  const params = Object.entries(schema).map(([name, param]) => {
    const written = [name, ...(param.aliases ?? [])].map((key) => given.get(key)).find((value) => value !== undefined);
    const fallback = start[name] as AnyValue;
    return [name, written === undefined ? fallback : validValue(param, parse(param, written), fallback)];
  });
  return { params: Object.fromEntries(params) as Values<S>, notices: [] };
}

/** Writes what differs from the base, keys sorted, at most 2,000 characters. The longest values are left out first. */
export function encode<S extends Schema>(schema: S, values: Values<S>, base: Values<S> = defaults(schema)): Encoded {
  const pairs = Object.keys(schema)
    .filter((name) => !sameValue(values[name] as AnyValue, base[name] as AnyValue))
    .sort()
    .map((name) => ({ name, text: `${name}=${escape(format(schema[name]!, values[name] as AnyValue))}` }));
  const leftOut: string[] = [];
  const length = (): number => pairs.reduce((sum, { text }) => sum + text.length + 1, -1);
  while (length() > LONGEST_WRITTEN) {
    const longest = pairs.reduce((a, b) => (b.text.length > a.text.length ? b : a));
    pairs.splice(pairs.indexOf(longest), 1);
    leftOut.push(longest.name);
  }
  return { query: pairs.map(({ text }) => text).join("&"), leftOut };
}

/** A moment of a run: its step, and what its weights are known by. */
export interface Moment {
  readonly step: number;
  readonly weights: string | null;
}

/** Steps that a link may ask for. */
const LAST_STEP = 1_000_000;

/** Reads `step=300&w=3fa9c1d2` from a link. Null where it names no step above 0. Never throws. */
export function readMoment(text: string): Moment | null {
  const given = new URLSearchParams(text.slice(0, LONGEST_READ).replace(/^[#?]+/, ""));
  const step = Math.round(parseNumber(given.get("step") ?? ""));
  if (!(step > 0) || !Number.isFinite(step)) return null;
  const weights = given.get("w");
  return { step: Math.min(step, LAST_STEP), weights: weights !== null && /^[0-9a-f]{8}$/.test(weights) ? weights : null };
}

/** Adds a moment to the query of a link. */
export function withMoment(query: string, moment: Moment | null): string {
  if (moment === null) return query;
  return [query, `step=${moment.step}`, moment.weights === null ? "" : `w=${moment.weights}`].filter((part) => part !== "").join("&");
}

/** Strictly decimal, so that `0x10`, `1_000`, an empty string and digits of other scripts are no numbers. */
function parseNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i.test(text) ? Number(text) : NaN;
}

function parse(param: Param, text: string): unknown {
  switch (param.kind) {
    case "number": return parseNumber(text);
    case "toggle": return text === "1" || text === "true" ? true : text === "0" || text === "false" ? false : undefined;
    case "grid": return parseGrid(param, text);
    default: return text;
  }
}

function format(param: Param, value: AnyValue): string {
  if (param.kind === "toggle") return value ? "1" : "0";
  if (param.kind === "grid") return formatGrid(param, value as readonly number[]);
  return String(value);
}

const escape = (text: string): string => encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%3A", ":");

/** Cells as indices of allowed values: bits packed eight to a byte, else one byte, else two (high byte first); base64url. */
function formatGrid(param: GridParam, cells: readonly number[]): string {
  const indices = cells.map((cell) => Math.round((cell - param.min) / param.step));
  const bits = bitsPerCell(param);
  const bytes = new Uint8Array(Math.ceil((cells.length * bits) / 8));
  indices.forEach((index, i) => {
    if (bits === 1) bytes[i >> 3]! |= index << (7 - (i & 7));
    else if (bits === 8) bytes[i] = index;
    else bytes.set([index >> 8, index & 255], i * 2);
  });
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function parseGrid(param: GridParam, text: string): number[] | undefined {
  const count = param.rows * param.columns;
  const bits = bitsPerCell(param);
  const length = Math.ceil((count * bits) / 8);
  if (text.length !== Math.ceil((length * 4) / 3) || !/^[\w-]*$/.test(text)) return undefined;
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const index = (i: number): number => {
    if (bits === 1) return (bytes.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1;
    return bits === 8 ? bytes.charCodeAt(i) : bytes.charCodeAt(i * 2) * 256 + bytes.charCodeAt(i * 2 + 1);
  };
  return Array.from({ length: count }, (_, i) => param.min + index(i) * param.step);
}

function bitsPerCell({ min, max, step }: GridParam): 1 | 8 | 16 {
  const last = Math.floor((max - min) / step + 1e-9);
  return last <= 1 ? 1 : last <= 255 ? 8 : 16;
}
