import { mkdtempSync, openAsBlob, closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packedModelBytes } from "../nn/packedParameters.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { elementCount } from "./hostTensor.ts";
import { writeConfig } from "./huggingFace.ts";
import { checkpointParts } from "./nameTable.ts";
import { openModelFiles } from "./openModelFiles.ts";

/** The shape of GPT-2 small, 124,439,808 parameters. */
const config: DecoderConfig = {
  vocabSize: 50_257, contextLength: 1024, dModel: 768, nLayers: 12, nHeads: 12, nKvHeads: 12, dHead: 64, dMlp: 3072,
  position: "learned", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
};
const folder = mkdtempSync(join(tmpdir(), "gpt2-small-"));
const path = join(folder, "model.safetensors");
const mebibyte = 2 ** 20;

/** 498 MB of numbers between −0.02 and 0.02, written without being held. */
beforeAll(() => {
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const { name, shape } of checkpointParts(config, "")) {
    header[name] = { dtype: "F32", shape, data_offsets: [at, at + 4 * elementCount(shape)] };
    at += 4 * elementCount(shape);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  const chunk = Float32Array.from({ length: mebibyte }, (_, i) => (((i * 7919) % 4001) - 2000) / 100_000);
  const file = openSync(path, "w");
  writeSync(file, length);
  writeSync(file, text);
  for (let done = 0; done < at; done += chunk.byteLength) writeSync(file, chunk, 0, Math.min(chunk.byteLength, at - done));
  closeSync(file);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const files = async () => [
  { name: "gpt2/config.json", data: writeConfig(config) }, { name: "gpt2/model.safetensors", data: await openAsBlob(path) },
];
const peak = (): number => process.resourceUsage().maxRSS * 1024;

it("GPT-2 small opens in float32 with its own 498 MB and no second copy of them", async () => {
  const before = peak();
  const { model } = await openModelFiles(await files());
  const bytes = packedModelBytes(model);
  expect(bytes).toBe(4 * 124_439_808);
  expect(statSync(path).size).toBeGreaterThan(bytes);
  const used = peak() - before;
  expect(used).toBeLessThan(1.3 * bytes);
}, 120_000);
