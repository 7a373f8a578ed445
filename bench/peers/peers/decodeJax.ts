import type { DecoderConfig } from "../../../engine/index.ts";
import type { Decoding } from "../workloads/decode.ts";
import { jaxBlock, jaxLogits, jaxWeights } from "./gptJax.ts";
import { jax, nn, np, useJax } from "./jax.ts";

type Array = InstanceType<typeof np.Array>;

/** A cache of fixed capacity, so that one compiled function serves every step; what lies behind the position is masked. */
export async function decodeJax(device: "wasm" | "webgpu", config: DecoderConfig, shapes: ReadonlyMap<string, readonly number[]>): Promise<Decoding> {
  await useJax(device);
  const { contextLength, nLayers, nHeads, dHead, vocabSize } = config;
  const p = jaxWeights(config, shapes);
  const step = jax.jit((p: Record<string, Array>, keys: Array[], values: Array[], id: Array, position: Array) => {
    const here = nn.oneHot(position.ref, contextLength);
    const row = here.ref.reshape([1, contextLength, 1, 1]);
    const visible = np.lessEqual(np.arange(contextLength), position).reshape([1, 1, 1, contextLength]);
    const placed = (cache: Array, x: Array): Array => np.where(row.ref.greater(0.5), x, cache);
    let x = np.matmul(nn.oneHot(id, vocabSize), p["embedding.weight"]!.ref).add(np.matmul(here, p["positions.weight"]!.ref)).reshape([1, 1, config.dModel]);
    for (let layer = 0; layer < nLayers; layer++) {
      x = jaxBlock(x, p, `blocks.${layer}`, config, (q, k, v) => {
        keys[layer] = placed(keys[layer]!, k);
        values[layer] = placed(values[layer]!, v);
        return nn.dotProductAttention(q, keys[layer]!.ref, values[layer]!.ref, { mask: visible.ref });
      });
    }
    const logits = jaxLogits(x, p, config).reshape([vocabSize]);
    jax.tree.dispose([p, row, visible]);
    return [logits, keys, values] as [Array, Array[], Array[]];
  });
  const empty = (): Array[] => globalThis.Array.from({ length: nLayers }, () => np.zeros([1, contextLength, nHeads, dHead]));
  let keys = empty(), values = empty(), length = 0;
  return {
    rewind() {
      length = 0;
    },
    async push(id) {
      await useJax(device);
      let logits: Array;
      const whole = (value: number): Array => np.array(Int32Array.of(value));
      [logits, keys, values] = step(jax.tree.ref(p), keys, values, whole(id), whole(length++));
      return (await logits.data()) as Float32Array;
    },
    close: () => jax.tree.dispose([p, keys, values]),
  };
}
