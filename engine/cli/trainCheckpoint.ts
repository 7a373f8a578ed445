import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HostTensor } from "../checkpoint/hostTensor.ts";
import { saveModel } from "../checkpoint/modelDirectory.ts";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import type { TrainerState } from "../nn/trainer.ts";
import { Refusal } from "./command.ts";
import { readInput, writeWhole } from "./files.ts";
import { type Recipe, recipeHash } from "./recipe.ts";

/** The checkpoint, and the model so far as a directory that the other commands open. */
export function saveCheckpoint(out: string, recipe: Recipe, state: TrainerState): void {
  const tensors = new Map<string, HostTensor>();
  const put = (name: string, data: Float32Array): void => { tensors.set(name, { dtype: "F32", shape: [data.length], data }); };
  for (const [name, data] of state.parameters) put(`parameter.${name}`, data);
  put("m", state.m!);
  put("v", state.v!);
  const checkpoint = writeSafetensors(tensors, new Map([["step", String(state.step)], ["recipe", recipeHash(recipe)]]));
  const files = { ...saveModel({ config: recipe.model, parameters: state.parameters }), "checkpoint.safetensors": checkpoint };
  writeWhole(new Map(Object.entries(files).map(([name, bytes]) => [join(out, name), bytes])), "--out");
}

/** The state of the last checkpoint, or null where there is none. Throws: Refusal when it belongs to another recipe. */
export function restore(out: string, recipe: Recipe): TrainerState | null {
  const path = join(out, "checkpoint.safetensors");
  if (!existsSync(path)) return null;
  const { tensors, metadata } = readSafetensors(readInput(path, "--out"));
  if (metadata.get("recipe") !== recipeHash(recipe)) throw new Refusal(`--out: ${path} is a checkpoint of another recipe`);
  const get = (name: string): Float32Array => tensors.get(name)!.data as Float32Array;
  const names = [...tensors.keys()].filter((name) => name.startsWith("parameter."));
  return { step: Number(metadata.get("step")), parameters: new Map(names.map((name) => [name.slice(10), get(name)])), m: get("m"), v: get("v") };
}
