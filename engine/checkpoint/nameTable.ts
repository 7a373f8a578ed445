import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { modelTypeOf } from "./huggingFace.ts";
import { parameterShapes } from "./parameterShapes.ts";

/** One tensor of a checkpoint and the rows of the engine parameter that hold it. A vector has one column. */
export interface Part {
  readonly name: string;
  /** The shape in the file. */
  readonly shape: readonly number[];
  readonly parameter: string;
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
  /** The file has [in, out] where the engine has [out, in]. */
  readonly transposed: boolean;
  /** A matrix that is not square: turned the wrong way round it can be told. */
  readonly transposable: boolean;
  /** Heads whose rows lie in the file with the two numbers of a rotary pair as neighbours; 0 where rows lie as they are. */
  readonly rotaryHeads: number;
}

/**
 * Every tensor of a checkpoint of this configuration, in the order of the engine's parameters.
 *
 * Throws: ModelFileError `config` when neither gpt2 nor llama has this combination of layers.
 */
export function checkpointParts(config: DecoderConfig, prefix: string): Part[] {
  const type = modelTypeOf(config);
  const parts: Part[] = [];
  for (const [parameter, shape] of parameterShapes(config)) {
    const [rows = 0, columns = 1] = shape;
    // GPT-2 keeps its linear maps in a Conv1D module, whose weight is [in, out]; its two tables are [rows, dModel] as usual.
    const transposed = type === "gpt2" && shape.length === 2 && parameter.startsWith("blocks.");
    let firstRow = 0;
    for (const [name, own] of type === "gpt2" ? gpt2Names(parameter, prefix, rows) : llamaNames(parameter, config, rows)) {
      const inFile = shape.length === 1 ? [own] : transposed ? [columns, own] : [own, columns];
      const transposable = shape.length === 2 && own !== columns;
      parts.push({ name, shape: inFile, parameter, firstRow, rows: own, columns, transposed, transposable, rotaryHeads: 0 });
      firstRow += own;
    }
  }
  return parts;
}

const gpt2Table = new Map([
  ["norm1", "ln_1"],
  ["attn.qkv", "attn.c_attn"],
  ["attn.out", "attn.c_proj"],
  ["norm2", "ln_2"],
  ["mlp.up", "mlp.c_fc"],
  ["mlp.down", "mlp.c_proj"],
  ["norm", "ln_f"],
  ["embedding", "wte"],
  ["positions", "wpe"],
]);

function gpt2Names(parameter: string, prefix: string, rows: number): [string, number][] {
  const { block, module, kind } = split(parameter);
  // The head lies outside the transformer module and never has its prefix.
  if (module === "unembedding") return [["lm_head.weight", rows]];
  return [[`${prefix}${block === undefined ? "" : `h.${block}.`}${gpt2Table.get(module)}.${kind}`, rows]];
}

function llamaNames(parameter: string, config: DecoderConfig, rows: number): [string, number][] {
  const { block, module, kind } = split(parameter);
  if (module === "unembedding") return [["lm_head.weight", rows]];
  const query = config.nHeads * config.dHead;
  const key = config.nKvHeads * config.dHead;
  const modules = new Map<string, [string, number][]>([
    ["embedding", [["embed_tokens", rows]]],
    ["norm1", [["input_layernorm", rows]]],
    ["attn.qkv", [["self_attn.q_proj", query], ["self_attn.k_proj", key], ["self_attn.v_proj", key]]],
    ["attn.out", [["self_attn.o_proj", rows]]],
    ["norm2", [["post_attention_layernorm", rows]]],
    ["mlp.gateUp", [["mlp.gate_proj", config.dMlp], ["mlp.up_proj", config.dMlp]]],
    ["mlp.down", [["mlp.down_proj", rows]]],
    ["norm", [["norm", rows]]],
  ]);
  const layer = block === undefined ? "" : `layers.${block}.`;
  return (modules.get(module) ?? []).map(([name, own]) => [`model.${layer}${name}.${kind}`, own]);
}

/** `blocks.3.attn.qkv.weight` is block 3, module `attn.qkv`, kind `weight`. */
function split(parameter: string): { block: string | undefined; module: string; kind: string } {
  const words = parameter.split(".");
  const kind = words.pop() ?? "";
  const block = words[0] === "blocks" ? words[1] : undefined;
  return { block, module: (block === undefined ? words : words.slice(2)).join("."), kind };
}
