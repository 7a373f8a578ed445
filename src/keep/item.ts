import { crc32 } from "./crc32.ts";

/**
 * What this browser keeps for its reader is made of items: a chapter, the chosen path, a model, a tokenizer. Each stands for itself:
 * it is written in one transaction, checked by itself, merged by itself, and when it is broken the others live.
 */
export interface Item<V = unknown> {
  /** `chapter/attention`, `path`, `model/3fa9c1d2…`, `tokenizer/…`. */
  readonly key: string;
  /** The form of `value`. A greater number than `SCHEMA` was written by a newer edition: it is read by nobody here and never overwritten. */
  readonly schema: number;
  /** Counts the writes of this item. Clocks go backwards, counters do not. */
  readonly revision: number;
  /** Milliseconds since 1970 by the reader's clock: to be shown, never to be compared. */
  readonly saved: number;
  readonly value: V;
  /** CRC-32 of all the rest, as JSON. */
  readonly checksum: string;
}

/** The form in which items are written today. */
export const SCHEMA = 1;

/** What `examine` says of something that was found where an item should be. */
export type Examined = { readonly is: "sound"; readonly item: Item } | { readonly is: "newer" | "broken" };

const sum = ({ key, schema, revision, saved, value }: Omit<Item, "checksum">): string =>
  crc32(new TextEncoder().encode(JSON.stringify([key, schema, revision, saved, value])));

/** An item ready to be written. */
export function sealed<V>(key: string, value: V, revision: number, saved = Date.now()): Item<V> {
  const open = { key, schema: SCHEMA, revision, saved, value };
  return { ...open, checksum: sum(open) };
}

/** Whether something found is an item that may be used, one of a newer edition, or broken. Older forms are brought to today's. */
export function examine(found: unknown): Examined {
  if (typeof found !== "object" || found === null) return { is: "broken" };
  const { key, schema, revision, saved, value, checksum } = found as Record<string, unknown>;
  const counted = (number: unknown): number is number => typeof number === "number" && Number.isSafeInteger(number) && number >= 0;
  if (typeof key !== "string" || !counted(schema)) return { is: "broken" };
  // Before anything else: what a newer edition calls sound is not for this one to judge.
  if (schema > SCHEMA) return { is: "newer" };
  if (!counted(revision) || typeof saved !== "number" || checksum !== sum({ key, schema, revision, saved, value })) return { is: "broken" };
  const today = migrate(key, value, schema);
  if (today === undefined || !isSound(key, today)) return { is: "broken" };
  return { is: "sound", item: { key, schema: SCHEMA, revision, saved, value: today, checksum: checksum as string } };
}

/** The chain of forms: entry n turns a value of form n into one of form n + 1. Form 0 lay in localStorage (localStorageForm.ts). */
const chain: readonly ((key: string, value: unknown) => unknown)[] = [
  (key, value) => (key.startsWith("chapter/") ? withoutVersion(value) : value),
];

/** A value of an older form in today's; undefined where it fits no form. */
export function migrate(key: string, value: unknown, schema: number): unknown {
  return chain.slice(schema).reduce((old: unknown, step) => (old === undefined ? undefined : step(key, old)), value);
}

function withoutVersion(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, ...rest } = value as Record<string, unknown>;
  return version === 1 ? rest : undefined;
}

/** What is kept of a chapter. */
export interface Progress {
  /** The section read last, and whether the last one was reached. */
  readonly at: string | null;
  readonly finished: boolean;
  /** Ids of questions whose answer was opened. */
  readonly answered: readonly string[];
}

/** What is kept of a model or a tokenizer beside its files. */
export interface Made {
  readonly name: string;
  /** Where it was made: the title of a figure, or a file of the reader's disk. */
  readonly where: string;
  /** What it has read, as the figures say it. */
  readonly read: string;
  /** Its files by name, with what they are known by. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly shape: Shape;
}

/** What a figure must know before it can say whether it can show a model. A tokenizer has only its vocabulary. */
export interface Shape {
  readonly vocabSize: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly context?: number;
  readonly parameters?: number;
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= 10_000;
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** Whether a value of today's form is what its key says. */
export function isSound(key: string, value: unknown): boolean {
  if (key === "path") return isText(value);
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  if (/^chapter\/[a-z0-9-]{1,100}$/.test(key)) {
    const { at, finished, answered } = fields;
    return (at === null || isText(at)) && typeof finished === "boolean" && Array.isArray(answered) && answered.every(isText);
  }
  if (!/^(model|tokenizer)\/[0-9a-f]{8,64}$/.test(key)) return false;
  const { name, where, read, files, shape } = fields;
  const isFile = (file: unknown): boolean => {
    const { name: called, bytes, sha256 } = (file ?? {}) as Record<string, unknown>;
    return isText(called) && isCount(bytes) && isText(sha256);
  };
  return isText(name) && isText(where) && isText(read) && Array.isArray(files) && files.length > 0 && files.every(isFile)
    && typeof shape === "object" && shape !== null && Object.values(shape).every(isCount) && "vocabSize" in shape;
}

/** Two values of one item as one, the same whichever comes first: what was read stays read. */
export function merged(key: string, mine: Item, theirs: Item): unknown {
  const later = theirs.revision > mine.revision || (theirs.revision === mine.revision && theirs.checksum > mine.checksum) ? theirs : mine;
  if (!key.startsWith("chapter/")) return later.value;
  const a = mine.value as Progress, b = theirs.value as Progress;
  const answered = [...new Set([...a.answered, ...b.answered])].sort();
  return { at: (later.value as Progress).at, finished: a.finished || b.finished, answered } satisfies Progress;
}
