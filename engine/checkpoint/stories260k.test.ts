import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { generate } from "../nn/generate.ts";
import { frozen } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { random } from "../random.ts";
import { greedy } from "../sampling/sample.ts";
import { parameterShapes } from "./parameterShapes.ts";

// A published checkpoint (A. Karpathy, tinyllamas/stories260K, MIT) and the text that its author's own program writes with it.
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "shared", "data", "stories260k");
const isThere = existsSync(folder);
if (!isThere) {
  if (process.env.CI === "true") throw new Error("stories260k: the checkpoint is not in ../shared/data, and CI=true allows no skipping");
  console.warn("skipped: ../shared/data/stories260k is absent, its golden text is not checked");
}

const bos = 1;

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

/** The bytes of each id: a score, a length and as many bytes; `<0x0A>` stands for one byte. */
function readPieces(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 4; at < bytes.length;) {
    const length = bytes.readInt32LE(at + 4);
    const piece = bytes.subarray(at + 8, at + 8 + length);
    const byte = /^<0x([0-9A-F]{2})>$/.exec(piece.toString("latin1"))?.[1];
    pieces.push(byte === undefined ? piece : Buffer.from([Number.parseInt(byte, 16)]));
    at += 8 + length;
  }
  return pieces;
}

describe.skipIf(!isThere)("the published checkpoint stories260K", () => {
  it("writes its golden text token by token: 200 greedy tokens from the start token", async () => {
    const file = (name: string): Buffer => readFileSync(join(folder, name));
    const { config, parameters } = readModel(file("stories260K.bin"));
    const pieces = readPieces(file("tok512.bin"));
    expect(config).toMatchObject({ vocabSize: 512, nLayers: 5, nHeads: 8, nKvHeads: 4, dMlp: 172, dModel: 64 });
    expect(pieces).toHaveLength(512);
    const expected = file("expected-greedy-200.txt");
    const backend = await createCpuBackend({ wasm: await loadWasm() });
    const model = transformer(config, frozen(backend, parameterShapes(config), parameters));
    let written = Buffer.alloc(0), last = bos, count = 0;
    for await (const { id } of generate(model, [bos], { ...greedy, maxTokens: 200 }, random(1))) {
      // The first word has no space before it, as in the author's program.
      const piece = last === bos && pieces[id]![0] === 0x20 ? pieces[id]!.subarray(1) : pieces[id]!;
      const at = written.length;
      expect(`token ${count}: ${piece.toString()}`).toBe(`token ${count}: ${expected.subarray(at, at + piece.length).toString()}`);
      written = Buffer.concat([written, piece]);
      last = id;
      count++;
    }
    backend.close();
    expect(count).toBe(200);
    expect(written.toString().trimEnd()).toBe(expected.toString().trimEnd());
  });
});
