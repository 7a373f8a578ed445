import type { DecoderConfig } from "../nn/decoderConfig.ts";

/**
 * The engine's parameters in order, each with its shape: weights are [out, in], and maps that read the same input are one matrix.
 *
 * `attn.qkv` has the rows of all query heads, then all key heads, then all value heads; `mlp.gateUp` the gate's rows, then the up
 * projection's. What a configuration does without (positions with RoPE, biases, an untied unembedding) is left out.
 */
export function parameterShapes(config: DecoderConfig): Map<string, number[]> {
  const { vocabSize, contextLength, dModel, nLayers, nHeads, nKvHeads, dHead, dMlp, bias, attentionBias, mlpBias } = config;
  const shapes = new Map<string, number[]>();
  const linear = (name: string, out: number, from: number): void => {
    shapes.set(`${name}.weight`, [out, from]);
    if (bias || (name.includes(".attn.") ? attentionBias : mlpBias)) shapes.set(`${name}.bias`, [out]);
  };
  const norm = (name: string): void => {
    shapes.set(`${name}.weight`, [dModel]);
    if (bias && config.norm === "layer") shapes.set(`${name}.bias`, [dModel]);
  };
  shapes.set("embedding.weight", [vocabSize, dModel]);
  if (config.position === "learned") shapes.set("positions.weight", [contextLength, dModel]);
  for (let layer = 0; layer < nLayers; layer++) {
    const block = `blocks.${layer}`;
    norm(`${block}.norm1`);
    linear(`${block}.attn.qkv`, (nHeads + 2 * nKvHeads) * dHead, dModel);
    linear(`${block}.attn.out`, dModel, nHeads * dHead);
    if (config.attentionOnly) continue;
    norm(`${block}.norm2`);
    if (config.activation === "swiglu") linear(`${block}.mlp.gateUp`, 2 * dMlp, dModel);
    else linear(`${block}.mlp.up`, dMlp, dModel);
    linear(`${block}.mlp.down`, dModel, dMlp);
  }
  norm("norm");
  if (!config.tied) shapes.set("unembedding.weight", [vocabSize, dModel]);
  return shapes;
}
