import { describe, expect, test } from "vitest";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { problemRows, reversing } from "../data/sequenceProblems.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { backends } from "../testing/backends.ts";
import { read, tensor } from "../tensor.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { fit } from "./fit.ts";
import { attentionMatrices, lora } from "./lora.ts";
import { int4Recipe, int8Recipe, packModel, unpackModel, uploadPackedModel } from "./packedParameters.ts";
import { frozen, readParameters } from "./parameters.ts";
import { initialWeights, transformer } from "./transformer.ts";

const config: DecoderConfig = {
  vocabSize: 11, contextLength: 12, dModel: 32, nLayers: 2, nHeads: 4, nKvHeads: 2, dHead: 8, dMlp: 48,
  position: "rope", ropeBase: 10_000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
};
const weights = initialWeights(config, { seed: 4, matrices: 0.2, embedding: 0.2 });
const rows = 16, time = 8;

describe("lora", () => {
  test("starts as the base, learns while the base stays to the bit, and merges into the same logits", async () => {
    const backend = (await backends.cpu!())!;
    const base = frozen(backend, parameterShapes(config), weights);
    const { adapters, parameters, merged } = lora(base, { rank: 4, alpha: 8, targets: attentionMatrices, seed: 1 });
    const adapted = transformer(config, parameters), plain = transformer(config, base);
    const integers = () => tensor(backend, [rows, time], new Int32Array(rows * time), "i32");
    const [ids, targets] = [integers(), integers()];
    const probe = tensor(backend, [1, 6], [1, 2, 3, 10, 3, 2], "i32");
    expect(await read(adapted.forward(probe))).toEqual(await read(plain.forward(probe)));

    const run = fit(adapters, { kind: "adam" }, [ids, targets], () => crossEntropy(adapted.forward(ids), targets));
    const losses: number[] = [];
    for (let step = 0; step < 80; step++) {
      const batch = problemRows(reversing(time / 2), rows, 1, step);
      run.advance([batch.ids, batch.targets], 0.01);
      losses.push(await run.loss());
    }
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
    expect(await readParameters(base)).toEqual(await readParameters(frozen(backend, parameterShapes(config), weights)));

    const whole = transformer(config, frozen(backend, parameterShapes(config), new Map([...weights, ...await merged()])));
    const [a, b, before] = [await read(adapted.forward(probe)), await read(whole.forward(probe)), await read(plain.forward(probe))];
    a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(1e-5));
    expect(a.some((value, i) => Math.abs(value - before[i]!) > 0.1)).toBe(true);

    // What is merged is W + (alpha / rank) · B A, written out.
    const [factors, sums] = [await readParameters(adapters), await merged()];
    for (const [name, sum] of sums) {
      const [down, up] = [factors.get(`${name}.a`)!, factors.get(`${name}.b`)!];
      const from = down.length / 4;
      const expected = weights.get(name)!.map((w, i) => {
        const [row, column] = [Math.floor(i / from), i % from];
        return w + (8 / 4) * [0, 1, 2, 3].reduce((dot, r) => dot + up[4 * row + r]! * down[r * from + column]!, 0);
      });
      sum.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
    }
  });

  const recipes = [["int8", int8Recipe], ["int4", int4Recipe]] as const;
  test.each(recipes)("learns over a base packed in %s as over its widened weights, and merges", async (_, recipe) => {
    const backend = (await backends.cpu!())!;
    const packedModel = packModel(config, weights, recipe);
    const options = { rank: 4, alpha: 8, targets: attentionMatrices, seed: 1 };
    const over = lora(uploadPackedModel(backend, config, packedModel), options);
    const plain = lora(frozen(backend, parameterShapes(config), unpackModel(packedModel)), options);
    const train = async ({ adapters, parameters }: typeof over): Promise<number[]> => {
      const integers = () => tensor(backend, [rows, time], new Int32Array(rows * time), "i32");
      const [ids, targets] = [integers(), integers()];
      const model = transformer(config, parameters);
      const run = fit(adapters, { kind: "adam" }, [ids, targets], () => crossEntropy(model.forward(ids), targets));
      const losses: number[] = [];
      for (let step = 0; step < 40; step++) {
        const batch = problemRows(reversing(time / 2), rows, 1, step);
        run.advance([batch.ids, batch.targets], 0.01);
        losses.push(await run.loss());
      }
      return losses;
    };
    const [a, b] = [await train(over), await train(plain)];
    expect(a.at(-1)!).toBeLessThan(0.9 * a[0]!);
    // The WebAssembly kernels round what enters a packed matrix to 16 bits.
    a.forEach((loss, step) => expect(Math.abs(loss - b[step]!)).toBeLessThan(0.01 * b[step]!));
    const probe = tensor(backend, [1, 6], [1, 2, 3, 10, 3, 2], "i32");
    const together = new Map([...unpackModel(packedModel), ...await over.merged()]);
    const whole = transformer(config, frozen(backend, parameterShapes(config), together));
    const [adapted, merged] = [await read(transformer(config, over.parameters).forward(probe)), await read(whole.forward(probe))];
    adapted.forEach((value, i) => expect(Math.abs(value - merged[i]!)).toBeLessThan(5e-3));
  });

  test("rank 4 on queries, keys, values and projection of the story model is 12,288 numbers", async () => {
    const story = { ...config, vocabSize: 16, dModel: 128, nLayers: 4, nKvHeads: 4, dHead: 32, dMlp: 8 };
    const shapes = parameterShapes(story);
    const base = frozen((await backends.cpu!())!, shapes, initialWeights(story, { seed: 1, matrices: 0.1, embedding: 0.1 }));
    const { adapters } = lora(base, { rank: 4, alpha: 4, targets: attentionMatrices, seed: 1 });
    expect([...adapters.tensors.values()].reduce((sum, { size }) => sum + size, 0)).toBe(12_288);
    expect(() => lora(base, { rank: 4, alpha: 4, targets: () => false, seed: 1 })).toThrow("lora: no matrix is a target");
  });
});
