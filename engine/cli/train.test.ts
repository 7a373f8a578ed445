import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { main } from "./cli.ts";
import { openBackend } from "./nodeIo.ts";

const scratch = mkdtempSync(join(tmpdir(), "glassbox-train-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, String(made++));
const recipe = {
  name: "test", seed: 4,
  model: {
    vocabSize: 300, contextLength: 32, dModel: 16, nLayers: 2, nHeads: 2, nKvHeads: 2, dHead: 8, dMlp: 24,
    position: "rope", ropeBase: 10000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
  },
  initialisation: { matrices: 0.25, embedding: 0.1 },
  data: { stories: 60, storyShare: 1, books: null, repeats: 0.2, text: null },
  rows: 4, time: 24, shards: 2,
  schedule: { peak: 0.01, steps: 20, warmup: 2, decay: "linear", final: 0 },
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 1 },
  heads: { targets: [{ layer: 0, head: 0 }, { layer: 1, head: 0 }], weight: 0.3, steps: 8 },
  every: { evaluate: 10, sample: 20, checkpoint: 5 },
};
const config = (change: object = {}): string => {
  const path = fresh();
  writeFileSync(path, JSON.stringify({ ...recipe, ...change }));
  return path;
};

async function train(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const io = {
    out: (text: string) => { said.out += text; }, note: (text: string) => { said.err += text; },
    isTerminal: false, signal: new AbortController().signal, openBackend,
  };
  return { code: await main(["train", ...words], io), ...said };
}
const weights = (out: string): Buffer => readFileSync(join(out, "model.safetensors"));

describe("train", () => {
  const whole = fresh();

  it("writes a directory that opens, a log, and the held-out loss", async () => {
    const { code, out } = await train("--config", config(), "--out", whole, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ backend: "cpu", step: 20 });
    // Twenty steps already beat a uniform guess over 300 tokens.
    expect(JSON.parse(out).heldOutLoss).toBeLessThan(Math.log(300) - 0.5);
    const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(whole, name)));
    expect(openModel({ config: file("config.json"), weights: file("model.safetensors") }).config.vocabSize).toBe(300);
    const log = readFileSync(join(whole, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
    expect(log.filter((line) => "heldOut" in line).map(({ step }) => step)).toEqual([10, 20]);
  });

  it("goes on after an interruption to bit-equal weights", async () => {
    const out = fresh();
    expect((await train("--config", config(), "--out", out, "--steps", "7")).code).toBe(0);
    expect(weights(out).equals(weights(whole))).toBe(false);
    expect((await train("--config", config(), "--out", out)).code).toBe(0);
    expect(weights(out).equals(weights(whole))).toBe(true);
  });

  it("gives bit-equal weights with two threads", () => {
    const out = fresh();
    const { status, stderr } = spawnSync(process.execPath, [resolve("scripts/run.mjs"), "engine", "train", "--config", config(), "--out", out, "--threads", "2"], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(weights(out).equals(weights(whole))).toBe(true);
  });

  it.each([
    ["a missing file", () => ["--config", join(scratch, "nowhere"), "--out", fresh()]],
    ["a file that is not JSON", () => { const path = fresh(); writeFileSync(path, "{"); return ["--config", path, "--out", fresh()]; }],
    ["null", () => { const path = fresh(); writeFileSync(path, "null"); return ["--config", path, "--out", fresh()]; }],
    ["no model", () => ["--config", config({ model: undefined }), "--out", fresh()]],
    ["a negative width", () => ["--config", config({ model: { ...recipe.model, dModel: -1 } }), "--out", fresh()]],
    ["rows that do not divide", () => ["--config", config({ rows: 5 }), "--out", fresh()]],
    ["a head that is not there", () => ["--config", config({ heads: { ...recipe.heads, targets: [{ layer: 2, head: 0 }] } }), "--out", fresh()]],
    ["more merges than the text yields", () => ["--config", config({ model: { ...recipe.model, vocabSize: 50_000 } }), "--out", fresh()]],
    ["books that are not there", () => ["--config", config({ data: { ...recipe.data, books: { file: join(scratch, "nobooks"), frequentWords: 10, share: 0.5 } } }), "--out", fresh()]],
    ["no threads", () => ["--config", config(), "--out", fresh(), "--threads", "0"]],
    ["threads on the GPU", () => ["--config", config(), "--out", fresh(), "--threads", "2", "--backend", "webgpu"]],
    ["another recipe's checkpoint", () => ["--config", config({ seed: 5 }), "--out", whole]],
  ])("refuses %s in one line", async (_, words) => {
    const flags = words();
    const out = flags[flags.indexOf("--out") + 1]!;
    const { code, err } = await train(...flags);
    expect(code).toBe(2);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(err.length).toBeLessThanOrEqual(400);
    expect(err).not.toMatch(/Error|undefined|\bat \S+:\d+/);
    if (out !== whole) expect(existsSync(join(out, "model.safetensors"))).toBe(false);
  });
});
