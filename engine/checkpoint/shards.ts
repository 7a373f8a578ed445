import type { HostTensor } from "./hostTensor.ts";
import { readJson } from "./json.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { readSafetensors, type Safetensors } from "./safetensors.ts";

/** Which file of a checkpoint in several holds each tensor. */
export interface ShardIndex {
  /** File names in the order in which the index first names them. */
  readonly files: readonly string[];
  /** Tensor name to file name. */
  readonly weightMap: ReadonlyMap<string, string>;
}

const most = { indexBytes: 16 * 2 ** 20, files: 1000, totalBytes: 2 ** 30 };

/**
 * Reads a `model.safetensors.index.json`. File names must be plain: an index cannot point out of its folder.
 *
 * Throws: ModelFileError `size`, `index`, and those of `readJson`.
 */
export function readShardIndex(bytes: Uint8Array): ShardIndex {
  if (bytes.length > most.indexBytes) refuse("size", `the file has ${bytes.length} bytes, at most ${most.indexBytes} are read`);
  const json = readJson(bytes, "model.safetensors.index.json");
  const map = json instanceof Map ? json.get("weight_map") : undefined;
  if (!(map instanceof Map) || map.size === 0) return refuse("index", "weight_map must be an object that names tensors");
  const weightMap = new Map<string, string>();
  for (const [name, file] of map) {
    if (typeof file !== "string" || !/^[\w-][\w.-]{0,200}\.safetensors$/.test(file)) {
      const shown = typeof file === "string" ? quoted(file) : "no text";
      return refuse("index", `${quoted(name)} lies in ${shown}, expected the plain name of a .safetensors file`, name);
    }
    weightMap.set(name, file);
  }
  const files = [...new Set(weightMap.values())];
  if (files.length > most.files) refuse("index", `the index names ${files.length} files, at most ${most.files} are read`);
  return { files, weightMap };
}

/**
 * Joins the tensors of all files of an index, which `open` gives by name. Each file must hold exactly the tensors that the index says.
 *
 * Throws: ModelFileError `missing`, `surplus`, `size`, and those of `readSafetensors`.
 */
export function readShards({ files, weightMap }: ShardIndex, open: (file: string) => Uint8Array): Safetensors {
  const tensors = new Map<string, HostTensor>();
  const metadata = new Map<string, string>();
  let total = 0;
  for (const file of files) {
    const bytes = open(file);
    total += bytes.length;
    if (total > most.totalBytes) refuse("size", `the files up to ${quoted(file)} have ${total} bytes, at most ${most.totalBytes} are read`);
    const shard = readSafetensors(bytes);
    for (const [name, tensor] of shard.tensors) {
      if (weightMap.get(name) !== file) {
        refuse("surplus", `${quoted(file)} holds ${quoted(name)}, which the index does not put there`, name);
      }
      tensors.set(name, tensor);
    }
    for (const [key, value] of shard.metadata) metadata.set(key, value);
  }
  for (const [name, file] of weightMap) {
    if (!tensors.has(name)) refuse("missing", `${quoted(name)} is not in ${quoted(file)}, where the index puts it`, name);
  }
  return { tensors, metadata };
}

function refuse(code: string, message: string, tensor?: string): never {
  throw new ModelFileError(code, `shards: ${message}`, tensor === undefined ? {} : { tensor });
}
