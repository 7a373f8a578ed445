import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDecoderConfig, type DecoderConfig } from "../nn/decoderConfig.ts";
import { gpt2, llama } from "./exampleConfigs.ts";
import { modelTypeOf, readConfig, writeConfig } from "./huggingFace.ts";
import { ModelFileError } from "./modelFileError.ts";

function refusal(body: () => unknown): ModelFileError {
  try {
    body();
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const json = (fields: object): Uint8Array => new TextEncoder().encode(JSON.stringify(fields));

function fieldsOf(config: DecoderConfig): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(writeConfig(config))) as Record<string, unknown>;
}

describe("config.json", () => {
  it.each([
    ["gpt2", gpt2],
    ["gpt2, untied", { ...gpt2, tied: false }],
    ["llama", llama],
    ["llama, tied", { ...llama, tied: true, ropeBase: 500_000 }],
    ["llama, stretched", { ...llama, ropeScaling: { type: "linear", factor: 4 } as const }],
    ["llama, stretched by frequency", {
      ...llama, ropeScaling: { type: "llama3", factor: 8, lowFrequency: 1, highFrequency: 4, originalContext: 8192 } as const,
    }],
    ["llama, attention biases", { ...llama, attentionBias: true }],
  ])("of %s comes back as it was", (name, config) => {
    expect(readConfig(writeConfig(config))).toEqual(config);
    expect(modelTypeOf(config)).toBe(name.split(",")[0]);
  });

  it("takes the defaults of transformers for what files leave out", () => {
    const small = { model_type: "gpt2", vocab_size: 50257, n_positions: 1024, n_embd: 768, n_layer: 12, n_head: 12, n_inner: null };
    expect(readConfig(json(small))).toMatchObject({ dMlp: 3072, dHead: 64, normEpsilon: 1e-5, tied: true });
    const { tie_word_embeddings: _tied, num_key_value_heads: _kv, rope_theta: _theta, rms_norm_eps: _eps, ...rest } = fieldsOf(llama);
    expect(readConfig(json(rest))).toMatchObject({ tied: false, nKvHeads: 4, ropeBase: 10_000, normEpsilon: 1e-6 });
    const { rope_theta: _base, ...newer } = fieldsOf(llama);
    expect(readConfig(json({ ...newer, rope_parameters: { rope_type: "default", rope_theta: 5e5 } })).ropeBase).toBe(5e5);
    const { rope_scaling: _scaling, ...newest } = newer;
    const llama3 = {
      rope_type: "llama3", factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192, rope_theta: 5e5,
    };
    expect(readConfig(json({ ...newest, rope_parameters: llama3 }))).toMatchObject(
      { ropeBase: 5e5, ropeScaling: { type: "llama3", factor: 32 } }
    );
    expect(readConfig(json({ ...newer, rope_scaling: { type: "linear", factor: 2 } })).ropeScaling).toEqual({ type: "linear", factor: 2 });
  });

  it.each<[string, DecoderConfig, object, RegExp]>([
    ["an unknown family", gpt2, { model_type: "mamba" }, /model_type is "mamba", known are "gpt2" and "llama"/],
    ["no family", gpt2, { model_type: undefined }, /model_type is missing/],
    ["another activation", gpt2, { activation_function: "relu" }, /activation_function is "relu", supported is "gelu_new" or/],
    ["the exact GELU", gpt2, { activation_function: "gelu" }, /activation_function is "gelu"/],
    ["unscaled attention", gpt2, { scale_attn_weights: false }, /scale_attn_weights is false, supported is true/],
    ["heads that do not divide the width", gpt2, { n_head: 4 }, /n_embd 6 is not a multiple of n_head 4/],
    ["no heads", gpt2, { n_head: 0 }, /n_head 0/],
    ["a width of text", gpt2, { n_embd: "6" }, /n_embd is "6", expected a number/],
    ["no width", gpt2, { n_embd: undefined }, /n_embd is missing/],
    ["a fractional count of layers", gpt2, { n_layer: 1.5 }, /nLayers is 1.5, expected a whole number from 1 to 200/],
    ["a thousand layers", gpt2, { n_layer: 1000 }, /nLayers is 1000/],
    ["a negative vocabulary", gpt2, { vocab_size: -1 }, /vocabSize is -1/],
    ["a vocabulary of 4 billion", llama, { vocab_size: 4e9 }, /vocabSize is 4000000000/],
    ["RoPE scaled another way", llama, {
      rope_scaling: { rope_type: "longrope", factor: 2 },
    }, /rope_type is "longrope", supported is "default" or "linear" or "dynamic" or "llama3" or "yarn"/],
    ["RoPE scaled without a factor", llama, { rope_parameters: { rope_type: "llama3" } }, /factor is missing, expected a number/],
    ["RoPE shrunk", llama, { rope_scaling: { type: "linear", factor: 0 } }, /factor of ropeScaling is 0/],
    ["RoPE scaled twice", llama, { rope_scaling: { type: "linear", factor: 2 }, rope_parameters: {} }, /both there/],
    ["two RoPE bases", llama, { rope_theta: 1e4, rope_parameters: { rope_theta: 2e4 } }, /rope_theta is 10000 but .* 20000/],
    ["MLP biases that are a number", llama, { mlp_bias: 1 }, /mlp_bias is 1, expected true or false/],
    ["another activation in llama", llama, { hidden_act: "gelu" }, /hidden_act is "gelu", supported is "silu"/],
    ["groups that do not divide the heads", llama, { num_key_value_heads: 3 }, /nHeads 4 is not a multiple of nKvHeads 3/],
    ["an odd head", llama, { head_dim: 3 }, /dHead is 3, RoPE turns pairs/],
    ["a RoPE base of 0", llama, { rope_theta: 0 }, /ropeBase is 0/],
    ["no epsilon", llama, { rms_norm_eps: 0 }, /normEpsilon is 0/],
    ["foreign quantization", llama, { quantization_config: { bits: 4 } }, /quantization_config is an object/],
    ["a tie that is a number", llama, { tie_word_embeddings: 1 }, /tie_word_embeddings is 1, expected true or false/],
  ])("with %s is refused with both values", (_, config, change, message) => {
    const error = refusal(() => readConfig(json({ ...fieldsOf(config), ...change })));
    expect(error.code).toBe("config");
    expect(error.message).toMatch(message);
  });

  it("of any fields is read or refused, never anything else", () => {
    const field = fc.constantFrom(...Object.keys(fieldsOf(gpt2)), ...Object.keys(fieldsOf(llama)), "rope_parameters", "n_inner");
    const change = fc.dictionary(field, fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.integer(), fc.double()), { minKeys: 1, maxKeys: 3 });
    fc.assert(
      fc.property(fc.constantFrom(gpt2, llama), change, (config, changes) => {
        try {
          checkDecoderConfig(readConfig(json({ ...fieldsOf(config), ...changes })));
        } catch (error) {
          if (!(error instanceof ModelFileError)) throw error;
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  it("is not written for layers that neither family combines", () => {
    expect(() => writeConfig({ ...gpt2, norm: "rms" })).toThrow("with learned positions norm is rms, gpt2 has layer");
    expect(() => writeConfig({ ...gpt2, nKvHeads: 1 })).toThrow("nKvHeads is 1, gpt2 has as many as nHeads, 3");
    expect(() => checkDecoderConfig({ ...gpt2, vocabSize: 0 })).toThrow(RangeError);
  });
});
