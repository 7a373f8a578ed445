import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unpackModel } from "../nn/packedParameters.ts";
import type { ModelFile } from "./byteSource.ts";
import { openGguf, openPackedGguf } from "./ggufModel.ts";
import { openModel } from "./modelDirectory.ts";
import { ModelFileError } from "./modelFileError.ts";
import { openModelFiles } from "./openModelFiles.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const fixture = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "..", "fixtures", ...path)));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const blob = (name: string, bytes: Uint8Array): ModelFile => ({ name, data: new Blob([bytes as Uint8Array<ArrayBuffer>]) });
const folder = (name: string): ModelFile[] => ["config.json", "model.safetensors"].map((file) => blob(`${name}/${file}`, fixture(name, file)));

async function refusal(body: Promise<unknown>): Promise<ModelFileError> {
  const error: unknown = await body.then(() => new Error("nothing was refused"), (reason: unknown) => reason);
  if (error instanceof ModelFileError) return error;
  throw error;
}

describe("openModelFiles", () => {
  it.each(["gpt2-tiny", "llama-tiny", "llama-untied"])("reads the folder %s in slices to the numbers that openModel finds in its bytes", async (name) => {
    const expected = openModel({ config: fixture(name, "config.json"), weights: fixture(name, "model.safetensors") });
    const opened = await openModelFiles(folder(name));
    expect(opened.config).toEqual(expected.config);
    expect(unpackModel(opened.model)).toEqual(expected.parameters);
    expect(opened).toMatchObject({ tokenizer: null, stored: "F32" });
  });

  it("joins the files of an index, wherever their folder lies", async () => {
    const { tensors } = readSafetensors(fixture("llama-tiny", "model.safetensors"));
    const nameOf = (i: number): string => `model-0000${(i % 3) + 1}-of-00003.safetensors`;
    const names = [...tensors.keys()];
    const index = json({ weight_map: Object.fromEntries(names.map((name, i) => [name, nameOf(i)])) });
    const shards = [0, 1, 2].map((n) => blob(`a/b/${nameOf(n)}`, writeSafetensors(new Map(names.filter((_, i) => i % 3 === n).map((name) => [name, tensors.get(name)!])))));
    const files = [blob("a/b/model.safetensors.index.json", index), blob("a/b/config.json", fixture("llama-tiny", "config.json")), ...shards];
    const expected = openModel({ config: fixture("llama-tiny", "config.json"), weights: fixture("llama-tiny", "model.safetensors") });
    expect(unpackModel((await openModelFiles(files)).model)).toEqual(expected.parameters);
    expect((await refusal(openModelFiles(files.slice(0, -1)))).message).toBe('shards: the file "model-00003-of-00003.safetensors" is missing, the index names it');
  });

  it("reads a GGUF file, widened or with its codes, and its tokenizer", async () => {
    const bytes = fixture("gguf-tiny", "model.gguf");
    const expected = openGguf(bytes), packed = openPackedGguf(bytes);
    const opened = await openModelFiles([blob("model.gguf", bytes)]);
    expect(opened.config).toEqual(expected.config);
    expect(unpackModel(opened.model)).toEqual(expected.parameters);
    expect(opened.tokenizer!.encode("Once upon a time")).toEqual(expected.tokenizer!.encode("Once upon a time"));
    const own = await openModelFiles([blob("model.gguf", bytes)], { precision: "packed" });
    for (const [name, matrix] of packed.model.matrices) expect(own.model.matrices.get(name), name).toEqual(matrix);
  });

  it("tells how far it is, and ends when it is told to", async () => {
    const told: number[] = [];
    await openModelFiles(folder("gpt2-tiny"), { progress: (read, bytes) => told.push(read / bytes) });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    await expect(openModelFiles(folder("gpt2-tiny"), { signal: AbortSignal.abort(new Error("left")) })).rejects.toThrow("left");
  });

  it.each<[string, readonly ModelFile[], string]>([
    ["nothing", [], "no file was chosen"],
    ["a picture", [blob("cat.png", json(1))], "there is no model here: a model is a folder with config.json and model.safetensors, or one .gguf file"],
    ["weights alone", [blob("model.safetensors", json(1))], "there are weights but no config.json beside them, choose the whole folder"],
    ["a pickle", [blob("config.json", json(1)), blob("pytorch_model.bin", json(1))], "the weights are a PyTorch pickle, which can hold a program: save them as model.safetensors first"],
    ["two GGUF files", [blob("a.gguf", json(1)), blob("b.gguf", json(1))], "there are 2 .gguf files, choose one of them"],
    ["a configuration alone", [blob("config.json", json(1))], "there is a config.json but no model.safetensors beside it"],
  ])("refuses %s with a sentence that says what to choose", async (_, files, message) => {
    expect(await refusal(openModelFiles(files))).toMatchObject({ code: "files", message });
  });

  it("refuses a model above the cap before it reads a number of it", async () => {
    const [config, weights] = folder("gpt2-tiny");
    const bytes = weights!.data as Blob;
    const reads: number[] = [];
    const slice = (begin: number, end: number): Blob => {
      reads.push(end);
      return bytes.slice(begin, end);
    };
    const watched = { name: "model.safetensors", data: Object.assign(Object.create(Blob.prototype), { slice }) as Blob };
    Object.defineProperty(watched.data, "size", { value: bytes.size });
    const error = await refusal(openModelFiles([{ ...config!, name: "config.json" }, watched], { mostParameters: 1000 }));
    expect(error.code).toBe("parameters");
    expect(error.message).toMatch(/^the model has \d+ million parameters, a page opens at most \d+ million$/);
    expect(Math.max(...reads)).toBeLessThan(bytes.size / 2);
  });

  it("names the tensor and the first place of weights that are no numbers", async () => {
    const { tensors } = readSafetensors(fixture("gpt2-tiny", "model.safetensors"));
    const [name, tensor] = [...tensors].find(([key]) => key.endsWith("mlp.c_fc.weight"))!;
    const data = Float32Array.from(tensor.data as Float32Array);
    data[5] = Number.NaN;
    data[9] = Infinity;
    const weights = writeSafetensors(new Map([...tensors, [name, { ...tensor, data }]]));
    const error = await refusal(openModelFiles([folder("gpt2-tiny")[0]!, blob("gpt2-tiny/model.safetensors", weights)]));
    expect(error).toMatchObject({ code: "non-finite", tensor: name });
    expect(error.message).toContain("2 values that are NaN or infinite, the first at index 5");
  });

  it("says in a sentence that a file has gone since it was chosen", async () => {
    const gone = { name: "model.gguf", data: Object.assign(Object.create(Blob.prototype), {
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) }),
    }) as Blob };
    Object.defineProperty(gone.data, "size", { value: 1000 });
    expect(await refusal(openModelFiles([gone]))).toMatchObject({
      code: "unreadable", message: '"model.gguf" can no longer be read: it was moved or changed after it was chosen',
    });
  });
});
