import type { Backend } from "../backend.ts";
import { findNonFinite } from "../checkpoint/hostTensor.ts";
import { type OpenedModel, saveModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { isMatrix, readParameters, trainable } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { copyKernel } from "../ops/copy.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { adamW, type AdamWOptions } from "../optim/adamW.ts";
import { backward, launch, read, scope, tensor } from "../tensor.ts";
import { type BatchFile, batchOption, readBatch, uploadBatch } from "./batch.ts";
import { type Command, type Flags, Refusal } from "./command.ts";
import { expectWritableDirectory, writeDirectory } from "./files.ts";
import { choice, integer, number, numberIn, text } from "./flags.ts";
import { modelOption, openModelFolder } from "./modelFolder.ts";
import { shown } from "./words.ts";

export const stepCommand: Command = {
  name: "step",
  summary: "N AdamW steps on one batch, written back in the checkpoint's own layout",
  options: {
    model: modelOption,
    batch: batchOption,
    steps: { kind: "text", value: "N", summary: "how many", default: "1" },
    "learning-rate": { kind: "text", value: "X", summary: "constant over the steps", default: "1e-3" },
    betas: { kind: "text", value: "X,Y", summary: "decay of the first and second moment", default: ".9,.95" },
    epsilon: { kind: "text", value: "X", summary: "added to the root of the second moment", default: "1e-8" },
    "weight-decay": { kind: "text", value: "X", summary: "decoupled weight decay", default: ".1" },
    decay: { kind: "text", value: "all|matrices", summary: "what is decayed: every tensor, or those of two axes", default: "all" },
    clip: { kind: "text", value: "X", summary: "largest norm of the whole gradient, 0 for none", default: "0" },
    out: { kind: "text", value: "DIR2", summary: "where config.json and model.safetensors are written", required: true },
  },
  details: `The formulas are those of torch.optim.AdamW and torch.nn.utils.clip_grad_norm_; the moments start at 0.
Tensor names, layout and prefix stay, in float32; a tied checkpoint is written without lm_head.weight. tokenizer.json is not read.
--json prints { backend, losses, gradientNorm }: the loss before each step, and the norm of the last gradient before clipping.`,
  async run(flags, io) {
    const settings = readSettings(flags);
    const out = text(flags, "out");
    const opened = openModelFolder(text(flags, "model"));
    const batch = readBatch(text(flags, "batch"), opened.config);
    expectWritableDirectory(out, "--out");
    const kind = text(flags, "backend") as "cpu" | "webgpu";
    const backend = await io.openBackend(kind);
    try {
      const { parameters, losses, gradientNorm } = await train(backend, opened, batch, settings);
      const files = saveModel({ ...opened, parameters });
      writeDirectory(out, { ...files, "config.json": inFloat32(opened.configBytes) }, "--out");
      if (flags.has("json")) io.out(`${JSON.stringify({ backend: kind, losses, gradientNorm })}\n`);
      else io.out(`loss ${losses[0]} before step 1, ${losses.at(-1)} before step ${losses.length}, on ${kind}; written to ${out}\n`);
    } finally {
      backend.close();
    }
  },
};

interface Settings {
  readonly steps: number;
  readonly learningRate: number;
  readonly optimizer: AdamWOptions;
  readonly decays: typeof isMatrix;
}

function readSettings(flags: Flags): Settings {
  const betas = text(flags, "betas").split(",");
  if (betas.length !== 2) throw new Refusal(`--betas is ${shown(text(flags, "betas"))}, expected two numbers as .9,.95`);
  const [beta1, beta2] = betas.map((word) => numberIn(word.trim(), "--betas", { least: 0, most: 1, below: true })) as [number, number];
  return {
    steps: integer(flags, "steps", { least: 1, most: 1_000_000 }),
    learningRate: number(flags, "learning-rate", { least: 0, most: 1e6 }),
    optimizer: {
      beta1,
      beta2,
      // Below about 1e-38 float32 has nothing left, and 0/0 would follow where a gradient is 0.
      epsilon: number(flags, "epsilon", { least: 1e-30, most: 1e6 }),
      weightDecay: number(flags, "weight-decay", { least: 0, most: 1e6 }),
      maxNorm: number(flags, "clip", { least: 0, most: 1e30 }),
    },
    decays: choice(flags, "decay", ["all", "matrices"]) === "all" ? () => true : isMatrix,
  };
}

async function train(
  backend: Backend, { config, parameters: values }: OpenedModel, batch: BatchFile, settings: Settings,
): Promise<{ parameters: Map<string, Float32Array>; losses: number[]; gradientNorm: number }> {
  const { steps, learningRate, decays } = settings;
  const parameters = trainable(backend, parameterShapes(config), values, decays);
  const model = transformer(config, parameters);
  const { ids, targets } = uploadBatch(backend, batch);
  const optimizer = adamW(parameters, settings.optimizer);
  const loss = tensor(backend, [1], [0]);
  const plan = backend.capture(() => scope(() => {
    const mean = crossEntropy(model.forward(ids), targets);
    launch(copyKernel, [mean], {}, [{ tensor: loss, accumulate: false }]);
    backward(mean);
    optimizer.launch();
  }));
  const losses: number[] = [];
  let gradientNorm = 0;
  for (let step = 1; step <= steps; step++) {
    optimizer.prepare(step, learningRate);
    plan.replay();
    losses.push((await read(loss))[0]!);
    const [, norm, nonFinite] = await read(optimizer.report);
    if (nonFinite! > 0) throw new Refusal(`step: in step ${step} ${nonFinite} gradients are not finite; lower --learning-rate`);
    gradientNorm = norm!;
  }
  const stepped = await readParameters(parameters);
  for (const [name, data] of stepped) {
    const fault = findNonFinite({ dtype: "F32", shape: [data.length], data });
    if (fault) throw new Refusal(`step: after ${steps} steps ${name} has ${fault.count} weights not finite; lower --learning-rate`);
  }
  return { parameters: stepped, losses, gradientNorm };
}

/** The configuration as it came, but for the stored type of the weights, which are float32 now. */
function inFloat32(bytes: Uint8Array): Uint8Array {
  const config = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  const stale = ["torch_dtype", "dtype"].filter((key) => Object.hasOwn(config, key) && config[key] !== "float32");
  if (stale.length === 0) return bytes;
  for (const key of stale) config[key] = "float32";
  return new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
}
