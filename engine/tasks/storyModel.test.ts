import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { frozen } from "../nn/parameters.ts";
import { repeatScores } from "../nn/repeatScores.ts";
import { transformer } from "../nn/transformer.ts";
import { backends } from "../testing/backends.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { measureStoryModel } from "./measureStoryModel.ts";

const folder = resolve("public/models");
const file = (path: string): Uint8Array => new Uint8Array(readFileSync(join(folder, path)));
const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const pack = manifest.packs.find(({ name }: { name: string }) => name === "story");

describe("the shipped story model", () => {
  it("is the file that the manifest names, at most 1.1 MB, with licence and origin", () => {
    for (const { file: path, bytes, sha256 } of pack.files) {
      const content = file(path);
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
    const weights = pack.files.find((each: { file: string }) => each.file.endsWith("model.safetensors"));
    expect(weights.bytes).toBeLessThanOrEqual(1.1e6);
    expect(pack.licence).toBe("CC BY 4.0");
    expect(pack.origin).not.toBe("");
  });

  it("reaches what is promised of it, measured again from the shipped weights", async () => {
    const backend = (await backends.cpu!())!;
    const { config, parameters } = openModel({ config: file("story/config.json"), weights: file("story/model.safetensors") });
    const tokenizer = readTokenizerJson(file("story/tokenizer.json"));
    const now = await measureStoryModel(backend, config, parameters, tokenizer, pack.seed);
    // What the manifest says is what the file does.
    for (const [name, value] of Object.entries(pack.measured)) {
      if (typeof value === "number") expect(Math.abs(now[name as "heldOutLoss"] - value), name).toBeLessThan(1e-3 * Math.max(1, Math.abs(value)));
    }
    expect(now.pronoun).toEqual(pack.measured.pronoun);
    expect(now.heldOutLoss).toBeLessThanOrEqual(pack.promised.heldOutLoss);
    expect(now.previousToken).toBeGreaterThanOrEqual(0.9);
    expect(now.induction).toBeGreaterThanOrEqual(0.75);
    expect(now.secondCopy).toBeLessThanOrEqual(0.5);
    expect(now.firstCopy - now.secondCopy).toBeGreaterThanOrEqual(5);
    expect(now.secondCopyWithoutInduction - now.secondCopy).toBeGreaterThanOrEqual(3);
    expect(now.introducedShare).toBeGreaterThanOrEqual(0.95);
    expect(Math.exp(pack.measured.heldOutLoss - pack.heldOutLossFloat32)).toBeLessThanOrEqual(1.005);
    expect(now.int4Factor).toBeLessThanOrEqual(1.04);
    backend.close();
  }, 120_000);
});

describe("the untaught model beside it", () => {
  const untaught = manifest.packs.find(({ name }: { name: string }) => name === "story-untaught");

  it("is the file that the manifest names, reads the same tokens, and was trained as long", () => {
    for (const { file: path, bytes, sha256 } of untaught.files) {
      expect(file(path).length).toBe(bytes);
      expect(createHash("sha256").update(file(path)).digest("hex")).toBe(sha256);
    }
    expect(file("story-untaught/tokenizer.json")).toEqual(file("story/tokenizer.json"));
    expect(file("story-untaught/config.json")).toEqual(file("story/config.json"));
    expect(untaught.steps).toBe(pack.steps);
    for (const one of [pack, untaught]) {
      const card = JSON.parse(new TextDecoder().decode(file(`${one.name}/card.json`)));
      expect(card.training).toEqual({ steps: one.steps, heldOutLoss: one.measured.heldOutLoss });
      expect(card.taught.length).toBe(one === pack ? 2 : 0);
    }
  });

  it("has no head that copies: each scores what the manifest says, measured again", async () => {
    const backend = (await backends.cpu!())!;
    const { config, parameters } = openModel({ config: file("story-untaught/config.json"), weights: file("story-untaught/model.safetensors") });
    const set = frozen(backend, parameterShapes(config), parameters);
    const model = transformer(config, set);
    const { induction, previousToken, firstCopy, secondCopy } = await repeatScores(model, { time: 128 });
    expect(induction[1]![0]).toBeCloseTo(untaught.measured.induction, 3);
    expect(previousToken[0]![0]).toBeCloseTo(untaught.measured.previousToken, 3);
    expect(Math.max(...induction.flat())).toBeLessThan(0.1);
    expect(firstCopy - secondCopy).toBeLessThan(0.5);
    model.close();
    set.close();
    backend.close();
  }, 60_000);
});
