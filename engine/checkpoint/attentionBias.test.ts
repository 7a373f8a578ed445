import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { frozen } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { tensor } from "../tensor.ts";
import { openModel, saveModel } from "./modelDirectory.ts";
import { parameterShapes } from "./parameterShapes.ts";
import { readSafetensors } from "./safetensors.ts";

it("a Llama with attention biases keeps them in its files, and they move its logits", async () => {
  const read = (file: string): Uint8Array => readFileSync(join(import.meta.dirname, "..", "fixtures", "llama-tiny", file));
  const source = openModel({ config: read("config.json"), weights: read("model.safetensors") });
  const config = { ...source.config, attentionBias: true };
  const biased = new Map([...parameterShapes(config)].map(([name, [size = 0]]) =>
    [name, source.parameters.get(name) ?? Float32Array.from({ length: size }, (_, i) => i / 100)]));
  const saved = saveModel({ config, parameters: biased });
  const opened = openModel({ config: saved["config.json"], weights: saved["model.safetensors"] });
  expect(opened.config).toEqual(config);
  expect(opened.parameters).toEqual(biased);
  // Of the joint bias the queries' 16 come first, then the keys' 8.
  expect([...readSafetensors(saved["model.safetensors"]).tensors.get("model.layers.0.self_attn.k_proj.bias")!.data].map(Number))
    .toEqual(Array.from({ length: 8 }, (_, i) => Math.fround((16 + i) / 100)));
  const backend = createReferenceBackend();
  const logits = async ({ config, parameters }: typeof opened) => {
    const model = transformer(config, frozen(backend, parameterShapes(config), parameters));
    return backend.read(model.forward(tensor(backend, [1, 3], [1, 2, 3], "i32")).buffer);
  };
  expect(await logits(opened)).not.toEqual(await logits(source));
});
