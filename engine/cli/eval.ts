import type { Backend } from "../backend.ts";
import type { HostTensor } from "../checkpoint/hostTensor.ts";
import type { OpenedModel } from "../checkpoint/modelDirectory.ts";
import { toCheckpoint } from "../checkpoint/names.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { writeSafetensors } from "../checkpoint/safetensors.ts";
import { frozen, readParameters, trainable } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { backward, read, scope, type Tensor } from "../tensor.ts";
import { type BatchFile, batchOption, readBatch, uploadBatch } from "./batch.ts";
import { type Command, Refusal } from "./command.ts";
import { expectWritableFile, writeWhole } from "./files.ts";
import { optionalText, text } from "./flags.ts";
import { modelOption, openModelFolder } from "./modelFolder.ts";
import { shown } from "./words.ts";

export const evalCommand: Command = {
  name: "eval",
  summary: "one pass of a model over a batch: loss, logits, gradients, attention and residual stream",
  options: {
    model: modelOption,
    batch: batchOption,
    dump: { kind: "text", value: "NAMES", summary: "what to write, by commas: logits,loss,grads,blocks.N.attn.pattern,residual.N" },
    out: { kind: "text", value: "FILE.safetensors", summary: "where to write it" },
  },
  details: `Writes, all in float32: logits [batch,time,vocab]; loss [1], the mean over targets that count, in nats;
blocks.N.attn.pattern [batch,heads,query,key]; residual.N [batch,time,dModel], 0 after the embedding, N after block N;
and for grads one grad.NAME for every tensor NAME of the checkpoint, in its layout. --out alone dumps logits and loss.
model.safetensors may be packed in 8 bits; tokenizer.json is not read. --json prints { backend, loss }.`,
  async run(flags, io) {
    const opened = openModelFolder(text(flags, "model"));
    const batch = readBatch(text(flags, "batch"), opened.config);
    const out = optionalText(flags, "out");
    const dump = dumpNames(optionalText(flags, "dump"), out, opened.config.nLayers);
    if (out !== undefined) expectWritableFile(out, "--out");
    const kind = text(flags, "backend") as "cpu" | "webgpu";
    const backend = await io.openBackend(kind);
    try {
      const { loss, tensors } = await evaluate(opened, batch, dump, backend);
      if (out !== undefined) writeWhole(new Map([[out, writeSafetensors(tensors)]]), "--out");
      io.out(flags.has("json") ? `${JSON.stringify({ backend: kind, loss })}\n` : `loss ${loss} nats a token, on ${kind}\n`);
    } finally {
      backend.close();
    }
  },
};

/** The names asked for. Throws: Refusal for one that this model does not have. */
function dumpNames(list: string | undefined, out: string | undefined, nLayers: number): Set<string> {
  if (list === undefined) return new Set(out === undefined ? [] : ["logits", "loss"]);
  if (out === undefined) throw new Refusal("--dump needs --out FILE.safetensors");
  const layers = Array.from({ length: nLayers }, (_, n) => n);
  const ofLayers = layers.flatMap((n) => [`blocks.${n}.attn.pattern`, `residual.${n + 1}`]);
  const known = new Set(["logits", "loss", "grads", "residual.0", ...ofLayers]);
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const end = `logits, loss, grads, residual.0 to residual.${nLayers}, blocks.0.attn.pattern to blocks.${nLayers - 1}.attn.pattern`;
    throw new Refusal(`--dump: ${shown(unknown)} is unknown, this model has ${end}`);
  }
  return new Set(names);
}

async function evaluate(
  { config, parameters: values, prefix }: OpenedModel, batch: BatchFile, dump: ReadonlySet<string>, backend: Backend,
): Promise<{ loss: number; tensors: Map<string, HostTensor> }> {
  const shapes = parameterShapes(config);
  const parameters = dump.has("grads") ? trainable(backend, shapes, values) : frozen(backend, shapes, values);
  const model = transformer(config, parameters);
  const { ids, targets } = uploadBatch(backend, batch);
  const { probed, loss } = scope(() => {
    const probed: Record<string, Tensor> = {};
    const patterns = (layer: number): boolean => dump.has(`blocks.${layer}.attn.pattern`);
    const logits = model.forward(ids, { patterns, probe: (name, x) => { if (dump.has(name)) probed[name] = x; } });
    const loss = crossEntropy(logits, targets);
    if (dump.has("grads")) backward(loss);
    return { probed, loss };
  });
  const tensors = new Map<string, HostTensor>();
  const put = async (name: string, x: Tensor): Promise<void> => {
    tensors.set(name, { dtype: "F32", shape: x.shape, data: Float32Array.from(await read(x)) });
  };
  for (const [name, x] of Object.entries(probed)) await put(name, x);
  if (dump.has("loss")) await put("loss", loss);
  if (dump.has("grads")) {
    const gradients = toCheckpoint(await readParameters(parameters, "gradients"), config, { prefix, label: "grad." });
    for (const [name, gradient] of gradients) tensors.set(name, gradient);
  }
  const value = (await read(loss))[0]!;
  if (!Number.isFinite(value)) throw new Refusal(`eval: the loss is ${value}: the weights are so large that float32 overflows`);
  return { loss: value, tensors };
}
