import type { RopeScaling } from "../ops/rope.ts";

/** A decoder-only transformer: GPT-2-type (learned positions, LayerNorm, GELU-tanh, biases), Llama-type (RoPE, RMSNorm, SwiGLU), or any mixture for study. */
export interface DecoderConfig {
  vocabSize: number;
  contextLength: number;
  dModel: number;
  nLayers: number;
  nHeads: number;
  /** Key and value heads, each shared by nHeads / nKvHeads query heads. */
  nKvHeads: number;
  dHead: number;
  dMlp: number;
  /** Only GPT-2's and Llama's, learned and rope, have a checkpoint format. */
  position: "learned" | "rope" | "sinusoidal" | "alibi" | "none";
  /** The base θ of the RoPE angles t·θ^(−2j/dHead); unused with learned positions. */
  ropeBase: number;
  /** Absent: the angles as they are. */
  ropeScaling?: RopeScaling;
  norm: "layer" | "rms";
  normEpsilon: number;
  activation: "gelu" | "swiglu";
  /** Blocks are attention alone, without an MLP and the norm before it; dMlp and activation are unused. For study: no checkpoint format has it. */
  attentionOnly?: boolean;
  /** Whether linear maps and LayerNorms have biases. */
  bias: boolean;
  /** The four maps of attention have biases though nothing else has (Llama's `attention_bias`). */
  attentionBias?: boolean;
  /** The maps of the MLP have biases though nothing else has (Llama's `mlp_bias`). */
  mlpBias?: boolean;
  /** Whether the unembedding is the embedding. */
  tied: boolean;
}

const largest = {
  vocabSize: 1_000_000,
  contextLength: 131_072,
  dModel: 16_384,
  nLayers: 200,
  nHeads: 1_024,
  nKvHeads: 1_024,
  dHead: 1_024,
  dMlp: 131_072,
} as const;

const choices = [
  ["position", ["learned", "rope", "sinusoidal", "alibi", "none"]],
  ["norm", ["layer", "rms"]],
  ["activation", ["gelu", "swiglu"]],
  ["bias", [true, false]],
  ["tied", [true, false]],
] as const;

/**
 * The first fault of a configuration in one clause that names both values, or undefined when there is none.
 *
 * The caps bound what a hostile config.json can make anyone allocate before the weights are seen.
 */
export function decoderConfigFault(config: DecoderConfig): string | undefined {
  for (const [name, cap] of Object.entries(largest) as [keyof typeof largest, number][]) {
    const value = config[name];
    if (!Number.isInteger(value) || value < 1 || value > cap) return `${name} is ${value}, expected a whole number from 1 to ${cap}`;
  }
  for (const [name, known] of choices) {
    const value: unknown = config[name];
    if (!(known as readonly unknown[]).includes(value)) return `${name} is ${String(value)}, known are ${known.join(" and ")}`;
  }
  const { nHeads, nKvHeads, dHead, position, ropeBase, normEpsilon } = config;
  if (nHeads % nKvHeads !== 0) return `nHeads ${nHeads} is not a multiple of nKvHeads ${nKvHeads}`;
  if (position === "rope" && dHead % 2 !== 0) return `dHead is ${dHead}, RoPE turns pairs and needs an even number`;
  if (!(ropeBase > 1 && ropeBase <= 1e9)) return `ropeBase is ${ropeBase}, expected a number above 1 and at most 1e9`;
  const scaling = config.ropeScaling && ropeScalingFault(config.ropeScaling, dHead);
  if (scaling !== undefined) return scaling;
  if (!(normEpsilon > 0 && normEpsilon <= 1)) return `normEpsilon is ${normEpsilon}, expected a number above 0 and at most 1`;
  return undefined;
}

function ropeScalingFault(scaling: RopeScaling, dHead: number): string | undefined {
  const inRange = (value: number, least: number, most: number): boolean => value >= least && value <= most;
  if (scaling.type === "factors") {
    const { factors } = scaling;
    if (factors.length !== dHead / 2) return `ropeScaling has ${factors.length} factors, dHead ${dHead} has ${dHead / 2} pairs`;
    const fault = factors.findIndex((factor) => !inRange(factor, 1e-6, 1e6));
    return fault < 0 ? undefined : `ropeScaling has the factor ${factors[fault]} at index ${fault}, expected 1e-6 to 1e6`;
  }
  if (!inRange(scaling.factor, 1, 1e6)) return `the factor of ropeScaling is ${scaling.factor}, expected 1 to 1e6`;
  if (scaling.type === "linear") return undefined;
  if (scaling.type === "dynamic") return contextFault(scaling.originalContext);
  const { lowFrequency, highFrequency, originalContext } = scaling;
  if (!(lowFrequency > 0 && lowFrequency < highFrequency && highFrequency <= 1e6)) {
    return `ropeScaling goes from ${lowFrequency} to ${highFrequency} turns, expected two rising positive numbers`;
  }
  return contextFault(originalContext);
}

const contextFault = (context: number): string | undefined =>
  context >= 1 && context <= 1e9 ? undefined : `the originalContext of ropeScaling is ${context}, expected 1 to 1e9`;

/**
 * Returns the configuration when it is sound.
 *
 * Throws: RangeError naming the first fault.
 */
export function checkDecoderConfig(config: DecoderConfig): DecoderConfig {
  const fault = decoderConfigFault(config);
  if (fault !== undefined) throw new RangeError(`checkDecoderConfig: ${fault}`);
  return config;
}
