import type { DecoderConfig } from "../nn/decoderConfig.ts";
import type { PackedModel } from "../nn/packedParameters.ts";
import { isPackable, packCodes, type PackedMatrix } from "../quantize/packedMatrix.ts";
import { readConfig } from "./huggingFace.ts";
import { checkpointPrefix, fromCheckpoint } from "./names.ts";
import { checkpointParts, type Part } from "./nameTable.ts";
import { packedCodes, unpack } from "./packed.ts";
import { parameterShapes } from "./parameterShapes.ts";
import { readSafetensors, type Safetensors } from "./safetensors.ts";

/**
 * Opens a packed model directory for `uploadPackedModel`: matrices keep the 8 bits they have in the file.
 *
 * Where the file's layout is not the engine's (GPT-2 stores [in, out]), or parts of a joint matrix do not end with a group, that
 * matrix is widened to float32; so is all of a plain file.
 *
 * Throws: ModelFileError, under all the rules of `openModel`.
 */
export function openPackedModel(
  files: { readonly config: Uint8Array; readonly weights: Uint8Array },
): { config: DecoderConfig; model: PackedModel } {
  const config = readConfig(files.config);
  const file = readSafetensors(files.weights);
  const plain = unpack(file);
  const widened = fromCheckpoint(plain, config);
  const parts = checkpointParts(config, checkpointPrefix(plain, config));
  const matrices = new Map<string, PackedMatrix>(), rest = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(config)) {
    const packed = isPackable(shape) ? joinParts(file, parts.filter((part) => part.parameter === name), shape) : null;
    if (packed) matrices.set(name, packed);
    else rest.set(name, widened.get(name)!);
  }
  return { config, model: { matrices, rest } };
}

/** The codes of the parts of one matrix behind each other; null unless all of them fit together as they are. */
function joinParts(file: Safetensors, parts: readonly Part[], shape: readonly number[]): PackedMatrix | null {
  const codes = parts.map((part) => (part.transposed ? null : packedCodes(file, part.name)));
  const all = codes.filter((part) => part !== null);
  const group = all[0]?.group ?? 0;
  if (all.length < codes.length || all.slice(0, -1).some(({ q }) => q.length % group !== 0)) return null;
  const q = new Int8Array(all.reduce((sum, part) => sum + part.q.length, 0));
  const scales = new Float32Array(all.reduce((sum, part) => sum + part.scales.length, 0));
  let at = 0, scale = 0;
  for (const part of all) {
    q.set(part.q, at);
    scales.set(part.scales, scale);
    at += part.q.length;
    scale += part.scales.length;
  }
  return packCodes(q, scales, shape, { bits: 8, group });
}
