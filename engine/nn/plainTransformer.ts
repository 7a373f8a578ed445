import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { attention } from "../ops/attention.ts";
import type { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { embedding } from "../ops/embedding.ts";
import { gelu } from "../ops/gelu.ts";
import { layerNorm } from "../ops/layerNorm.ts";
import { linear } from "../ops/linear.ts";
import { rmsNorm } from "../ops/rmsNorm.ts";
import { rope, ropeTable } from "../ops/rope.ts";
import { rotaryAttention } from "../ops/rotaryAttention.ts";
import { swiglu } from "../ops/swiglu.ts";
import { random } from "../random.ts";
import { free, reshape, type Tensor, tensor } from "../tensor.ts";
import type { AttentionCache } from "./attentionCache.ts";
import { checkDecoderConfig, type DecoderConfig } from "./decoderConfig.ts";
import type { LearnedPositions, Parameters } from "./parameters.ts";
import { alibiBias, sinusoidTable } from "./positions.ts";

/**
 * Called at the named points of a forward pass: `residual.0` (after the embedding) … `residual.L` (after the last block),
 * `blocks.N.attn.qkv`, `.scores` (before mask and softmax), `.pattern` (after), `blocks.N.mlp.hidden`, `logits`.
 */
export type Probe = (name: string, tensor: Tensor) => void;

export interface ForwardOptions {
  readonly probe?: Probe;
  /** Blocks whose attention is computed step by step, so that scores and pattern exist: all when probing, none otherwise. */
  readonly patterns?: (layer: number) => boolean;
  /** [time,time] i32, 1 where a query (row) may see a key (column); takes the place of the causal mask. */
  readonly mask?: Tensor;
  /** Keys and values so far, one entry a block: decoding. Batch must be 1. */
  readonly cache?: readonly AttentionCache[];
  /** [1] i32, the position of the first id; required with a cache. */
  readonly offset?: Tensor;
  /** [1,1] i32, the row of the only logits wanted, which are then [1,1,vocab]. Batch must be 1. */
  readonly row?: Tensor;
}

/** A decoder-only transformer: GPT-2-type or Llama-type by its configuration. */
export interface Transformer {
  readonly config: DecoderConfig;
  readonly parameters: Parameters;
  /** ids [batch,time] i32 → logits [batch,time,vocab]: row t of the logits predicts the id at t + 1. */
  forward(ids: Tensor, options?: ForwardOptions): Tensor;
  close(): void;
}

/**
 * A transformer over existing parameters.
 * x₀ = embedding(ids) (+ positions); each block x ← x + attention(norm(x)), x ← x + mlp(norm(x)); logits = norm(x) Uᵀ.
 * Source: Radford et al. 2019 (GPT-2), Touvron et al. 2023 (Llama).
 * `stepByStep` is the attention that probes of patterns, masks and ALiBi need; a model that is only trained and run does without.
 * Throws: Error when it is needed and was not given.
 */
export function plainTransformer(config: DecoderConfig, parameters: Parameters, stepByStep: typeof attentionWithPattern | null = null): Transformer {
  checkDecoderConfig(config);
  const { backend } = parameters;
  const { nHeads, nKvHeads, nLayers, contextLength, dHead } = config;
  const get = (name: string): Tensor => {
    const found = parameters.tensors.get(name);
    if (!found) throw new Error(`transformer: parameter ${name} is missing`);
    return found;
  };
  const optional = (name: string): Tensor | null => parameters.tensors.get(name) ?? null;
  const angles = config.position === "rope"
    ? tensor(backend, [contextLength, dHead], ropeTable(contextLength, dHead, config.ropeBase, config.ropeScaling))
    : null;
  const sinusoids = config.position === "sinusoidal"
    ? tensor(backend, [config.contextLength, config.dModel], sinusoidTable(config.contextLength, config.dModel))
    : null;
  const start = tensor(backend, [1], [0], "i32");

  const norm = (x: Tensor, name: string): Tensor =>
    config.norm === "rms"
      ? rmsNorm(x, get(`${name}.weight`), config.normEpsilon)
      : layerNorm(x, get(`${name}.weight`), get(`${name}.bias`), config.normEpsilon);
  const project = (x: Tensor, name: string, residual?: Tensor): Tensor => {
    const weight = `${name}.weight`, bias = optional(`${name}.bias`);
    return parameters.packed?.linear(x, weight, bias, residual) ?? linear(x, get(weight), bias, residual);
  };
  const embed = (ids: Tensor, learned: LearnedPositions | null): Tensor =>
    parameters.packed?.embedding("embedding.weight", ids, learned) ?? embedding(get("embedding.weight"), ids, learned);

  /** What ALiBi adds to the scores of every sequence. */
  const distances = ({ shape: [batch, time] }: Tensor): Tensor => {
    const one = alibiBias(nHeads, time!);
    return tensor(backend, [batch!, nHeads, time!, time!], Float32Array.from({ length: batch! * one.length }, (_, i) => one[i % one.length]!));
  };
  const attend = (layer: number, qkv: Tensor, { probe, patterns, mask, cache, offset }: ForwardOptions): Tensor => {
    const layout = { nHeads, nKvHeads };
    if (cache) return cache[layer]!.attend(qkv, offset ?? start, layout);
    const causal = !mask, bias = config.position === "alibi" ? distances(qkv) : null;
    if (!mask && !bias && !(patterns ?? (() => Boolean(probe)))(layer)) return attention(qkv, { ...layout, causal });
    if (!stepByStep) throw new Error("transformer: patterns, masks and ALiBi need the attention step by step");
    const { out, scores, pattern } = stepByStep(qkv, { ...layout, causal }, mask, bias);
    probe?.(`blocks.${layer}.attn.scores`, scores);
    probe?.(`blocks.${layer}.attn.pattern`, pattern);
    return out;
  };

  /** What the heads of a block gather from `normed`. */
  const mixed = (layer: number, normed: Tensor, options: ForwardOptions): Tensor => {
    const { cache, mask, offset = start, probe } = options, layout = { nHeads, nKvHeads };
    const name = `blocks.${layer}.attn.qkv`;
    if (angles && offset === start && !cache && !mask && !probe && !options.patterns?.(layer) && !parameters.packed) {
      return rotaryAttention(normed, get(`${name}.weight`), optional(`${name}.bias`), { table: angles, start }, { ...layout, causal: true });
    }
    let qkv = project(normed, name);
    if (angles && !cache?.[layer]?.endless) qkv = rope(qkv, angles, offset, layout);
    probe?.(name, qkv);
    return attend(layer, qkv, options);
  };

  const forward = (ids: Tensor, options: ForwardOptions = {}): Tensor => {
    const { probe } = options;
    const [, time] = ids.shape as [number, number];
    if (time > config.contextLength) throw new RangeError(`transformer: ${time} ids are longer than the context of ${config.contextLength}`);
    const offset = options.offset ?? start;
    const positions = sinusoids ?? (config.position === "learned" ? get("positions.weight") : null);
    let x = embed(ids, positions && { positions, offset });
    probe?.("residual.0", x);
    for (let layer = 0; layer < nLayers; layer++) {
      const block = `blocks.${layer}`;
      x = project(mixed(layer, norm(x, `${block}.norm1`), options), `${block}.attn.out`, x);
      if (!config.attentionOnly) {
        const normed = norm(x, `${block}.norm2`);
        const hidden = config.activation === "swiglu" ? swiglu(project(normed, `${block}.mlp.gateUp`)) : gelu(project(normed, `${block}.mlp.up`));
        probe?.(`${block}.mlp.hidden`, hidden);
        x = project(hidden, `${block}.mlp.down`, x);
      }
      probe?.(`residual.${layer + 1}`, x);
    }
    if (options.row) x = embedding(reshape(x, [time, config.dModel]), options.row);
    const logits = project(norm(x, "norm"), config.tied ? "embedding" : "unembedding");
    probe?.("logits", logits);
    return logits;
  };
  return { config, parameters, forward, close: () => [angles, sinusoids, start].forEach((x) => x && free(x)) };
}

export interface Initialisation {
  readonly seed: number;
  /** Standard deviation of block matrices; residual projections get this divided by √(2 nLayers). */
  readonly matrices: number;
  readonly embedding: number;
}

/** Standard deviations near 1/√d learn about 1.6 times faster here than GPT-2's 0.02. */
export const defaultInitialisation = (config: DecoderConfig, seed: number): Initialisation => ({ seed, matrices: 1 / Math.sqrt(config.dModel), embedding: 0.05 });

/** Random starting weights by name: normal matrices, gains 1, biases 0. */
export function initialWeights(config: DecoderConfig, { seed, matrices, embedding: embeddingSpread }: Initialisation): Map<string, Float32Array> {
  const draw = random(seed);
  return new Map([...parameterShapes(config)].map(([name, shape]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (shape.length < 2) return [name, new Float32Array(size).fill(name.endsWith("bias") ? 0 : 1)];
    const residual = name.endsWith("attn.out.weight") || name.endsWith("mlp.down.weight");
    const spread = name.startsWith("blocks.") ? matrices / (residual ? Math.sqrt(2 * config.nLayers) : 1) : embeddingSpread;
    return [name, Float32Array.from({ length: size }, () => spread * draw.normal())];
  }));
}
