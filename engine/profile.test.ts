import { describe, expect, test } from "vitest";
import type { Plan } from "./backend.ts";
import { mixtureBatch } from "./data/batches.ts";
import { trainer } from "./nn/trainer.ts";
import { matmul } from "./ops/matmul.ts";
import { countedKernels } from "./operations.ts";
import { defaultAdamW } from "./optim/adamW.ts";
import { byKernel, profileOf, profilePlan } from "./profile.ts";
import { nanoConfig } from "./tasks/nano.ts";
import { nanoWeights } from "./tasks/nanoWeights.ts";
import { scope, tensor } from "./tensor.ts";
import { backends } from "./testing/backends.ts";

describe.each(Object.keys(backends))("a profile on %s", (name) => {
  test("of a matrix product has its one launch, 2 m n k operations, its shapes, its bytes and its shader", async () => {
    const backend = await backends[name]!();
    if (!backend) return;
    const [m, k, n] = [6, 10, 4];
    const a = tensor(backend, [k, m], new Float32Array(m * k).fill(1)), b = tensor(backend, [k, n], new Float32Array(k * n).fill(2));
    const plan = backend.capture(() => scope(() => void matmul(a, b, { a: true })));
    const profile = await profilePlan(backend, plan);
    expect(profile.launches).toHaveLength(plan.launches);
    expect(profile.launches[0]).toMatchObject({
      kernel: "matmul", inputs: [[k, m], [k, n]], outputs: [[m, n]], operations: 2 * m * n * k, bytes: 4 * (m * k + k * n + m * n), shader: 0,
    });
    expect(profile.shaders.matmul![0]).toMatch(/@group\(0\) @binding\(0\) var<storage, read> a0[^]*fn main\(/);
    expect(profile.launches[0]!.milliseconds).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
    plan.close();
    backend.close();
  });

  test("of a training step has the launches of its plan, is a step like any other, and its parts add up to the whole", async () => {
    if (name === "reference") return;
    const backend = await backends[name]!();
    if (!backend) return;
    const config = nanoConfig("gpt2", 64), rows = 2, time = 16;
    const open = () => trainer(backend, {
      config, rows, time, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
      schedule: { peak: 0.003, steps: 10, warmup: 2, decay: "none", final: 1 },
    }, { step: 0, parameters: nanoWeights("gpt2", 64, 1), m: null, v: null });
    const ids = Int32Array.from({ length: 200 }, (_, i) => (i * 7) % 64);
    const mixture = { rows, time, seed: 1, streams: [{ ids, share: 1 }], repeats: 0, randomIds: 0, attend: false };
    const [plain, timed] = [open(), open()];
    plain.begin(mixtureBatch(mixture, 0));
    const before = backend.counts.launches;
    plain.advance();
    const launches = backend.counts.launches - before;
    timed.begin(mixtureBatch(mixture, 0));
    const { records, timing } = await timed.timed();
    const profile = profileOf(backend, records, timing);
    expect(profile.launches).toHaveLength(launches);
    expect(await timed.reports()).toEqual(await plain.reports());
    expect(await timed.weights()).toEqual(await plain.weights());
    const rowsOf = byKernel(profile);
    expect(rowsOf.reduce((sum, row) => sum + row.launches, 0)).toBe(launches);
    expect(rowsOf.reduce((sum, row) => sum + row.share, 0)).toBeCloseTo(profile.milliseconds > 0 ? 1 : 0, 6);
    // Forward: every matrix once for each token, 2 operations a weight, logits included (tied), positions and gains not.
    const matrices = 2 * (3 * 64 * 64 + 64 * 64 + 2 * 64 * 256) + 64 * 64;
    const forward = profile.launches.filter(({ kernel }) => kernel === "linear").reduce((sum, launch) => sum + launch.operations!, 0);
    expect(forward).toBe(2 * matrices * rows * time);
    // The weights' gradients are as many again.
    const backward = profile.launches.filter(({ kernel }) => kernel === "linearWeightGradient").reduce((sum, launch) => sum + launch.operations!, 0);
    expect(backward).toBe(forward);
    for (const { kernel, shader } of profile.launches) expect(profile.shaders[kernel]![shader], kernel).toContain("fn main(");
    plain.close();
    timed.close();
    backend.close();
  });
});

test("a plan that stands in the middle is not timed", async () => {
  const backend = (await backends.cpu!())!;
  const x = tensor(backend, [8, 8], new Float32Array(64));
  const plan: Plan = backend.capture(() => scope(() => {
    for (let i = 0; i < 50; i++) matmul(x, x);
  }));
  while (plan.replay(1e-9)) plan.replay(1e-9);
  await expect(plan.timed()).rejects.toThrow("stands in the middle");
  plan.close();
});

test("every kernel whose operations are counted exists", async () => {
  const files = Object.values(import.meta.glob(["./ops/*.ts", "!./ops/*.test.ts"], { eager: true }) as Record<string, Record<string, unknown>>);
  const names = new Set(files.flatMap((file) => Object.values(file)).map((value) => (value as { name?: string } | null)?.name));
  for (const name of countedKernels) expect(names, name).toContain(name);
});
