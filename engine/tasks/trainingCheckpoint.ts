import type { HostTensor } from "../checkpoint/hostTensor.ts";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import type { TrainerState } from "../nn/trainer.ts";

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
  const parameters = new Map([...tensors.keys()].filter((name) => name.startsWith(parameter)).map((name) => [name.slice(parameter.length), data(name)!]));
  return { state: { step: Number(metadata.get("step")), parameters, m: data("m"), v: data("v") }, notes: JSON.parse(metadata.get("notes")!) as N };
}
