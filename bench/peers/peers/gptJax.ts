import type { DecoderConfig } from "../../../engine/index.ts";
import { batchOf, recipe, weightsOf } from "../gpt.ts";
import type { Training } from "./gptOurs.ts";
import { jax, nn, np, useJax } from "./jax.ts";

type Array = InstanceType<typeof np.Array>;
type Named = Record<string, Array>;

/** x Wᵀ + b. Every function takes its arguments' references: a name is used again only after `.ref`. */
const linear = (x: Array, weight: Array, bias: Array): Array => np.matmul(x, weight.transpose()).add(bias);
const layerNorm = (x: Array, gain: Array, bias: Array, epsilon: number): Array => nn.standardize(x, -1, { epsilon }).mul(gain).add(bias);

/** One block on x [batch,time,d]; `attend` makes attention's output from queries, keys and values [batch,time,heads,d/heads]. */
export function jaxBlock(x: Array, p: Named, name: string, config: DecoderConfig, attend: (q: Array, k: Array, v: Array) => Array): Array {
  const { nHeads, dHead, dModel, normEpsilon } = config;
  const [batch, time] = x.shape as [number, number];
  const w = (part: string): [Array, Array] => [p[`${name}.${part}.weight`]!.ref, p[`${name}.${part}.bias`]!.ref];
  const qkv = linear(layerNorm(x.ref, ...w("norm1"), normEpsilon), ...w("attn.qkv"));
  const [q, k, v] = np.split(qkv, 3, -1).map((part: Array) => part.reshape([batch, time, nHeads, dHead])) as [Array, Array, Array];
  x = x.add(linear(attend(q, k, v).reshape([batch, time, dModel]), ...w("attn.out")));
  const hidden = nn.gelu(linear(layerNorm(x.ref, ...w("norm2"), normEpsilon), ...w("mlp.up")), { approximate: true });
  return x.add(linear(hidden, ...w("mlp.down")));
}

/** Ends a forward pass: final norm and tied unembedding. */
export const jaxLogits = (x: Array, p: Named, { normEpsilon }: DecoderConfig): Array =>
  np.matmul(layerNorm(x, p["norm.weight"]!.ref, p["norm.bias"]!.ref, normEpsilon), p["embedding.weight"]!.ref.transpose());

export const jaxWeights = (config: DecoderConfig, shapes: ReadonlyMap<string, readonly number[]>): Named =>
  Object.fromEntries([...weightsOf(config)].map(([name, values]) => [name, np.array(values as Float32Array<ArrayBuffer>).reshape([...shapes.get(name)!])]));

/** Forward, loss, gradient, clip and AdamW as one compiled function. */
export async function trainJax(
  device: "wasm" | "webgpu", config: DecoderConfig, shapes: ReadonlyMap<string, readonly number[]>, rows: number, time: number,
): Promise<Training> {
  await useJax(device);
  const { learningRate, beta1, beta2, epsilon, weightDecay, maxNorm } = recipe;
  const { vocabSize, nLayers } = config;

  const lossOf = (p: Named, ids: Array, targets: Array): Array => {
    // Subtle: a product with one-hot rows is what its gradient rules know; `take` has none here.
    let x = np.matmul(nn.oneHot(ids, vocabSize), p["embedding.weight"]!.ref).add(p["positions.weight"]!.ref.slice([0, time]));
    for (let layer = 0; layer < nLayers; layer++) {
      x = jaxBlock(x, p, `blocks.${layer}`, config, (q, k, v) => nn.dotProductAttention(q, k, v, { isCausal: true }));
    }
    const logits = jaxLogits(x, p, config);
    jax.tree.dispose(p);
    return nn.logSoftmax(logits, -1).mul(nn.oneHot(targets, vocabSize)).sum().div(-rows * time);
  };
  const update = jax.jit((p: Named, m: Named, v: Named, ids: Array, targets: Array, corrections: Array) => {
    const [loss, gradient] = jax.valueAndGrad(lossOf)(jax.tree.ref(p), ids, targets) as [Array, Named];
    const squares = Object.values(gradient).map((g) => np.square(g.ref).sum()).reduce((a, b) => a.add(b));
    const clip = np.minimum(np.array(1), np.array(maxNorm).div(np.sqrt(squares)));
    const [c1, c2] = [corrections.ref.slice(0), corrections.slice(1)] as [Array, Array];
    const next = { p: {} as Named, m: {} as Named, v: {} as Named };
    for (const name of Object.keys(p)) {
      const g = gradient[name]!.mul(clip.ref);
      const first = m[name]!.mul(beta1).add(g.ref.mul(1 - beta1)), second = v[name]!.mul(beta2).add(np.square(g).mul(1 - beta2));
      const direction = first.ref.div(c1.ref).div(np.sqrt(second.ref.div(c2.ref)).add(epsilon));
      const decay = p[name]!.shape.length > 1 ? 1 - learningRate * weightDecay : 1;
      next.p[name] = p[name]!.mul(decay).sub(direction.mul(learningRate));
      next.m[name] = first;
      next.v[name] = second;
    }
    [clip, c1, c2].forEach((x) => x.dispose());
    return [next.p, next.m, next.v, loss] as [Named, Named, Named, Array];
  });

  const batch = batchOf(config, rows, time);
  const ids = np.array(batch.ids as Int32Array<ArrayBuffer>).reshape([rows, time]);
  const targets = np.array(batch.targets as Int32Array<ArrayBuffer>).reshape([rows, time]);
  let p = jaxWeights(config, shapes);
  const zeros = (): Named => Object.fromEntries(Object.entries(p).map(([name, x]) => [name, np.zeros(x.shape)]));
  let m = zeros(), v = zeros(), count = 0;
  const advance = async (): Promise<Array> => {
    await useJax(device);
    count++;
    const corrections = np.array([1 - beta1 ** count, 1 - beta2 ** count]);
    let loss: Array;
    [p, m, v, loss] = update(p, m, v, ids.ref, targets.ref, corrections);
    await jax.blockUntilReady([p, loss]);
    return loss;
  };
  return {
    step: async () => (await advance()).dispose(),
    lossOfStep: async () => (await (await advance()).data())[0]!,
    close: () => jax.tree.dispose([p, m, v, ids, targets]),
  };
}
