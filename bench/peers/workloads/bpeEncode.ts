/** Ids of one megabyte of English, cl100k: GPT-4's table, which every tokenizer library ships. */
import { parseRanks, publishedSpecials, tokenizerFromRanks } from "../../../engine/index.ts";
import type { Contestant, Workload } from "../measure.ts";

type Encode = (text: string) => ArrayLike<number>;

/** Melville's novel from its first chapter on, cut to 1,000,000 bytes. */
export const english = async (): Promise<string> => (await fetch("/english.txt")).text();

export const bpeEncode: Workload = {
  id: "bpe-encode", title: "BPE encoding, cl100k, 1 MB of English", unit: "MB/s", amount: 1,
  async prepare() {
    const text = await english();
    const makers: readonly (readonly [string, () => Promise<Encode>])[] = [
      ["tiktoken (wasm)", tiktoken], ["ours", ours], ["gpt-tokenizer", gptTokenizer], ["js-tiktoken", jsTiktoken],
    ];
    const contestants: Contestant[] = [];
    let expected: ArrayLike<number> | undefined;
    for (const [name, make] of makers) {
      const encode = await make();
      const ids = encode(text);
      expected ??= ids;
      const differs = Array.from({ length: Math.max(ids.length, expected.length) }).findIndex((_, i) => ids[i] !== expected![i]);
      if (differs !== -1) throw new Error(`${name}: id ${differs} is ${ids[differs]}, tiktoken has ${expected[differs]}`);
      contestants.push({ name, round: () => void encode(text) });
    }
    return { contestants, agreement: `all ${expected!.length.toLocaleString("en")} ids equal to tiktoken's` };
  },
};

async function ours(): Promise<Encode> {
  const ranks = await (await fetch("/cl100k_base.tiktoken")).text();
  const tokenizer = tokenizerFromRanks(parseRanks(ranks), { pattern: "cl100k", specials: publishedSpecials.cl100k });
  return (text) => tokenizer.encode(text);
}

async function gptTokenizer(): Promise<Encode> {
  const { encode } = await import("gpt-tokenizer/encoding/cl100k_base");
  return (text) => encode(text);
}

async function jsTiktoken(): Promise<Encode> {
  const [{ Tiktoken }, { default: table }] = await Promise.all([import("js-tiktoken/lite"), import("js-tiktoken/ranks/cl100k_base")]);
  const encoder = new Tiktoken(table);
  return (text) => encoder.encode(text, [], []);
}

/** OpenAI's own code, compiled to WebAssembly: the authority for the ids. */
async function tiktoken(): Promise<Encode> {
  const [{ init, Tiktoken }, { default: table }] = await Promise.all([import("tiktoken/lite/init"), import("tiktoken/encoders/cl100k_base")]);
  await init(async (imports) => WebAssembly.instantiateStreaming(fetch("/node_modules/tiktoken/lite/tiktoken_bg.wasm"), imports));
  const encoder = new Tiktoken(table.bpe_ranks, table.special_tokens, table.pat_str);
  return (text) => encoder.encode(text, [], []);
}
