import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { tokenStream, windows } from "../data/batches.ts";
import { corpus, HELD_OUT_STREAM } from "../data/storyGrammar.ts";
import { generate } from "../nn/generate.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import { int4Recipe, int8Recipe, packedModelBytes, type PackingRecipe, packModel, uploadPackedModel } from "../nn/packedParameters.ts";
import { frozen, type Parameters } from "../nn/parameters.ts";
import { transformer } from "../nn/transformer.ts";
import { random } from "../random.ts";
import { greedy } from "../sampling/sample.ts";
import { goldenText, hasStories260k, openStories260k } from "../testing/stories260k.ts";
import { createSentencePiece } from "../tokenizer/sentencePiece.ts";
import { parameterShapes } from "./parameterShapes.ts";

const bos = 1;

describe.skipIf(!hasStories260k())("the published checkpoint stories260K", () => {
  it("writes its golden text token by token: 200 greedy tokens from the start token", async () => {
    const { config, parameters, vocabulary } = openStories260k();
    const tokenizer = createSentencePiece(vocabulary);
    expect(config).toMatchObject({ vocabSize: 512, nLayers: 5, nHeads: 8, nKvHeads: 4, dMlp: 172, dModel: 64 });
    expect(vocabulary).toHaveLength(512);
    const expected = goldenText();
    const backend = await createCpuBackend({ wasm: await loadWasm() });
    const model = transformer(config, frozen(backend, parameterShapes(config), parameters));
    let written = Buffer.alloc(0), last = bos, count = 0;
    for await (const { id } of generate(model, [bos], { ...greedy, maxTokens: 200 }, random(1))) {
      // The first word has no space before it, as in the author's program.
      const whole = Buffer.from(tokenizer.piece(id));
      const piece = last === bos && whole[0] === 0x20 ? whole.subarray(1) : whole;
      const at = written.length;
      expect(`token ${count}: ${piece.toString()}`).toBe(`token ${count}: ${expected.subarray(at, at + piece.length).toString()}`);
      written = Buffer.concat([written, piece]);
      last = id;
      count++;
    }
    backend.close();
    expect(count).toBe(200);
    expect(written.toString().trimEnd()).toBe(expected.toString().trimEnd());
  });

  it("keeps its held-out loss in 8 bits, and loses less than 15 % of perplexity in 4", async () => {
    const { config, parameters, vocabulary } = openStories260k();
    const tokenizer = createSentencePiece(vocabulary);
    const backend = await createCpuBackend({ wasm: await loadWasm() });
    // Stories of this project's grammar: the checkpoint cannot have seen them.
    const stream = tokenStream(corpus(20, 60, HELD_OUT_STREAM).map((text) => tokenizer.encode(text)), bos);
    const batches = [...windows(stream, 8, 128, 6)];
    const loss = async (run: Parameters): Promise<number> => {
      const model = transformer(config, run);
      const value = await meanLoss(model, batches);
      model.close();
      run.close();
      return value;
    };
    const float = await loss(frozen(backend, parameterShapes(config), parameters));
    const plainBytes = [...parameters.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    const measure = async (recipe: PackingRecipe): Promise<{ factor: number; share: number }> => {
      const packed = packModel(config, parameters, recipe);
      return {
        factor: Math.exp(await loss(uploadPackedModel(backend, config, packed)) - float), share: packedModelBytes(packed) / plainBytes,
      };
    };
    const int8 = await measure(int8Recipe), int4 = await measure(int4Recipe);
    const factors = [int8.factor.toFixed(5), int4.factor.toFixed(4)];
    console.info(`stories260k: held-out loss ${float.toFixed(4)} nats; perplexity × ${factors[0]} in int8, × ${factors[1]} in int4`);
    expect(float).toBeLessThan(3.5);
    expect(Math.abs(int8.factor - 1)).toBeLessThan(0.005);
    expect(int4.factor).toBeGreaterThan(1.002);
    expect(int4.factor).toBeLessThan(1.15);
    // Its mlp is 172 wide, no multiple of 8: the maps back from it stay in float32 and are most of what is left.
    expect(int8.share).toBeLessThan(0.42);
    expect(int4.share).toBeLessThan(0.34);
    backend.close();
  });
});
