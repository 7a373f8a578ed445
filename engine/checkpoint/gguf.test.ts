import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { unpackModel, uploadPackedModel } from "../nn/packedParameters.ts";
import { frozen, type Parameters } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { processTime } from "../testing/processTime.ts";
import { tensor } from "../tensor.ts";
import { readGguf } from "./gguf.ts";
import { openGguf, openPackedGguf } from "./ggufModel.ts";
import { ggufFile, hostileGgufFiles, info, pair, text, uint } from "./hostileGguf.ts";
import { readGgufTokenizer } from "./ggufTokenizer.ts";
import { openModel } from "./modelDirectory.ts";
import { openModelFiles } from "./openModelFiles.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { ModelFileError } from "./modelFileError.ts";
import { fromCheckpoint } from "./names.ts";
import { parameterShapes } from "./parameterShapes.ts";
import { readSafetensors } from "./safetensors.ts";

// Written and read back by the gguf package: engine/fixtures/gguf-tiny/makeGguf.py.
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "..", "fixtures", "gguf-tiny", name)));
const bytes = fixture("model.gguf");

/** Reads all of a file, as opening a model does. */
function readAll(file: Uint8Array): Map<string, Float32Array> {
  const gguf = readGguf(file);
  return new Map([...gguf.tensors.keys()].map((name) => [name, gguf.read(name)]));
}

function refusal(body: () => unknown): ModelFileError {
  try {
    body();
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error("the file was read");
}

describe("a GGUF file written by an independent program", () => {
  it("opens with the numbers that its own reader finds: F32, F16, Q8_0 and Q4_0, queries and keys in their order", () => {
    const { config, parameters, tokenizer } = openGguf(bytes);
    expect(config).toEqual({
      vocabSize: 352, contextLength: 48, dModel: 32, nLayers: 1, nHeads: 4, nKvHeads: 2, dHead: 8, dMlp: 64,
      position: "rope", ropeBase: 10_000, norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: false,
    });
    const expected = fromCheckpoint(readSafetensors(fixture("expected.safetensors")).tensors, config);
    expect([...parameters.keys()]).toEqual([...expected.keys()]);
    for (const [name, values] of expected) expect(parameters.get(name), name).toEqual(values);
    const ids = JSON.parse(new TextDecoder().decode(fixture("ids.json"))) as { encode: Record<string, number[]> };
    for (const [sample, list] of Object.entries(ids.encode)) expect(tokenizer!.encode(sample)).toEqual(list);
  });

  it("keeps its codes when opened packed, and runs on them as on the widened numbers", async () => {
    const { config, parameters } = openGguf(bytes);
    const { model: packed } = openPackedGguf(bytes);
    // Queries are Q4_0 but keys F16; gate Q4_0 beside up Q8_0 takes 8 bits; the head is F16.
    const bits = Object.fromEntries([...packed.matrices].map(([name, matrix]) => [name, matrix.bits]));
    expect(bits).toEqual(
      { "embedding.weight": 8, "blocks.0.attn.out.weight": 8, "blocks.0.mlp.gateUp.weight": 8, "blocks.0.mlp.down.weight": 4 }
    );
    for (const [name, values] of unpackModel(packed)) expect(values, name).toEqual(parameters.get(name));
    const backend = createReferenceBackend();
    const logits = async (from: Parameters): Promise<ArrayLike<number>> =>
      backend.read(transformer(config, from).forward(tensor(backend, [1, 3], [1, 2, 3], "i32")).buffer);
    const expected = await logits(frozen(backend, parameterShapes(config), parameters));
    Array.from(await logits(uploadPackedModel(backend, config, packed))).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
  });

  it("with every matrix quantized keeps all of them, queries and keys in the engine's order", () => {
    const d = 64;
    const shapes = {
      token_embd: [d, 32], "blk.0.attn_q": [d, d], "blk.0.attn_k": [32, d], "blk.0.attn_v": [32, d], "blk.0.attn_output": [d, d],
      "blk.0.ffn_gate": [32, d], "blk.0.ffn_up": [32, d], "blk.0.ffn_down": [d, 32],
    } as const;
    let at = 0;
    const tensors: Uint8Array[] = [], data: number[] = [];
    const put = (name: string, sizes: readonly number[], type: number, own: readonly number[]): void => {
      tensors.push(info(`${name}.weight`, sizes, type, at));
      const padded = Math.ceil(own.length / 32) * 32;
      data.push(...own, ...new Uint8Array(padded - own.length));
      at += padded;
    };
    let seed = 5;
    const byte = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % 251;
    for (const [name, [rows, columns]] of Object.entries(shapes)) {
      const [out, from] = name === "token_embd" ? [columns, rows] : [rows, columns];
      // Scales between 2⁻¹⁵ and 2⁻¹, all finite.
      const blocks = Array.from({ length: (out * from) / 32 }, () => [byte(), byte() % 64, ...Array.from({ length: 16 }, byte)]);
      put(name, [from, out], 2, blocks.flat());
    }
    const ones = [...new Uint8Array(new Float32Array(d).fill(1).buffer)];
    for (const name of ["blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"]) put(name, [d], 0, ones);
    const number = (key: string, value: number): Uint8Array => pair(`llama.${key}`, 4, uint(value, 4));
    const pairs = [
      pair("general.architecture", 8, text("llama")), number("context_length", 16), number("embedding_length", d), number("block_count", 1),
      number("feed_forward_length", 32), number("attention.head_count", 4), number("attention.head_count_kv", 2),
    ];
    const file = ggufFile({ pairs, tensors, data });
    const { parameters } = openGguf(file), { model: packed } = openPackedGguf(file);
    expect([...packed.matrices.values()].map((matrix) => matrix.bits)).toEqual([4, 4, 4, 4, 4]);
    for (const [name, values] of unpackModel(packed)) expect(values, name).toEqual(parameters.get(name));
  });
});

describe("GGUF files of GPT-2 written by an independent program", () => {
  const folder = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "..", "fixtures", "gpt2-tiny", name)));
  const expected = openModel({ config: folder("config.json"), weights: folder("model.safetensors") });

  it("open as the model that they were made of, the head that repeats the embedding left out", async () => {
    const { config, parameters, tokenizer } = openGguf(fixture("gpt2.gguf"));
    expect(config).toEqual(expected.config);
    expect(parameters).toEqual(expected.parameters);
    expect(tokenizer).toBeNull();
    const sliced = await openModelFiles([{ name: "gpt2.gguf", data: fixture("gpt2.gguf") }]);
    expect(sliced.config).toEqual(expected.config);
    expect(unpackModel(sliced.model)).toEqual(expected.parameters);
  });

  it("with another head than the embedding is a model of its own head", async () => {
    const file = fixture("gpt2.gguf");
    const { begin } = readGguf(file).tensors.get("output.weight")!;
    new DataView(file.buffer).setFloat32(begin, 0.5, true);
    const { config, parameters } = openGguf(file);
    expect(config.tied).toBe(false);
    expect(parameters.get("unembedding.weight")![0]).toBe(0.5);
    const sliced = await openModelFiles([{ name: "gpt2.gguf", data: file }]);
    expect(unpackModel(sliced.model)).toEqual(parameters);
  });

  it("bring their tokenizer of bytes, with the ids of the tokenizer.json that it was made of", () => {
    const tokenizer = readGgufTokenizer(readGguf(fixture("bytes.gguf")))!;
    const json = readTokenizerJson(new Uint8Array(readFileSync(join(import.meta.dirname, "..", "tokenizer", "fixtures", "trained.json"))));
    expect(tokenizer.table).toEqual(json.table);
    expect(tokenizer.encode("I can't<|endoftext|>", { specials: true })).toEqual(json.encode("I can't<|endoftext|>", { specials: true }));
  });

  it("have no tokenizer when they cut text in a way not known here", () => {
    const strings = (...list: string[]): number[] => [...uint(8, 4), ...uint(list.length, 8), ...list.flatMap((one) => [...text(one)])];
    const file = readGguf(ggufFile({ pairs: [
      pair("tokenizer.ggml.model", 8, text("gpt2")), pair("tokenizer.ggml.pre", 8, text("deepseek-llm")), pair("tokenizer.ggml.tokens", 9, strings("a")),
    ] }));
    expect(readGgufTokenizer(file)).toBeNull();
  });
});

describe("a GGUF file laid out by hand", () => {
  it("gives its metadata of every type and its tensors, slowest axis first", () => {
    const pairs = [
      pair("byte", 0, [200]), pair("signed", 1, [200]), pair("short", 2, uint(65_535, 2)), pair("minus", 5, uint(2 ** 32 - 7, 4)),
      pair("yes", 7, [1]), pair("words", 8, text("a ▁")), pair("list", 9, [...uint(8, 4), ...uint(2, 8), ...text("x"), ...text("")]),
      pair("long", 10, uint(2 ** 40, 8)),
      pair("double", 12, new Uint8Array(Float64Array.of(0.1).buffer)),
    ];
    const data = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
    const file = readGguf(ggufFile({ pairs, tensors: [info("w", [3, 2], 0, 0)], data }));
    expect(Object.fromEntries(file.metadata)).toEqual({
      byte: 200, signed: -56, short: 65_535, minus: -7, yes: true, words: "a ▁", list: ["x", ""], long: 2 ** 40, double: 0.1,
    });
    expect(file.tensors.get("w")!.shape).toEqual([2, 3]);
    expect([...file.read("w")]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("widens blocks by their definition", () => {
    // Half-float scale 0.5; in Q4_0 byte j holds number j low and number j + 16 high.
    const q8 = [0x00, 0x38, ...Array.from({ length: 32 }, (_, j) => (j === 0 ? 254 : j))];
    const q4 = [0x00, 0x38, ...Array.from({ length: 16 }, (_, j) => (j === 1 ? 0xf0 : 0x88))];
    const tensors = [info("q8", [32], 8, 0), info("q4", [32], 2, 64)];
    const file = readAll(ggufFile({ tensors, data: [...q8, ...new Uint8Array(30), ...q4] }));
    expect(Array.from(file.get("q8")!.subarray(0, 3))).toEqual([-1, 0.5, 1]);
    const expected = new Float32Array(32);
    expected[1] = -4;
    expected[17] = 3.5;
    expect(file.get("q4")).toEqual(expected);
  });

  it("may ask for another alignment, and for version 2", () => {
    const pairs = [pair("general.alignment", 4, uint(64, 4))];
    const file = ggufFile({
      version: 2, pairs, tensors: [info("a", [1], 0, 0), info("b", [1], 0, 64)], alignment: 64, data: [...new Uint8Array(64), 0, 0, 128, 63],
    });
    expect(readAll(file).get("b")).toEqual(Float32Array.of(1));
  });
});

describe("a broken GGUF file", () => {
  it.each(hostileGgufFiles)("with %s is refused as %s within 50 ms", (_, code, file) => {
    const error = refusal(() => readAll(file));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^gguf: [^\p{Cc}]{10,300}$/u);
    expect(error.message).not.toMatch(/\.$|RangeError|TypeError|undefined/);
    expect(Math.min(...[0, 1, 2].map(() => processTime(() => refusal(() => readAll(file)))))).toBeLessThan(50);
  });

  it("any changed byte or cut leaves the reference's model, another sound one, or a refusal of its type", () => {
    const opened = openGguf(bytes);
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, cuts) => {
      const spoilt = cuts ? bytes.slice(0, at) : bytes.with(at, byte);
      let found: ReturnType<typeof openGguf>;
      try {
        found = openGguf(spoilt);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
        return;
      }
      expect(cuts).toBe(false);
      expect([...found.parameters.keys()]).toEqual([...opened.parameters.keys()]);
      for (const values of found.parameters.values()) expect(values.every(Number.isFinite)).toBe(true);
    }), { seed: 11, numRuns: 400 });
  });

  it("of random parts is read or refused, never anything else", () => {
    const word = fc.constantFrom("k", "general.alignment", "general.architecture", "llama", "", "\u0000");
    const wide = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    const parts = fc.record({
      version: fc.constantFrom(2, 3, 3, 3, 4), data: fc.uint8Array({ maxLength: 96 }), alignment: fc.constantFrom(32, 64),
      pairs: fc.array(
        fc.tuple(word, fc.nat(14), fc.uint8Array({ maxLength: 24 })).map(([key, type, value]) => pair(key, type, value)), { maxLength: 3 }
      ),
      tensors: fc.array(fc.tuple(word, fc.array(wide, { maxLength: 5 }), fc.nat(9), wide).map(
        ([name, sizes, type, offset]) => info(name, sizes, type, offset)
      ), { maxLength: 3 }),
      tensorCount: fc.option(wide, { nil: 1n, freq: 5 }),
    });
    fc.assert(fc.property(parts, (file) => {
      try {
        readAll(ggufFile(file));
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
      }
    }), { seed: 12, numRuns: 1000 });
  });
});

describe("a GGUF model", () => {
  /** Another text of the same length in place of one that stands `behind` the place where `from` begins. */
  const change = (from: string, to: string, behind = 0): Uint8Array => {
    const changed = bytes.slice();
    changed.set(new TextEncoder().encode(to), Buffer.from(bytes).indexOf(from) + behind);
    return changed;
  };

  it.each([
    ["of another architecture", change("general.architecture", "bloom", 20 + 4 + 8), "config"],
    ["with a tensor of no known name", change("blk.0.ffn_up.weight", "blk.0.ffn_ux.weight"), "missing"],
    ["with a second layer's tensor", change("blk.0.ffn_up.weight", "blk.1.ffn_up.weight"), "missing"],
  ])("%s is refused", (_, file, code) => {
    expect(refusal(() => openGguf(file)).code).toBe(code);
  });
});
