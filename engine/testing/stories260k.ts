import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import type { SentencePiece } from "../tokenizer/sentencePiece.ts";

// A published checkpoint (A. Karpathy, tinyllamas/stories260K, MIT) and the text that its author's own program writes with it.
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "shared", "data", "stories260k");

/**
 * Whether the checkpoint is there; says so where it is not.
 * Throws: Error when CI=true and it is absent, for a skipped test must not look like a passed one there.
 */
export function hasStories260k(): boolean {
  if (existsSync(folder)) return true;
  if (process.env.CI === "true") throw new Error("stories260k: the checkpoint is not in ../shared/data, and CI=true allows no skipping");
  console.warn("skipped: ../shared/data/stories260k is absent");
  return false;
}

/** The text that greedy decoding writes from the start token in 200 steps. */
export const goldenText = (): Buffer => readFileSync(join(folder, "expected-greedy-200.txt"));

/** The model, and its vocabulary: ids 0 to 2 are special, 3 to 258 single bytes. */
export function openStories260k(): { config: DecoderConfig; parameters: Map<string, Float32Array>; vocabulary: SentencePiece[] } {
  const vocabulary = readVocabulary(readFileSync(join(folder, "tok512.bin")));
  return { ...readModel(readFileSync(join(folder, "stories260K.bin"))), vocabulary };
}

/** Reads the float32 file: seven integers, then the tensors of all layers together. */
function readModel(bytes: Buffer): { config: DecoderConfig; parameters: Map<string, Float32Array> } {
  const header = (place: number): number => bytes.readInt32LE(4 * place);
  const [dModel, dMlp, nLayers, nHeads] = [header(0), header(1), header(2), header(3)];
  const [nKvHeads, vocabSize, contextLength] = [header(4), header(5), header(6)];
  const config: DecoderConfig = {
    vocabSize, contextLength, dModel, nLayers, nHeads, nKvHeads, dHead: dModel / nHeads, dMlp,
    position: "rope", ropeBase: 10_000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
  };
  let at = 28;
  const take = (count: number): Float32Array => {
    const values = Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(at + 4 * i));
    at += 4 * count;
    return values;
  };
  const each = (count: number): Float32Array[] => Array.from({ length: nLayers }, () => take(count));
  const keys = nKvHeads * config.dHead;
  const embedding = take(vocabSize * dModel);
  // The order of these lines is the order in the file.
  const norm1 = each(dModel);
  const [wq, wk, wv, wo] = [each(dModel * dModel), each(keys * dModel), each(keys * dModel), each(dModel * dModel)];
  const norm2 = each(dModel);
  const [w1, w2, w3] = [each(dMlp * dModel), each(dModel * dMlp), each(dMlp * dModel)];
  const parameters = new Map([["embedding.weight", embedding], ["norm.weight", take(dModel)]]);
  for (let layer = 0; layer < nLayers; layer++) {
    const block = `blocks.${layer}`;
    parameters.set(`${block}.norm1.weight`, norm1[layer]!);
    parameters.set(`${block}.attn.qkv.weight`, concatenate(halfSplit(wq[layer]!, config), halfSplit(wk[layer]!, config), wv[layer]!));
    parameters.set(`${block}.attn.out.weight`, wo[layer]!);
    parameters.set(`${block}.norm2.weight`, norm2[layer]!);
    parameters.set(`${block}.mlp.gateUp.weight`, concatenate(w1[layer]!, w3[layer]!));
    parameters.set(`${block}.mlp.down.weight`, w2[layer]!);
  }
  return { config, parameters };
}

/** This file turns neighbouring rows (2j, 2j + 1) of a head as a pair, the engine rows j and j + dHead/2: rows are put in that order. */
function halfSplit(matrix: Float32Array, { dHead, dModel }: DecoderConfig): Float32Array {
  const sorted = new Float32Array(matrix.length);
  for (let row = 0; row < matrix.length / dModel; row++) {
    const inHead = row % dHead;
    const target = row - inHead + Math.floor(inHead / 2) + (inHead % 2) * (dHead / 2);
    sorted.set(matrix.subarray(row * dModel, (row + 1) * dModel), target * dModel);
  }
  return sorted;
}

function concatenate(...parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => Array.from(part)));
}

/** A score, a length and as many bytes for each id. This form has spaces for ▁, and names its special pieces in words of its own. */
function readVocabulary(bytes: Buffer): SentencePiece[] {
  const pieces: SentencePiece[] = [];
  for (let at = 4; at < bytes.length;) {
    const length = bytes.readInt32LE(at + 4), id = pieces.length;
    const stored = bytes.subarray(at + 8, at + 8 + length).toString("utf8");
    const score = bytes.readFloatLE(at);
    if (id < 3) pieces.push({ text: ["<unk>", "<s>", "</s>"][id]!, score, type: id === 0 ? 2 : 3 });
    else if (id < 259) pieces.push({ text: `<0x${(id - 3).toString(16).toUpperCase().padStart(2, "0")}>`, score, type: 6 });
    else pieces.push({ text: stored.replaceAll(" ", "▁"), score, type: 1 });
    at += 8 + length;
  }
  return pieces;
}
