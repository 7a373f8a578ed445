import { describe, expect, it } from "vitest";
import type { Buffer } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { random } from "../random.ts";
import type { SamplingOptions } from "../sampling/sample.ts";
import { backends } from "../testing/backends.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { generate } from "./generate.ts";
import { generateInChunks } from "./generateInChunks.ts";
import { frozen } from "./parameters.ts";
import { initialWeights, transformer } from "./transformer.ts";

const config: DecoderConfig = {
  vocabSize: 50, contextLength: 40, dModel: 24, nLayers: 2, nHeads: 3, nKvHeads: 1, dHead: 8, dMlp: 40,
  position: "rope", ropeBase: 10_000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
};
const weights = initialWeights(config, { seed: 4, matrices: 0.3, embedding: 0.5 });
const prompt = [3, 1, 4, 1, 5];

const ways: readonly (readonly [string, SamplingOptions])[] = [
  ["greedily", { temperature: 0, topK: 0, topP: 1 }],
  ["at temperature 1", { temperature: 1, topK: 0, topP: 1 }],
  ["from the 5 likeliest", { temperature: 0.8, topK: 5, topP: 1 }],
  ["from the likeliest alone, which draws nothing", { temperature: 1, topK: 1, topP: 1 }],
  ["from the likeliest nine tenths", { temperature: 1.2, topK: 20, topP: 0.9, minP: 0.05 }],
];

describe.each(Object.entries(backends))("ids made in chunks on %s", (_, open) => {
  it.each(ways)("are those of the loop that reads every row of logits, chosen %s", async (_way, sampling) => {
    const backend = await open();
    if (!backend) return;
    const model = transformer(config, frozen(backend, parameterShapes(config), weights));
    for (const { maxTokens, stop } of [{ maxTokens: 23, stop: -1 }, { maxTokens: 99, stop: -1 }, { maxTokens: 30, stop: 7 }]) {
      const one = random(11), other = random(11);
      const ids: number[] = [], chunked: number[] = [];
      for await (const { id } of generate(model, prompt, { ...sampling, maxTokens, stop }, one)) ids.push(id);
      for await (const id of generateInChunks(model, prompt, { ...sampling, maxTokens, stop, chunk: 8 }, other)) chunked.push(id);
      expect(chunked).toEqual(ids);
      expect(other.position(), "random numbers used").toBe(one.position());
    }
    model.close();
    backend.close();
  });

  it("are read once a chunk", async () => {
    const backend = await open();
    if (!backend) return;
    const model = transformer(config, frozen(backend, parameterShapes(config), weights));
    let reads = 0;
    const { read } = backend;
    backend.read = (buffer: Buffer) => {
      reads++;
      return read(buffer);
    };
    for await (const _ of generateInChunks(model, prompt, { temperature: 1, topK: 0, topP: 1, maxTokens: 24, chunk: 8 }, random(2))) void _;
    // The prompt's logits, then three chunks.
    expect(reads).toBe(4);
    backend.close();
  });
});
