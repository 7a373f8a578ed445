import { expect, test } from "vitest";
import { modelTypeOf } from "../checkpoint/huggingFace.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { learnSequences, sequenceConfig } from "../tasks/learnSequences.ts";
import { backends } from "../testing/backends.ts";
import { framesOf } from "../testing/runTask.ts";
import { read, tensor } from "../tensor.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { frozen } from "./parameters.ts";
import { float32Cache } from "./attentionCache.ts";
import { initialWeights, transformer } from "./transformer.ts";

const build = async (position: DecoderConfig["position"]) => {
  const backend = (await backends.cpu!())!;
  const config = sequenceConfig("reverse", position);
  const model = transformer(
    config, frozen(backend, parameterShapes(config), initialWeights(config, { seed: 3, matrices: 0.3, embedding: 0.3 })),
  );
  return { backend, config, model };
};

test.each(["sinusoidal", "learned", "rope", "alibi", "none"] as const)("two blocks with %s positions tell the order of what came before", async (position) => {
  const { backend, model } = await build(position);
  const last = async (ids: readonly number[]): Promise<number[]> => {
    const numbers = Array.from(await read(model.forward(tensor(backend, [1, ids.length], ids, "i32"))));
    return numbers.slice(-11);
  };
  const [a, b] = [await last([1, 2, 3, 4]), await last([2, 1, 3, 4])];
  const isSame = a.every((value, i) => Math.abs(value - b[i]!) < 1e-4);
  // One block alone could not tell order without positions; the second sees what the causal mask let the first sum up.
  expect(isSame).toBe(false);
});

test.each(["sinusoidal", "none"] as const)("with %s positions decoding with a cache gives the logits of the whole text", async (position) => {
  const { backend, config, model } = await build(position);
  const ids = [5, 1, 9, 2];
  const whole = await read(model.forward(tensor(backend, [1, 4], ids, "i32")));
  const cache = float32Cache(backend, config, 8);
  for (const [t, id] of ids.entries()) {
    const logits = await read(model.forward(tensor(backend, [1, 1], [id], "i32"), { cache, offset: tensor(backend, [1], [t], "i32") }));
    logits.forEach((value, j) => expect(Math.abs(value - whole[t * 11 + j]!)).toBeLessThan(1e-4));
  }
});

test("positions without a checkpoint format refuse to be saved in one sentence", async () => {
  const { config } = await build("alibi");
  expect(
    () => modelTypeOf({ ...config, norm: "rms", activation: "swiglu", bias: false })
  ).toThrow("alibi positions have no checkpoint format");
});

test("sinusoidal positions reverse eight digits as well as learned ones do", async () => {
  const last = (await framesOf(learnSequences, { problem: "reverse", position: "sinusoidal", pace: 2, steps: 100, seed: 1 })).at(-1)!;
  expect(last.symbolsRight).toBeGreaterThan(0.95);
});
