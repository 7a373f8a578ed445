import { decoderConfigFault, type DecoderConfig } from "../nn/decoderConfig.ts";
import type { RopeScaling } from "../ops/rope.ts";
import { readJson, type JsonValue } from "./json.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { yarn } from "./yarn.ts";

/** The two families whose checkpoints are read and written. */
export type ModelType = "gpt2" | "llama";

/**
 * Reads a Hugging Face config.json of `model_type` gpt2 or llama.
 *
 * Sizes must be stated; fields that files leave out take the defaults of `transformers`. A setting that changes the numbers and is not
 * built here (another activation, a quantization) is refused, never ignored.
 *
 * Throws: ModelFileError `json`, `config` and those of `readJson`.
 * Source: GPT2Config and LlamaConfig of huggingface/transformers.
 */
export function readConfig(bytes: Uint8Array): DecoderConfig {
  const most = 2 ** 20;
  if (bytes.length > most) throw new ModelFileError("size", `config.json: the file has ${bytes.length} bytes, at most ${most} are read`);
  const json = readJson(bytes, "config.json");
  if (!(json instanceof Map)) return refuse(`the top is ${shown(json)}, expected an object`);
  const fields = new Fields(json);
  const type = json.get("model_type");
  fields.only("quantization_config", [null]);
  if (type === "gpt2") return sound(readGpt2(fields));
  if (type === "llama") return sound(readLlama(fields));
  return refuse(`model_type is ${shown(type)}, known are "gpt2" and "llama"`);
}

/**
 * Writes the config.json from which `transformers` builds the same model.
 *
 * Throws: ModelFileError `config` when neither gpt2 nor llama has this combination of layers.
 */
export function writeConfig(config: DecoderConfig): Uint8Array {
  const fields = modelTypeOf(config) === "gpt2" ? gpt2Fields(config) : llamaFields(config);
  // No token ends a text here; left out, `transformers` would stop at the ids of its own defaults.
  const all = { ...fields, bos_token_id: null, eos_token_id: null, tie_word_embeddings: config.tied, torch_dtype: "float32" };
  return new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`);
}

/**
 * Which family's checkpoint holds this configuration.
 *
 * Throws: ModelFileError `config` when neither does, or when the configuration has a fault.
 */
export function modelTypeOf(config: DecoderConfig): ModelType {
  sound(config);
  const { position, norm, activation, bias, nHeads, nKvHeads, dHead, dModel } = config;
  if (position !== "learned" && position !== "rope") refuse(`${position} positions have no checkpoint format, gpt2 has learned and llama rope`);
  if (config.attentionOnly) refuse("blocks without an MLP have no checkpoint format");
  const type = position === "learned" ? "gpt2" : "llama";
  const wanted = type === "gpt2" ? { norm: "layer", activation: "gelu", bias: true } : { norm: "rms", activation: "swiglu", bias: false };
  const found = { norm, activation, bias };
  for (const name of ["norm", "activation", "bias"] as const) {
    if (found[name] !== wanted[name]) refuse(`with ${position} positions ${name} is ${found[name]}, ${type} has ${wanted[name]}`);
  }
  if (type === "gpt2" && nKvHeads !== nHeads) refuse(`nKvHeads is ${nKvHeads}, gpt2 has as many as nHeads, ${nHeads}`);
  if (type === "gpt2" && nHeads * dHead !== dModel) refuse(`nHeads ${nHeads} times dHead ${dHead} is not dModel ${dModel}, as gpt2 has it`);
  return type;
}

function readGpt2(fields: Fields): DecoderConfig {
  const dModel = fields.number("n_embd");
  const nHeads = fields.number("n_head");
  fields.only("activation_function", ["gelu_new", "gelu_pytorch_tanh"]);
  fields.only("scale_attn_weights", [true]);
  fields.only("scale_attn_by_inverse_layer_idx", [false]);
  fields.only("add_cross_attention", [false]);
  return {
    vocabSize: fields.number("vocab_size"),
    contextLength: fields.number("n_positions"),
    dModel,
    nLayers: fields.number("n_layer"),
    nHeads,
    nKvHeads: nHeads,
    dHead: fields.quotient("n_embd", dModel, "n_head", nHeads),
    dMlp: fields.number("n_inner", 4 * dModel),
    position: "learned",
    ropeBase: 10_000,
    norm: "layer",
    normEpsilon: fields.number("layer_norm_epsilon", 1e-5),
    activation: "gelu",
    bias: true,
    tied: fields.boolean("tie_word_embeddings", true),
  };
}

function readLlama(fields: Fields): DecoderConfig {
  const dModel = fields.number("hidden_size");
  const nHeads = fields.number("num_attention_heads");
  fields.only("hidden_act", ["silu", "swish"]);
  fields.only("partial_rotary_factor", [1]);
  const dHead = fields.has("head_dim") ? fields.number("head_dim") : fields.quotient("hidden_size", dModel, "num_attention_heads", nHeads);
  return {
    vocabSize: fields.number("vocab_size"),
    contextLength: fields.number("max_position_embeddings"),
    dModel,
    nLayers: fields.number("num_hidden_layers"),
    nHeads,
    nKvHeads: fields.number("num_key_value_heads", nHeads),
    dHead,
    dMlp: fields.number("intermediate_size"),
    position: "rope",
    ...readRope(fields, dHead),
    norm: "rms",
    normEpsilon: fields.number("rms_norm_eps", 1e-6),
    activation: "swiglu",
    bias: false,
    ...(fields.boolean("attention_bias", false) ? { attentionBias: true } : {}),
    ...(fields.boolean("mlp_bias", false) ? { mlpBias: true } : {}),
    tied: fields.boolean("tie_word_embeddings", false),
  };
}

/** Newer files keep base and scaling together in `rope_parameters`, older ones apart, the scaling in `rope_scaling`. */
function readRope(fields: Fields, dHead: number): Pick<DecoderConfig, "ropeBase" | "ropeScaling"> {
  const inner = fields.object("rope_parameters");
  const scaling = fields.object("rope_scaling");
  if (inner && scaling) refuse("rope_parameters and rope_scaling are both there, one of them is expected");
  const plain = fields.number("rope_theta", 10_000);
  const base = inner?.number("rope_theta", plain) ?? plain;
  if (fields.has("rope_theta") && plain !== base) refuse(`rope_theta is ${plain} but rope_parameters says ${base}`);
  const found = inner ?? scaling;
  found?.only("partial_rotary_factor", [1]);
  const ropeScaling = found && readScaling(found, fields.number("max_position_embeddings"), dHead, base);
  return { ropeBase: base, ...(ropeScaling ? { ropeScaling } : {}) };
}

/** The first files called the kind `type`, later ones `rope_type`. */
function readScaling(fields: Fields, context: number, dHead: number, base: number): RopeScaling | null {
  const name = fields.has("rope_type") ? "rope_type" : "type";
  fields.only(name, ["default", "linear", "dynamic", "llama3", "yarn"]);
  // Up to its context such a model is as it was trained; `transformers` takes that for the original one, whatever else the file says.
  if (fields.is(name, "dynamic")) return { type: "dynamic", factor: fields.number("factor"), originalContext: context };
  if (fields.is(name, "linear")) return { type: "linear", factor: fields.number("factor") };
  if (fields.is(name, "yarn")) return readYarn(fields, context, dHead, base);
  if (!fields.is(name, "llama3")) return null;
  return {
    type: "llama3", factor: fields.number("factor"), lowFrequency: fields.number("low_freq_factor"),
    highFrequency: fields.number("high_freq_factor"), originalContext: fields.number("original_max_position_embeddings"),
  };
}

/** Zero counts as absent where `transformers` has it so. */
function readYarn(fields: Fields, context: number, dHead: number, base: number): RopeScaling {
  const orElse = (name: string, absent: number): number => fields.number(name, 0) || absent;
  const factor = fields.number("factor");
  const given = fields.has("attention_factor") ? { magnitude: fields.number("attention_factor") } : {};
  const scaling = yarn(dHead, base, {
    factor, originalContext: orElse("original_max_position_embeddings", context), fast: orElse("beta_fast", 32), slow: orElse("beta_slow", 1),
    truncate: fields.boolean("truncate", true), mscale: fields.number("mscale", 0), mscaleAllDim: fields.number("mscale_all_dim", 0), ...given,
  });
  return typeof scaling === "string" ? refuse(scaling) : scaling;
}

function scalingFields(scaling: RopeScaling | undefined): Readonly<Record<string, unknown>> | null {
  if (!scaling) return null;
  if (scaling.type === "factors") return scaling.config ?? refuse("ropeScaling lists a factor for each pair, config.json has no word for it");
  if (scaling.type === "linear" || scaling.type === "dynamic") return { rope_type: scaling.type, factor: scaling.factor };
  const { factor, lowFrequency, highFrequency, originalContext } = scaling;
  const frequencies = { low_freq_factor: lowFrequency, high_freq_factor: highFrequency };
  return { rope_type: "llama3", factor, ...frequencies, original_max_position_embeddings: originalContext };
}

function gpt2Fields(config: DecoderConfig): Record<string, unknown> {
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: config.vocabSize,
    n_positions: config.contextLength,
    n_embd: config.dModel,
    n_layer: config.nLayers,
    n_head: config.nHeads,
    n_inner: config.dMlp,
    activation_function: "gelu_new",
    layer_norm_epsilon: config.normEpsilon,
    attn_pdrop: 0,
    embd_pdrop: 0,
    resid_pdrop: 0,
  };
}

function llamaFields(config: DecoderConfig): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: config.vocabSize,
    // Of a model stretched by hand the context that it was trained with is the one that the field means.
    max_position_embeddings: config.ropeScaling?.type === "dynamic" ? config.ropeScaling.originalContext : config.contextLength,
    hidden_size: config.dModel,
    num_hidden_layers: config.nLayers,
    num_attention_heads: config.nHeads,
    num_key_value_heads: config.nKvHeads,
    head_dim: config.dHead,
    intermediate_size: config.dMlp,
    hidden_act: "silu",
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeBase,
    rope_scaling: scalingFields(config.ropeScaling),
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.mlpBias ?? false,
  };
}

/** Typed access to the fields of one JSON object; null counts as absent, as in `transformers`. */
class Fields {
  readonly #json: Map<string, JsonValue>;

  constructor(json: Map<string, JsonValue>) {
    this.#json = json;
  }

  has(name: string): boolean {
    return (this.#json.get(name) ?? null) !== null;
  }

  number(name: string, absent?: number): number {
    const value = this.#json.get(name) ?? absent;
    if (typeof value !== "number") return refuse(`${name} is ${shown(value)}, expected a number`);
    return value;
  }

  boolean(name: string, absent: boolean): boolean {
    const value = this.#json.get(name) ?? absent;
    if (typeof value !== "boolean") return refuse(`${name} is ${shown(value)}, expected true or false`);
    return value;
  }

  object(name: string): Fields | undefined {
    const value = this.#json.get(name) ?? undefined;
    if (value === undefined) return undefined;
    if (!(value instanceof Map)) return refuse(`${name} is ${shown(value)}, expected an object`);
    return new Fields(value);
  }

  is(name: string, value: string): boolean {
    return this.#json.get(name) === value;
  }

  /** Refuses any value but the ones that mean what is built here. */
  only(name: string, known: readonly (string | number | boolean | null)[]): void {
    const value = this.#json.get(name) ?? null;
    if (value === null || known.some((one) => one === value)) return;
    const list = known.map((one) => JSON.stringify(one)).join(" or ");
    refuse(`${name} is ${shown(value)}, supported is ${list}`);
  }

  /** The size of a head: Hugging Face states the width and the number of heads. */
  quotient(widthName: string, width: number, headsName: string, heads: number): number {
    if (!(heads > 0) || width % heads !== 0) return refuse(`${widthName} ${width} is not a multiple of ${headsName} ${heads}`);
    return width / heads;
  }
}

function sound(config: DecoderConfig): DecoderConfig {
  const fault = decoderConfigFault(config);
  return fault === undefined ? config : refuse(fault);
}

function refuse(message: string): never {
  throw new ModelFileError("config", `config.json: ${message}`);
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return quoted(value);
  if (value instanceof Map) return "an object";
  return Array.isArray(value) ? "an array" : String(value);
}
