/** Steps of training the network of the playgrounds: 2-32-32-1, tanh, mean squared error on 256 points, Adam. */
import { fit, meanSquaredError, mlp, mlpShapes, random, tensor, uniformWeights } from "../../../engine/index.ts";
import { trainable } from "../../../engine/nn/parameters.ts";
import { expectClose, type Contestant, type Workload } from "../measure.ts";
import { jax, np, useJax } from "../peers/jax.ts";
import { openOurs } from "../peers/ours.ts";
import { tf, useTfjs } from "../peers/tfjs.ts";

const sizes = [2, 32, 32, 1], points = 256, learningRate = 0.01, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
const shapes = mlpShapes({ sizes, activation: "tanh" });
const stepsARound = 10;

/** A run whose steps are queued, and whose last loss can be read: it is read once in ten steps, as a figure would. */
interface Run {
  readonly name: string;
  step(): void;
  loss(): Promise<number>;
}

interface Data {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

export const mlpTraining: Workload = {
  id: "mlp", title: "training step, MLP 2-32-32-1, batch 256, processor", unit: "steps/s", amount: stepsARound,
  absent: { ORT: "trains no longer in the browser" },
  async prepare() {
    const draw = random(1);
    const x = Float32Array.from({ length: 2 * points }, () => 2 * draw.uniform() - 1);
    // Exclusive or: 1 where the coordinates have different signs.
    const y = Float32Array.from({ length: points }, (_, i) => (x[2 * i]! * x[2 * i + 1]! < 0 ? 1 : 0));
    const data: Data = { weights: uniformWeights(shapes, 1), x, y };
    const contestants: Contestant[] = [];
    let expected: number[] | undefined, off = 0;
    for (const [use, run] of [[() => {}, await ours(data)], [() => useTfjs("wasm"), await tfjs(data)], [() => useJax("wasm"), await jaxJs(data)]] as const) {
      const losses: number[] = [];
      const round = async (): Promise<void> => {
        await use();
        for (let step = 0; step < stepsARound; step++) run.step();
        losses.push(await run.loss());
      };
      await round();
      await round();
      expected ??= losses.slice(0, 2);
      off = Math.max(off, expectClose(`losses of ${run.name}`, losses, expected, 1e-3));
      contestants.push({ name: run.name, round });
    }
    return { contestants, agreement: `losses of steps 10 and 20 within ${off.toExponential(1)}` };
  },
};

async function ours({ weights, x, y }: Data): Promise<Run> {
  const backend = await openOurs("cpu");
  const parameters = trainable(backend, shapes, weights);
  const input = tensor(backend, [points, 2], x), target = tensor(backend, [points, 1], y);
  const forward = mlp({ sizes, activation: "tanh" }, parameters);
  const run = fit(parameters, { kind: "adam", beta1, beta2, epsilon }, [input, target], () => meanSquaredError(forward(input), target));
  return { name: "ours cpu", step: () => run.advance([x, y], learningRate), loss: () => run.loss() };
}

async function tfjs({ weights, x, y }: Data): Promise<Run> {
  await useTfjs("wasm");
  const p = [...weights].map(([name, values]) => tf.variable(tf.tensor(values, [...shapes.get(name)!])));
  const input = tf.tensor2d(x, [points, 2]), target = tf.tensor2d(y, [points, 1]);
  const layer = (n: number, from: ReturnType<typeof tf.tensor2d>) => tf.matMul(from, p[2 * n] as unknown as typeof from, false, true).add(p[2 * n + 1]!) as typeof from;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  const lossOf = () => layer(2, tf.tanh(layer(1, tf.tanh(layer(0, input))))).sub(target).square().mean().asScalar();
  let last = tf.scalar(0);
  return {
    name: "tfjs wasm",
    step() {
      last.dispose();
      last = optimizer.minimize(lossOf, true) as typeof last;
    },
    loss: async () => (await last.data())[0]!,
  };
}

async function jaxJs({ weights, x, y }: Data): Promise<Run> {
  await useJax("wasm");
  type Array = InstanceType<typeof np.Array>;
  type Parts = { w: Array[]; b: Array[] };
  const part = (name: string): Array => np.array(weights.get(name)! as Float32Array<ArrayBuffer>).reshape([...shapes.get(name)!]);
  let p: Parts = { w: [0, 1, 2].map((n) => part(`layers.${n}.weight`)), b: [0, 1, 2].map((n) => part(`layers.${n}.bias`)) };
  const input = np.array(x as Float32Array<ArrayBuffer>).reshape([points, 2]), target = np.array(y as Float32Array<ArrayBuffer>).reshape([points, 1]);
  const layer = (w: Array, b: Array, from: Array): Array => np.matmul(from, w.transpose()).add(b);
  const lossOf = ({ w, b }: Parts, from: Array, to: Array): Array => {
    const hidden = np.tanh(layer(w[1]!, b[1]!, np.tanh(layer(w[0]!, b[0]!, from))));
    return np.square(layer(w[2]!, b[2]!, hidden).sub(to)).mean();
  };
  const update = jax.jit((p: Parts, m: Parts, v: Parts, from: Array, to: Array, corrections: Array) => {
    const [loss, g] = jax.valueAndGrad(lossOf)(jax.tree.ref(p), from, to) as [Array, Parts];
    const [c1, c2] = [corrections.ref.slice(0), corrections.slice(1)] as [Array, Array];
    const first = jax.tree.map((a: Array, b: Array) => a.mul(beta1).add(b.mul(1 - beta1)), m, jax.tree.ref(g)) as Parts;
    const second = jax.tree.map((a: Array, b: Array) => a.mul(beta2).add(np.square(b).mul(1 - beta2)), v, g) as Parts;
    const next = jax.tree.map((a: Array, b: Array, c: Array) => a.sub(b.div(c1.ref).div(np.sqrt(c.div(c2.ref)).add(epsilon)).mul(learningRate)), p, jax.tree.ref(first), jax.tree.ref(second)) as Parts;
    [c1, c2].forEach((each) => each.dispose());
    return [next, first, second, loss] as [Parts, Parts, Parts, Array];
  });
  const zeros = (): Parts => jax.tree.map((a: Array) => np.zeros(a.shape), p) as Parts;
  let m = zeros(), v = zeros(), last = np.array(0), count = 0;
  return {
    name: "jax-js wasm",
    step() {
      count++;
      last.dispose();
      [p, m, v, last] = update(p, m, v, input.ref, target.ref, np.array([1 - beta1 ** count, 1 - beta2 ** count]));
    },
    loss: async () => (await last.ref.data())[0]!,
  };
}
