import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig, writeConfig } from "../checkpoint/huggingFace.ts";
import { ropeFrequencies, ropeTable } from "./rope.ts";

describe("scaled rotary positions", () => {
  it("linear scaling makes position 2p look like position p did", () => {
    const plain = ropeTable(8, 6, 10_000), stretched = ropeTable(16, 6, 10_000, { type: "linear", factor: 2 });
    for (let p = 0; p < 8; p++) {
      stretched.slice(2 * p * 6, (2 * p + 1) * 6).forEach((value, j) => expect(value).toBeCloseTo(plain[p * 6 + j]!, 12));
    }
  });

  it("llama3 scaling leaves fast pairs, divides slow ones and blends between, with the numbers of Llama 3.1", () => {
    const scaling = { type: "llama3", factor: 8, lowFrequency: 1, highFrequency: 4, originalContext: 8192 } as const;
    const plain = ropeFrequencies(128, 500_000), scaled = ropeFrequencies(128, 500_000, scaling);
    const ratios = [...plain].map((value, j) => value / scaled[j]!);
    // Worked out from the definition in wavelengths: 2π·500000^(j/64) passes 8192/4 between pairs 28 and 29, and 8192/1 between 34 and 35.
    expect(ratios.slice(0, 29).every((ratio) => ratio === 1)).toBe(true);
    ratios.slice(35).forEach((ratio) => expect(ratio).toBeCloseTo(8, 12));
    const wave = (2 * Math.PI) / plain[30]!;
    const smooth = (8192 / wave - 1) / (4 - 1);
    expect(scaled[30]).toBeCloseTo(((1 - smooth) * plain[30]!) / 8 + smooth * plain[30]!, 15);
    expect(ratios[30]).toBeGreaterThan(1.05);
    expect(ratios[30]).toBeLessThan(8);
  });

  it("factors divide pair by pair", () => {
    const plain = ropeFrequencies(4, 100);
    expect([...ropeFrequencies(4, 100, { type: "factors", factors: [1, 5] })]).toEqual([plain[0], plain[1]! / 5]);
  });
});

interface Case {
  readonly rope_type: "linear" | "dynamic" | "llama3" | "yarn";
  readonly dHead: number;
  readonly context: number;
  readonly base: number;
  readonly length: number | null;
  readonly scaling: Readonly<Record<string, number>>;
  readonly frequencies: readonly number[];
  /** By how much queries and keys are lengthened, where they are. */
  readonly magnitude?: number;
}
const cases = JSON.parse(readFileSync(join(import.meta.dirname, "..", "fixtures", "rope.json"), "utf8")) as Case[];

it.each(cases)("$rope_type scaling of $dHead numbers a head at length $length has the frequencies that transformers prints", (one) => {
  const config = readConfig(new TextEncoder().encode(JSON.stringify({
    model_type: "llama", vocab_size: 9, hidden_size: 2 * one.dHead, num_attention_heads: 2, num_hidden_layers: 1, intermediate_size: 8,
    max_position_embeddings: one.context, rope_theta: one.base, rope_scaling: { rope_type: one.rope_type, ...one.scaling },
  })));
  const own = ropeFrequencies(config.dHead, config.ropeBase, config.ropeScaling, one.length ?? one.context);
  // PyTorch computes them in float32.
  one.frequencies.forEach((value, j) => expect(Math.abs(own[j]! / value - 1), `pair ${j}`).toBeLessThan(2e-6));
  // Every entry of the table is lengthened: the square of a pair's cosine and sine is that of the magnitude.
  const [cos, sin] = [3 * config.dHead, 3 * config.dHead + config.dHead / 2].map((at) => ropeTable(4, config.dHead, config.ropeBase, config.ropeScaling)[at]!);
  expect(Math.hypot(cos!, sin!)).toBeCloseTo(one.magnitude ?? 1, 12);
  // What is written is read again as the same.
  expect(readConfig(writeConfig(config))).toEqual(config);
});

it.each([
  ["that shrinks", { factor: 0.5 }, "the factor of yarn is 0.5, expected 1 to 1e6"],
  ["with its ramp the wrong way round", { factor: 2, beta_fast: 1, beta_slow: 32 }, "beta_slow 32 and beta_fast 1: expected two rising positive numbers"],
  ["with a ramp that nothing reaches", { factor: 2, beta_slow: 1e-320 }, "expected two rising positive numbers"],
  ["with an endless magnitude", { factor: 2, attention_factor: 1e300 }, "the attention_factor of yarn is 1e+300, expected 0.001 to 1000"],
])("a YaRN %s is refused in one sentence", (_, scaling, message) => {
  const bytes = new TextEncoder().encode(JSON.stringify({
    model_type: "llama", vocab_size: 9, hidden_size: 16, num_attention_heads: 2, num_hidden_layers: 1, intermediate_size: 8,
    max_position_embeddings: 64, rope_scaling: { rope_type: "yarn", ...scaling },
  }));
  expect(() => readConfig(bytes)).toThrow(message);
});
