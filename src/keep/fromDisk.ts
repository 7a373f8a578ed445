import { aboutFile, unpackedModel } from "./archive.ts";
import { checkFiles } from "./checkFiles.ts";
import { type Shelved, shelf } from "./shelf.ts";
import { shelve } from "./shelve.ts";

interface Found {
  readonly name: string;
  readonly data: Blob;
}

/** What a model consists of; readmes, pictures and other frameworks' weights stay where they are. */
const partOfModel = /^(config\.json|generation_config\.json|tokenizer(_config)?\.json|vocab\.json|merges\.txt|tokenizer\.model|.*\.safetensors|.*\.safetensors\.index\.json|.*\.gguf)$/;
const where = "from your disk";

/**
 * Keeps a model or tokenizer from files that the reader chose. Everything is checked to the last number before anything is kept.
 * Throws: Error or ModelFileError with one sentence when it is no model that can be opened.
 */
export async function keepFromDisk(chosen: readonly Found[], progress: (share: number) => void): Promise<{ shelved: Shelved; saved: boolean }> {
  const [only] = chosen;
  const zip = chosen.length === 1 && only!.name.toLowerCase().endsWith(".zip") ? await unpackedModel(only!.data) : null;
  const given = zip ?? chosen;
  const files = new Map(given.flatMap(({ name, data }) => {
    const own = name.split("/").at(-1)!;
    return partOfModel.test(own) ? [[own, data] as const] : [];
  }));
  const weights = [...files.keys()].filter((name) => /\.(safetensors|gguf)$/.test(name));
  const tokenizer = files.get("tokenizer.json") ?? lone(given);
  const about = await aboutOf(given) ?? { name: nameOf(chosen, weights), where, read: "that is not known here, for it came from a disk" };
  if (weights.length === 0 && tokenizer) return shelve("tokenizer", new Uint8Array(await tokenizer.arrayBuffer()), about);
  // In this order, so that the same files have the same name on every device.
  const { shape } = await checkFiles([...files].map(([name, data]) => ({ name, data })), progress);
  return shelf().keep("model", { ...about, shape }, files);
}

/** A single file of JSON may be a tokenizer of any name. */
const lone = (files: readonly Found[]): Blob | null => (files.length === 1 && /\.json$/i.test(files[0]!.name) ? files[0]!.data : null);

/** The folder's name, or that of the file. */
function nameOf(chosen: readonly Found[], weights: readonly string[]): string {
  const [first = "", ...rest] = chosen[0]!.name.split("/");
  return (rest.length > 0 ? first : (weights[0] ?? first)).replace(/\.(safetensors|gguf|zip|json)$/i, "").slice(0, 200) || "A model";
}

/** What an export of this book says beside the files. */
async function aboutOf(files: readonly Found[]): Promise<{ name: string; where: string; read: string } | null> {
  const file = files.find(({ name }) => name.split("/").at(-1) === aboutFile)?.data;
  if (!file || file.size > 100_000) return null;
  try {
    const { name, where: made, read } = JSON.parse(await file.text()) as Record<string, unknown>;
    const isShort = (text: unknown): text is string => typeof text === "string" && text.length <= 1000;
    return isShort(name) && isShort(made) && isShort(read) ? { name, where: made, read } : null;
  } catch {
    return null;
  }
}
