import type { TrainBpeFrame } from "../../../engine/tasks/trainBpe.ts";

/** The tokens of a frame as a picture needs them, by id. */
export interface Vocabulary {
  readonly size: number;
  /** As a chip shows it; bytes that make no whole character as hexadecimal numbers. */
  text(id: number): string;
  /** The same in full, for names of buttons and tables. */
  name(id: number): string;
  /** What it is and where it comes from: "▁lo, merge 3 of ▁l and o". */
  story(id: number): string;
  /** Classes of its chip. */
  className(id: number): string;
  /** The two tokens that it was merged of; null for a byte. */
  parts(id: number): readonly [number, number] | null;
  bytes(id: number): readonly number[];
}

const BYTES = 256;
const TINTS = 6;

/** Reads the vocabulary off a frame: the 256 bytes, then one token a merge. */
export function vocabularyOf({ history, names }: Pick<TrainBpeFrame, "history" | "names">): Vocabulary {
  const bytes: (readonly number[])[] = Array.from({ length: BYTES }, (_, byte) => [byte]);
  for (const { left, right } of history) bytes.push([...bytes[left]!, ...bytes[right]!]);
  const broken = bytes.map((piece) => !isWhole(piece));
  const name = (id: number): string => names[id]!;
  return {
    size: bytes.length,
    text: (id) => (broken[id] ? bytes[id]!.map(byteText).join(" ") : name(id)),
    name,
    story: (id) => {
      const merge = history[id - BYTES];
      if (!merge) return `${name(id)}, a single byte`;
      return `${name(id)}, made by merge ${id - BYTES + 1} of ${name(merge.left)} and ${name(merge.right)}`;
    },
    className: (id) => {
      const tint = id < BYTES ? "gb-byte" : `gb-tint-${(id - BYTES) % TINTS}`;
      const isNewest = id >= BYTES && id === bytes.length - 1;
      return `${tint}${broken[id] ? " gb-broken" : ""}${isNewest ? " gb-new" : ""}`;
    },
    parts: (id) => {
      const merge = history[id - BYTES];
      return merge ? [merge.left, merge.right] : null;
    },
    bytes: (id) => bytes[id]!,
  };
}

function isWhole(piece: readonly number[]): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(piece));
    return true;
  } catch {
    return false;
  }
}

function byteText(byte: number): string {
  if (byte === 0x20) return "▁";
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte.toString(16).toUpperCase().padStart(2, "0");
}

/** The token of that name, the newest of several; where there is none, the token of the last merge, or null before the first. */
export function tokenCalled(name: string, { names, history }: Pick<TrainBpeFrame, "history" | "names">): number | null {
  const id = name === "" ? -1 : names.lastIndexOf(name);
  if (id >= 0) return id;
  return history.length === 0 ? null : BYTES + history.length - 1;
}
