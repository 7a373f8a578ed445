import type { DecoderConfig } from "../nn/decoderConfig.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { writeTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { saveModel } from "./modelDirectory.ts";
import { ModelFileError } from "./modelFileError.ts";

/**
 * The files beside a model's weights with which `transformers` opens its tokenizer and ends its texts: the first special token both
 * starts and ends a text, as in training here.
 *
 * Throws: RangeError when a special token spells an ordinary one; and for a tokenizer without a table of byte merges.
 */
export function tokenizerFiles(tokenizer: Tokenizer, { contextLength }: Pick<DecoderConfig, "contextLength">): Record<string, Uint8Array> {
  const [mark] = [...tokenizer.specials];
  const [text, id] = mark ?? [null, null];
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  return {
    "tokenizer.json": new TextEncoder().encode(writeTokenizerJson(tokenizer)),
    "tokenizer_config.json": json({
      // Any class that knows the family would add steps of its own; this one does what tokenizer.json says.
      tokenizer_class: "PreTrainedTokenizerFast", model_max_length: contextLength, clean_up_tokenization_spaces: false,
      bos_token: text, eos_token: text,
    }),
    "generation_config.json": json({ bos_token_id: id, eos_token_id: id, pad_token_id: id, do_sample: true, temperature: 1, top_k: 0 }),
  };
}

/**
 * A model with its tokenizer as the folder that `transformers.AutoModelForCausalLM` and `AutoTokenizer` open.
 *
 * Throws: ModelFileError `config` when neither gpt2 nor llama has this combination of layers, or when `transformers` would refuse it, and
 * as `tokenizerFiles`.
 */
export function saveModelFolder(
  model: Parameters<typeof saveModel>[0] & { readonly tokenizer: Tokenizer },
): Record<string, Uint8Array> {
  const { dModel, nHeads } = model.config;
  if (dModel % nHeads !== 0) {
    throw new ModelFileError("config", `config.json: transformers opens no model whose width ${dModel} is not a multiple of its ${nHeads} heads`);
  }
  return { ...saveModel({ ...model, packed: false }), ...tokenizerFiles(model.tokenizer, model.config) };
}
