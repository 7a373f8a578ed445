import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { tokenizerFiles } from "../checkpoint/transformersFiles.ts";
import { mixtureBatch, windows } from "../data/batches.ts";
import { continueText } from "../nn/generate.ts";
import { flatLength } from "../nn/parameters.ts";
import { type Trainer, trainer, type TrainerState } from "../nn/trainer.ts";
import { initialWeights } from "../nn/transformer.ts";
import { learningRateAt } from "../optim/schedule.ts";
import { type Command, Refusal } from "./command.ts";
import { expectWritableDirectory, readInput, writeWhole } from "./files.ts";
import { integer, text } from "./flags.ts";
import { headWeight, type Prepared, prepare, readRecipe, type Recipe, storySampling } from "./recipe.ts";
import { restore, saveCheckpoint } from "./trainCheckpoint.ts";
import { trainerOptions } from "./trainerOptions.ts";
import { openTeam, type Team } from "./trainTeam.ts";

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
    const recipe = readRecipe(readInput(text(flags, "config"), "--config"));
    const out = text(flags, "out");
    const threads = integer(flags, "threads", { least: 1, most: 64 });
    const last = flags.has("steps") ? integer(flags, "steps", { least: 1, most: recipe.schedule.steps }) : recipe.schedule.steps;
    const kind = flags.get("backend") === "webgpu" ? "webgpu" : "cpu";
    if (threads > 1 && kind === "webgpu") throw new Refusal("--threads: worker threads are for the CPU backend");
    expectWritableDirectory(out, "--out");
    mkdirSync(out, { recursive: true });
    if (io.isTerminal) io.note("reading and encoding the corpus\n");
    const prepared = prepare(recipe);
    const files = tokenizerFiles(prepared.tokenizer, recipe.model);
    writeWhole(new Map(Object.entries(files).map(([name, bytes]) => [join(out, name), bytes])), "--out");
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

function firstState(recipe: Recipe): TrainerState {
  const parameters = initialWeights(recipe.model, { seed: recipe.seed, ...recipe.initialisation });
  return { step: 0, parameters, m: null, v: null };
}
