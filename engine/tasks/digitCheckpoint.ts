import type { HostTensor } from "../checkpoint/hostTensor.ts";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import type { DigitState } from "./digitTraining.ts";

const velocity = "velocity";

function tensorsOf(parameters: DigitState["parameters"]): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  for (const [name, data] of parameters) {
    // A matrix has as many rows as the bias beside it has numbers.
    const rows = parameters.get(name.replace(/weight$/, "bias"))!.length;
    tensors.set(name, { dtype: "F32", shape: name.endsWith("weight") ? [rows, data.length / rows] : [rows], data });
  }
  return tensors;
}

/** The weights as safetensors bytes, and how they were trained in the metadata. */
export function writeModel({ parameters }: DigitState, training: object): Uint8Array {
  return writeSafetensors(tensorsOf(parameters), new Map([["training", JSON.stringify(training)]]));
}

/** A training as safetensors bytes: weights, velocity, and notes as JSON. */
export function writeCheckpoint<N>({ step, parameters, velocity: data }: DigitState, notes: N): Uint8Array {
  const tensors = tensorsOf(parameters);
  if (data) tensors.set(velocity, { dtype: "F32", shape: [data.length], data });
  return writeSafetensors(tensors, new Map([["step", String(step)], ["notes", JSON.stringify(notes)]]));
}

/**
 * The same back. Only bytes that the task handed out a moment ago come here.
 * Throws: ModelFileError when they are damaged.
 */
export function readCheckpoint<N>(bytes: Uint8Array): { state: DigitState; notes: N } {
  const { tensors, metadata } = readSafetensors(bytes);
  const data = new Map([...tensors].map(([name, one]) => [name, one.data as Float32Array] as const));
  const state: DigitState = {
    step: Number(metadata.get("step")), parameters: new Map([...data].filter(([name]) => name !== velocity)), velocity: data.get(velocity) ?? null,
  };
  return { state, notes: JSON.parse(metadata.get("notes")!) as N };
}
