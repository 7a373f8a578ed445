import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { mixtureBatch, type MixtureOptions } from "../data/batches.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { meanLoss } from "./meanLoss.ts";
import { repeatScores } from "./repeatScores.ts";
import { type Trainer, trainer, type TrainerOptions, type TrainerState } from "./trainer.ts";
import { initialWeights } from "./transformer.ts";

const llama: DecoderConfig = {
  vocabSize: 40, contextLength: 16, dModel: 16, nLayers: 2, nHeads: 2, nKvHeads: 1, dHead: 8, dMlp: 20,
  position: "rope", ropeBase: 10000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
};
const options: TrainerOptions = {
  config: llama, rows: 4, time: 16, shards: 2,
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 1 },
  schedule: { peak: 0.01, steps: 40, warmup: 4, decay: "cosine", final: 0.1 },
  stepByStep: attentionWithPattern,
  heads: [{ layer: 0, head: 0 }, { layer: 1, head: 1 }],
  headWeight: (step) => (step < 5 ? 0.3 : 0),
};
const draw = random(9);
const mixture: MixtureOptions = {
  rows: 4, time: 16, seed: 3, repeats: 0.5, randomIds: 39, attend: true,
  streams: [{ ids: Int32Array.from({ length: 500 }, () => draw.integer(39)), share: 1 }],
};
const fresh = (): TrainerState => ({ step: 0, parameters: initialWeights(llama, { seed: 2, matrices: 0.25, embedding: 0.1 }), m: null, v: null });
const cpu = async (): Promise<Backend> => (await backends.cpu!())!;

function train(run: Trainer, until: number, data = mixture): void {
  while (run.step < until) {
    run.begin(mixtureBatch(data, run.step));
    run.advance();
  }
}
const bits = (state: TrainerState): Uint32Array[] => [...state.parameters.values(), state.m!, state.v!].map((x) => new Uint32Array(x.slice().buffer));

describe("trainer", () => {
  it("resumes from its state to bit-equal weights and moments", async () => {
    const whole = trainer(await cpu(), options, fresh());
    train(whole, 12);
    const first = trainer(await cpu(), options, fresh());
    train(first, 7);
    const second = trainer(await cpu(), options, await first.state());
    train(second, 12);
    expect(bits(await second.state())).toEqual(bits(await whole.state()));
  });

  it("gives the same bits when shards are worked on elsewhere and summed in order", async () => {
    const alone = trainer(await cpu(), options, fresh());
    const leader = trainer(await cpu(), options, fresh());
    const helpers = [trainer(await cpu(), options, fresh()), trainer(await cpu(), options, fresh())];
    for (let step = 0; step < 8; step++) {
      train(alone, step + 1);
      const batch = mixtureBatch(mixture, step);
      const at = { step, weights: await leader.weights() };
      const parts = await Promise.all(helpers.map((helper, shard) => helper.shardGradient(batch, shard, at)));
      const sum = parts[0]!.gradient.map((g, i) => g + parts[1]!.gradient[i]!);
      leader.finishStep(sum, Math.fround(parts[0]!.loss + parts[1]!.loss));
    }
    expect(bits(await leader.state())).toEqual(bits(await alone.state()));
    expect(await leader.reports()).toEqual(await alone.reports());
  });

  it("works in slices of any size to the same result", async () => {
    const [atOnce, sliced] = [trainer(await cpu(), options, fresh()), trainer(await cpu(), options, fresh())];
    train(atOnce, 3);
    let slices = 0;
    while (sliced.step < 3) {
      sliced.begin(mixtureBatch(mixture, sliced.step));
      do slices++; while (!sliced.advance(1e-6));
    }
    expect(slices).toBeGreaterThan(100);
    expect(bits(await sliced.state())).toEqual(bits(await atOnce.state()));
  });

  it("learns: the loss falls below that of a uniform guess", async () => {
    const run = trainer(await cpu(), options, fresh());
    train(run, 40, { ...mixture, repeats: 0, streams: [{ ids: Int32Array.from({ length: 500 }, (_, i) => (i * 7) % 39), share: 1 }] });
    const reports = await run.reports();
    expect(reports).toHaveLength(40);
    expect(reports[0]!.loss).toBeGreaterThan(3.4);
    expect(reports.at(-1)!.loss).toBeLessThan(Math.log(40) - 0.3);
  });

  it("leaves no trace of a step whose gradient is not finite, and says so", async () => {
    const run = trainer(await cpu(), options, fresh());
    train(run, 2);
    const before = await run.weights();
    const broken = before.slice();
    broken[3] = Infinity;
    run.finishStep(broken, NaN);
    expect((await run.reports()).at(-1)).toMatchObject({ step: 3, nonFinite: 1 });
    expect(await run.weights()).toEqual(before);
  });

  it("teaches a head to look at the previous token", async () => {
    const taught = { ...options, headWeight: () => 1, schedule: { ...options.schedule, decay: "none" as const, steps: 150 } };
    const run = trainer(await cpu(), taught, fresh());
    train(run, 150);
    const scores = await repeatScores(run.model, { rows: 4, time: 16, ids: 39 });
    expect(scores.previousToken[0]![0]).toBeGreaterThan(0.9);
    expect(scores.previousToken[0]![1]).toBeLessThan(0.5);
  });

  it("is measured row by row where others wait, and to the same numbers as all at once", async () => {
    const run = trainer(await cpu(), options, fresh());
    let turns = 0;
    const breathe = async (): Promise<void> => { turns++; };
    const asked = { rows: 4, time: 16, ids: 39 };
    expect(await repeatScores(run.model, { ...asked, breathe })).toEqual(await repeatScores(run.model, asked));
    expect(turns).toBe(4);
    const batches = [{ ...mixtureBatch(mixture, 0), rows: 4 }];
    expect(await meanLoss(run.model, batches, breathe)).toBeCloseTo(await meanLoss(run.model, batches), 6);
    expect(turns).toBe(8);
  });

  const four = { ...llama, nLayers: 4, nKvHeads: 2, dMlp: 64 };
  const kinds: readonly DecoderConfig[] = [{ ...four, position: "learned", norm: "layer", activation: "gelu", bias: true }, { ...four, dModel: 32, dHead: 8 }];
  it.each(kinds)("allocates nothing and makes at most 100 launches in a step of 4 layers with $activation", async (gpt) => {
    const backend = await cpu();
    const run = trainer(backend, { ...options, config: gpt, shards: 1, heads: [] }, { ...fresh(), parameters: initialWeights(gpt, { seed: 2, matrices: 0.25, embedding: 0.1 }) });
    train(run, 2);
    const { launches, buffersCreated, bytesLive } = { ...backend.counts };
    train(run, 12);
    expect((backend.counts.launches - launches) / 10).toBeLessThanOrEqual(100);
    expect(backend.counts.buffersCreated).toBe(buffersCreated);
    expect(backend.counts.bytesLive).toBe(bytesLive);
  });

  it("frees everything it made when closed", async () => {
    const backend = await cpu();
    const before = backend.counts.bytesLive;
    const run = trainer(backend, options, fresh());
    train(run, 2);
    await run.evaluate([mixtureBatch(mixture, 0)]);
    run.close();
    expect(backend.counts.bytesLive).toBe(before);
  });
});
