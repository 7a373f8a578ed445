import type { Backend, LaunchRecord, Plan, Timing } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { add } from "../ops/add.ts";
import type { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { copyKernel } from "../ops/copy.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { meanWhere } from "../ops/meanWhere.ts";
import { multiply } from "../ops/multiply.ts";
import { pickLog } from "../ops/pickLog.ts";
import { type AdamWOptions, adamW } from "../optim/adamW.ts";
import { learningRateAt, type Schedule } from "../optim/schedule.ts";
import { backward, free, launch, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { readParameters, trainable } from "./parameters.ts";
import { plainTransformer, type Transformer } from "./plainTransformer.ts";
import { reportRing, type StepReport } from "./reportRing.ts";

/** One batch: row-major [rows,time] ids and targets (−100 ignored), and where supervised heads should look. */
export interface Batch {
  readonly ids: Int32Array;
  readonly targets: Int32Array;
  /** For each supervised head, in the order of `TrainerOptions.heads`: the key that each query should attend to, [rows,time], −100 for none. */
  readonly attend?: readonly Int32Array[];
}

/** A head whose pattern is supervised for a while. */
export interface HeadTarget {
  readonly layer: number;
  readonly head: number;
}

export interface TrainerOptions {
  readonly config: DecoderConfig;
  /** Sequences in a batch, all shards together. */
  readonly rows: number;
  readonly time: number;
  /** A batch is always worked on in this many equal parts whose gradients are summed in order, however many threads share them. */
  readonly shards: number;
  readonly optimizer: AdamWOptions;
  readonly schedule: Schedule;
  readonly heads: readonly HeadTarget[];
  /** The attention that supervised heads, masks and ALiBi need: a page that trains without them does not load it. */
  readonly stepByStep?: typeof attentionWithPattern;
  /** Row-major [time,time], 1 where a query (row) may see a key (column); the causal mask where absent. */
  readonly mask?: ArrayLike<number>;
  /** The weight of the heads' loss at a step; 0 trains without patterns, which is faster. */
  headWeight(step: number): number;
}

/** Everything that a run is: with the options and the data, training goes on from here to bit-equal weights. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** Adam's moments as flat buffers; null before the first step. */
  readonly m: Float32Array | null;
  readonly v: Float32Array | null;
}

export interface Trainer {
  readonly model: Transformer;
  readonly step: number;
  /** Set to override the schedule from now on: the learning-rate slider of a running figure. */
  learningRate: number | null;
  /** Starts a step. */
  begin(batch: Batch): void;
  /** Resolves when the step that was begun is compiled, in the background on a GPU; `advance` before that compiles on the spot. */
  ready(): Promise<void>;
  /** Works on the step for about `budget` ms (0: to the end). True when it is done. */
  advance(budget?: number): boolean;
  /** Works on the whole step that was begun, launch by launch under a clock. */
  timed(): Promise<{ readonly records: readonly LaunchRecord[]; readonly timing: Timing }>;
  /** Reports of the steps since the last call, oldest first (at most the last 64). */
  reports(): Promise<StepReport[]>;
  /** Mean loss over batches of the training shape, without touching the weights. */
  evaluate(batches: Iterable<Batch>): Promise<number>;
  /** The gradient of one shard as a flat array, and its loss, at the given step and flat weights: what a worker thread sends back. */
  shardGradient(batch: Batch, shard: number, at: { step: number; weights: Float32Array }): Promise<{ gradient: Float32Array; loss: number }>;
  /** All weights as they lie in the flat buffer. */
  weights(): Promise<Float32Array>;
  /** Ends a step whose shards were worked on elsewhere: `gradient` is their sum. */
  finishStep(gradient: Float32Array, loss: number): void;
  state(): Promise<TrainerState>;
  close(): void;
}

/** Milliseconds of an evaluation in one submission. */
const evaluationSlice = 200;

/**
 * Trains a transformer: every step replays one captured plan (forward, loss, gradient, clip, AdamW), on either backend.
 * The step's loss is the mean over shards of their mean losses.
 */
export function trainer(backend: Backend, options: TrainerOptions, start: TrainerState): Trainer {
  const { config, rows, time, shards, heads } = options;
  if (rows % shards !== 0) throw new RangeError(`trainer: ${rows} rows do not divide among ${shards} shards`);
  const parameters = trainable(backend, parameterShapes(config), start.parameters);
  const model = plainTransformer(config, parameters, options.stepByStep);
  const optimizer = adamW(parameters, options.optimizer, start.m && start.v ? { m: start.m, v: start.v } : undefined);
  const flat = parameters.flat!;
  const shardRows = rows / shards;
  const integers = (shape: readonly number[]): Tensor => tensor(backend, shape, new Int32Array(shape.reduce((a, b) => a * b, 1)), "i32");
  const inputs = Array.from({ length: shards }, () => ({
    ids: integers([shardRows, time]), targets: integers([shardRows, time]), attend: patternLayers(heads).map(() => ({ targets: integers([shardRows, config.nHeads, time]), weight: tensor(backend, [1], [0]) })),
  }));
  const mask = options.mask ? tensor(backend, [time, time], options.mask, "i32") : null;
  const visible = mask ? { mask } : {};
  const loss = tensor(backend, [1], [0]);
  const ring = reportRing(backend, start.step);
  const summed = shards > 1 ? tensor(backend, [flat.values.size], new Float32Array(flat.values.size)) : null;
  const to = (x: Tensor, accumulate = false) => ({ tensor: x, accumulate });

  const shardLoss = (input: (typeof inputs)[number], supervised: boolean, first: boolean): Tensor => {
    const patterns = new Map<string, Tensor>();
    const layers = patternLayers(heads);
    const logits = model.forward(input.ids, supervised ? { probe: (name, x) => patterns.set(name, x), patterns: (layer) => layers.includes(layer), ...visible } : visible);
    const language = crossEntropy(logits, input.targets);
    // Subtle: what is reported is the language loss alone, so it is copied out before the heads' loss joins.
    launch(copyKernel, [language], {}, [to(loss, !first)]);
    if (!supervised) return language;
    const aside = layers.map((layer, i) => {
      const { targets, weight } = input.attend[i]!;
      return multiply(meanWhere(pickLog(patterns.get(`blocks.${layer}.attn.pattern`)!, targets), targets), weight);
    });
    return aside.reduce((sum, each) => add(sum, each), language);
  };
  const gradientPart = (input: (typeof inputs)[number], supervised: boolean, first: boolean): void => scope(() => {
    backward(shardLoss(input, supervised, first));
  });
  const finishPart = (): void => scope(() => {
    optimizer.launch();
    ring.launch(loss, optimizer.report);
  });

  const plans = new Map<string, Plan>();
  const plan = (name: string, body: () => void): Plan => {
    if (!plans.has(name)) plans.set(name, backend.capture(body));
    return plans.get(name)!;
  };
  const stepPlan = (supervised: boolean): Plan => plan(`step ${supervised}`, () => {
    inputs.forEach((input, shard) => {
      gradientPart(input, supervised, shard === 0);
      if (summed) launch(copyKernel, [flat.gradients], {}, [to(summed, shard > 0)]);
    });
    if (summed) launch(copyKernel, [summed], {}, [to(flat.gradients)]);
    finishPart();
  });

  let step = start.step;
  let running: Plan | null = null;
  const layers = patternLayers(heads);
  const load = (batch: Batch, shard: number, into: (typeof inputs)[number]): void => {
    const part = (values: Int32Array): Int32Array => values.subarray(shard * shardRows * time, (shard + 1) * shardRows * time);
    backend.write(into.ids.buffer, part(batch.ids));
    backend.write(into.targets.buffer, part(batch.targets));
    const { attend } = batch;
    if (!attend) return;
    layers.forEach((layer, i) => {
      const grid = new Int32Array(shardRows * config.nHeads * time).fill(-100);
      let here = 0, everywhere = 0;
      heads.forEach((target, h) => {
        if (target.layer !== layer) return;
        const wanted = part(attend[h]!);
        for (let row = 0; row < shardRows; row++) grid.set(wanted.subarray(row * time, (row + 1) * time), (row * config.nHeads + target.head) * time);
        here += count(wanted);
        everywhere += count(attend[h]!);
      });
      backend.write(into.attend[i]!.targets.buffer, grid);
      // The layer's loss is one mean over the supervised queries of the whole batch, so a shard counts by how many it holds.
      backend.write(into.attend[i]!.weight.buffer, [everywhere > 0 ? (options.headWeight(step) * here * shards) / everywhere : 0]);
    });
  };
  const prepare = (): void => {
    optimizer.prepare(step + 1, self.learningRate ?? learningRateAt(options.schedule, step));
    ring.prepare(step);
  };
  const supervisedAt = (batch: Batch): boolean => heads.length > 0 && Boolean(batch.attend) && options.headWeight(step) > 0;

  const self: Trainer = {
    model,
    get step() { return step; },
    learningRate: null,
    begin(batch) {
      inputs.forEach((input, shard) => load(batch, shard, input));
      prepare();
      running = stepPlan(supervisedAt(batch));
    },
    ready: () => running?.ready() ?? Promise.resolve(),
    advance(budget = 0) {
      if (!running) throw new Error("advance: no step was begun");
      if (!running.replay(budget)) return false;
      running = null;
      step++;
      return true;
    },
    async timed() {
      if (!running) throw new Error("timed: no step was begun");
      const { records } = running;
      const timing = await running.timed();
      running = null;
      step++;
      return { records, timing };
    },
    reports: () => ring.read(step, shards),
    async evaluate(batches) {
      const forward = plan("evaluate", () => scope(() => {
        launch(copyKernel, [crossEntropy(model.forward(inputs[0]!.ids, visible), inputs[0]!.targets)], {}, [to(loss)]);
      }));
      let sum = 0, count = 0;
      for (const batch of batches) {
        for (let shard = 0; shard < shards; shard++) {
          load({ ids: batch.ids, targets: batch.targets }, shard, inputs[0]!);
          // In parts: a GPU's governor keeps each submission short.
          while (!forward.replay(evaluationSlice));
          sum += (await read(loss))[0]!;
          count++;
        }
      }
      return sum / count;
    },
    weights: async () => Float32Array.from(await read(flat.values)),
    async shardGradient(batch, shard, at) {
      backend.write(flat.values.buffer, at.weights);
      step = at.step;
      load(batch, shard, inputs[0]!);
      const supervised = supervisedAt(batch);
      plan(`gradient ${supervised}`, () => gradientPart(inputs[0]!, supervised, true)).replay();
      return { gradient: Float32Array.from(await read(flat.gradients)), loss: (await read(loss))[0]! };
    },
    finishStep(gradient, total) {
      backend.write(flat.gradients.buffer, gradient);
      backend.write(loss.buffer, [total]);
      prepare();
      plan("finish", finishPart).replay();
      step++;
    },
    async state() {
      const [values, m, v] = await Promise.all([readParameters(parameters), read(optimizer.moments.m), read(optimizer.moments.v)]);
      return { step, parameters: values, m: Float32Array.from(m), v: Float32Array.from(v) };
    },
    close() {
      for (const each of plans.values()) each.close();
      for (const input of inputs) [input.ids, input.targets, ...input.attend.flatMap(({ targets, weight }) => [targets, weight])].forEach(free);
      [loss, summed, mask].forEach((x) => x && free(x));
      ring.close();
      optimizer.close();
      model.close();
      parameters.close();
    },
  };
  return self;
}

/** The layers that hold supervised heads, ascending. */
const patternLayers = (heads: readonly HeadTarget[]): number[] => [...new Set(heads.map(({ layer }) => layer))].sort((a, b) => a - b);

const count = (targets: Int32Array): number => targets.reduce((sum, target) => sum + (target >= 0 ? 1 : 0), 0);
