import { expect, test } from "vitest";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { gpt2, llama } from "../checkpoint/exampleConfigs.ts";
import { backends } from "../testing/backends.ts";
import { read, scope, tensor } from "../tensor.ts";
import { decoder } from "./decoder.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { cachedStep, uncachedStep } from "./multiplyAdds.ts";
import { frozen } from "./parameters.ts";
import { poolHeads } from "./pooledHeads.ts";
import { defaultInitialisation, initialWeights, transformer } from "./transformer.ts";

/** Multiply–adds of everything that a model launches, from the shapes of its operands alone. */
async function launched(config: DecoderConfig, body: "cached" | "uncached", tokens: number): Promise<number> {
  const backend = (await backends.cpu!())!;
  const parameters = frozen(backend, parameterShapes(config), initialWeights(config, defaultInitialisation(config, 1)));
  const model = transformer(config, parameters);
  const ids = Array.from({ length: tokens }, (_, i) => i % config.vocabSize);
  const run = backend.run.bind(backend);
  let count = 0, counting = body === "uncached";
  let position = 0;
  backend.run = (kernel, inputs, outputs, attributes) => {
    run(kernel, inputs, outputs, attributes);
    if (!counting) return;
    const shape = inputs[0]!.shape;
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    if (kernel.name === "linear") count += rows * inputs[1]!.shape[0]! * inputs[1]!.shape[1]!;
    if (kernel.name === "attention") count += config.nHeads * config.dHead * tokens * (tokens + 1);
    if (kernel.name === "attentionDecode") count += 2 * config.nHeads * config.dHead * (position + 1);
  };
  if (body === "uncached") {
    scope(() => void model.forward(tensor(backend, [1, tokens], ids, "i32"), { row: tensor(backend, [1, 1], [tokens - 1], "i32") }));
  } else {
    // The plan of a decoder is launched once while it is captured, at no position in particular.
    counting = true;
    position = tokens - 1;
    decoder(model).close();
  }
  backend.close();
  return count;
}

test.each([["GPT-2", gpt2], ["Llama", llama]])("counts of a step of a %s are those of the kernels that are launched", async (_, config) => {
  for (const tokens of [1, 3, 5]) {
    expect(await launched(config, "cached", tokens)).toBe(cachedStep(config, tokens));
    expect(await launched(config, "uncached", tokens)).toBe(uncachedStep(config, tokens));
  }
});

test("a model with pooled heads is the whole one with each group's keys and values replaced by their mean", async () => {
  for (const config of [{ ...gpt2, nHeads: 4, nKvHeads: 4 }, { ...llama, nHeads: 4, nKvHeads: 4 }]) {
    const backend = (await backends.reference!())!;
    const weights = initialWeights(config, { ...defaultInitialisation(config, 3), embedding: 1 });
    for (const bias of weights.keys()) if (bias.endsWith("qkv.bias")) weights.set(bias, weights.get(bias)!.map((_, i) => Math.sin(i)));
    const { nHeads, dHead, nLayers } = config;
    const logits = async (given: DecoderConfig, values: ReadonlyMap<string, Float32Array>): Promise<number[]> => {
      const model = transformer(given, frozen(backend, parameterShapes(given), values));
      return Array.from(await read(model.forward(tensor(backend, [1, 4], [1, 5, 2, 6], "i32"))));
    };
    for (const left of [1, 2]) {
      const meant = new Map(weights);
      for (let layer = 0; layer < nLayers; layer++) {
        for (const [part, width] of [["weight", config.dModel], ["bias", 1]] as const) {
          const rows = weights.get(`blocks.${layer}.attn.qkv.${part}`);
          if (!rows) continue;
          meant.set(`blocks.${layer}.attn.qkv.${part}`, rows.map((own, i) => {
            const row = Math.floor(i / width), block = Math.floor(row / (nHeads * dHead));
            if (block === 0) return own;
            const head = Math.floor(row / dHead) % nHeads, first = head - (head % (nHeads / left));
            let sum = 0;
            for (let h = first; h < first + nHeads / left; h++) {
              sum += rows[((block * nHeads + h) * dHead + (row % dHead)) * width + (i % width)]!;
            }
            return sum / (nHeads / left);
          }));
        }
      }
      const pooled = poolHeads(config, weights, left);
      expect(pooled.config.nKvHeads).toBe(left);
      const expected = await logits(config, meant);
      (await logits(pooled.config, pooled.weights)).forEach((logit, i) => expect(logit).toBeCloseTo(expected[i]!, 5));
      expect(expected).not.toEqual(await logits(config, weights));
    }
    backend.close();
  }
  expect(() => poolHeads({ ...gpt2, nHeads: 4, nKvHeads: 4 }, new Map(), 3)).toThrow("poolHeads: 4 heads cannot be pooled into 3");
});
