import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackModel } from "../nn/packedParameters.ts";
import type { ModelFile } from "./byteSource.ts";
import { openGguf } from "./ggufModel.ts";
import { hostileFiles } from "./hostileFiles.ts";
import { hostileGgufFiles } from "./hostileGguf.ts";
import { openModel } from "./modelDirectory.ts";
import { ModelFileError } from "./modelFileError.ts";
import { openModelFiles } from "./openModelFiles.ts";

const fixture = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "..", "fixtures", ...path)));
const blob = (name: string, bytes: Uint8Array): ModelFile => ({ name, data: new Blob([bytes as Uint8Array<ArrayBuffer>]) });
const config = fixture("gpt2-tiny", "config.json");

async function refusal(body: Promise<unknown>): Promise<ModelFileError> {
  const error: unknown = await body.then(() => new Error("nothing was refused"), (reason: unknown) => reason);
  if (error instanceof ModelFileError) return error;
  throw error;
}

// Numbers are looked at only when the names are known: here the names are wrong already.
const inHeader = ([, code]: readonly [string, string, Uint8Array]): boolean => code !== "non-finite";

describe("files read in slices", () => {
  it.each(hostileFiles.filter(inHeader))("with %s is refused as %s", async (_, code, bytes) => {
    expect((await refusal(openModelFiles([blob("config.json", config), blob("model.safetensors", bytes)]))).code).toBe(code);
  });

  it.each(hostileGgufFiles.filter(inHeader))("of GGUF with %s is refused as %s", async (_, code, bytes) => {
    expect((await refusal(openModelFiles([blob("model.gguf", bytes)]))).code).toBe(code);
  });

  const change = fc.record({ at: fc.nat(1_000_000).map((n) => n / 1_000_000), byte: fc.nat(255), cuts: fc.integer({ min: 0, max: 19 }) });
  const changes = fc.noBias(fc.array(change, { minLength: 1, maxLength: 2 }));
  type Change = { readonly at: number; readonly byte: number; readonly cuts: number };
  const changed = (bytes: Uint8Array, list: readonly Change[], span: number): Uint8Array => {
    let result = bytes.slice();
    for (const { at, byte, cuts } of list) {
      const place = Math.floor(at * (Math.min(span, result.length) - 1));
      if (cuts === 0) result = result.slice(0, place);
      else result[place] = byte;
    }
    return result;
  };

  it.each<[string, Uint8Array, number, (bytes: Uint8Array) => Map<string, Float32Array>, (bytes: Uint8Array) => ModelFile[]]>([
    [
      "safetensors", fixture("gpt2-tiny", "model.safetensors"), 4000, (weights) => openModel({ config, weights }).parameters,
      (weights) => [blob("config.json", config), blob("model.safetensors", weights)],
    ],
    ["GGUF", fixture("gguf-tiny", "gpt2.gguf"), 4000, (bytes) => openGguf(bytes).parameters, (bytes) => [blob("model.gguf", bytes)]],
  ])("of %s, changed or cut, give what the reader of whole files gives, or are refused as by it", async (_, bytes, span, whole, files) => {
    const seen = { read: 0, refused: 0 };
    await fc.assert(fc.asyncProperty(changes, fc.nat(3).map((n) => n === 0), async (list, inHead) => {
      const file = changed(bytes, list, inHead ? span : bytes.length);
      let expected: Map<string, Float32Array> | null = null;
      try {
        expected = whole(file);
      } catch (error) {
        if (!(error instanceof ModelFileError)) throw error;
      }
      if (expected) expect(unpackModel((await openModelFiles(files(file))).model)).toEqual(expected);
      else await refusal(openModelFiles(files(file)));
      seen[expected ? "read" : "refused"]++;
    }), { numRuns: 300, seed: 5 });
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(20);
  });

  it("a GGUF header longer than the first slice is read to its end", async () => {
    // The same file with 3 MB of metadata before its tensors: offsets count from the end of the header, so they stay.
    const bytes = fixture("gguf-tiny", "gpt2.gguf");
    const view = new DataView(bytes.buffer);
    const text = (value: string): Uint8Array => {
      const own = new TextEncoder().encode(value), all = new Uint8Array(8 + own.length);
      new DataView(all.buffer).setBigUint64(0, BigInt(own.length), true);
      all.set(own, 8);
      return all;
    };
    const note = text("x".repeat(49_131));
    const pairs = Array.from({ length: 64 }, (_, i) => [...text(`note.${String(i).padStart(2, "0")}`), 8, 0, 0, 0, ...note]);
    const added = Uint8Array.from(pairs.flat());
    expect(added.length % 32).toBe(0);
    view.setBigUint64(16, view.getBigUint64(16, true) + 64n, true);
    const file = new Uint8Array(bytes.length + added.length);
    file.set(bytes.subarray(0, 24));
    file.set(added, 24);
    file.set(bytes.subarray(24), 24 + added.length);
    const { model } = await openModelFiles([blob("a.gguf", file)]);
    expect(unpackModel(model)).toEqual(openGguf(fixture("gguf-tiny", "gpt2.gguf")).parameters);
  });
});
