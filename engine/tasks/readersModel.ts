import type { Backend } from "../backend.ts";
import { openModelFiles } from "../checkpoint/openModelFiles.ts";
import { uploadPackedModel } from "../nn/packedParameters.ts";
import { transformer } from "../nn/transformer.ts";
import { paddedTokenizer } from "../tokenizer/paddedTokenizer.ts";
import type { LanguageModel, ModelCard, ModelSource } from "./languageModel.ts";

/** What is said of a model beside its files; the page writes it from what the reader keeps. */
const cardFile = "card.json";

/**
 * Opens a model of the reader's from the files that the page passed in, of any kind that `openModelFiles` reads.
 * Throws: ModelFileError when they are not sound; RangeError when they bring no tokenizer, or one for a larger vocabulary.
 */
export async function openReadersModel(run: ModelSource, backend: Backend, folder: string): Promise<LanguageModel> {
  const files = run.files?.(folder) ?? [];
  const { config, model: packed, tokenizer, start } = await openModelFiles(files.filter(({ name }) => name !== cardFile));
  if (!tokenizer) throw new RangeError("this model brings no tokenizer, so it cannot read a text");
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new RangeError(`this model's tokenizer has ${tokenizer.vocabSize} tokens and the model ${config.vocabSize}`);
  }
  const card = JSON.parse(new TextDecoder().decode(await run.artefact(`${folder}/${cardFile}`))) as ModelCard;
  const parameters = uploadPackedModel(backend, config, packed);
  const model = transformer(config, parameters);
  return {
    model, tokenizer: tokenizer.vocabSize < config.vocabSize ? paddedTokenizer(tokenizer, config.vocabSize) : tokenizer, card, start: start ?? [...tokenizer.specials.values()][0] ?? 0,
    close() {
      model.close();
      parameters.close();
    },
  };
}
