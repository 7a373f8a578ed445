import type { HostTensor } from "../checkpoint/hostTensor.ts";
import { writeConfig } from "../checkpoint/huggingFace.ts";
import { saveModel } from "../checkpoint/modelDirectory.ts";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import type { TrainerState } from "../nn/trainer.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { writeTokenizerJson } from "../tokenizer/tokenizerJson.ts";

const parameter = "parameter.";

/** A training as safetensors bytes: weights, both moments, and notes as JSON. */
export function writeTraining<N>({ step, parameters, m, v }: TrainerState, notes: N): Uint8Array {
  const tensors = new Map<string, HostTensor>();
  const put = (name: string, data: Float32Array): unknown => tensors.set(name, { dtype: "F32", shape: [data.length], data });
  for (const [name, data] of parameters) put(`${parameter}${name}`, data);
  if (m && v) {
    put("m", m);
    put("v", v);
  }
  return writeSafetensors(tensors, new Map([["step", String(step)], ["notes", JSON.stringify(notes)]]));
}

/**
 * The same back. Only bytes that this task handed out a moment ago come here.
 * Throws: ModelFileError when they are damaged.
 */
export function readTraining<N>(bytes: Uint8Array): { state: TrainerState; notes: N } {
  const { tensors, metadata } = readSafetensors(bytes);
  const data = (name: string): Float32Array | null => (tensors.get(name)?.data as Float32Array | undefined) ?? null;
  const names = [...tensors.keys()].filter((name) => name.startsWith(parameter));
  const parameters = new Map(names.map((name) => [name.slice(parameter.length), data(name)!]));
  const notes = JSON.parse(metadata.get("notes")!) as N;
  return { state: { step: Number(metadata.get("step")), parameters, m: data("m"), v: data("v") }, notes };
}

/** The weights alone, as safetensors bytes with config.json, tokenizer.json and how they were trained in the metadata. */
export function writeTrainedModel(config: DecoderConfig, { parameters }: TrainerState, tokenizer: Tokenizer, training: object): Uint8Array {
  const metadata = new Map([
    ["config.json", new TextDecoder().decode(writeConfig(config))], ["tokenizer.json", writeTokenizerJson(tokenizer)], ["training", JSON.stringify(training)],
  ]);
  return saveModel({ config, parameters, metadata })["model.safetensors"];
}
