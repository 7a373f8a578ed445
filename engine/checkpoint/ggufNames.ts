import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { checkpointParts, type Part } from "./nameTable.ts";

const outer = new Map([
  ["model.embed_tokens", "token_embd"], ["model.norm", "output_norm"], ["lm_head", "output"],
  ["wte", "token_embd"], ["wpe", "position_embd"], ["ln_f", "output_norm"],
]);
const inBlock = new Map([
  ["input_layernorm", "attn_norm"], ["self_attn.q_proj", "attn_q"], ["self_attn.k_proj", "attn_k"], ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"], ["post_attention_layernorm", "ffn_norm"], ["mlp.gate_proj", "ffn_gate"], ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
  ["ln_1", "attn_norm"], ["attn.c_attn", "attn_qkv"], ["attn.c_proj", "attn_output"], ["ln_2", "ffn_norm"], ["mlp.c_fc", "ffn_up"],
  ["mlp.c_proj", "ffn_down"],
]);

/**
 * Every tensor of a GGUF file of this configuration, as `checkpointParts`: other names, every matrix [out, in], and the rows of a
 * Llama's queries and keys ordered so that the two numbers of a rotary pair are neighbours.
 *
 * Source: constants.py and tensor_mapping.py of gguf-py in ggml-org/llama.cpp.
 */
export function ggufParts(config: DecoderConfig): Part[] {
  return checkpointParts(config, "").map((part) => {
    const [, layer, module, kind] = /^(?:model\.layers\.|h\.)(\d+)\.(.+)\.(weight|bias)$/.exec(part.name) ?? [];
    const [, own, ending] = /^(.+)\.(weight|bias)$/.exec(part.name) ?? [];
    const name = module === undefined ? `${outer.get(own!)}.${ending}` : `blk.${layer}.${inBlock.get(module)}.${kind}`;
    const isRotary = /\.attn_[qk]\./.test(name);
    return {
      ...part, name, shape: part.transposed ? part.shape.toReversed() : part.shape, transposed: false,
      rotaryHeads: isRotary ? part.rows / config.dHead : 0,
    };
  });
}
