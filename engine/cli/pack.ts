import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { openModel, saveModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { windows } from "../data/batches.ts";
import { continueText } from "../nn/generate.ts";
import { frozen } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import type { ModelCard } from "../tasks/languageModel.ts";
import { measureStoryModel } from "../tasks/measureStoryModel.ts";
import type { Command } from "./command.ts";
import { readInput } from "./files.ts";
import { text } from "./flags.ts";
import { modelCard } from "./modelCard.ts";
import { prepare, readRecipe, type Recipe, recipeHash, storySampling } from "./recipe.ts";

export const packCommand: Command = {
  name: "pack",
  summary: "packs a trained model for the book: int8 weights, its card, and a line in the manifest",
  options: {
    config: { kind: "text", value: "FILE", summary: "the recipe it was trained by", required: true },
    model: { kind: "text", value: "DIR", summary: "the directory that train wrote", required: true },
    out: { kind: "text", value: "DIR", summary: "public/models/NAME; the manifest lies beside it", required: true },
  },
  async run(flags, io) {
    const [recipePath, from, out] = [text(flags, "config"), text(flags, "model"), text(flags, "out")];
    const recipe = readRecipe(readInput(recipePath, "--config"));
    const file = (name: string): Uint8Array => readInput(join(from, name), "--model");
    const opened = openModel({ config: file("config.json"), weights: file("model.safetensors") });
    const tokenizer = readTokenizerJson(file("tokenizer.json"));
    if (io.isTerminal) io.note("counting the training text\n");
    const prepared = prepare(recipe);
    const counts = Array.from({ length: tokenizer.vocabSize }, () => 0);
    for (const { ids } of prepared.mixture.streams) for (const id of ids) counts[id]!++;

    const files = saveModel({ config: opened.config, parameters: opened.parameters, packed: true });
    const backend = await io.openBackend("cpu");
    const weightsOf = (weights: Uint8Array) => openModel({ config: files["config.json"], weights }).parameters;
    if (io.isTerminal) io.note("measuring\n");
    const measured = await measureStoryModel(backend, opened.config, weightsOf(files["model.safetensors"]), tokenizer, recipe.seed);
    const float32 = transformer(opened.config, frozen(backend, parameterShapes(opened.config), opened.parameters));
    const heldOutLossFloat32 = await meanLoss(float32, windows(prepared.heldOut, 16, recipe.time, 16));
    const samples: string[] = [];
    for (const seed of [1, 2]) samples.push(await continueText(float32, tokenizer, [tokenizer.vocabSize - 1], storySampling, seed));
    const card: ModelCard = {
      read: whatItRead(recipe), counts, taught: taughtHeads(recipe), training: { steps: recipe.schedule.steps, heldOutLoss: measured.heldOutLoss },
    };
    mkdirSync(out, { recursive: true });
    const written = { ...files, "tokenizer.json": file("tokenizer.json"), "card.json": new TextEncoder().encode(JSON.stringify(card)) };
    for (const [name, bytes] of Object.entries(written)) writeFileSync(join(out, name), bytes);

    const entry = {
      name: basename(out),
      files: Object.entries(written).map(([name, bytes]) => ({ file: `${basename(out)}/${name}`, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") })),
      licence: "CC BY 4.0",
      origin: "trained from random weights by this project's engine",
      recipe: relative(resolve("."), resolve(recipePath)), recipeHash: recipeHash(recipe),
      data: card.read,
      parameters: [...opened.parameters.values()].reduce((sum, { length }) => sum + length, 0),
      seed: recipe.seed, steps: recipe.schedule.steps, tokens: recipe.schedule.steps * recipe.rows * recipe.time,
      heldOutLossFloat32, measured,
      // Held-out loss may not drift above what was measured when the pack was made.
      promised: { heldOutLoss: Math.ceil(measured.heldOutLoss * 100) / 100 },
    };
    const weights = entry.files.find(({ file: name }) => name.endsWith("model.safetensors"))!;
    writeFileSync(join(out, "README.md"), modelCard({
      recipe, recipePath: entry.recipe, read: card.read, parameters: entry.parameters, bytes: weights.bytes, measured, heldOutLossFloat32, samples,
    }));
    const manifestPath = join(out, "..", "manifest.json");
    const manifest: { packs: { name: string }[] } = existsSync(manifestPath) ? JSON.parse(readFileSync(manifestPath, "utf8")) : { packs: [] };
    const packs = [...manifest.packs.filter(({ name }) => name !== entry.name), entry];
    writeFileSync(manifestPath, `${JSON.stringify({ packs }, null, 2)}\n`);
    io.out(flags.has("json") ? `${JSON.stringify(entry)}\n` : `${out}: held-out loss ${measured.heldOutLoss.toFixed(4)} (${heldOutLossFloat32.toFixed(4)} in float32)\n`);
    backend.close();
  },
};

function whatItRead({ data }: Recipe): string {
  const stories = `${Math.round(data.stories / 1000)},000 little stories about animals and children, made by a grammar`;
  return data.books ? `${stories}, and short passages from 37 children's books in the public domain` : stories;
}

const taughtHeads = ({ heads }: Recipe): ModelCard["taught"] =>
  (heads?.targets ?? []).map((target, i) => ({ ...target, as: i === 0 ? "previous token" : "induction" }));
