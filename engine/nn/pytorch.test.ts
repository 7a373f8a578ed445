import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { toCheckpoint } from "../checkpoint/names.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { readSafetensors } from "../checkpoint/safetensors.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { adamW } from "../optim/adamW.ts";
import { backends } from "../testing/backends.ts";
import { backward, read, scope, type Tensor, tensor } from "../tensor.ts";
import { type Parameters, readParameters, trainable } from "./parameters.ts";
import { type Probe, type Transformer, transformer } from "./transformer.ts";

// Expectations were printed by PyTorch in float64: engine/fixtures/README.md.
const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const load = (name: string) => {
  const file = (path: string): Uint8Array => new Uint8Array(readFileSync(`${fixtures}${name}/${path}`));
  const json = (path: string) => JSON.parse(readFileSync(`${fixtures}${name}/${path}`, "utf8"));
  const tensors = (path: string) => new Map([...readSafetensors(file(path)).tensors].map(([key, { data }]) => [key, data as Float32Array]));
  return {
    opened: openModel({ config: file("config.json"), weights: file("model.safetensors") }),
    batch: json("batch.json") as { ids: number[][]; targets: number[][] },
    expected: tensors("expected.safetensors"),
    greedy: json("expected.json").greedy as { prompt: number[]; ids: number[] },
    stepped: tensors("stepped.safetensors"),
    steppedMatrices: tensors("stepped-matrices.safetensors"),
  };
};
type Fixture = ReturnType<typeof load>;

function build(backend: Backend, { opened, batch }: Fixture, decays?: () => boolean): { parameters: Parameters; model: Transformer; ids: Tensor; targets: Tensor } {
  const parameters = trainable(backend, parameterShapes(opened.config), opened.parameters, decays);
  const shape = [batch.ids.length, batch.ids[0]!.length];
  return {
    parameters, model: transformer(opened.config, parameters),
    ids: tensor(backend, shape, batch.ids.flat(), "i32"), targets: tensor(backend, shape, batch.targets.flat(), "i32"),
  };
}

/** The checkpoint's view of parameters or gradients, by Hugging Face name. */
async function checkpoint(parameters: Parameters, fixture: Fixture, which: "values" | "gradients"): Promise<Map<string, Float32Array>> {
  const tensors = toCheckpoint(await readParameters(parameters, which), fixture.opened.config, { prefix: fixture.opened.prefix });
  return new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]));
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
const norm = (a: ArrayLike<number>): number => Math.hypot(...Array.from(a));

describe.each(Object.entries(backends))("on %s", (_, create) => {
  describe.each(["gpt2-tiny", "llama-tiny", "llama-untied"])("%s agrees with PyTorch", (name) => {
    const fixture = load(name);

    it("in every residual, pattern, the logits and the loss", async ({ skip }) => {
      const backend = await create();
      if (!backend) return skip("no adapter");
      const { model, ids, targets } = build(backend, fixture);
      const probed = new Map<string, Tensor>();
      const probe: Probe = (key, x) => probed.set(key, x);
      const loss = crossEntropy(model.forward(ids, { probe }), targets);
      let compared = 0;
      for (const [key, expected] of fixture.expected) {
        if (key.startsWith("grad.")) continue;
        const actual = await read(key === "loss" ? loss : probed.get(key)!);
        expect(actual.length, key).toBe(expected.length);
        expect(largest(actual, expected), key).toBeLessThan(key.endsWith("pattern") || key === "loss" ? 1e-5 : 1e-4);
        compared++;
      }
      expect(compared).toBe(3 + 2 * fixture.opened.config.nLayers);
      backend.close();
    });

    it("in every gradient, whether or not the pattern is computed step by step", async ({ skip }) => {
      const backend = await create();
      if (!backend) return skip("no adapter");
      const { parameters, model, ids, targets } = build(backend, fixture);
      for (const patterns of [false, true]) {
        scope(() => { backward(crossEntropy(model.forward(ids, { patterns: () => patterns }), targets)); });
        for (const [key, actual] of await checkpoint(parameters, fixture, "gradients")) {
          const expected = fixture.expected.get(`grad.${key}`)!;
          expect(norm(actual.map((x, i) => x - expected[i]!)), key).toBeLessThanOrEqual(1e-4 * norm(expected));
        }
      }
      backend.close();
    });

    it.for([
      { title: "3 AdamW steps that decay everything", file: "stepped", steps: 3, maxNorm: 0, decays: () => true },
      { title: "5 AdamW steps that decay matrices and clip at 0.5", file: "steppedMatrices", steps: 5, maxNorm: 0.5, decays: undefined },
    ] as const)("in the weights after $title, replayed from one plan", async ({ file, steps, maxNorm, decays }, { skip }) => {
      const backend = await create();
      if (!backend) return skip("no adapter");
      const { parameters, model, ids, targets } = build(backend, fixture, decays);
      const optimizer = adamW(parameters, { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm });
      const plan = backend.capture(() => scope(() => {
        backward(crossEntropy(model.forward(ids), targets));
        optimizer.launch();
      }));
      for (let step = 1; step <= steps; step++) {
        optimizer.prepare(step, 0.01);
        plan.replay();
      }
      for (const [key, actual] of await checkpoint(parameters, fixture, "values")) {
        const expected = fixture[file].get(key)!;
        // Where the gradient is rounding noise, Adam makes whole steps of it: design tolerance speaks of |g| > 1e-4.
        const gradient = fixture.expected.get(`grad.${key}`)!;
        actual.forEach((x, i) => {
          if (Math.abs(gradient[i]!) > 1e-4 && Math.abs(x - expected[i]!) > 2e-5) throw new Error(`${key}[${i}] is ${x}, PyTorch has ${expected[i]}`);
        });
      }
      backend.close();
    });
  });
});
