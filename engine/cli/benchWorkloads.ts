import type { Backend } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { sizeOf } from "../kernel.ts";
import { decoder } from "../nn/decoder.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { frozen } from "../nn/parameters.ts";
import { generateInChunks } from "../nn/generateInChunks.ts";
import { type Batch, trainer } from "../nn/trainer.ts";
import { defaultInitialisation, initialWeights, transformer } from "../nn/transformer.ts";
import { type Profile, profileOf, profilePlan } from "../profile.ts";
import { normChunk, squaredNormKernel } from "../ops/adamW.ts";
import { matmulKernel } from "../ops/matmul.ts";
import { defaultAdamW } from "../optim/adamW.ts";
import { type Random, random } from "../random.ts";
import { free, launch, type Tensor, tensor } from "../tensor.ts";

/** One thing to be timed, set up on a backend. */
export interface Workload {
  readonly title: string;
  readonly unit: "GFLOP/s" | "tokens/s" | "GB/s";
  /** GFLOP, tokens or gigabytes done by one `round`. */
  readonly amount: number;
  /** Does the work once and waits until it is done. */
  round(): Promise<void>;
  /** One step, launch by launch; absent where a round is not one plan. */
  profile?(): Promise<Profile>;
  /** Steps that `round` holds: counts are divided by it. */
  readonly steps: number;
  close(): void;
}

/** Makes a workload on a backend, with numbers drawn from a seed. */
export type WorkloadMaker = (backend: Backend, seed: number) => Workload;

const gpt = (sizes: Pick<DecoderConfig, "vocabSize" | "contextLength" | "dModel" | "nLayers" | "nHeads">): DecoderConfig => ({
  ...sizes, nKvHeads: sizes.nHeads, dHead: sizes.dModel / sizes.nHeads, dMlp: 4 * sizes.dModel,
  position: "learned", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
});

/** GPT of 4 layers, 834,304 parameters: the yardstick of training speed. */
const gptFour = gpt({ vocabSize: 256, contextLength: 64, dModel: 128, nLayers: 4, nHeads: 4 });
const gptTwo = gpt({ vocabSize: 64, contextLength: 32, dModel: 64, nLayers: 2, nHeads: 2 });
/** The shape of the shipped model: engine/cli/recipes/story.json. */
const shipped: DecoderConfig = {
  vocabSize: 1024, contextLength: 256, dModel: 128, nLayers: 4, nHeads: 4, nKvHeads: 4, dHead: 32, dMlp: 344,
  position: "rope", ropeBase: 10_000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
};

/** y = a b of 512 × 512 numbers, 0.268 GFLOP. */
const product: WorkloadMaker = (backend, seed) => {
  const size = 512;
  const matrix = (stream: number): Tensor => tensor(backend, [size, size], normals(size * size, random(seed, stream)));
  const a = matrix(0), b = matrix(1);
  const out = tensor(backend, [size, size], new Float32Array(size * size));
  const plan = backend.capture(() => {
    launch(matmulKernel, [a, b], { transposeA: false, transposeB: false }, [{ tensor: out, accumulate: false }]);
  });
  return {
    title: `matmul ${size}³`, unit: "GFLOP/s", amount: (2 * size ** 3) / 1e9, steps: 1,
    ...replaying(backend, () => void plan.replay()),
    profile: () => profilePlan(backend, plan),
    close() {
      plan.close();
      [a, b, out].forEach(free);
    },
  };
};

/** Forward, loss, gradient, clip and AdamW of one batch. */
const training = (title: string, config: DecoderConfig, rows: number, time: number): WorkloadMaker => (backend, seed) => {
  const parameters = initialWeights(config, defaultInitialisation(config, seed));
  const run = trainer(backend, {
    config, rows, time, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
    schedule: { peak: 1e-3, steps: 1, warmup: 0, decay: "none", final: 1 },
  }, { step: 0, parameters, m: null, v: null });
  const draw = random(seed, 2);
  const ids = (): Int32Array => Int32Array.from({ length: rows * time }, () => draw.integer(config.vocabSize));
  const batch: Batch = { ids: ids(), targets: ids() };
  const step = async (): Promise<void> => {
    run.begin(batch);
    await run.ready();
    run.advance();
  };
  const profile = async (): Promise<Profile> => {
    run.begin(batch);
    const { records, timing } = await run.timed();
    return profileOf(backend, records, timing);
  };
  const close = (): void => run.close();
  return { title: `train ${title}`, unit: "tokens/s", amount: rows * time, steps: 1, ...replaying(backend, step), profile, close };
};

/** Half a context of ids, one after another, each with its logits read back. */
const decoding = (title: string, config: DecoderConfig): WorkloadMaker => (backend, seed) => {
  const parameters = frozen(backend, parameterShapes(config), initialWeights(config, defaultInitialisation(config, seed)));
  const model = transformer(config, parameters);
  const cache = decoder(model);
  const tokens = config.contextLength / 2;
  return {
    title: `decode ${title}`, unit: "tokens/s", amount: tokens, steps: tokens,
    async round() {
      cache.rewind(0);
      for (let at = 0; at < tokens; at++) await cache.push(at % config.vocabSize);
    },
    close() {
      cache.close();
      model.close();
      parameters.close();
    },
  };
};

/** GPT-2 small: decoding is bound by reading its weights, 498 MB an id. */
const gptSmall = gpt({ vocabSize: 50_257, contextLength: 1024, dModel: 768, nLayers: 12, nHeads: 12 });

/** The decoding of a model too large to draw its weights at random in a moment: they are small and all alike, which costs the same. */
const decodingLarge = (title: string, config: DecoderConfig): WorkloadMaker => (backend) => {
  const shapes = parameterShapes(config);
  const weights = new Map([...shapes].map(([name, shape]) => [name, new Float32Array(sizeOf(shape)).fill(0.01)]));
  const parameters = frozen(backend, shapes, weights);
  const model = transformer(config, parameters);
  const cache = decoder(model, 64);
  const tokens = 8;
  return {
    title: `decode ${title}`, unit: "tokens/s", amount: tokens, steps: tokens,
    async round() {
      cache.rewind(0);
      for (let at = 0; at < tokens; at++) await cache.push(at);
    },
    close() {
      cache.close();
      model.close();
      parameters.close();
    },
  };
};

/** The roof above that decoding: as many bytes, read once in order by the sum of squares. */
const reading: WorkloadMaker = (backend) => {
  const part = 2 ** 24, parts = 7;
  const numbers = Array.from({ length: parts }, () => tensor(backend, [part], new Float32Array(part)));
  const sums = tensor(backend, [part / normChunk, 2], new Float32Array((2 * part) / normChunk));
  const plan = backend.capture(() => {
    for (const each of numbers) launch(squaredNormKernel, [each], {}, [{ tensor: sums, accumulate: false }]);
  });
  return {
    title: `read ${Math.round((4 * part * parts) / 1e6)} MB`, unit: "GB/s", amount: (4 * part * parts) / 1e9, steps: 1,
    ...replaying(backend, () => void plan.replay()),
    close() {
      plan.close();
      [...numbers, sums].forEach(free);
    },
  };
};

/** Half a context of ids, chosen and fed back on the device and read sixteen at a time. */
const sampling = (title: string, config: DecoderConfig): WorkloadMaker => (backend, seed) => {
  const parameters = frozen(backend, parameterShapes(config), initialWeights(config, defaultInitialisation(config, seed)));
  const model = transformer(config, parameters);
  const tokens = config.contextLength / 2;
  return {
    title: `sample ${title}`, unit: "tokens/s", amount: tokens, steps: tokens,
    async round() {
      const options = { temperature: 0.8, topK: 8, topP: 1, maxTokens: tokens };
      for await (const id of generateInChunks(model, [1], options, random(seed))) void id;
    },
    close() {
      model.close();
      parameters.close();
    },
  };
};

const replaying = (backend: Backend, body: () => void | Promise<void>): Pick<Workload, "round"> => ({
  async round() {
    await body();
    await backend.finish();
  },
});

const normals = (length: number, draw: Random): Float32Array => Float32Array.from({ length }, () => draw.normal());

/** What `bench` times. */
export const workloads: readonly WorkloadMaker[] = [
  product,
  training("4L d128 H4 T64 B16 V256", gptFour, 16, 64),
  training("2L d64 H2 T32 B8 V64", gptTwo, 8, 32),
  training("shipped shape T128 B16", shipped, 16, 128),
  decoding("4L d128 H4 T64 V256", gptFour),
  sampling("4L d128 H4 T64 V256", gptFour),
  decoding("shipped shape", shipped),
];

/** What it times on the CPU besides: too much for a software adapter. */
export const largeWorkloads: readonly WorkloadMaker[] = [decodingLarge("GPT-2 small", gptSmall), reading];

/** GFLOP of the plain triple loop over 512 × 512 numbers in JavaScript in a second of processor time: a measure of the machine. */
export function plainLoopSpeed(): number {
  const size = 512;
  const a = normals(size * size, random(1)), b = normals(size * size, random(2));
  const out = new Float32Array(size * size);
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const start = processorTime();
    out.fill(0);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) {
        const factor = a[i * size + k]!;
        for (let j = 0; j < size; j++) out[i * size + j] = out[i * size + j]! + factor * b[k * size + j]!;
      }
    }
    best = Math.min(best, processorTime() - start);
  }
  return (2 * size ** 3) / 1e6 / best;
}

/** Milliseconds of processor time of this process: unlike the clock, it stands still while other programs have the core. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
