import { ModelFileError, quoted } from "../checkpoint/modelFileError.ts";
import type { JsonValue } from "../checkpoint/json.ts";
import { hasPrefixSpace, patternNames } from "./pretokenize.ts";
import type { PatternName } from "./chunkEnd.ts";

type Json = JsonValue | undefined;

const gpt2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const wordAndPunctuation = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const anyCaseContraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const cased = String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+${anyCaseContraction}?|[^\r\n\p{L}\p{N}]?${upper}+${lower}*${anyCaseContraction}?`;

/** The patterns as a tokenizer.json spells them: regular expressions that name a pattern here and are never compiled. */
const sources: Readonly<Record<PatternName, string>> = {
  none: "",
  words: String.raw` ?\S+|\s`,
  gpt2,
  // OpenAI's own spelling is possessive and ends in `$`, which the matcher behind tokenizer.json reads otherwise.
  cl100k: String.raw`${anyCaseContraction}|${wordAndPunctuation}|\s+\z|\s*[\r\n]|\s+(?!\S)|\s`,
  llama3: String.raw`${anyCaseContraction}|${wordAndPunctuation}|\s*[\r\n]+|\s+(?!\S)|\s+`,
  o200k: String.raw`${cased}|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
};

/**
 * What a tokenizer.json says around its table (normalizer, pre_tokenizer, decoder), as plain objects for writing.
 * GPT-2's cut is built into `ByteLevel`; the others are a `Split` by a regular expression.
 */
export function pipelineOf(name: PatternName): { normalizer: unknown; pre_tokenizer: unknown; decoder: unknown } {
  const byteLevel = (isCut: boolean): object => ({ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: isCut });
  const split = { type: "Split", pattern: { Regex: sources[name] }, behavior: "Isolated", invert: false };
  const isBuiltIn = name === "gpt2" || name === "none";
  const hasPrefix = hasPrefixSpace(name);
  return {
    normalizer: hasPrefix ? { type: "Prepend", prepend: " " } : null,
    pre_tokenizer: isBuiltIn ? byteLevel(name === "gpt2") : { type: "Sequence", pretokenizers: [split, byteLevel(false)] },
    decoder: hasPrefix
      ? { type: "Sequence", decoders: [byteLevel(true), { type: "Strip", content: " ", start: 1, stop: 0 }] }
      : byteLevel(true),
  };
}

/**
 * The name of the pattern that a file's pipeline amounts to. A regular expression in the file is compared, never compiled.
 *
 * Throws: ModelFileError `unsupported` for any step that would cut or change text in a way not known here.
 */
export function patternOf(normalizer: Json, preTokenizer: Json, decoder: Json): PatternName {
  const steps = typeOf(preTokenizer) === "Sequence" ? listOf(preTokenizer, "pretokenizers") : [preTokenizer];
  const last = steps.at(-1);
  if (typeOf(last) !== "ByteLevel" || steps.length > 2) {
    refuse(`the pre_tokenizer must be ByteLevel, or Split and ByteLevel, got ${steps.slice(0, 4).map(shown).join(", ")}`);
  }
  if (field(last, "add_prefix_space") !== false) refuse("the pre_tokenizer's add_prefix_space must be false");
  // The built-in cut is on unless a file says otherwise.
  const isCut = field(last, "use_regex") !== false;
  if (steps.length === 2 && isCut) refuse("a Split before ByteLevel needs use_regex false");
  const name = steps.length === 1 ? (isCut ? "gpt2" : "none") : splitName(steps[0]);

  const hasPrefix = hasPrefixSpace(name);
  const isPrepend = typeOf(normalizer) === "Prepend" && field(normalizer, "prepend") === " ";
  if (hasPrefix ? !isPrepend : !isNothing(normalizer)) refuse(`the normalizer ${shown(normalizer)} does not fit the pattern ${name}`);
  const decoders = typeOf(decoder) === "Sequence" ? listOf(decoder, "decoders") : [decoder];
  const [first, strip] = decoders;
  const strips = [typeOf(strip), field(strip, "content"), field(strip, "start"), field(strip, "stop")];
  const isStrip = JSON.stringify(strips) === '["Strip"," ",1,0]';
  const fits = typeOf(first) === "ByteLevel" && (hasPrefix ? decoders.length === 2 && isStrip : decoders.length === 1);
  if (!fits) refuse(`the decoder ${decoders.slice(0, 4).map(shown).join(", ")} does not fit the pattern ${name}`);
  return name;
}

function splitName(step: Json): PatternName {
  const pattern = field(step, "pattern");
  const source = field(pattern, "Regex");
  const isPlain = typeOf(step) === "Split" && field(step, "behavior") === "Isolated" && field(step, "invert") !== true;
  const name = patternNames.find((known) => known !== "none" && sources[known] === source);
  if (!isPlain || name === undefined) {
    const cut = typeof source === "string" ? quoted(source) : "nothing";
    refuse(`the pre_tokenizer ${shown(step)} cuts by ${cut}, which is no known pattern`);
  }
  return name;
}

function field(value: Json, name: string): Json {
  return value instanceof Map ? value.get(name) : undefined;
}

function typeOf(value: Json): Json {
  return field(value, "type");
}

function listOf(value: Json, name: string): readonly Json[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}

function isNothing(value: Json): boolean {
  return value === undefined || value === null || (typeOf(value) === "Sequence" && listOf(value, "normalizers").length === 0);
}

function shown(value: Json): string {
  const type = typeOf(value);
  return typeof type === "string" ? quoted(type) : "none";
}

function refuse(message: string): never {
  throw new ModelFileError("unsupported", `tokenizer.json: ${message}`);
}
