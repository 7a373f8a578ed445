import type { Shape } from "../kernel.ts";
import { add } from "../ops/add.ts";
import { embedding } from "../ops/embedding.ts";
import { layerNorm } from "../ops/layerNorm.ts";
import { linear } from "../ops/linear.ts";
import { random } from "../random.ts";
import { free, type Tensor, tensor } from "../tensor.ts";
import { type ActivationName, activations, lookUp } from "./layers.ts";
import { type HeadOptions, multiHeadAttention } from "./multiHeadAttention.ts";
import type { Parameters } from "./parameters.ts";
import { alibiBias, sinusoidTable } from "./positions.ts";

/** A stack of transformer blocks for study: encoder or decoder, with or without a second sequence to look into. */
export interface StackConfig {
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly dModel: number;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly dMlp: number;
  readonly activation: ActivationName;
  readonly position: "learned" | "sinusoidal" | "alibi" | "none";
  /** Whether a token sees only itself and what came before. */
  readonly causal: boolean;
  /** Whether each block also attends to another sequence. */
  readonly cross: boolean;
}

/**
 * `PREFIX.embedding`, `.positions` if learned, `.blocks.N.attn|cross.query|key|value|out`, `.norm1|normCross|norm2`, `.mlp.up|down`,
 * `.norm`.
 */
export function stackShapes(config: StackConfig, prefix: string): Map<string, Shape> {
  const { vocabSize, contextLength, dModel, nLayers, nHeads, nKvHeads, dMlp } = config;
  const shapes = new Map<string, Shape>();
  const map = (name: string, out: number, from: number): void => {
    shapes.set(`${prefix}.${name}.weight`, [out, from]).set(`${prefix}.${name}.bias`, [out]);
  };
  const norm = (name: string): void => {
    shapes.set(`${prefix}.${name}.weight`, [dModel]).set(`${prefix}.${name}.bias`, [dModel]);
  };
  shapes.set(`${prefix}.embedding.weight`, [vocabSize, dModel]);
  if (config.position === "learned") shapes.set(`${prefix}.positions.weight`, [contextLength, dModel]);
  const shared = (dModel / nHeads) * nKvHeads;
  for (let n = 0; n < nLayers; n++) {
    for (const [kind, before] of config.cross ? [["attn", "norm1"], ["cross", "normCross"]] as const : [["attn", "norm1"]] as const) {
      norm(`blocks.${n}.${before}`);
      map(`blocks.${n}.${kind}.query`, dModel, dModel);
      map(`blocks.${n}.${kind}.key`, shared, dModel);
      map(`blocks.${n}.${kind}.value`, shared, dModel);
      map(`blocks.${n}.${kind}.out`, dModel, dModel);
    }
    norm(`blocks.${n}.norm2`);
    map(`blocks.${n}.mlp.up`, dMlp, dModel);
    map(`blocks.${n}.mlp.down`, dModel, dMlp);
  }
  norm("norm");
  return shapes;
}

/** Normal matrices with the given spread, gains 1, biases 0. */
export function stackWeights(shapes: ReadonlyMap<string, Shape>, spread: number, seed: number): Map<string, Float32Array> {
  const draw = random(seed);
  return new Map([...shapes].map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (shape.length === 1) return [name, new Float32Array(size).fill(name.endsWith("bias") ? 0 : 1)];
    return [name, Float32Array.from({ length: size }, () => spread * draw.normal())];
  }));
}

export interface StackOptions {
  /** [time,time] i32, 1 where visible, besides `causal`. */
  readonly mask?: Tensor | null;
  /** The other sequence [batch,keys,dModel], for stacks with `cross`. */
  readonly memory?: Tensor | null;
  /** Called with `blocks.N.attn.scores`, `.pattern`, `blocks.N.cross.pattern`, `residual.N`. */
  readonly probe?: (name: string, tensor: Tensor) => void;
}

export interface Stack {
  readonly config: StackConfig;
  /** ids [batch,time] i32 → [batch,time,dModel], normalised. */
  forward(ids: Tensor, options?: StackOptions): Tensor;
  /** [batch,time,dModel] → logits [batch,time,vocab] by the embedding itself. */
  unembed(x: Tensor): Tensor;
  close(): void;
}

/**
 * x ← x + attention(norm(x)); with `cross` x ← x + attention(norm(x) → memory); x ← x + mlp(norm(x)).
 * Throws: RangeError when ids are longer than the context or a memory is missing.
 * Source: Vaswani et al. 2017, with the norms before each part (Xiong et al. 2020).
 */
export function stack(config: StackConfig, parameters: Parameters, prefix: string): Stack {
  const { backend } = parameters;
  const { contextLength, dModel, nHeads, nKvHeads, position } = config;
  const named = lookUp(parameters, "stack");
  const get = (name: string): Tensor => named(`${prefix}.${name}`);
  const map = (x: Tensor, name: string, residual?: Tensor): Tensor => linear(x, get(`${name}.weight`), get(`${name}.bias`), residual);
  const norm = (x: Tensor, name: string): Tensor => layerNorm(x, get(`${name}.weight`), get(`${name}.bias`));
  const start = tensor(backend, [1], [0], "i32");
  const sinusoids = position === "sinusoidal" ? tensor(backend, [contextLength, dModel], sinusoidTable(contextLength, dModel)) : null;
  const attend = (x: Tensor, from: Tensor, name: string, options: Partial<HeadOptions>, probe: StackOptions["probe"]): Tensor => {
    const heads = { nHeads, nKvHeads, ...options };
    const { out, scores, pattern } = multiHeadAttention(
      map(x, `${name}.query`), map(from, `${name}.key`), map(from, `${name}.value`), heads,
    );
    probe?.(`${name}.scores`, scores);
    probe?.(`${name}.pattern`, pattern);
    return out;
  };
  return {
    config,
    forward(ids, { mask = null, memory = null, probe } = {}) {
      const time = ids.shape[1]!;
      if (time > contextLength) throw new RangeError(`stack: ${time} ids are longer than the context of ${contextLength}`);
      if (config.cross && !memory) throw new RangeError("stack: a stack with cross attention needs a memory to look into");
      const table = sinusoids ?? (position === "learned" ? get("positions.weight") : null);
      const bias = position === "alibi" ? tensor(backend, [nHeads * time * time], alibiBias(nHeads, time)) : null;
      let x = embedding(get("embedding.weight"), ids, table && { positions: table, offset: start });
      probe?.("residual.0", x);
      for (let n = 0; n < config.nLayers; n++) {
        const block = `blocks.${n}`;
        const own = norm(x, `${block}.norm1`);
        x = map(attend(own, own, `${block}.attn`, { causal: config.causal, mask, bias }, probe), `${block}.attn.out`, x);
        if (memory) x = map(attend(norm(x, `${block}.normCross`), memory, `${block}.cross`, {}, probe), `${block}.cross.out`, x);
        x = add(x, map(activations[config.activation](map(norm(x, `${block}.norm2`), `${block}.mlp.up`)), `${block}.mlp.down`));
        probe?.(`residual.${n + 1}`, x);
      }
      return norm(x, "norm");
    },
    unembed: (x) => linear(x, get("embedding.weight")),
    close: () => [start, sinusoids].forEach((x) => x && free(x)),
  };
}

/**
 * Encoder and decoder in one: the source is read without a mask, the target causally with a look at the source in every block.
 * Shapes: source [batch,from] i32, target [batch,to] i32 → logits [batch,to,vocab].
 */
export function encoderDecoder(encoder: Stack, decoder: Stack): (source: Tensor, target: Tensor, probe?: StackOptions["probe"]) => Tensor {
  return (source, target, probe) => decoder.unembed(decoder.forward(target, { memory: encoder.forward(source), ...(probe && { probe }) }));
}
