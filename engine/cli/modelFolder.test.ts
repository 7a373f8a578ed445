import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.ts";
import { Refusal } from "./command.ts";
import { readInput } from "./files.ts";
import { openModelFolder, openTokenizer } from "./modelFolder.ts";

const fixtures = join(import.meta.dirname, "..", "fixtures");
const folder = mkdtempSync(join(tmpdir(), "glassbox-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("--model", () => {
  it("takes a GGUF file, with its tokenizer", () => {
    const path = join(fixtures, "gguf-tiny", "model.gguf");
    const { config, parameters, configBytes } = openModelFolder(path);
    expect(config.vocabSize).toBe(352);
    expect(parameters.get("unembedding.weight")).toHaveLength(352 * 32);
    // What is written beside the weights after training says the same.
    expect(JSON.parse(new TextDecoder().decode(configBytes))).toMatchObject({ model_type: "llama", num_key_value_heads: 2 });
    expect(openTokenizer(path).decode(openTokenizer(path).encode("One day"))).toBe("One day");
    expect(() => openModelFolder(join(folder, "none.gguf"))).toThrow(Refusal);
  });

  it("takes a directory whose weights lie in two files that an index names, and a tokenizer.model", () => {
    const source = join(fixtures, "llama-tiny");
    const { tensors } = readSafetensors(readInput(join(source, "model.safetensors"), "test"));
    const names = [...tensors.keys()];
    const fileOf = (name: string): string => `part-${names.indexOf(name) % 2}.safetensors`;
    for (const part of [0, 1]) {
      const own = new Map([...tensors].filter(([name]) => fileOf(name) === `part-${part}.safetensors`));
      writeFileSync(join(folder, `part-${part}.safetensors`), writeSafetensors(own));
    }
    writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify(
      { weight_map: Object.fromEntries(names.map((name) => [name, fileOf(name)])) }
    ));
    copyFileSync(join(source, "config.json"), join(folder, "config.json"));
    copyFileSync(join(fixtures, "gguf-tiny", "tokenizer.model"), join(folder, "tokenizer.model"));
    expect(openModelFolder(folder).parameters).toEqual(openModelFolder(source).parameters);
    expect(openTokenizer(folder).encode("the fox").length).toBeGreaterThan(1);
    rmSync(join(folder, "part-1.safetensors"));
    expect(() => openModelFolder(folder)).toThrow(Refusal);
  });
});
