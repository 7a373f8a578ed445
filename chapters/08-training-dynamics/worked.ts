import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import { readParameters, trainable } from "../../engine/nn/parameters.ts";
import { dropout } from "../../engine/ops/dropout.ts";
import { layerNorm } from "../../engine/ops/layerNorm.ts";
import { rmsNorm } from "../../engine/ops/rmsNorm.ts";
import { sigmoid } from "../../engine/ops/sigmoid.ts";
import { learningRateAt } from "../../engine/optim/schedule.ts";
import { startDeviation } from "../../engine/tasks/gradientFlow.ts";
import { backward, tensor } from "../../engine/tensor.ts";
import { fixed, grouped, row, table, trimmed } from "../../src/prose/numbers.ts";

/** The recipe that the first figure opens with. */
const recipe = { examples: 1500, batch: 32, steps: 600, width: 64, few: 100, wide: 128, narrow: 8 };
const pixels = 196, classes = 10;

/** Numbers of a perceptron with one hidden layer: its weights and biases. */
const size = (width: number): number => pixels * width + width + width * classes + classes;

/** 9.5 · 10⁻⁷ as Markdown mathematics. */
function power(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  return `${mantissa} \\cdot 10^{${Number(exponent)}}`;
}

/** The worked examples, computed by the ops and schedules behind the figures. */
export async function worked() {
  const backend = createReferenceBackend();
  const numbers = async (values: { readonly buffer: Parameters<typeof backend.read>[0] }): Promise<number[]> => Array.from(await backend.read(values.buffer));
  const place = trainable(backend, new Map([["z", [1]]]), new Map([["z", [0]]]));
  backward(sigmoid(place.tensors.get("z")!));
  const bestSlope = (await readParameters(place, "gradients")).get("z")![0]!;
  const x = [1, 2, 3, 6];
  const ones = tensor(backend, [4], [1, 1, 1, 1]), zeros = tensor(backend, [4], [0, 0, 0, 0]);
  const rows = tensor(backend, [1, 4], x);
  const dropped = await numbers(dropout(tensor(backend, [4], [1, 2, 3, 4]), tensor(backend, [2], [0, 0], "i32"), 0.5));
  const gradient = [3, 4], norm = Math.hypot(...gradient);
  const rate = (step: number): string => trimmed(learningRateAt({ peak: 0.5, steps: 600, warmup: 60, decay: "cosine", final: 0 }, step), 4);

  return {
    guess: fixed(-Math.log(1 / classes), 3),
    stepsAnEpoch: fixed(recipe.examples / recipe.batch, 1),
    epochs: trimmed((recipe.steps * recipe.batch) / recipe.examples, 1),
    seen: grouped(recipe.steps * recipe.batch),
    fewEpochs: trimmed((recipe.steps * recipe.batch) / recipe.few, 0),
    generalization: `${trimmed(100 * (1.1 / 0.84 - 1), 0)} %`,
    fades: fixed(0.9 ** 50, 4),
    grows: fixed(1.1 ** 50, 0),
    bestSlope: trimmed(bestSlope, 4),
    tenLayers: power(bestSlope ** 10, 1),
    dropped: row(dropped, 0),
    he: fixed(startDeviation("he", pixels, recipe.width), 3),
    glorot: fixed(startDeviation("glorot", pixels, recipe.width), 3),
    heHidden: fixed(startDeviation("he", 32, 32), 2),
    halvings: power(0.5 ** 10, 1),
    layerNorm: row(await numbers(layerNorm(rows, ones, zeros, 0)), 3),
    rmsNorm: row(await numbers(rmsNorm(rows, ones, 0)), 3),
    mean: trimmed(x.reduce((a, b) => a + b) / 4, 2),
    deviation: fixed(Math.sqrt(x.reduce((sum, value) => sum + (value - 3) ** 2, 0) / 4), 3),
    rootMeanSquare: fixed(Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / 4), 3),
    norm: trimmed(norm, 2),
    clipped: row(gradient.map((value) => value / norm), 1),
    rates: table(["step", "learning rate"], [0, 29, 59, 330, 540, 590].map((step) => [String(step), rate(step)])),
    parameters: grouped(size(recipe.width)),
    wide: grouped(size(recipe.wide)),
    narrow: grouped(size(recipe.narrow)),
    twoNeurons: grouped(size(2)),
  };
}
