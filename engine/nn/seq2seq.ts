import type { Shape } from "../kernel.ts";
import { concat } from "../ops/concat.ts";
import { embedding } from "../ops/embedding.ts";
import { linear } from "../ops/linear.ts";
import { tanh } from "../ops/tanh.ts";
import type { Tensor } from "../tensor.ts";
import { lookUp, uniformWeights } from "./layers.ts";
import { multiHeadAttention } from "./multiHeadAttention.ts";
import type { Parameters } from "./parameters.ts";
import { type CellKind, recurrent, recurrentShapes, recurrentWeights } from "./recurrent.ts";

/** One recurrent layer reads, another writes. */
export interface Seq2SeqConfig {
  readonly kind: CellKind;
  readonly sourceVocab: number;
  readonly targetVocab: number;
  /** Width of both embeddings. */
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Whether the writer may look back at all states of the reader, or has only the last. */
  readonly attention: boolean;
}

const layersOf = ({ kind, inputSize, hiddenSize }: Seq2SeqConfig) => ({ kind, inputSize, hiddenSize });

function dense({ sourceVocab, targetVocab, inputSize, hiddenSize, attention }: Seq2SeqConfig): Map<string, Shape> {
  const shapes = new Map<string, Shape>([
    ["source.weight", [sourceVocab, inputSize]], ["target.weight", [targetVocab, inputSize]],
    ["head.weight", [targetVocab, hiddenSize]], ["head.bias", [targetVocab]],
  ]);
  if (attention) shapes.set("mix.weight", [hiddenSize, 2 * hiddenSize]).set("mix.bias", [hiddenSize]);
  return shapes;
}

/** `source` and `target` embeddings, `encoder` and `decoder` layers, `mix` with attention, `head`. */
export const seq2seqShapes = (config: Seq2SeqConfig): Map<string, Shape> =>
  new Map([...dense(config), ...recurrentShapes(layersOf(config), "encoder"), ...recurrentShapes(layersOf(config), "decoder")]);

/** PyTorch's starts; embeddings are uniform in ±1. */
export function seq2seqWeights(config: Seq2SeqConfig, seed: number): Map<string, Float32Array> {
  const weights = uniformWeights(dense(config), seed);
  for (const name of ["source.weight", "target.weight"]) weights.set(name, weights.get(name)!.map((x) => x * Math.sqrt(config.inputSize)));
  return new Map(
    [...weights, ...recurrentWeights(layersOf(config), "encoder", seed + 1), ...recurrentWeights(layersOf(config), "decoder", seed + 2)]
  );
}

/**
 * Sequence to sequence: the reader's last state is the writer's first. With attention each state h of the writer asks all states of the
 * reader (dot product, scaled by 1/√h), and what it finds is mixed in: h̃ = tanh(W [h | found]).
 * Shapes: source [batch,from] i32, target [batch,to] i32 (what was written so far, behind a start symbol) → logits
 * [batch,to,targetVocab]; the
 * pattern [batch,1,to,from] where there is attention.
 * Source: Sutskever et al. 2014; Bahdanau et al. 2015; the form is Luong et al. 2015, equations 5 and 8.
 */
export function seq2seq(
  config: Seq2SeqConfig, parameters: Parameters,
): (source: Tensor, target: Tensor) => { logits: Tensor; pattern: Tensor | null } {
  const get = lookUp(parameters, "seq2seq");
  const reader = recurrent(layersOf(config), parameters, "encoder"), writer = recurrent(layersOf(config), parameters, "decoder");
  return (source, target) => {
    const read = reader.run(embedding(get("source.weight"), source));
    let { outputs } = writer.run(embedding(get("target.weight"), target), read.state);
    let pattern: Tensor | null = null;
    if (config.attention) {
      const found = multiHeadAttention(outputs, read.outputs, read.outputs, { nHeads: 1, nKvHeads: 1 });
      pattern = found.pattern;
      outputs = tanh(linear(concat(outputs, found.out), get("mix.weight"), get("mix.bias")));
    }
    return { logits: linear(outputs, get("head.weight"), get("head.bias")), pattern };
  };
}
