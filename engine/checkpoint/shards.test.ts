import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openModel, openShardedModel } from "./modelDirectory.ts";
import { ModelFileError } from "./modelFileError.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import { readShardIndex, readShards } from "./shards.ts";

const fixture = (file: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "..", "fixtures", "llama-tiny", file)));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** The fixture's tensors, dealt out in turn to as many files. */
function shard(count: number) {
  const { tensors } = readSafetensors(fixture("model.safetensors"));
  const nameOf = (i: number): string => `model-0000${(i % count) + 1}-of-0000${count}.safetensors`;
  const weightMap = new Map([...tensors.keys()].map((name, i) => [name, nameOf(i)]));
  const files = new Map([...new Set(weightMap.values())].map(
    (file) => [file, writeSafetensors(new Map([...tensors].filter(([name]) => weightMap.get(name) === file)))]
  ));
  return { weightMap, files, index: json({ metadata: { total_size: 1 }, weight_map: Object.fromEntries(weightMap) }) };
}

const refusalCode = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof ModelFileError) return error.code;
    throw error;
  }
  return "read";
};

describe("a checkpoint in several files", () => {
  it("opens as the one in a single file does", () => {
    const { index, files } = shard(3);
    const config = fixture("config.json");
    const whole = openModel({ config, weights: fixture("model.safetensors") });
    const joined = openShardedModel({ config, index }, (file) => files.get(file)!);
    expect(joined.config).toEqual(whole.config);
    expect(joined.parameters).toEqual(whole.parameters);
  });

  it("is refused when files and index disagree", () => {
    const { index, files, weightMap } = shard(2);
    const [first, second] = [...files.keys()] as [string, string];
    const read = (changed: Map<string, Uint8Array>, own = index): unknown => readShards(readShardIndex(own), (file) => changed.get(file)!);
    expect(refusalCode(() => read(files))).toBe("read");
    // One file in the place of the other: its tensors are not where the index says.
    expect(refusalCode(() => read(new Map([[first, files.get(second)!], [second, files.get(second)!]])))).toBe("surplus");
    const extra = json({ weight_map: { ...Object.fromEntries(weightMap), "model.more": first } });
    expect(refusalCode(() => read(files, extra))).toBe("missing");
    const [name] = weightMap.keys();
    const fewer = json({ weight_map: Object.fromEntries([...weightMap].filter(([key]) => key !== name)) });
    expect(refusalCode(() => read(files, fewer))).toBe("surplus");
    expect(refusalCode(() => read(new Map([[first, files.get(first)!.slice(0, -4)], [second, files.get(second)!]])))).toBe("truncated");
  });

  it.each([
    ["another folder's file", { weight_map: { a: "../secret.safetensors" } }, "index"],
    ["an absolute path", { weight_map: { a: "/etc/x.safetensors" } }, "index"],
    ["a hidden file", { weight_map: { a: ".safetensors" } }, "index"],
    ["a file of another kind", { weight_map: { a: "model.bin" } }, "index"],
    ["a number for a file", { weight_map: { a: 1 } }, "index"],
    ["no tensors", { weight_map: {} }, "index"],
    ["no map", { weights: {} }, "index"],
    ["a list at the top", [], "index"],
  ])("with an index of %s is refused", (_, index, code) => {
    expect(refusalCode(() => readShardIndex(json(index)))).toBe(code);
  });

  it("with an index that names a tensor twice is refused", () => {
    expect(
      refusalCode(() => readShardIndex(new TextEncoder().encode('{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}')))
    ).toBe("duplicate");
    expect(refusalCode(() => readShardIndex(new TextEncoder().encode("<html>")))).toBe("json");
  });
});
