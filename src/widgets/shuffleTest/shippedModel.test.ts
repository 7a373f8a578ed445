import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { read } from "../../../engine/tensor.ts";
import { backends } from "../../../engine/testing/backends.ts";
import { transformer, type Transformer } from "../../../engine/nn/transformer.ts";
import { lookUp } from "../../../engine/tasks/embeddingLookup.ts";
import { attentionWithPattern } from "../../../engine/ops/attentionWithPattern.ts";
import { type LanguageModel, openLanguageModel } from "../../../engine/tasks/languageModel.ts";
import { shuffle, unmoved } from "../../../engine/tasks/shuffleTest.ts";

const shipped = new URL("../../../public/", import.meta.url);
const isShipped = existsSync(new URL("models/story/model.safetensors", shipped));

describe.skipIf(!isShipped && process.env.CI !== "true")("on the shipped model", () => {
  let language: LanguageModel, placeless: Transformer;
  beforeAll(async () => {
    const artefact = async (name: string) => new Uint8Array(readFileSync(new URL(name, shipped)));
    language = await openLanguageModel({ artefact }, (await backends.cpu!())!, { stepByStep: attentionWithPattern });
    placeless = transformer({ ...language.model.config, position: "none" }, language.model.parameters);
  });

  test("a one-hot vector times the embedding is the row that gathering picks, to the last bit, and neighbours of a colour are colours", async () => {
    const table = language.model.parameters.tensors.get("embedding.weight")!;
    const values = Float32Array.from(await read(table));
    const frame = await lookUp(language, table, values, { text: "a red ball", chosen: 1 });
    expect(frame.difference).toBe(0);
    expect(frame.rows.slice(0, 4)).toEqual(Array.from(values.subarray(frame.ids[0]! * 128, frame.ids[0]! * 128 + 4)));
    expect(frame.multiplyAdds).toBe(frame.ids.length * 1024 * 128);
    const colours = "green blue black white pink purple orange brown silver golden yellow".split(" ");
    expect(frame.nearest.map(({ piece }) => piece.replace("▁", "")).filter((word) => !colours.includes(word))).toEqual([]);
  });

  test("what the chapter says of neighbours holds: happy is near glad, mother near three more of the family", async () => {
    const table = language.model.parameters.tensors.get("embedding.weight")!;
    const near = async (text: string, chosen: number) => {
      const { nearest, pieces } = await lookUp(language, table, Float32Array.from(await read(table)), { text, chosen });
      return { piece: pieces[chosen], words: nearest.map(({ piece }) => piece.replace("▁", "")), first: nearest[0]!.cosine };
    };
    const happy = await near("The girl was happy", 3), mother = await near("The mother was kind", 1);
    expect(happy).toMatchObject({ piece: "▁happy", words: expect.arrayContaining(["glad"]) });
    expect(happy.words[0]).toBe("glad");
    expect(happy.first).toBeGreaterThan(0.75);
    expect(mother.piece).toBe("▁mother");
    expect(mother.words.slice(0, 3)).toEqual(["father", "grandmother", "grandfather"]);
    expect((await near("a xylophone", 2)).first).toBeLessThan(0.5);
  });

  const params = { text: "dog bites man", order: [2, 1, 0], depth: 4 };
  const moved = async (more: object): Promise<readonly number[]> =>
    (await shuffle(language, placeless, { ...params, positions: false, mask: false, ...more })).moved;

  test("without positions and mask no word is moved by the order; with either of them every word is", async () => {
    for (const share of await moved({})) expect(share).toBeLessThan(unmoved);
    for (const share of await moved({ mask: true })) expect(share).toBeGreaterThan(0.05);
    for (const share of await moved({ positions: true })) expect(share).toBeGreaterThan(0.05);
  });

  test("the last word of three does not notice under the mask that the first two changed places, until a second block tells it", async () => {
    const swapped = { mask: true, order: [1, 0, 2] };
    expect((await moved({ ...swapped, depth: 1 }))[2]).toBeLessThan(unmoved);
    expect((await moved({ ...swapped, depth: 2 }))[2]).toBeGreaterThan(0.01);
    for (const share of await moved({ ...swapped, depth: 0, positions: true })) expect(share).toBe(0);
  });
});
