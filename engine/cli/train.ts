import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { HostTensor } from "../checkpoint/hostTensor.ts";
import { saveModel } from "../checkpoint/modelDirectory.ts";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import { mixtureBatch, windows } from "../data/batches.ts";
import { flatLength } from "../nn/parameters.ts";
import { continueText } from "../nn/generate.ts";
import { type Batch, type Trainer, trainer, type TrainerState } from "../nn/trainer.ts";
import { initialWeights } from "../nn/transformer.ts";
import { learningRateAt } from "../optim/schedule.ts";
import { writeTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { type Command, Refusal } from "./command.ts";
import { headWeight, type Prepared, prepare, readRecipe, type Recipe, recipeHash, storySampling } from "./recipe.ts";
import type { ShardRequest, TrainWorkerData } from "./trainWorker.ts";
import { trainerOptions } from "./trainerOptions.ts";

export const trainCommand: Command = {
  name: "train",
  summary: "trains a model and its tokenizer from a recipe; run again, it goes on from its last checkpoint",
  options: {
    config: { kind: "text", value: "FILE", summary: "the recipe, as engine/cli/recipes/story.json", required: true },
    out: { kind: "text", value: "DIR", summary: "where model, checkpoint and log are written", required: true },
    threads: { kind: "text", value: "N", summary: "worker threads (CPU only); the weights do not depend on it", default: "1" },
    steps: { kind: "text", value: "N", summary: "stop after this step, to be resumed later" },
  },
  details: `Writes DIR/config.json, model.safetensors and tokenizer.json (a Hugging Face directory), checkpoint.safetensors and log.jsonl.
Paths inside the recipe are relative to the current directory. The recipe holds the seed: --seed is not read.`,
  async run(flags, io) {
    const recipe = openRecipe(flags.get("config") as string);
    const out = flags.get("out") as string;
    const threads = wholeNumber("threads", flags.get("threads") as string);
    const last = Math.min(recipe.schedule.steps, flags.has("steps") ? wholeNumber("steps", flags.get("steps") as string) : Infinity);
    const kind = flags.get("backend") === "webgpu" ? "webgpu" : "cpu";
    if (threads > 1 && kind === "webgpu") throw new Refusal("--threads: worker threads are for the CPU backend");
    mkdirSync(out, { recursive: true });
    io.note("reading and encoding the corpus\n");
    const prepared = attempt(() => prepare(recipe));
    writeWhole(join(out, "tokenizer.json"), writeTokenizerJson(prepared.tokenizer));
    const backend = await io.openBackend(kind);
    const run = trainer(backend, trainerOptions(recipe), restore(out, recipe) ?? firstState(recipe));
    const team = threads > 1 ? await openTeam(recipe, Math.min(threads, recipe.shards), flatLength(run.model.parameters)) : null;
    try {
      await loop({ recipe, prepared, run, team, out, last, note: io.note, signal: io.signal, isTerminal: io.isTerminal });
    } finally {
      await team?.close();
    }
    saveCheckpoint(out, recipe, await run.state());
    const heldOut = await run.evaluate(windows(prepared.heldOut, recipe.rows, recipe.time));
    const summary = { backend: kind, step: run.step, heldOutLoss: heldOut, out };
    io.out(flags.has("json") ? `${JSON.stringify(summary)}\n` : `step ${run.step}, held-out loss ${heldOut.toFixed(4)} nats a token, written to ${out}\n`);
    run.close();
    backend.close();
  },
};

interface Loop {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly run: Trainer;
  readonly team: Team | null;
  readonly out: string;
  readonly last: number;
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
  note(text: string): void;
}

async function loop({ recipe, prepared, run, team, out, last, note, signal, isTerminal }: Loop): Promise<void> {
  const { every, rows, time } = recipe;
  const begun = performance.now(), firstStep = run.step;
  while (run.step < last && !signal.aborted) {
    const batch = mixtureBatch({ ...prepared.mixture, attend: headWeight(recipe, run.step) > 0 }, run.step);
    if (team) await team.step(run, batch);
    else {
      run.begin(batch);
      run.advance();
    }
    const { step } = run;
    const tokensPerSecond = ((step - firstStep) * rows * time * 1000) / (performance.now() - begun);
    if (step % 10 === 0 || step === last) {
      const { loss } = (await run.reports()).at(-1)!;
      note(progress(step, recipe.schedule.steps, `loss ${loss.toFixed(3)} · ${Math.round(tokensPerSecond)} tokens/s`, isTerminal));
      if (!Number.isFinite(loss)) throw new Refusal(`train: the loss is ${loss} at step ${step}; lower the peak learning rate of ${recipe.schedule.peak}`);
      appendFileSync(join(out, "log.jsonl"), `${JSON.stringify({ step, loss, learningRate: learningRateAt(recipe.schedule, step - 1) })}\n`);
    }
    if (step % every.evaluate === 0 || step === last) {
      const heldOut = await run.evaluate(windows(prepared.heldOut, rows, time, 8));
      appendFileSync(join(out, "log.jsonl"), `${JSON.stringify({ step, heldOut, tokens: step * rows * time, tokensPerSecond })}\n`);
      note(`\nstep ${step}: held-out loss ${heldOut.toFixed(4)}\n`);
    }
    if (step % every.sample === 0) note(`\n${await continueText(run.model, prepared.tokenizer, [recipe.model.vocabSize - 1], storySampling, step)}\n`);
    if (step % every.checkpoint === 0) saveCheckpoint(out, recipe, await run.state());
  }
}

const progress = (step: number, steps: number, text: string, redraw: boolean): string => {
  const filled = Math.round((24 * step) / steps);
  return `${redraw ? "\r" : ""}${"█".repeat(filled)}${"░".repeat(24 - filled)} ${step}/${steps} · ${text}${redraw ? "  " : "\n"}`;
};

/** Threads that share the shards of every batch. Gradients are added in shard order, as the single-threaded plan does, so the bits are the same. */
interface Team {
  step(run: Trainer, batch: Batch): Promise<void>;
  close(): Promise<void>;
}

async function openTeam(recipe: Recipe, threads: number, length: number): Promise<Team> {
  const weights = new SharedArrayBuffer(length * 4);
  const members = await Promise.all(Array.from({ length: threads }, async () => {
    const gradient = new SharedArrayBuffer(length * 4);
    const worker = new Worker(process.argv[1]!, { workerData: { role: "train", recipe, weights, gradient } satisfies TrainWorkerData });
    const answer = (): Promise<unknown> => new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    await answer();
    return {
      worker, gradient: new Float32Array(gradient),
      ask(request: ShardRequest): Promise<number> {
        worker.removeAllListeners("error");
        const loss = answer() as Promise<number>;
        worker.postMessage(request);
        return loss;
      },
    };
  }));
  const sum = new Float32Array(length);
  return {
    async step(run, batch) {
      new Float32Array(weights).set(await run.weights());
      let loss = 0;
      for (let first = 0; first < recipe.shards; first += threads) {
        const wave = members.slice(0, recipe.shards - first);
        const losses = await Promise.all(wave.map((member, i) => member.ask({ batch, shard: first + i, step: run.step })));
        wave.forEach(({ gradient }, i) => {
          loss = Math.fround(loss + losses[i]!);
          if (first + i === 0) sum.set(gradient);
          else for (let j = 0; j < length; j++) sum[j] = sum[j]! + gradient[j]!;
        });
      }
      run.finishStep(sum, loss);
    },
    close: async () => { await Promise.all(members.map(({ worker }) => worker.terminate())); },
  };
}

function firstState(recipe: Recipe): TrainerState {
  const parameters = initialWeights(recipe.model, { seed: recipe.seed, ...recipe.initialisation });
  return { step: 0, parameters, m: null, v: null };
}

/** The checkpoint, and the model so far as a directory that the other commands open. */
function saveCheckpoint(out: string, recipe: Recipe, state: TrainerState): void {
  const tensors = new Map<string, HostTensor>();
  const put = (name: string, data: Float32Array): void => { tensors.set(name, { dtype: "F32", shape: [data.length], data }); };
  for (const [name, data] of state.parameters) put(`parameter.${name}`, data);
  put("m", state.m!);
  put("v", state.v!);
  writeWhole(join(out, "checkpoint.safetensors"), writeSafetensors(tensors, new Map([["step", String(state.step)], ["recipe", recipeHash(recipe)]])));
  for (const [name, bytes] of Object.entries(saveModel({ config: recipe.model, parameters: state.parameters }))) writeWhole(join(out, name), bytes);
}

/** The state of the last checkpoint, or null where there is none. Throws: Refusal when it belongs to another recipe. */
function restore(out: string, recipe: Recipe): TrainerState | null {
  const path = join(out, "checkpoint.safetensors");
  if (!existsSync(path)) return null;
  const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(path)));
  if (metadata.get("recipe") !== recipeHash(recipe)) throw new Refusal(`--out: ${path} is a checkpoint of another recipe`);
  const get = (name: string): Float32Array => tensors.get(name)!.data as Float32Array;
  const names = [...tensors.keys()].filter((name) => name.startsWith("parameter."));
  return { step: Number(metadata.get("step")), parameters: new Map(names.map((name) => [name.slice(10), get(name)])), m: get("m"), v: get("v") };
}

function openRecipe(path: string): Recipe {
  return attempt(() => readRecipe(readFileSync(path, "utf8")), `--config: ${path}`);
}

/** Runs `body`, turning what it throws into a refusal: file system faults by their code, ours by their message. */
function attempt<T>(body: () => T, subject = "train"): T {
  try {
    return body();
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Refusal(`${subject}: no such file: ${path}`);
    if (error instanceof SyntaxError) throw new Refusal(`${subject}: not valid JSON`);
    throw error instanceof RangeError ? new Refusal(`${subject}: ${message}`) : error;
  }
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Refusal(`--${flag}: expected a whole number from 1, got ${text}`);
  return value;
}

/** Writes under another name first: a reader, or a run that is interrupted, never meets half a file. */
function writeWhole(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
