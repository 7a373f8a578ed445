import { type ByteSource, byteSource, type ModelFile } from "./byteSource.ts";
import { ModelFileError } from "./modelFileError.ts";

/** The files of one model among those that a reader chose. */
export type ChosenFiles = { readonly others: ReadonlyMap<string, ByteSource> } & (
  | { readonly kind: "gguf"; readonly weights: ByteSource }
  | { readonly kind: "safetensors"; readonly config: ByteSource; readonly weights: ByteSource }
  | { readonly kind: "shards"; readonly config: ByteSource; readonly index: ByteSource }
);

/**
 * Finds the model among files: one `.gguf`, or the outermost folder with a `config.json` and `model.safetensors` or its index. A lone
 * `.safetensors` of another name counts as the weights of its folder. `others` has the files of the same folder by their plain name.
 *
 * Throws: ModelFileError `files` with a sentence that says what to choose.
 */
export function chooseFiles(files: readonly ModelFile[]): ChosenFiles {
  const folders = new Map<string, Map<string, ByteSource>>();
  for (const file of files) {
    const parts = file.name.split(/[\\/]/);
    const plain = parts.pop()!, folder = parts.join("/");
    if (!folders.has(folder)) folders.set(folder, new Map());
    folders.get(folder)!.set(plain, byteSource({ name: plain, data: file.data }));
  }
  const outermost = [...folders].toSorted(([a], [b]) => a.split("/").length - b.split("/").length || a.length - b.length);
  for (const [, others] of outermost) {
    const config = others.get("config.json");
    const plain = [...others.values()].filter(({ name }) => name.endsWith(".safetensors"));
    const weights = others.get("model.safetensors") ?? (plain.length === 1 ? plain[0] : undefined);
    const index = others.get("model.safetensors.index.json");
    if (config && weights) return { kind: "safetensors", config, weights, others };
    if (config && index) return { kind: "shards", config, index, others };
    const packed = [...others.values()].filter(({ name }) => name.toLowerCase().endsWith(".gguf"));
    if (packed.length > 1) refuse(`there are ${packed.length} .gguf files, choose one of them`);
    if (packed.length === 1) return { kind: "gguf", weights: packed[0]!, others };
  }
  const names = new Set([...folders.values()].flatMap((folder) => [...folder.keys()]));
  const isThere = (ending: string): boolean => [...names].some((name) => name.endsWith(ending));
  if (files.length === 0) refuse("no file was chosen");
  if (isThere(".safetensors")) refuse("there are weights but no config.json beside them, choose the whole folder");
  if (isThere(".bin") || isThere(".pt") || isThere(".pth")) {
    refuse("the weights are a PyTorch pickle, which can hold a program: save them as model.safetensors first");
  }
  if (names.has("config.json")) refuse("there is a config.json but no model.safetensors beside it");
  return refuse("there is no model here: a model is a folder with config.json and model.safetensors, or one .gguf file");
}

function refuse(message: string): never {
  throw new ModelFileError("files", message);
}
