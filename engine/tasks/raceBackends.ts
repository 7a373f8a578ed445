import type { Backend } from "../backend.ts";
import { type Batch, trainer, type Trainer } from "../nn/trainer.ts";
import { defaultInitialisation, initialWeights } from "../nn/plainTransformer.ts";
import { defaultAdamW } from "../optim/adamW.ts";
import { random } from "../random.ts";
import { type PresetName, presetConfig, presets } from "./presets.ts";
import type { Run, Task } from "./task.ts";

export interface RaceBackendsParams {
  readonly preset: PresetName;
  readonly seed: number;
}

/** One backend in the race. */
export interface RaceLane {
  readonly backend: "cpu" | "webgpu";
  /** Milliseconds of each timed step, in order. */
  readonly times: readonly number[];
  /** The loss of each step, the first untimed one included. */
  readonly losses: readonly number[];
  /** The adapter's name; null before it is known, and for the CPU. */
  readonly adapter: string | null;
  /** A processor that plays a graphics card. */
  readonly software: boolean;
  /** Why this backend does not take part, in one sentence. */
  readonly fault: string | null;
}

export interface RaceBackendsFrame {
  /** Timed rounds done. */
  readonly step: number;
  readonly rounds: number;
  readonly preset: PresetName;
  readonly parameters: number;
  /** Of a step. */
  readonly tokens: number;
  readonly lanes: readonly RaceLane[];
  /** The largest difference of the two losses at one step, relative to the loss; null before there are two. */
  readonly difference: number | null;
  readonly finished: boolean;
}

const rounds = 5;
/** A backend that has spent this many milliseconds is timed no more: a software adapter takes half a minute for a step of `mini`. */
const longest = 8_000;

interface Racer {
  readonly backend: Backend;
  readonly run: Trainer;
  readonly lane: { -readonly [K in keyof RaceLane]: RaceLane[K] } & { times: number[]; losses: number[] };
}

/**
 * One training step of the same model, weights and batches on both backends, by turns. The first step of each compiles and is not
 * timed. On the CPU the computing alone is timed, on the GPU all from the start of the step until its work has come back.
 */
export const raceBackends: Task<RaceBackendsParams, RaceBackendsFrame> = async function* (run) {
  const { preset, seed } = run.params;
  const { rows, contextLength: time } = presets[preset];
  const config = presetConfig(preset);
  const weights = initialWeights(config, defaultInitialisation(config, seed));
  const draw = random(seed, 7);
  const ids = (): Int32Array => Int32Array.from({ length: rows * time }, () => draw.integer(config.vocabSize));
  const batches = Array.from({ length: rounds + 1 }, (): Batch => ({ ids: ids(), targets: ids() }));
  const lane = (backend: "cpu" | "webgpu"): Racer["lane"] => ({ backend, times: [], losses: [], adapter: null, software: false, fault: null });
  const lanes = [lane("cpu"), lane("webgpu")] as const;
  let step = 0;
  const frame = (): RaceBackendsFrame => ({
    step, rounds, preset, parameters: [...weights.values()].reduce((sum, { length }) => sum + length, 0), tokens: rows * time,
    lanes: lanes.map((each) => ({ ...each, times: each.times.slice(), losses: each.losses.slice() })), difference: differenceOf(lanes),
    finished: step === rounds,
  });
  yield frame();
  const racers: Racer[] = [];
  const join = async (into: Racer["lane"], open: () => Promise<Backend>): Promise<void> => {
    try {
      const backend = await open();
      const { description = null, software = false } = backend as { description?: string; software?: boolean };
      Object.assign(into, { adapter: description, software });
      const options = { config, rows, time, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
        schedule: { peak: 1e-3, steps: rounds + 1, warmup: 0, decay: "none", final: 1 } } as const;
      racers.push({ backend, lane: into, run: trainer(backend, options, { step: 0, parameters: weights, m: null, v: null }) });
    } catch (error) {
      into.fault = sentence(error);
    }
  };
  try {
    await join(lanes[0], run.backends?.cpu ?? run.backend);
    await join(lanes[1], run.backends?.webgpu ?? (() => Promise.reject(new Error("this program has no WebGPU"))));
    for (const racer of racers) await attempt(racer, batches[0]!, run, false);
    yield frame();
    while (step < rounds) {
      for (const racer of racers) {
        if (racer.lane.fault === null && spent(racer) < longest) await attempt(racer, batches[step + 1]!, run, true);
      }
      step++;
      yield frame();
    }
  } finally {
    for (const racer of racers) racer.run.close();
  }
};

const spent = ({ lane: { times } }: Racer): number => times.reduce((sum, each) => sum + each, 0);
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One step. A backend that fails leaves the race and says why; a run that is stopped ends it. */
async function attempt({ backend, lane, run }: Racer, batch: Batch, { breathe }: Run<RaceBackendsParams>, isTimed: boolean): Promise<void> {
  await breathe();
  let spentHere = 0;
  try {
    run.begin(batch);
    await run.ready();
    const begun = performance.now();
    for (;;) {
      const from = performance.now();
      const done = run.advance(backend.kind === "webgpu" ? 200 : 12);
      spentHere += performance.now() - from;
      if (done) break;
      if (backend.kind === "webgpu") await backend.finish();
      else await breathe();
    }
    await backend.finish();
    if (backend.kind === "webgpu") spentHere = performance.now() - begun;
    lane.losses.push(...(await run.reports()).map(({ loss }) => loss));
    if (isTimed) lane.times.push(spentHere);
  } catch (error) {
    await breathe();
    lane.fault = sentence(error);
  }
}

function differenceOf([cpu, gpu]: readonly [RaceLane, RaceLane]): number | null {
  const pairs = cpu.losses.slice(0, gpu.losses.length).map((loss, i) => Math.abs(gpu.losses[i]! - loss) / loss);
  return pairs.length > 0 ? Math.max(...pairs) : null;
}
