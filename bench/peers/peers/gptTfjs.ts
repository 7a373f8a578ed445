import type { Tensor2D, Tensor3D, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { DecoderConfig } from "../../../engine/index.ts";
import { batchOf, recipe, weightsOf } from "../gpt.ts";
import type { Training } from "./gptOurs.ts";
import { tf, useTfjs } from "./tfjs.ts";

/** The same training with TensorFlow.js: no compiled function there, every operation is called from JavaScript in every step. */
export async function trainTfjs(
  kind: "wasm" | "webgpu", config: DecoderConfig, shapes: ReadonlyMap<string, readonly number[]>, rows: number, time: number,
): Promise<Training> {
  await useTfjs(kind);
  const { learningRate, beta1, beta2, epsilon, weightDecay, maxNorm } = recipe;
  const { vocabSize, nLayers, nHeads, dHead, dModel, normEpsilon } = config;
  const p = new Map([...weightsOf(config)].map(([name, values]): [string, Variable] => [name, tf.variable(tf.tensor(values, [...shapes.get(name)!]))]));
  const get = <T extends Tensor2D | Tensor3D>(name: string): T => p.get(name) as unknown as T;
  const zeros = (): Map<string, Variable> => new Map([...p].map(([name, x]) => [name, tf.variable(tf.zerosLike(x))]));
  const m = zeros(), v = zeros();

  // Two-dimensional throughout: the gradient of a product with broadcast batches is slower there.
  const linear = (x: Tensor2D, name: string): Tensor2D => tf.matMul<Tensor2D>(x, get(`${name}.weight`), false, true).add(get(`${name}.bias`));
  const layerNorm = (x: Tensor2D, name: string): Tensor2D => {
    const { mean, variance } = tf.moments(x, 1, true);
    return x.sub(mean).mul(tf.rsqrt(variance.add(normEpsilon))).mul(get(`${name}.weight`)).add(get(`${name}.bias`));
  };
  const gelu = (x: Tensor2D): Tensor2D => {
    const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(inner.tanh().add(1)).mul(0.5);
  };
  const hidden = tf.tensor2d(Float32Array.from({ length: time * time }, (_, i) => (i % time > Math.floor(i / time) ? -1e9 : 0)), [time, time]);
  const heads = (x: Tensor2D): Tensor4D => x.reshape([rows, time, nHeads, dHead]).transpose<Tensor4D>([0, 2, 1, 3]);
  const attention = (qkv: Tensor2D): Tensor2D => {
    const [q, k, value] = tf.split<Tensor2D>(qkv, 3, 1).map(heads) as [Tensor4D, Tensor4D, Tensor4D];
    const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(dHead)).add(hidden);
    return tf.matMul(tf.softmax(scores), value).transpose([0, 2, 1, 3]).reshape([rows * time, dModel]);
  };

  const batch = batchOf(config, rows, time);
  const oneHot = (ids: Int32Array): Tensor2D => tf.oneHot(tf.tensor1d(ids, "int32"), vocabSize).toFloat() as Tensor2D;
  const ids = oneHot(batch.ids), targets = oneHot(batch.targets);
  const lossOf = () => {
    const embedding = get<Tensor2D>("embedding.weight");
    const tokens = tf.matMul(ids, embedding).reshape([rows, time, dModel]);
    let x = tokens.add(get<Tensor2D>("positions.weight").slice([0, 0], [time, dModel])).reshape([rows * time, dModel]) as Tensor2D;
    for (let layer = 0; layer < nLayers; layer++) {
      const block = `blocks.${layer}`;
      x = x.add(linear(attention(linear(layerNorm(x, `${block}.norm1`), `${block}.attn.qkv`)), `${block}.attn.out`));
      x = x.add(linear(gelu(linear(layerNorm(x, `${block}.norm2`), `${block}.mlp.up`)), `${block}.mlp.down`));
    }
    const logits = tf.matMul(layerNorm(x, "norm"), embedding, false, true);
    return tf.logSoftmax(logits).mul(targets).sum().div(-rows * time).asScalar();
  };

  let count = 0;
  const advance = async () => {
    await useTfjs(kind);
    count++;
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(lossOf, [...p.values()]);
      // Subtle: `addN` of all would bind more buffers than WebGPU allows.
      const norm = Object.values(grads).map((g) => g.square().sum()).reduce((a, b) => a.add(b)).sqrt();
      const clip = tf.minimum(1, tf.scalar(maxNorm).div(norm));
      for (const [name, x] of p) {
        const g = grads[x.name]!.mul(clip);
        const first = m.get(name)!, second = v.get(name)!;
        first.assign(first.mul(beta1).add(g.mul(1 - beta1)));
        second.assign(second.mul(beta2).add(g.square().mul(1 - beta2)));
        const direction = first.div(1 - beta1 ** count).div(second.div(1 - beta2 ** count).sqrt().add(epsilon));
        x.assign(x.mul(x.rank > 1 ? 1 - learningRate * weightDecay : 1).sub(direction.mul(learningRate)));
      }
      return value;
    });
  };
  return {
    async step() {
      const loss = await advance();
      // On WebGPU only reading waits for the work; on WebAssembly this costs nothing.
      await loss.data();
      loss.dispose();
    },
    async lossOfStep() {
      const loss = await advance();
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    },
    close: () => [...p.values(), ...m.values(), ...v.values(), ids, targets, hidden].forEach((x) => x.dispose()),
  };
}
