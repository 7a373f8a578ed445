import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import { parameterShapes } from "../../engine/checkpoint/parameterShapes.ts";
import { sizeOf } from "../../engine/kernel.ts";
import { activations } from "../../engine/nn/layers.ts";
import { linear } from "../../engine/ops/linear.ts";
import { matmul } from "../../engine/ops/matmul.ts";
import { multiply } from "../../engine/ops/multiply.ts";
import { relu } from "../../engine/ops/relu.ts";
import { scale } from "../../engine/ops/scale.ts";
import { subtract } from "../../engine/ops/subtract.ts";
import { nanoConfig } from "../../engine/tasks/nano.ts";
import { walk, type WalkTapeParams } from "../../engine/tasks/walkTape.ts";
import { random } from "../../engine/random.ts";
import { backward, parameter, read, tensor, type Tensor } from "../../engine/tensor.ts";
import { fixed, grouped, row, table, trimmed } from "../../src/prose/numbers.ts";

const base: WalkTapeParams = {
  network: "neuron", bend: "none", neuronData: [2, 5], neuron: [1, 0], layersData: [1, -0.5, 1, 0],
  hidden: [0.5, -0.4, 0.1, -0.3, 0.8, 0.2, 0.7, 0.6, -0.2], output: [0.6, -0.5, 0.4, 0.1, -0.2, 0.9, 0.3, 0], learningRate: 0.01,
};

/** The worked examples, computed by the engine's tape on its exact reference backend. */
export async function worked() {
  const backend = createReferenceBackend();
  const matrix = (rows: readonly (readonly number[])[]): Tensor => tensor(backend, [rows.length, rows[0]!.length], rows.flat());
  const numbers = async (x: Tensor): Promise<number[]> => Array.from(await read(x));

  // Gradient descent on the neuron of the text.
  const steps = [await walk(backend, base)];
  let neuron = base.neuron;
  for (let k = 0; k < 3; k++) {
    const { gradients } = steps[k]!;
    neuron = [neuron[0]! - 0.01 * gradients.w![0]!, neuron[1]! - 0.01 * gradients.b![0]!];
    steps.push(await walk(backend, { ...base, neuron }));
  }
  const closed = await walk(backend, { ...base, bend: "relu", neuronData: [1, 0.5], neuron: [0.17, -0.93] });
  const layers = await walk(backend, { ...base, network: "layers", bend: "relu" });
  const bent = layers.entries.find(({ op }) => op === "relu")!.output;
  const after = layers.entries.find(({ inputs }) => inputs[0] === bent)!;

  const smallest = [...parameterShapes(nanoConfig("gpt2", 512)).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);

  // Two linear layers and the one they amount to.
  const w1 = [[1, 2], [3, -1]], w2 = [[2, -1], [0, 1]], b1 = [1, 0], b2 = [0, 1], x = [[1, -2]];
  const bias = (values: readonly number[]): Tensor => tensor(backend, [values.length], values);
  const hidden = linear(matrix(x), matrix(w1), bias(b1));
  const both = await numbers(linear(hidden, matrix(w2), bias(b2)));
  const product = await numbers(matmul(matrix(w2), matrix(w1)));
  const joined = await numbers(linear(matrix([b1]), matrix(w2), bias(b2)));
  const once = await numbers(linear(matrix(x), matrix([product.slice(0, 2), product.slice(2)]), bias(joined)));
  const bentBoth = await numbers(linear(relu(hidden), matrix(w2), bias(b2)));

  return {
    stepsTable: table(
      ["step", "weight $w$", "bias $b$", "output $y$", "loss $L$", "slope $\\partial L/\\partial w$", "slope $\\partial L/\\partial b$"],
      steps.map(({ values, gradients, loss }, step) => [
        String(step), trimmed(values.w![0]!, 4), trimmed(values.b![0]!, 4), trimmed(values.y![0]!, 4), trimmed(loss, 4),
        trimmed(gradients.w![0]!, 4), trimmed(gradients.b![0]!, 4),
      ]),
    ),
    slopes: { error: trimmed(steps[0]!.entries.at(-2)!.upstream[0]!, 4), w: trimmed(steps[0]!.gradients.w![0]!, 4), b: trimmed(steps[0]!.gradients.b![0]!, 4) },
    w1: trimmed(steps[1]!.values.w![0]!, 4), b1: fixed(steps[1]!.values.b![0]!, 2), y1: fixed(steps[1]!.values.y![0]!, 2), l1: fixed(steps[1]!.loss, 2),
    y2: fixed(steps[2]!.values.y![0]!, 2), l2: fixed(steps[2]!.loss, 4), y3: fixed(steps[3]!.values.y![0]!, 3), l3: fixed(steps[3]!.loss, 3),
    shrink: trimmed(steps[1]!.values.e![0]! / steps[0]!.values.e![0]!, 6),
    closed: { before: fixed(closed.values.y![0]!, 2), after: trimmed(closed.values.a![0]!, 2), slope: trimmed(Math.abs(closed.gradients.w![0]!), 2) },
    deadRow: row(layers.gradients.W1!.slice(2, 4).map(Math.abs), 0),
    hidden: row(await numbers(hidden), 0), both: row(both, 0), once: row(once, 0), bentBoth: row(bentBoth, 0),
    product: `\\begin{pmatrix} ${product[0]} & ${product[1]} \\\\ ${product[2]} & ${product[3]} \\end{pmatrix}`,
    joined: row(joined, 0),
    tents: await tentTable(),
    bends: await bendTable(),
    sizes: await sizeTable(),
    cost: table(["numbers to learn", "forward passes for slopes by nudging", "for all slopes by the tape"],
      [2, 17, 1000, smallest].map((count) => [grouped(count), grouped(count + 1), "about 3"])),
    passesOfSmallest: grouped(smallest + 1),
    blameOfClosed: fixed(after.handed[0]![1]!, 2),
    timesForThousand: grouped(Math.round(1001 / 3)),
  };

  /** t(x) = 2 max(0, x) − 4 max(0, x − ½), applied to its own result: straight pieces on 0 … 1. */
  async function tentTable(): Promise<string> {
    const size = 1025;
    let y = tensor(backend, [size], Array.from({ length: size }, (_, i) => i / (size - 1)));
    const half = tensor(backend, [size], new Float64Array(size).fill(0.5));
    const rows: string[][] = [];
    for (let depth = 1; depth <= 6; depth++) {
      y = subtract(scale(relu(y), 2), scale(relu(subtract(y, half)), 4));
      const values = await numbers(y);
      const slopes = values.slice(1).map((value, i) => Math.sign(value - values[i]!));
      const pieces = 1 + slopes.filter((slope, i) => i > 0 && slope !== slopes[i - 1]).length;
      rows.push([String(depth), String(2 * depth), String(pieces), String(pieces)]);
    }
    return table(["layers", "hinges, stacked", "straight pieces", "hinges for the same in one layer"], rows);
  }

  /** Each bend at a few places, its slope by the tape. */
  async function bendTable(): Promise<string> {
    const at = [-3, -1, 0, 1, 3];
    const names = { relu: "ReLU", sigmoid: "sigmoid", tanh: "tanh", gelu: "GELU", silu: "SiLU" } as const;
    const rows: string[][] = [];
    for (const [name, label] of Object.entries(names)) {
      const f = activations[name as keyof typeof names];
      const values: number[] = [], slopes: number[] = [];
      for (const x of at) {
        const p = parameter(backend, [1], bias([x]).buffer, bias([0]).buffer);
        const y = f(p);
        backward(y);
        values.push((await numbers(y))[0]!);
        slopes.push((await numbers(p.gradient!))[0]!);
      }
      rows.push([label, ...values.map((value) => trimmed(value, 3)), `${trimmed(slopes[0]!, 3)} … ${trimmed(slopes.at(-1)!, 3)}`]);
    }
    return table(["bend", ...at.map((x) => trimmed(x, 0)), "slope at −3 … 3"], rows);
  }

  /** Typical size of the numbers in a stack of 64 ReLU units a layer, for three sizes of random weights. */
  async function sizeTable(): Promise<string> {
    const width = 64, inputs = 64;
    const rows: string[][] = [];
    for (const [label, gain] of [["half of it", 0.5], ["$\\sqrt{2/64}$", 1], ["twice it", 2]] as const) {
      const draw = random(7);
      const normal = (count: number, size: number): number[] => Array.from({ length: count }, () => size * draw.normal());
      let y = tensor(backend, [inputs, width], normal(inputs * width, 1));
      const sizes: string[] = [];
      for (let layer = 1; layer <= 10; layer++) {
        y = relu(matmul(y, tensor(backend, [width, width], normal(width * width, gain * Math.sqrt(2 / width)))));
        const squares = await numbers(multiply(y, y));
        const typical = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
        if (layer === 1 || layer === 5 || layer === 10) sizes.push(String(Number(typical.toPrecision(2))));
      }
      rows.push([label, ...sizes]);
    }
    return table(["size of the weights", "after 1 layer", "after 5", "after 10"], rows);
  }
}
