import type { GgufValue } from "./gguf.ts";
import { type JsonValue, readJson } from "./json.ts";

/** The ids between which a model was trained to write. */
export interface GenerationIds {
  /** Stands before every text; null when the files name none. */
  readonly start: number | null;
  /** Each of them ends a text; may be empty. */
  readonly stops: readonly number[];
}

/**
 * `bos_token_id` and `eos_token_id`, which may be a list, of a config.json; generation_config.json has the last word. What is no id is
 * passed over: a model runs without either.
 *
 * Throws: ModelFileError, those of `readJson`.
 */
export function generationIds(config: Uint8Array, generation?: Uint8Array): GenerationIds {
  const files = [config, ...(generation ? [generation] : [])].map((bytes) => readJson(bytes, "config.json"));
  const last = (key: string): JsonValue =>
    files.map((file) => (file instanceof Map ? file.get(key) ?? null : null)).findLast((value) => value !== null) ?? null;
  return idsOf(last("bos_token_id"), last("eos_token_id"));
}

/** The same of the metadata of a GGUF file. */
export const ggufGenerationIds = (metadata: ReadonlyMap<string, GgufValue>): GenerationIds =>
  idsOf(metadata.get("tokenizer.ggml.bos_token_id"), metadata.get("tokenizer.ggml.eos_token_id"));

function idsOf(start: unknown, stops: unknown): GenerationIds {
  const isId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
  return { start: isId(start) ? start : null, stops: (Array.isArray(stops) ? stops : [stops]).filter(isId) };
}
