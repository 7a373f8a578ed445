import type { TrainerOptions } from "../nn/trainer.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { headWeight, type Recipe } from "./recipe.ts";

/** The part of a recipe that the trainer needs. */
export function trainerOptions(recipe: Recipe): TrainerOptions {
  const { model, rows, time, shards, optimizer, schedule, heads } = recipe;
  return {
    config: model, rows, time, shards, optimizer, schedule, stepByStep: attentionWithPattern, heads: heads?.targets ?? [],
    headWeight: (step) => headWeight(recipe, step),
  };
}
