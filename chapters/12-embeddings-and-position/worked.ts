import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import { realModels } from "../../engine/data/configs.ts";
import { alibiSlopes, sinusoidTable } from "../../engine/nn/positions.ts";
import { gatherRows } from "../../engine/ops/gatherRows.ts";
import { matmul } from "../../engine/ops/matmul.ts";
import { rope, ropeFrequencies, ropeTable } from "../../engine/ops/rope.ts";
import { scale } from "../../engine/ops/scale.ts";
import { softplus } from "../../engine/ops/softplus.ts";
import { tensor, type Tensor } from "../../engine/tensor.ts";
import { fixed, grouped, row, table, trimmed } from "../../src/prose/numbers.ts";

const toy = [["How", [0.2, -0.7, 0.5]], ["are", [-0.3, 0.1, 0.8]], ["you", [0.9, -0.4, 0.2]], ["?", [-0.5, 0.9, 0]]] as const;

/** Every number of the chapter's boxes, computed by the engine of the figures. */
export async function worked() {
  const backend = createReferenceBackend();
  const numbers = async (x: Tensor): Promise<number[]> => Array.from(await backend.read(x.buffer));
  const embedding = tensor(backend, [4, 3], toy.flatMap(([, vector]) => vector));
  const ids = [2, 1, 2];
  const gathered = await numbers(gatherRows(embedding, tensor(backend, [3], ids, "i32")));
  const oneHot = tensor(backend, [3, 4], ids.flatMap((id) => [0, 1, 2, 3].map((j) => Number(j === id))));
  const product = await numbers(matmul(oneHot, embedding));
  if (product.some((x, i) => x !== gathered[i])) throw new Error("worked: a one-hot product differs from the row it picks");

  const sinusoids = sinusoidTable(1024, 4);
  const alike = (p: number, q: number): number => [0, 1, 2, 3].reduce((sum, j) => sum + sinusoids[p * 4 + j]! * sinusoids[q * 4 + j]!, 0);
  const gpt2 = realModels.gpt2;
  const matrix = gpt2.vocabSize * gpt2.dModel, places = gpt2.contextLength * gpt2.dModel;
  const turns = ropeFrequencies(gpt2.dModel, 10_000);

  // One pair, θ = 1: a query and a key that both point along the first axis, at two places.
  const pairAt = async (positions: readonly number[]): Promise<number[][]> => {
    const time = Math.max(...positions) + 1;
    const qkv = tensor(backend, [1, time, 6], Float64Array.from({ length: time * 6 }, (_, i) => Number(i % 2 === 0)));
    const layout = { nHeads: 1, nKvHeads: 1 };
    const turned = await numbers(rope(qkv, tensor(backend, [time, 2], ropeTable(time, 2, 10_000)), tensor(backend, [1], [0], "i32"), layout));
    return positions.map((p) => turned.slice(p * 6, p * 6 + 2));
  };
  const dot = ([a, b]: number[], [x, y]: number[]): number => a! * x! + b! * y!;
  const [q5, k3, q105, k103] = await pairAt([5, 3, 105, 103]) as [number[], number[], number[], number[]];
  const blind = await numbers(scale(softplus(tensor(backend, [1], [0])), 6));
  const models = (["gpt2", "gpt3", "llama-3-8b", "llama-3-70b", "llama-3-405b"] as const).map((key) => realModels[key]);
  return {
    toy: table(["id", "token", "its row"], toy.map(([token, vector], i) => [String(i), token, row(vector, 1)])),
    x: [0, 1, 2].map((t) => row(gathered.slice(t * 3, t * 3 + 3), 1)).join(", "),
    widths: table(["model", "date", "tokens V", "width d", "numbers in E", "share of the model"], models.map(({ name, date, vocabSize, dModel, parameters }) => [
      name.replaceAll(" ", "\u00a0"), date, grouped(vocabSize), grouped(dModel), grouped(vocabSize * dModel), `${trimmed((vocabSize * dModel * 100) / parameters, 1)} %`,
    ])),
    widthSources: [...new Set(models.map(({ source }) => source))].join("; "),
    blind: fixed(blind[0]!, 3),
    sinusoids: table(["p", "sin(p)", "cos(p)", "sin(p/100)", "cos(p/100)"], [0, 1, 2].map((p) => [
      String(p), ...Array.from(sinusoids.slice(p * 4, p * 4 + 4), (x) => fixed(x, 5)),
    ])),
    alike01: fixed(alike(0, 1), 4), alike12: fixed(alike(1, 2), 4), alikeFar: fixed(alike(1000, 1001), 4), alike02: fixed(alike(0, 2), 4),
    shortest: fixed((2 * Math.PI) / turns[0]!, 2), longest: grouped((2 * Math.PI) / turns.at(-1)!),
    vocab: grouped(gpt2.vocabSize), gptWidth: grouped(gpt2.dModel), gptMatrix: grouped(matrix), gptContext: grouped(gpt2.contextLength), gptPlaces: grouped(places),
    gptAll: grouped(gpt2.parameters), gptMatrixShare: trimmed((matrix / gpt2.parameters) * 100, 1), gptPlacesShare: trimmed((places / gpt2.parameters) * 100, 2),
    q5: row(q5, 4), k3: row(k3, 4), score: fixed(dot(q5, k3), 4), scoreFar: fixed(dot(q105, k103), 4), cos2: fixed(Math.cos(2), 4),
    slopes: alibiSlopes(8).map((slope) => `1/${trimmed(1 / slope, 0)}`).join(", "),
  };
}

export type Worked = Awaited<ReturnType<typeof worked>>;
