import type { JsonValue } from "../checkpoint/json.ts";
import { ModelFileError, quoted } from "../checkpoint/modelFileError.ts";
import type { Tokenizer } from "./bpe.ts";
import { createSentencePiece, kinds, type SentencePiece } from "./sentencePiece.ts";

type Json = JsonValue | undefined;

export interface AddedToken {
  readonly id: JsonValue;
  readonly isSpecial: boolean;
}

/** What a file does before its merges: where it puts a space of its own. */
export interface CharacterSteps {
  readonly prefix: "never" | "first" | "always";
  /** Metaspace puts none where there is one, and may cut at every one. */
  readonly prefixOnce: boolean;
  readonly cutsWords: boolean;
}

/**
 * The steps of a tokenizer.json that merges characters with spaces written ▁, as Llama's first ones do; null when it is of another kind.
 * Either a normalizer puts ▁ before the text and in the place of spaces, or a Metaspace step does.
 *
 * Throws: ModelFileError `unsupported` for a step that would change text in a way not known here.
 */
export function characterSteps(
  { normalizer, preTokenizer, decoder }: { normalizer: Json; preTokenizer: Json; decoder: Json },
): CharacterSteps | null {
  const before = listed(normalizer, "normalizers"), cuts = listed(preTokenizer, "pretokenizers");
  const replaces = before.some((step) => typeOf(step) === "Replace"), metaspace = cuts.find((step) => typeOf(step) === "Metaspace");
  if (!replaces && !metaspace) return null;
  let prefix: CharacterSteps["prefix"] = "never";
  for (const step of before) {
    if (typeOf(step) === "Prepend" && field(step, "prepend") === "▁") prefix = "always";
    else if (!(typeOf(step) === "Replace" && field(field(step, "pattern"), "String") === " " && field(step, "content") === "▁")) {
      refuse(`the normalizer ${shown(step)} is not read beside ▁`);
    }
  }
  if (cuts.length > (metaspace ? 1 : 0)) refuse(`the pre_tokenizer ${shown(cuts.find((step) => step !== metaspace))} is not read beside ▁`);
  if (metaspace) {
    if (field(metaspace, "replacement") !== "▁") refuse("the pre_tokenizer Metaspace writes spaces otherwise than ▁");
    // Files before version 0.14 of the library say only yes or no.
    const scheme = field(metaspace, "prepend_scheme") ?? (field(metaspace, "add_prefix_space") === false ? "never" : "always");
    if (scheme !== "never" && scheme !== "first" && scheme !== "always") refuse("the prepend_scheme of Metaspace is unknown");
    else prefix = scheme;
  }
  for (const step of listed(decoder, "decoders")) {
    if (!["Replace", "ByteFallback", "Fuse", "Strip", "Metaspace"].includes(String(typeOf(step)))) {
      refuse(`the decoder ${shown(step)} is not read beside ▁`);
    }
  }
  return { prefix, prefixOnce: metaspace !== undefined, cutsWords: metaspace !== undefined && field(metaspace, "split") !== false };
}

/**
 * The tokenizer of such a file. Without a `Metaspace` that cuts, a merge may run across the start of a word.
 *
 * Throws: ModelFileError `ids`, `merge`, `field`, and `token` of `createSentencePiece`.
 */
export function characterTokenizer({ model, vocab, added, steps }: {
  readonly model: ReadonlyMap<string, JsonValue>;
  readonly vocab: ReadonlyMap<string, JsonValue>;
  readonly added: ReadonlyMap<string, AddedToken>;
  readonly steps: CharacterSteps;
}): Tokenizer {
  if (model.get("ignore_merges") === true) refuse("model.ignore_merges is true, which is not read beside ▁");
  const hasBytes = model.get("byte_fallback") === true, unknown = model.get("unk_token") ?? null;
  const all = new Map([...vocab, ...[...added].map(([text, { id }]) => [text, id] as const)]);
  const pieces: (SentencePiece | undefined)[] = Array.from({ length: all.size });
  for (const [text, id] of all) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= all.size) {
      fault("ids", `the token ${quoted(text)} has the id ${String(id).slice(0, 20)}, expected a whole number below ${all.size}`);
    }
    if (pieces[id]) fault("ids", `the id ${id} is given twice, the second time to ${quoted(text)}`);
    const own = added.get(text);
    const type = text === unknown ? kinds.unknown
      : own ? (own.isSpecial ? kinds.control : kinds.userDefined)
      : hasBytes && /^<0x[0-9A-F]{2}>$/.test(text) ? kinds.byte : kinds.normal;
    pieces[id] = { text, score: 0, type };
  }
  const merges = readMerges(model.get("merges"), vocab);
  const { prefix, ...others } = steps;
  const options = { addPrefix: prefix !== "never", prefixAll: prefix === "always", ...others, merges };
  return createSentencePiece(pieces as SentencePiece[], options);
}

function readMerges(value: Json, vocab: ReadonlyMap<string, JsonValue>): Map<string, number> {
  if (!Array.isArray(value)) return fault("field", "model.merges must be a list");
  const merges = new Map<string, number>();
  for (const [rank, item] of value.entries()) {
    const parts = typeof item === "string" ? item.split(" ", 3) : item;
    const [left, right] = Array.isArray(parts) && parts.length === 2 ? parts : [];
    if (typeof left !== "string" || typeof right !== "string") return fault("merge", `merge ${rank} is not two tokens`);
    const missing = [left, right, left + right].find((token) => !vocab.has(token));
    if (missing !== undefined) fault("merge", `merge ${rank} names the token ${quoted(missing)}, which the vocabulary lacks`);
    const key = `${left}\0${right}`, known = merges.get(key);
    if (known !== undefined) fault("merge", `merge ${rank} repeats merge ${known}, ${quoted(left)} and ${quoted(right)}`);
    merges.set(key, rank);
  }
  return merges;
}

const field = (value: Json, name: string): Json => (value instanceof Map ? value.get(name) : undefined);
const typeOf = (value: Json): Json => field(value, "type");

/** The steps of a sequence, or the one step that there is. */
function listed(value: Json, name: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  const list = typeOf(value) === "Sequence" ? field(value, name) : undefined;
  return Array.isArray(list) ? list : [value];
}

const shown = (value: Json): string => {
  const type = typeOf(value);
  return typeof type === "string" ? quoted(type) : "without a type";
};

const refuse = (message: string): never => fault("unsupported", message);

function fault(code: string, message: string): never {
  throw new ModelFileError(code, `tokenizer.json: ${message}`);
}
