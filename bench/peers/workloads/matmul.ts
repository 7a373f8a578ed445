/** C = A B of 512 × 512 numbers: the one product that every engine has tuned. */
import { random, tensor } from "../../../engine/index.ts";
import { matmulKernel } from "../../../engine/ops/matmul.ts";
import { launch, read } from "../../../engine/tensor.ts";
import { expectClose, type Contestant, type Workload } from "../measure.ts";
import { np, useJax } from "../peers/jax.ts";
import { openOurs } from "../peers/ours.ts";
import { ortWasm } from "../peers/ort.ts";
import { tf, useTfjs } from "../peers/tfjs.ts";
import { onnxModel, node } from "../onnx.ts";

const size = 512;
const shape = [size, size];

interface Multiplier extends Contestant {
  /** The product, for comparison. */
  result(): Promise<ArrayLike<number>>;
}

export const matmul: Workload = {
  id: "matmul-512", title: "matrix product 512³", unit: "GFLOP/s", amount: (2 * size ** 3) / 1e9,
  async prepare() {
    const draw = random(1);
    const normals = (): Float32Array => Float32Array.from({ length: size * size }, () => draw.normal());
    const a = normals(), b = normals();
    const contestants = [await ours(a, b), await tfjs(a, b), await jaxJs(a, b), await ort(a, b)];
    const expected = await contestants[0]!.result();
    let off = 0;
    for (const each of contestants) off = Math.max(off, expectClose(each.name, await each.result(), expected, 1e-5));
    return { contestants, agreement: `products within ${off.toExponential(1)} of each other` };
  },
};

async function ours(a: Float32Array, b: Float32Array): Promise<Multiplier> {
  const backend = await openOurs("cpu");
  const left = tensor(backend, shape, a), right = tensor(backend, shape, b), out = tensor(backend, shape, new Float32Array(size * size));
  const plan = backend.capture(() => {
    launch(matmulKernel, [left, right], { transposeA: false, transposeB: false }, [{ tensor: out, accumulate: false }]);
  });
  const round = (): void => void plan.replay();
  return { name: "ours cpu", round, result: async () => (round(), read(out)), close: () => backend.close() };
}

async function tfjs(a: Float32Array, b: Float32Array): Promise<Multiplier> {
  await useTfjs("wasm");
  const left = tf.tensor2d(a, [size, size]), right = tf.tensor2d(b, [size, size]);
  return {
    name: "tfjs wasm",
    async round() {
      await useTfjs("wasm");
      tf.matMul(left, right).dispose();
    },
    result: async () => (await useTfjs("wasm"), tf.matMul(left, right).data()),
    close: () => [left, right].forEach((x) => x.dispose()),
  };
}

async function jaxJs(a: Float32Array, b: Float32Array): Promise<Multiplier> {
  await useJax("wasm");
  const left = np.array(a).reshape(shape), right = np.array(b).reshape(shape);
  const product = () => np.matmul(left.ref, right.ref);
  return {
    name: "jax-js wasm",
    async round() {
      const y = product();
      await y.blockUntilReady();
      y.dispose();
    },
    result: () => product().data() as Promise<Float32Array>,
    close: () => [left, right].forEach((x) => x.dispose()),
  };
}

async function ort(a: Float32Array, b: Float32Array): Promise<Multiplier> {
  const { InferenceSession, Tensor } = await ortWasm();
  const model = onnxModel({
    nodes: [node("MatMul", ["a", "b"], ["y"])], inputs: { a: { shape }, b: { shape } }, outputs: { y: { shape } }, weights: {},
  });
  const session = await InferenceSession.create(model, { executionProviders: ["wasm"] });
  const feeds = { a: new Tensor("float32", a, shape), b: new Tensor("float32", b, shape) };
  return {
    name: "ORT wasm",
    round: async () => void (await session.run(feeds)),
    result: async () => (await session.run(feeds))["y"]!.data as Float32Array,
    close: () => session.release(),
  };
}
