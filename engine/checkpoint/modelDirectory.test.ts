import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { gpt2, llama } from "./exampleConfigs.ts";
import { toHalf } from "./halfFloat.ts";
import { elementCount, type HostTensor } from "./hostTensor.ts";
import { readConfig } from "./huggingFace.ts";
import { openModel, saveModel } from "./modelDirectory.ts";
import { ModelFileError } from "./modelFileError.ts";
import { checkpointPrefix, fromCheckpoint, toCheckpoint } from "./names.ts";
import { parameterShapes } from "./parameterShapes.ts";
import { readSafetensors } from "./safetensors.ts";

/** Parameters whose every number is different, so that no mix-up goes unseen. */
function countUp(config: DecoderConfig): Map<string, Float32Array> {
  let next = 1;
  const values = (shape: number[]): Float32Array => Float32Array.from({ length: elementCount(shape) }, () => next++);
  return new Map([...parameterShapes(config)].map(([name, shape]) => [name, values(shape)]));
}

function refusal(body: () => unknown): ModelFileError {
  try {
    body();
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const fixtures = join(import.meta.dirname, "..", "fixtures");

describe.each(["gpt2-tiny", "llama-tiny", "llama-untied"])("the directory %s, written by an independent program", (name) => {
  const read = (file: string): Uint8Array => readFileSync(join(fixtures, name, file));

  it("opens, and comes back tensor by tensor", () => {
    expect(existsSync(join(fixtures, name))).toBe(true);
    const model = openModel({ config: read("config.json"), weights: read("model.safetensors") });
    expect([...model.parameters].map(([key, values]) => [key, values.length])).toEqual(
      [...parameterShapes(model.config)].map(([key, shape]) => [key, elementCount(shape)]),
    );
    const saved = saveModel(model);
    expect(sorted(readSafetensors(saved["model.safetensors"]).tensors)).toEqual(sorted(readSafetensors(read("model.safetensors")).tensors));
    expect(readConfig(saved["config.json"])).toEqual(model.config);
  });

  it("lets its gradients be named as the printed ones are", () => {
    const { config, parameters, prefix } = openModel({ config: read("config.json"), weights: read("model.safetensors") });
    const printed = readSafetensors(read("expected.safetensors"), { allowNonFinite: true }).tensors;
    const expected = [...printed].filter(([key]) => key.startsWith("grad.")).map(([key, { shape }]) => [key, shape]);
    const own = [...toCheckpoint(parameters, config, { prefix, label: "grad." })].map(([key, { shape }]) => [key, shape]);
    expect(expected.length).toBeGreaterThan(0);
    expect(own.toSorted()).toEqual(expected.toSorted());
  });
});

function sorted(tensors: Map<string, HostTensor>): [string, HostTensor][] {
  return [...tensors].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe("names", () => {
  it("of gpt2 are those that transformers saves, its linear maps turned to [in, out]", () => {
    const tensors = toCheckpoint(countUp(gpt2), gpt2);
    expect([...tensors].slice(0, 8).map(([name, { shape }]) => `${name} ${shape.join("x")}`)).toEqual([
      "transformer.wte.weight 7x6",
      "transformer.wpe.weight 5x6",
      "transformer.h.0.ln_1.weight 6",
      "transformer.h.0.ln_1.bias 6",
      "transformer.h.0.attn.c_attn.weight 6x18",
      "transformer.h.0.attn.c_attn.bias 18",
      "transformer.h.0.attn.c_proj.weight 6x6",
      "transformer.h.0.attn.c_proj.bias 6",
    ]);
    const own = countUp(gpt2).get("blocks.0.attn.qkv.weight") ?? [];
    const file = tensors.get("transformer.h.0.attn.c_attn.weight")?.data ?? [];
    expect(file[1]).toBe(own[6]); // input 0, output 1
    expect(tensors.size).toBe(2 + 2 * 12 + 2);
  });

  it("of llama cut query, key, value, gate and up out of the rows of the stacked matrices", () => {
    const parameters = countUp(llama);
    const tensors = toCheckpoint(parameters, llama);
    const qkv = parameters.get("blocks.1.attn.qkv.weight") ?? new Float32Array();
    const gateUp = parameters.get("blocks.1.mlp.gateUp.weight") ?? new Float32Array();
    expect(tensors.get("model.layers.1.self_attn.q_proj.weight")).toEqual({ dtype: "F32", shape: [16, 6], data: qkv.slice(0, 96) });
    expect(tensors.get("model.layers.1.self_attn.k_proj.weight")).toEqual({ dtype: "F32", shape: [8, 6], data: qkv.slice(96, 144) });
    expect(tensors.get("model.layers.1.self_attn.v_proj.weight")).toEqual({ dtype: "F32", shape: [8, 6], data: qkv.slice(144, 192) });
    expect(tensors.get("model.layers.1.mlp.gate_proj.weight")?.data).toEqual(gateUp.slice(0, 48));
    expect(tensors.get("model.layers.1.mlp.up_proj.weight")?.data).toEqual(gateUp.slice(48));
    expect(tensors.has("lm_head.weight")).toBe(true);
  });

  it.each([
    ["gpt2, tied, with its prefix", gpt2, "transformer."],
    ["gpt2, untied, without", { ...gpt2, tied: false }, ""],
    ["llama, untied", llama, ""],
    ["llama, tied", { ...llama, tied: true }, ""],
    ["llama, attention and MLP with biases", { ...llama, attentionBias: true, mlpBias: true }, ""],
  ])("of %s lead to the engine and back without a change", (_, config, prefix) => {
    const parameters = countUp(config);
    const tensors = toCheckpoint(parameters, config, { prefix });
    expect(checkpointPrefix(tensors, config)).toBe(prefix);
    const back = fromCheckpoint(tensors, config);
    expect(back).toEqual(parameters);
    expect([...back.keys()]).toEqual([...parameterShapes(config).keys()]);
    expect(toCheckpoint(back, config, { prefix })).toEqual(tensors);
  });

  it("of the largest things come from a file, not from a promise: nothing is allocated for missing tensors", () => {
    const vast = { ...llama, dModel: 16_384, dMlp: 131_072, nLayers: 200, vocabSize: 1_000_000 };
    expect(refusal(() => fromCheckpoint(new Map(), vast)).code).toBe("missing");
  });
});

describe("half-width checkpoints", () => {
  it("of F16 and BF16 are widened", () => {
    const tensors = toCheckpoint(countUp(llama), llama);
    for (const [name, { shape, data }] of tensors) {
      const values = [...(data as Float32Array)].map((_, i) => i % 128);
      const isBrain = name.includes("mlp");
      const bits = Uint16Array.from(values, (v) => (isBrain ? (new Uint32Array(Float32Array.of(v).buffer)[0] ?? 0) >>> 16 : toHalf(v)));
      tensors.set(name, { dtype: isBrain ? "BF16" : "F16", shape, data: bits });
    }
    const parameters = fromCheckpoint(tensors, llama);
    expect(parameters.get("blocks.0.mlp.down.weight")?.slice(0, 3)).toEqual(Float32Array.of(0, 1, 2));
    expect(parameters.get("embedding.weight")?.[41]).toBe(41);
  });
});

describe("a checkpoint", () => {
  const zeros = (...shape: number[]): HostTensor => ({ dtype: "F32", shape, data: new Float32Array(elementCount(shape)) });
  const bytes: HostTensor = { dtype: "I8", shape: [7, 6], data: new Int8Array(42) };
  const cases: [string, DecoderConfig, string, string, (tensors: Map<string, HostTensor>) => unknown][] = [
    ["without a tensor", gpt2, "missing", "transformer.ln_f.bias", (t) => t.delete("transformer.ln_f.bias")],
    ["without an untied head", llama, "missing", "lm_head.weight", (t) => t.delete("lm_head.weight")],
    ["of one layer more", gpt2, "surplus", "transformer.h.2.ln_1.weight", (t) => t.set("transformer.h.2.ln_1.weight", zeros(6))],
    ["with one name lacking the prefix", gpt2, "surplus", "wte.weight", (t) => t.set("wte.weight", zeros(7, 6))],
    ["with a bias that llama has not", llama, "surplus", "model.norm.bias", (t) => t.set("model.norm.bias", zeros(6))],
    ["with a longer table", gpt2, "shape", "transformer.wpe.weight", (t) => t.set("transformer.wpe.weight", zeros(6, 6))],
    ["with a matrix of one dimension", llama, "shape", "lm_head.weight", (t) => t.set("lm_head.weight", zeros(42))],
    ["of whole numbers", llama, "dtype", "lm_head.weight", (t) => t.set("lm_head.weight", bytes)],
    ["with another head than the tied one", gpt2, "tied", "lm_head.weight", (t) => t.set("lm_head.weight", zeros(7, 6))],
    ["with a tied head of another shape", gpt2, "shape", "lm_head.weight", (t) => t.set("lm_head.weight", zeros(6, 7))],
  ];

  it.each(cases)("%s is refused by name", (_, config, code, tensor, spoil) => {
    const tensors = toCheckpoint(countUp(config), config);
    spoil(tensors);
    const error = refusal(() => fromCheckpoint(tensors, config));
    expect([error.code, error.tensor]).toEqual([code, tensor]);
    expect(error.message).toContain(tensor);
  });

  it("with the right names and transposed shapes is told so", () => {
    const tensors = toCheckpoint(countUp(gpt2), gpt2);
    tensors.set("transformer.h.1.mlp.c_fc.weight", zeros(8, 6));
    expect(refusal(() => fromCheckpoint(tensors, gpt2)).message).toBe(
      'checkpoint: "transformer.h.1.mlp.c_fc.weight" has shape [8,6], config.json asks for [6,8], it is transposed',
    );
  });

  it("may carry old masks, RoPE tables and a copy of the tied head, which are passed over", () => {
    const tensors = toCheckpoint(countUp(gpt2), gpt2);
    const head = tensors.get("transformer.wte.weight");
    if (head === undefined) throw new Error("no embedding");
    tensors.set("lm_head.weight", head);
    tensors.set("transformer.h.0.attn.bias", { dtype: "BOOL", shape: [1, 1, 5, 5], data: new Uint8Array(25) });
    tensors.set("transformer.h.0.attn.masked_bias", { dtype: "F32", shape: [], data: Float32Array.of(-1e4) });
    expect(fromCheckpoint(tensors, gpt2)).toEqual(countUp(gpt2));
    const rope = toCheckpoint(countUp(llama), llama);
    rope.set("model.layers.0.self_attn.rotary_emb.inv_freq", zeros(2));
    expect(fromCheckpoint(rope, llama)).toEqual(countUp(llama));
  });
});

describe("a saved model", () => {
  it("opens as it was, with its metadata", () => {
    const files = saveModel({ config: llama, parameters: countUp(llama), metadata: new Map([["recipe", "S"]]) });
    const model = openModel({ config: files["config.json"], weights: files["model.safetensors"] });
    expect(model.parameters).toEqual(countUp(llama));
    expect(Object.fromEntries(model.metadata)).toEqual({ format: "pt", recipe: "S" });
  });

  it("that is packed takes about a byte a weight and opens within half a step", () => {
    const config = { ...llama, dModel: 64, vocabSize: 256, tied: true };
    const parameters = countUp(config);
    for (const values of parameters.values()) values.forEach((_, i) => (values[i] = Math.sin(i)));
    const packed = saveModel({ config, parameters, packed: true });
    const plain = saveModel({ config, parameters });
    expect(packed["model.safetensors"].length / plain["model.safetensors"].length).toBeLessThan(0.35);
    const opened = openModel({ config: packed["config.json"], weights: packed["model.safetensors"] });
    for (const [name, values] of opened.parameters) {
      const own = parameters.get(name) ?? [];
      values.forEach((value, i) => expect(Math.abs(value - (own[i] ?? NaN))).toBeLessThan(0.51 / 127));
    }
    const again = saveModel({ ...opened });
    expect(readSafetensors(again["model.safetensors"]).metadata.has("quantization")).toBe(false);
  });

  it("with a NaN in it does not open, and the message names the tensor", () => {
    const parameters = countUp(gpt2);
    parameters.get("norm.bias")?.fill(NaN, 2, 4);
    const files = saveModel({ config: gpt2, parameters });
    const error = refusal(() => openModel({ config: files["config.json"], weights: files["model.safetensors"] }));
    expect(error.message).toBe('safetensors: "transformer.ln_f.bias" holds 2 values that are NaN or infinite, the first at index 2');
  });

  it("with any byte changed opens with that change or is refused", () => {
    const files = saveModel({ config: gpt2, parameters: countUp(gpt2) });
    const weights = files["model.safetensors"];
    fc.assert(
      fc.property(fc.nat(weights.length - 1), fc.nat(255), (index, byte) => {
        const changed = weights.slice();
        changed[index] = byte;
        try {
          const { parameters, config, prefix } = openModel({ config: files["config.json"], weights: changed });
          expect(sorted(toCheckpoint(parameters, config, { prefix }))).toEqual(sorted(readSafetensors(changed).tensors));
        } catch (error) {
          if (!(error instanceof ModelFileError)) throw error;
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});
