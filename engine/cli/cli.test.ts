import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { hostileFiles } from "../checkpoint/hostileFiles.ts";
import type { HostTensor } from "../checkpoint/hostTensor.ts";
import { pack } from "../checkpoint/packed.ts";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import { gpuForTests } from "../testing/webgpuNode.ts";
import { trainBpeReference } from "../tokenizer/trainBpe.ts";
import { main } from "./cli.ts";
import { openBackend } from "./nodeIo.ts";

const here = dirname(fileURLToPath(import.meta.url));
const fixture = (name: string, file = ""): string => join(here, "..", "fixtures", name, file);
const models = ["gpt2-tiny", "llama-tiny", "llama-untied"];
const gpt2 = fixture("gpt2-tiny"), gpt2Batch = fixture("gpt2-tiny", "batch.json");

const scratch = mkdtempSync(join(tmpdir(), "glassbox-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const freshPath = (name = "out"): string => join(scratch, `${made++}-${name}`);
const freshFile = (content: string | Uint8Array, name = "file"): string => {
  const path = freshPath(name);
  writeFileSync(path, content);
  return path;
};
/** A copy of a model directory with some files replaced (or, with null, left out). */
const modelWith = (files: Readonly<Record<string, string | Uint8Array | null>>, from = gpt2): string => {
  const path = freshPath("model");
  mkdirSync(path);
  for (const name of ["config.json", "model.safetensors"]) if (!(name in files)) copyFileSync(join(from, name), join(path, name));
  for (const [name, content] of Object.entries(files)) if (content !== null) writeFileSync(join(path, name), content);
  return path;
};

interface Run { code: number; out: string; err: string }
async function cli(...words: string[]): Promise<Run> {
  const run = { out: "", err: "" };
  const io = {
    out: (text: string) => { run.out += text; },
    note: (text: string) => { run.err += text; },
    isTerminal: false, signal: new AbortController().signal, openBackend,
  };
  return { code: await main(words, io), ...run };
}
const json = async (...words: string[]) => {
  const { code, out, err } = await cli(...words, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
};
const tensorsOf = (path: string): Map<string, HostTensor> => readSafetensors(new Uint8Array(readFileSync(path))).tensors;
const floats = (tensor: HostTensor | undefined): Float32Array => tensor!.data as Float32Array;
const read = (name: string, file: string) => JSON.parse(readFileSync(fixture(name, file), "utf8"));
const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
const farthest = (a: Float32Array, b: Float32Array): number => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

describe.each(["cpu", "webgpu"])("with --backend %s", (backend) => {
  const orSkip = async (skip: (note: string) => unknown): Promise<void> => {
    if (backend === "webgpu" && (await gpuForTests()) === null) skip("no adapter");
  };

  it.for(models)("eval dumps what PyTorch computes for %s: logits, loss, patterns, residuals, every gradient", async (name, { skip }) => {
    await orSkip(skip);
    const out = freshPath("dump.safetensors");
    const expected = tensorsOf(fixture(name, "expected.safetensors"));
    const dump = [...new Set([...expected.keys()].map((key) => (key.startsWith("grad.") ? "grads" : key)))].join(",");
    const words = ["--model", fixture(name), "--batch", fixture(name, "batch.json"), "--dump", dump, "--out", out, "--backend", backend];
    const printed = await json("eval", ...words);
    expect(printed.backend).toBe(backend);
    expect(Math.abs(printed.loss - read(name, "expected.json").loss)).toBeLessThan(1e-5);
    const actual = tensorsOf(out);
    expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
    for (const [key, tensor] of expected) {
      expect(actual.get(key)!.shape, key).toEqual(tensor.shape);
      const [a, b] = [floats(actual.get(key)), floats(tensor)];
      if (key.startsWith("grad.")) expect(norm(a.map((x, i) => x - b[i]!)), key).toBeLessThanOrEqual(1e-4 * norm(b));
      else expect(farthest(a, b), key).toBeLessThan(1e-4);
    }
  });

  it.for(models)("step writes the weights that PyTorch has after its AdamW steps on %s", async (name, { skip }) => {
    await orSkip(skip);
    const common = [
      "--model", fixture(name), "--batch", fixture(name, "batch.json"), "--backend", backend,
      "--learning-rate", "1e-2", "--betas", ".9,.95", "--epsilon", "1e-8", "--weight-decay", ".1",
    ];
    const runs = [
      ["stepped", ["--steps", "3", "--decay", "all", "--clip", "0"]],
      ["stepped-matrices", ["--steps", "5", "--decay", "matrices", "--clip", ".5"]],
    ] as const;
    const gradients = tensorsOf(fixture(name, "expected.safetensors"));
    for (const [file, flags] of runs) {
      const out = freshPath();
      const printed = await json("step", ...common, ...flags, "--out", out);
      expect(printed.losses).toHaveLength(Number(flags[1]));
      expect(readdirSync(out).toSorted()).toEqual(["config.json", "model.safetensors"]);
      expect(readFileSync(join(out, "config.json"), "utf8")).toBe(readFileSync(fixture(name, "config.json"), "utf8"));
      const expected = tensorsOf(fixture(name, `${file}.safetensors`)), actual = tensorsOf(join(out, "model.safetensors"));
      expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
      for (const [key, tensor] of expected) {
        expect(actual.get(key)!.shape, key).toEqual(tensor.shape);
        // Where the gradient is rounding noise, Adam makes whole steps of it.
        const gradient = floats(gradients.get(`grad.${key}`));
        const off = floats(actual.get(key)).map((x, i) => (Math.abs(gradient[i]!) > 1e-4 ? Math.abs(x - floats(tensor)[i]!) : 0));
        expect(Math.max(...off), key).toBeLessThanOrEqual(2e-5);
      }
    }
  });

  it.for(models)("generate takes the greedy ids that PyTorch takes with %s", async (name, { skip }) => {
    await orSkip(skip);
    const { prompt, ids } = read(name, "expected.json").greedy;
    const words = ["--ids", prompt.join(","), "--max-tokens", String(ids.length), "--temperature", "0", "--backend", backend];
    const printed = await json("generate", "--model", fixture(name), ...words);
    expect(printed).toEqual({ backend, ids, text: null, stopped: "max-tokens" });
  });
});

describe("eval", () => {
  it.each(models)("shifts the ids by one where targets are absent: %s", async (name) => {
    const batch = freshFile(JSON.stringify({ ids: read(name, "batch.json").ids }));
    const { loss } = await json("eval", "--model", fixture(name), "--batch", batch);
    expect(Math.abs(loss - read(name, "expected.json").lossWithoutTargets)).toBeLessThan(1e-5);
  });

  it("dumps one thing without the others, the same numbers as with them", async () => {
    const [one, all] = [freshPath("one"), freshPath("all")];
    await json("eval", "--model", gpt2, "--batch", gpt2Batch, "--dump", "residual.1", "--out", one);
    await json("eval", "--model", gpt2, "--batch", gpt2Batch, "--dump", "grads,residual.1,blocks.1.attn.pattern", "--out", all);
    expect([...tensorsOf(one).keys()]).toEqual(["residual.1"]);
    expect(farthest(floats(tensorsOf(one).get("residual.1")), floats(tensorsOf(all).get("residual.1")))).toBeLessThan(1e-6);
  });

  it("takes a checkpoint packed in 8 bits: the loss of the numbers that it holds", async () => {
    const packed = pack(tensorsOf(fixture("llama-tiny", "model.safetensors")));
    const model = modelWith({ "model.safetensors": writeSafetensors(packed.tensors, packed.metadata) }, fixture("llama-tiny"));
    const { loss } = await json("eval", "--model", model, "--batch", fixture("llama-tiny", "batch.json"));
    const exact = read("llama-tiny", "expected.json").loss;
    expect(Math.abs(loss - exact)).toBeGreaterThan(0);
    expect(Math.abs(loss - exact)).toBeLessThan(0.05);
  });

  it("keeps the transformer. prefix in the names of gradients and of stepped weights", async () => {
    const plain = tensorsOf(fixture("gpt2-tiny", "model.safetensors"));
    const prefixed = new Map([...plain].map(([key, tensor]) => [`transformer.${key}`, tensor]));
    const model = modelWith({ "model.safetensors": writeSafetensors(prefixed) });
    const [dump, stepped] = [freshPath("dump"), freshPath("stepped")];
    await json("eval", "--model", model, "--batch", gpt2Batch, "--dump", "grads", "--out", dump);
    expect([...tensorsOf(dump).keys()].toSorted()).toEqual([...prefixed.keys()].map((key) => `grad.${key}`).toSorted());
    await json("step", "--model", model, "--batch", gpt2Batch, "--out", stepped);
    expect([...tensorsOf(join(stepped, "model.safetensors")).keys()].toSorted()).toEqual([...prefixed.keys()].toSorted());
  });

  it("never opens tokenizer.json, nor do step and generate --ids", async () => {
    const model = modelWith({ "tokenizer.json": "<html>" });
    await json("eval", "--model", model, "--batch", gpt2Batch);
    await json("step", "--model", model, "--batch", gpt2Batch, "--out", freshPath());
    await json("generate", "--model", model, "--ids", "1", "--max-tokens", "1");
  });
});

describe("step", () => {
  it("leaves a tied checkpoint without lm_head.weight, also when it came with one", async () => {
    const tensors = new Map(tensorsOf(fixture("llama-tiny", "model.safetensors")));
    tensors.set("lm_head.weight", tensors.get("model.embed_tokens.weight")!);
    const model = modelWith({ "model.safetensors": writeSafetensors(tensors) }, fixture("llama-tiny"));
    const out = freshPath();
    await json("step", "--model", model, "--batch", fixture("llama-tiny", "batch.json"), "--out", out);
    expect(tensorsOf(join(out, "model.safetensors")).has("lm_head.weight")).toBe(false);
  });

  it("writes a directory that eval opens, where the loss is lower", async () => {
    const out = freshPath("deep/er");
    const { losses } = await json("step", "--model", gpt2, "--batch", gpt2Batch, "--steps", "4", "--learning-rate", "1e-2", "--out", out);
    const { loss } = await json("eval", "--model", out, "--batch", gpt2Batch);
    expect(loss).toBeLessThan(losses[3]);
  });

  it("says in config.json that half-float weights are float32 now", async () => {
    const config = JSON.stringify({ ...read("gpt2-tiny", "config.json"), torch_dtype: "float16" });
    const out = freshPath();
    await json("step", "--model", modelWith({ "config.json": config }), "--batch", gpt2Batch, "--out", out);
    expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8")).torch_dtype).toBe("float32");
  });
});

describe("generate", () => {
  it("stops with a notice where the context ends", async () => {
    const { code, out, err } = await cli("generate", "--model", gpt2, "--ids", "1,2,3", "--max-tokens", "50", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ stopped: "context" });
    expect(JSON.parse(out).ids).toHaveLength(14);
    expect(err).toMatch(/^[^\n]*context of 16 is full\n$/);
  });

  it("draws the same ids from the same seed, and others from another", async () => {
    const words = ["--ids", "1", "--max-tokens", "12", "--temperature", "1.5", "--top-k", "50", "--top-p", ".99"];
    const draw = async (seed: string): Promise<string> => (await json("generate", "--model", gpt2, ...words, "--seed", seed)).ids.join();
    const first = await draw("7");
    expect(await draw("7")).toBe(first);
    expect(await draw("8")).not.toBe(first);
  });
});

describe("bench", () => {
  it("times every workload and finds nothing created after the first step, at most 120 launches in one", async () => {
    const { rows } = await json("bench", "--seconds", ".001");
    const cpu = rows.filter((row: { backend: string }) => row.backend === "cpu");
    const kinds = cpu.map((row: { workload: string }) => row.workload.split(" ")[0]);
    expect(kinds).toEqual(["matmul", "train", "train", "train", "decode", "sample", "decode"]);
    for (const row of rows) {
      // Each continuation makes its own cache and captures its plan; steps after that create nothing.
      if (!row.workload.startsWith("sample")) expect(row).toMatchObject({ buffersCreated: 0, bindGroupsCreated: 0 });
      expect(row.launches).toBeLessThanOrEqual(120);
      expect(row.speed).toBeGreaterThan(0);
    }
    // A matrix product in WebAssembly is dozens of times the plain loop; 10 leaves room for a slow machine, not for the reference kernel.
    expect(cpu[0].ratio).toBeGreaterThan(10);
  }, 240_000);
});

describe("bench --profile", () => {
  it("shows a step of each workload that is one plan, with a matrix product's operations and every launch once", async () => {
    const { profiles } = await json("bench", "--profile");
    const cpu = profiles.filter((profile: { backend: string }) => profile.backend === "cpu");
    expect(cpu.map((profile: { workload: string }) => profile.workload.split(" ")[0])).toEqual(["matmul", "train", "train", "train"]);
    expect(cpu[0].launches).toMatchObject([{ kernel: "matmul", operations: 2 * 512 ** 3, bytes: 3 * 4 * 512 ** 2 }]);
    expect(cpu[1].launches.length).toBeGreaterThan(40);
    expect(cpu[1].launches.every(({ milliseconds }: { milliseconds: number }) => milliseconds >= 0)).toBe(true);
  }, 120_000);
});

describe("train-tokenizer and tokenize", () => {
  const corpus = "the cat sat on the mat; the cat ate the rat. Ünïcode — 🌍 the cat's hat's that's\n".repeat(3);

  it("learns the merges of the plain algorithm, ids 256 on", async () => {
    const out = freshPath();
    await json("train-tokenizer", "--input", freshFile(corpus), "--vocab-size", "290", "--out", out);
    const { model } = JSON.parse(readFileSync(join(out, "tokenizer.json"), "utf8"));
    expect(Object.keys(model.vocab)).toHaveLength(290);
    const expected = trainBpeReference(corpus, { merges: 34, pattern: "gpt2" });
    const byId = new Map(Object.entries(model.vocab).map(([piece, id]) => [piece, id]));
    const learnt = model.merges.map((line: string) => line.split(" ").map((piece) => byId.get(piece)));
    expect(learnt).toEqual(expected.map(({ left, right }) => [left, right]));
  });

  it("cuts text into ids whose text is the text again", async () => {
    const out = freshPath();
    await json("train-tokenizer", "--input", freshFile(corpus), "--vocab-size", "280", "--special", "<|endoftext|>", "--out", out);
    for (const text of ["the cat's 🌍", "", "-1", "<|endoftext|>", "ကမ္ဘာ \u0000\u202e\ufeff"]) {
      const { ids, pieces } = await json("tokenize", "--model", out, `--text=${text}`);
      expect(pieces).toHaveLength(ids.length);
      expect(ids).not.toContain(279);
      if (text !== "") expect((await json("tokenize", "--model", out, "--ids", ids.join(","))).text).toBe(text);
    }
    expect((await cli("tokenize", "--model", out, "--ids", "104,105")).out).toBe("hi\n");
  });

  it("gives generate its prompt and its text", async () => {
    const tokenizer = freshPath();
    await json("train-tokenizer", "--input", freshFile(corpus), "--vocab-size", "256", "--out", tokenizer);
    const config = { ...read("gpt2-tiny", "config.json"), vocab_size: 300 };
    const tensors = new Map(tensorsOf(fixture("gpt2-tiny", "model.safetensors")));
    tensors.set("wte.weight", { dtype: "F32", shape: [300, 16], data: Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i)) });
    const model = modelWith({
      "config.json": JSON.stringify(config),
      "model.safetensors": writeSafetensors(tensors),
      "tokenizer.json": readFileSync(join(tokenizer, "tokenizer.json")),
    });
    const byText = await json("generate", "--model", model, "--prompt", "Hi", "--max-tokens", "6");
    const byIds = await json("generate", "--model", model, "--ids", "72,105", "--max-tokens", "6");
    expect(byText.ids).toEqual(byIds.ids);
    expect(typeof byText.text).toBe("string");
    expect(byIds.text).toBeNull();
  });
});

const evalWith = (batch: unknown): string[] => {
  const file = freshFile(typeof batch === "string" ? batch : JSON.stringify(batch));
  return ["eval", "--model", gpt2, "--batch", file, "--out", "OUT"];
};
const stepWith = (...flags: string[]): string[] => ["step", "--model", gpt2, "--batch", gpt2Batch, "--out", "OUT", ...flags];
const generateWith = (...flags: string[]): string[] => ["generate", "--model", gpt2, ...flags];
const configWith = (changes: object): string =>
  modelWith({ "config.json": JSON.stringify({ ...read("gpt2-tiny", "config.json"), ...changes }) });
const evalModel = (model: string): string[] => ["eval", "--model", model, "--batch", gpt2Batch, "--out", "OUT"];
const tensors = () => new Map(tensorsOf(fixture("gpt2-tiny", "model.safetensors")));
const weightsWith = (change: (tensors: Map<string, HostTensor>) => unknown): string => {
  const changed = tensors();
  change(changed);
  return modelWith({ "model.safetensors": writeSafetensors(changed) });
};
const nanAt = (name: string) => (map: Map<string, HostTensor>): void => {
  const data = floats(map.get(name)).slice();
  data[3] = NaN;
  map.set(name, { ...map.get(name)!, data });
};
const row = (length: number): number[] => Array.from({ length }, () => 1);
const learn = (...flags: string[]): string[] => ["train-tokenizer", "--out", "OUT", ...flags];
const someText = freshFile("abababab");
const tokenizer = modelWith({ "config.json": null, "model.safetensors": null, "tokenizer.json": '{"model":{"vocab":null}}' });
const loop = freshPath("loop");
symlinkSync(loop, loop);

/** [what is asked, the words; OUT stands for a path that must not come to be]. */
const refusals: readonly (readonly [string, string[]])[] = [
  ["no command", []],
  ["an unknown command", ["evaluate"]],
  ["a command named like a method of Object", ["constructor"]],
  ["an unknown flag", stepWith("--step", "3")],
  ["a flag named like a method of Object", stepWith("--constructor", "3")],
  ["a flag with one dash", stepWith("-n", "3")],
  ["a flag twice", stepWith("--steps", "3", "--steps", "4")],
  ["a flag without its value", stepWith("--steps")],
  ["a flag whose value is another flag", ["eval", "--model", "--batch", gpt2Batch]],
  ["a switch with a value", stepWith("--json=yes")],
  ["a word that belongs to no flag", stepWith("extra")],
  ["words behind --", stepWith("--", "--steps", "3")],
  ["a required flag left out", ["eval", "--model", gpt2]],
  ["an empty path", ["eval", "--model", "", "--batch", gpt2Batch]],
  ["an unknown backend", [...evalModel(gpt2), "--backend", "cuda"]],
  ["a seed that is no number", stepWith("--seed", "one")],
  ["a negative seed", stepWith("--seed", "-1")],
  ["a flag with line breaks", [`--a\nb\u202e`]],
  ["a flag of 100,000 characters", ["eval", `--${"x".repeat(100_000)}`]],

  ["a model that is not there", evalModel(join(scratch, "nowhere"))],
  ["a model that is a file", evalModel(gpt2Batch)],
  ["a model path that goes through a file", evalModel(join(gpt2Batch, "x"))],
  ["a model path that is a circle of links", evalModel(loop)],
  ["a path of 100,000 characters", evalModel("x".repeat(100_000))],
  ["a model without config.json", evalModel(modelWith({ "config.json": null }))],
  ["a model without weights", evalModel(modelWith({ "model.safetensors": null }))],
  ["a config that is no JSON", evalModel(modelWith({ "config.json": "{" }))],
  ["a config that is a list", evalModel(modelWith({ "config.json": "[]" }))],
  ["an unknown model type", evalModel(configWith({ model_type: "bert" }))],
  ["a config with other widths", evalModel(configWith({ n_embd: 32 }))],
  ["a config with more layers", evalModel(configWith({ n_layer: 3 }))],
  ["a config with fewer layers", evalModel(configWith({ n_layer: 1 }))],
  ["a config with another vocabulary", evalModel(configWith({ vocab_size: 62 }))],
  ["a config with a vocabulary of 1e308", evalModel(configWith({ vocab_size: 1e308 }))],
  ["a config with another context", evalModel(configWith({ n_positions: 17 }))],
  ["a config with heads that do not divide", evalModel(configWith({ n_head: 3 }))],
  ["a config of another family", evalModel(modelWith({ "config.json": readFileSync(fixture("llama-tiny", "config.json")) }))],
  ["a missing tensor", evalModel(weightsWith((map) => map.delete("ln_f.weight")))],
  ["a surplus tensor", evalModel(weightsWith((map) => map.set("extra", { dtype: "F32", shape: [1], data: Float32Array.of(1) })))],
  ["a weight that is NaN", evalModel(weightsWith(nanAt("wte.weight")))],
  ["integer weights", evalModel(weightsWith((map) => map.set("ln_f.bias", { dtype: "I32", shape: [16], data: new Int32Array(16) })))],

  ["a batch that is not there", ["eval", "--model", gpt2, "--batch", join(scratch, "none.json"), "--out", "OUT"]],
  ["a batch that is a directory", ["eval", "--model", gpt2, "--batch", scratch, "--out", "OUT"]],
  ["a batch that is a device", ["eval", "--model", gpt2, "--batch", "/dev/null", "--out", "OUT"]],
  ["a batch that is empty", evalWith("")],
  ["a batch that is no JSON", evalWith("{ids:[[1]]}")],
  ["a batch nested 100,000 deep", evalWith(`{"ids":${"[".repeat(100_000)}`)],
  ["a batch that is a list", evalWith([[1, 2]])],
  ["a batch without ids", evalWith({ targets: [[1, 2]] })],
  ["a batch with an unknown field", evalWith({ ids: [[1, 2]], target: [[1, 2]] })],
  ["a batch with ids twice", evalWith('{"ids":[[1,2]],"ids":[[1,2]]}')],
  ["no rows", evalWith({ ids: [] })],
  ["an empty row", evalWith({ ids: [[]] })],
  ["a row that is a number", evalWith({ ids: [1, 2] })],
  ["ragged rows", evalWith({ ids: [[1, 2], [1]] })],
  ["an id that is the vocabulary's size", evalWith({ ids: [[1, 61]] })],
  ["a negative id", evalWith({ ids: [[-1, 1]] })],
  ["a fractional id", evalWith({ ids: [[1.5, 1]] })],
  ["an id of 1e309", evalWith('{"ids":[[1e309,1]]}')],
  ["an id that is text", evalWith({ ids: [["1", 1]] })],
  ["an id that is null", evalWith({ ids: [[null, 1]] })],
  ["a batch longer than the context", evalWith({ ids: [row(17)] })],
  ["targets of another shape", evalWith({ ids: [[1, 2, 3]], targets: [[1, 2]] })],
  ["targets of fewer rows", evalWith({ ids: [[1, 2], [1, 2]], targets: [[1, 2]] })],
  ["a target of -1", evalWith({ ids: [[1, 2]], targets: [[-1, 2]] })],
  ["a target outside the vocabulary", evalWith({ ids: [[1, 2]], targets: [[61, 2]] })],
  ["all targets ignored", evalWith({ ids: [[1, 2]], targets: [[-100, -100]] })],
  ["one id, whose only target is ignored", evalWith({ ids: [[1]] })],
  ["all targets ignored, for step", ["step", ...evalWith({ ids: [[1, 2]], targets: [[-100, -100]] }).slice(1)]],

  ["an unknown name in --dump", [...evalModel(gpt2), "--dump", "logits,attention"]],
  ["an empty name in --dump", [...evalModel(gpt2), "--dump", "logits,,loss"]],
  ["a block that the model lacks", [...evalModel(gpt2), "--dump", "blocks.2.attn.pattern"]],
  ["a residual that the model lacks", [...evalModel(gpt2), "--dump", "residual.3"]],
  ["a layer with leading zeros", [...evalModel(gpt2), "--dump", "residual.01"]],
  ["--dump without --out", ["eval", "--model", gpt2, "--batch", gpt2Batch, "--dump", "logits"]],
  ["an output file that is a directory", ["eval", "--model", gpt2, "--batch", gpt2Batch, "--out", scratch]],
  ["an output file in a folder that is not there", ["eval", "--model", gpt2, "--batch", gpt2Batch, "--out", join(scratch, "nowhere", "x")]],
  ["an output file that is a device", ["eval", "--model", gpt2, "--batch", gpt2Batch, "--out", "/dev/null"]],
  ["an output directory that is a file", ["step", "--model", gpt2, "--batch", gpt2Batch, "--out", gpt2Batch]],
  ["an output directory that the system refuses to make", ["step", "--model", gpt2, "--batch", gpt2Batch, "--out", "/proc/deep/er"]],
  ["an output directory below a file", ["step", "--model", gpt2, "--batch", gpt2Batch, "--out", join(gpt2Batch, "x")]],

  ...["NaN", "Infinity", "1e309", "0x10", "1_0", "", "١٢", "--", "1,5", "-1"].flatMap((word): [string, string[]][] => [
    [`a learning rate of "${word}"`, stepWith(`--learning-rate=${word}`)],
    [`"${word}" steps`, stepWith(`--steps=${word}`)],
    [`a temperature of "${word}"`, generateWith("--ids", "1", `--temperature=${word}`)],
    [`"${word}" tokens`, generateWith("--ids", "1", `--max-tokens=${word}`)],
  ]),
  ["no steps", stepWith("--steps", "0")],
  ["half a step", stepWith("--steps", "1.5")],
  ["one beta", stepWith("--betas", ".9")],
  ["three betas", stepWith("--betas", ".9,.95,.99")],
  ["a beta of 1", stepWith("--betas", ".9,1")],
  ["an epsilon of 0", stepWith("--epsilon", "0")],
  ["an unknown kind of decay", stepWith("--decay", "some")],
  ["a negative clip", stepWith("--clip=-1")],
  ["a learning rate that sends the weights to infinity", stepWith("--learning-rate", "1e6", "--weight-decay", "1e6", "--steps", "8")],

  ["neither prompt nor ids", generateWith()],
  ["prompt and ids", generateWith("--ids", "1", "--prompt", "a")],
  ["a prompt without tokenizer.json", generateWith("--prompt", "a")],
  ["empty ids", generateWith("--ids", "")],
  ["ids with a hole", generateWith("--ids", "1,,2")],
  ["a fractional id in --ids", generateWith("--ids", "1.5")],
  ["a negative id in --ids", generateWith("--ids=-1")],
  ["an id outside the vocabulary in --ids", generateWith("--ids", "61")],
  ["an id of 20 digits", generateWith("--ids", "12345678901234567890")],
  ["a prompt longer than the context", generateWith("--ids", row(17).join(","))],
  ["top-p of 0", generateWith("--ids", "1", "--top-p", "0")],
  ["top-p above 1", generateWith("--ids", "1", "--top-p", "1.1")],
  ["top-k of 1.5", generateWith("--ids", "1", "--top-k", "1.5")],

  ["tokenize without tokenizer.json", ["tokenize", "--model", gpt2, "--text", "a"]],
  ["tokenize with a broken tokenizer.json", ["tokenize", "--model", tokenizer, "--text", "a"]],
  ["tokenize with neither text nor ids", ["tokenize", "--model", gpt2]],
  ["a vocabulary below 256", learn("--input", someText, "--vocab-size", "255")],
  ["a vocabulary of 256 with a special token", learn("--input", someText, "--vocab-size", "256", "--special", "<|end|>")],
  ["a vocabulary that the text cannot fill", learn("--input", someText, "--vocab-size", "5000")],
  ["a vocabulary of 1e9", learn("--input", someText, "--vocab-size", "1000000000")],
  ["a fractional vocabulary", learn("--input", someText, "--vocab-size", "300.5")],
  ["an unknown pattern", learn("--input", someText, "--vocab-size", "257", "--pattern", "(a+)+$")],
  ["a special token that is an ordinary one", learn("--input", someText, "--vocab-size", "257", "--special", "c")],
  ["an empty text", learn("--input", freshFile(""), "--vocab-size", "257")],
  ["a text that is not UTF-8", learn("--input", freshFile(Uint8Array.of(0xff, 0xfe)), "--vocab-size", "257")],
  ["a text that is not there", learn("--input", join(scratch, "none.txt"), "--vocab-size", "257")],
  ["a recipe that is not there", ["train", "--config", join(scratch, "none.json"), "--out", "OUT"]],
  ["a recipe that is no JSON", ["train", "--config", someText, "--out", "OUT"]],
  ["a bench of no seconds", ["bench", "--seconds", "0"]],
];

const expectRefusal = ({ code, out, err }: Run): void => {
  expect(err).toMatch(/^[^\n\r]{1,400}\n$/);
  expect(err).not.toMatch(/Error|\bat \S+:\d+|undefined|\[object|something failed inside/);
  expect({ code, out }).toEqual({ code: 2, out: "" });
};

describe("refuses in one line, with exit code 2 and nothing written", () => {
  it.each(refusals)("%s", async (_, words) => {
    const out = freshPath();
    const before = readdirSync(scratch).toSorted();
    expectRefusal(await cli(...words.map((word) => (word === "OUT" ? out : word))));
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(scratch).toSorted()).toEqual(before);
  });

  it.each(hostileFiles.map(([title, code, bytes]) => [title, code, bytes] as const))("weights with %s", async (_, __, bytes) => {
    const model = modelWith({ "model.safetensors": bytes });
    const out = freshPath();
    expectRefusal(await cli("eval", "--model", model, "--batch", gpt2Batch, "--out", out));
    expect(existsSync(out)).toBe(false);
  });
});

describe("as a program", () => {
  const script = join(here, "..", "..", "scripts", "run.mjs");
  const program = (...words: string[]) => spawnSync(process.execPath, [script, "engine", ...words], { encoding: "utf8", cwd: scratch });

  it("prints JSON alone on standard output", () => {
    const { status, stdout, stderr } = program("eval", "--model", gpt2, "--batch", gpt2Batch, "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(Math.abs(JSON.parse(stdout).loss - read("gpt2-tiny", "expected.json").loss)).toBeLessThan(1e-5);
    expect(stdout.trim().split("\n")).toHaveLength(1);
  }, 120_000);

  it("ends with 2 and one line when it refuses", () => {
    const { status, stdout, stderr } = program("eval", "--model", "nowhere", "--batch", gpt2Batch);
    expectRefusal({ code: status!, out: stdout, err: stderr });
  }, 120_000);

  it("refuses --backend webgpu in one line where there is no adapter, whatever the driver prints", () => {
    const words = ["eval", "--model", gpt2, "--batch", gpt2Batch, "--backend", "webgpu"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "engine", ...words], {
      encoding: "utf8", cwd: scratch, env: { ...process.env, VK_ICD_FILENAMES: join(scratch, "no-driver.json") },
    });
    expectRefusal({ code: status!, out: stdout, err: stderr });
    expect(stderr).toMatch(/adapter/);
  }, 120_000);

  it("explains every command", async () => {
    const names = [...(await cli("--help")).out.matchAll(/^ {2}(\S+) {2}/gm)].map(([, name]) => name!);
    expect(names).toEqual(expect.arrayContaining(["train-tokenizer", "tokenize", "train", "eval", "step", "generate", "bench"]));
    for (const name of names) {
      const { code, out, err } = await cli(name, "--help");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const flag of ["backend", "seed", "json", "help"]) expect(out).toContain(`--${flag}`);
    }
  });
});
