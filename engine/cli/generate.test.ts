import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFlags } from "./flags.ts";
import { generateCommand } from "./generate.ts";
import { openBackend } from "./nodeIo.ts";

const story = resolve("public/models/story");

async function generate(...words: string[]): Promise<{ ids: number[]; text: string | null }> {
  let printed = "";
  await generateCommand.run(parseFlags(generateCommand, ["--json", ...words]), {
    out: (text) => { printed += text; }, note: () => {}, isTerminal: false, signal: new AbortController().signal, openBackend,
  });
  return JSON.parse(printed) as { ids: number[]; text: string | null };
}

describe("generate", () => {
  const prompt = ["--model", story, "--prompt", "One day, a brave fox named Snow went to the beach.", "--max-tokens", "30"];

  it("writes the shipped model's greedy text in 8 bits as in 32: that is what the file holds", async () => {
    const plain = await generate(...prompt);
    expect((await generate(...prompt, "--weights", "int8")).ids).toEqual(plain.ids);
    expect((await generate(...prompt, "--weights", "int4")).ids).toHaveLength(plain.ids.length);
    expect((await generate(...prompt, "--cache", "int8")).ids.slice(0, 5)).toEqual(plain.ids.slice(0, 5));
  });

  it("takes a min-p, and a penalty on what was there before", async () => {
    const hot = [...prompt, "--temperature", "2"];
    expect((await generate(...hot, "--min-p", "1")).ids).toEqual((await generate(...prompt)).ids);
    expect((await generate(...prompt, "--repetition-penalty", "100")).ids).not.toEqual((await generate(...prompt)).ids);
  });

  it("continues a GGUF file by its own tokenizer", async () => {
    const path = join(import.meta.dirname, "..", "fixtures", "gguf-tiny", "model.gguf");
    const { ids, text } = await generate("--model", path, "--prompt", "One day", "--max-tokens", "5");
    expect(ids).toHaveLength(5);
    expect(typeof text).toBe("string");
  });

  it("refuses words for numbers, and an 8-bit cache for heads of 6", async () => {
    await expect(generate(...prompt, "--weights", "int2")).rejects.toThrow('--weights is "int2", known are f32, int8, int4');
    await expect(generate(...prompt, "--repetition-penalty", "0")).rejects.toThrow("--repetition-penalty is");
    const odd = join(import.meta.dirname, "..", "fixtures", "llama-untied");
    await expect(
      generate("--model", odd, "--ids", "1", "--cache", "int8")
    ).rejects.toThrow("heads must be a multiple of 4 wide, this model's are 6");
  });
});
