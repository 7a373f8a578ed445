import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { initialWeights } from "../nn/transformer.ts";
import { tokenizerFromMerges } from "../tokenizer/bpe.ts";
import { trainBpe } from "../tokenizer/trainBpe.ts";
import { gpt2, llama } from "./exampleConfigs.ts";
import { openModelFiles } from "./openModelFiles.ts";
import { saveModelFolder } from "./transformersFiles.ts";

const corpus = "the fox and the hedgehog read the book together, day after day. the end.";
const tokenizer = tokenizerFromMerges(trainBpe(corpus, { merges: 12, pattern: "gpt2" }), { pattern: "gpt2", specials: ["<|endoftext|>"] });
const { vocabSize } = tokenizer;

/** The tensors of a state dict, name by name, as the modules of `transformers` have them: written down from their classes, not from our table. */
function stateDict(type: "gpt2" | "llama", c: typeof gpt2): Record<string, number[]> {
  const { vocabSize: v, contextLength: t, dModel: d, dMlp: m, nHeads, nKvHeads, dHead } = c;
  const dict: Record<string, number[]> = {};
  if (type === "gpt2") {
    dict["transformer.wte.weight"] = [v, d];
    dict["transformer.wpe.weight"] = [t, d];
    for (let i = 0; i < c.nLayers; i++) {
      const put = (name: string, ...shape: number[]): void => void (dict[`transformer.h.${i}.${name}`] = shape);
      for (const norm of ["ln_1", "ln_2"]) { put(`${norm}.weight`, d); put(`${norm}.bias`, d); }
      put("attn.c_attn.weight", d, 3 * d); put("attn.c_attn.bias", 3 * d); put("attn.c_proj.weight", d, d); put("attn.c_proj.bias", d);
      put("mlp.c_fc.weight", d, m); put("mlp.c_fc.bias", m); put("mlp.c_proj.weight", m, d); put("mlp.c_proj.bias", d);
    }
    dict["transformer.ln_f.weight"] = [d];
    dict["transformer.ln_f.bias"] = [d];
  } else {
    dict["model.embed_tokens.weight"] = [v, d];
    for (let i = 0; i < c.nLayers; i++) {
      const put = (name: string, ...shape: number[]): void => void (dict[`model.layers.${i}.${name}`] = shape);
      put("self_attn.q_proj.weight", nHeads * dHead, d); put("self_attn.k_proj.weight", nKvHeads * dHead, d);
      put("self_attn.v_proj.weight", nKvHeads * dHead, d); put("self_attn.o_proj.weight", d, nHeads * dHead);
      put("mlp.gate_proj.weight", m, d); put("mlp.up_proj.weight", m, d); put("mlp.down_proj.weight", d, m);
      put("input_layernorm.weight", d); put("post_attention_layernorm.weight", d);
    }
    dict["model.norm.weight"] = [d];
  }
  if (!c.tied) dict["lm_head.weight"] = [v, d];
  return dict;
}

const fields = {
  gpt2: {
    model_type: "gpt2", architectures: ["GPT2LMHeadModel"], vocab_size: vocabSize, n_positions: 5, n_embd: 6, n_layer: 2, n_head: 3, n_inner: 8,
    activation_function: "gelu_new", layer_norm_epsilon: 1e-5, tie_word_embeddings: true,
  },
  llama: {
    model_type: "llama", architectures: ["LlamaForCausalLM"], vocab_size: vocabSize, max_position_embeddings: 5, hidden_size: 8,
    num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 4, intermediate_size: 8, hidden_act: "silu",
    rms_norm_eps: 1e-5, rope_theta: 10_000, attention_bias: false, mlp_bias: false, tie_word_embeddings: false,
  },
};

describe.each([["gpt2", gpt2], ["llama", { ...llama, dModel: 8 }]] as const)("a saved %s", (type, base) => {
  const config = { ...base, vocabSize };
  const parameters = initialWeights(config, { seed: 1, matrices: 0.3, embedding: 0.1 });
  const files = saveModelFolder({ config, parameters, tokenizer });
  const json = (name: string): Record<string, unknown> => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(files[name])) as Record<string, unknown>;

  it("is the five files that transformers looks for", () => {
    expect(Object.keys(files).toSorted()).toEqual(["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]);
  });

  it("states its sizes in the field names of its class", () => {
    expect(json("config.json")).toMatchObject(fields[type]);
  });

  it("holds the tensors of its class's state dict and nothing else, float32, aligned, with the metadata that the loader asks for", () => {
    const bytes = files["model.safetensors"]!;
    const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes))) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
    const { __metadata__: metadata, ...tensors } = header;
    expect(metadata).toEqual({ format: "pt" });
    expect(headerBytes % 8).toBe(0);
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))).toEqual(stateDict(type, config));
    let end = 0;
    for (const { dtype, shape, data_offsets: [from, to] } of Object.values(tensors).toSorted((a, b) => a.data_offsets[0] - b.data_offsets[0])) {
      expect(dtype).toBe("F32");
      expect([from, to - from]).toEqual([end, 4 * shape.reduce((a, b) => a * b, 1)]);
      end = to;
    }
    expect(8 + headerBytes + end).toBe(bytes.length);
  });

  it("starts and ends its texts with the special token of its tokenizer", () => {
    expect(json("generation_config.json")).toMatchObject({ bos_token_id: vocabSize - 1, eos_token_id: vocabSize - 1 });
    expect(json("tokenizer_config.json")).toMatchObject({
      tokenizer_class: "PreTrainedTokenizerFast", bos_token: "<|endoftext|>", eos_token: "<|endoftext|>", model_max_length: 5,
    });
    const { added_tokens: added, model } = json("tokenizer.json") as { added_tokens: unknown[]; model: { vocab: Record<string, number> } };
    expect(added).toMatchObject([{ id: vocabSize - 1, content: "<|endoftext|>", special: true }]);
    expect(Object.values(model.vocab).toSorted((a, b) => a - b)).toEqual(Array.from({ length: vocabSize }, (_, id) => id));
  });

  it("opens here again as it was", async () => {
    const opened = await openModelFiles(Object.entries(files).map(([name, data]) => ({ name, data })));
    expect(opened).toMatchObject({ config, start: vocabSize - 1, stops: [vocabSize - 1], model: { rest: parameters } });
    expect(opened.tokenizer!.encode(corpus)).toEqual(tokenizer.encode(corpus));
  });
});

it("a model that transformers would not open is not written for it", () => {
  const config = { ...llama, vocabSize };
  expect(() => saveModelFolder({ config, parameters: new Map(), tokenizer })).toThrow("whose width 6 is not a multiple of its 4 heads");
});

it("GPT-2's first files, vocab.json and merges.txt, give the ids that tokenizer.json gives", async () => {
  const folder = join(import.meta.dirname, "..", "tokenizer", "fixtures");
  const written = JSON.parse(readFileSync(join(folder, "written", "gpt2.json"), "utf8")) as { model: { vocab: Record<string, number>; merges: string[] } };
  const { texts } = JSON.parse(readFileSync(join(folder, "samples.json"), "utf8")) as { texts: string[] };
  const expected = (JSON.parse(readFileSync(join(folder, "huggingFace.json"), "utf8")) as Record<string, number[][]>)["written/gpt2.json"]!;
  const config = { ...gpt2, vocabSize: Object.keys(written.model.vocab).length };
  const { "config.json": bytes, "model.safetensors": weights } = saveModelFolder({ config, parameters: initialWeights(config, { seed: 1, matrices: 0.3, embedding: 0.1 }), tokenizer });
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const opened = await openModelFiles([
    { name: "config.json", data: bytes! }, { name: "model.safetensors", data: weights! },
    { name: "vocab.json", data: text(JSON.stringify(written.model.vocab)) },
    { name: "merges.txt", data: text(`#version: 0.2\r\n${written.model.merges.join("\r\n")}\r\n`) },
  ]);
  for (const [i, sample] of texts.entries()) expect(opened.tokenizer!.encode(sample, { specials: true }), sample).toEqual(expected[i]);
});
