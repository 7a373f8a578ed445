import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { frozen } from "../nn/parameters.ts";
import { repeatScores, withoutHead } from "../nn/repeatScores.ts";
import { transformer } from "../nn/transformer.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { backends } from "../testing/backends.ts";
import { read, scope, tensor } from "../tensor.ts";
import { openGallery } from "./headGallery.ts";
import { copyPlaces, evenStops, headScores, isStop } from "./headScores.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";

const fixtures = new URL("../fixtures/", import.meta.url);
const file = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, fixtures)));
const json = (path: string) => JSON.parse(new TextDecoder().decode(file(path)));

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test("the model without a head loses what PyTorch loses without it", async () => {
    const backend = await create();
    if (!backend) return;
    const { config, parameters } = openModel({ config: file("gpt2-tiny/config.json"), weights: file("gpt2-tiny/model.safetensors") });
    const batch = json("gpt2-tiny/batch.json") as { ids: number[][]; targets: number[][] };
    const expected = (json("masks.json") as { withoutHead: number[][] }).withoutHead;
    const shape = [batch.ids.length, batch.ids[0]!.length];
    for (let layer = 0; layer < config.nLayers; layer++) {
      for (let head = 0; head < config.nHeads; head++) {
        const set = frozen(backend, parameterShapes(config), withoutHead(parameters, config, layer, head));
        const model = transformer(config, set);
        const loss = scope(() => crossEntropy(model.forward(tensor(backend, shape, batch.ids.flat(), "i32")),
          tensor(backend, shape, batch.targets.flat(), "i32")));
        expect((await read(loss))[0], `${layer}.${head}`).toBeCloseTo(expected[layer]![head]!, 4);
        model.close();
        set.close();
      }
    }
    backend.close();
  });
});

const pieces = ["start", "A", "▁fox", ".", "▁A", "▁fox", "!"];
const ids = [9, 1, 2, 3, 1, 2, 4];
const time = ids.length;
const always = (key: (query: number) => number): Float64Array =>
  Float64Array.from({ length: time * time }, (_, i) => Number(key(Math.floor(i / time)) === i % time));

test("a head with one habit scores 1 in it", () => {
  expect(headScores(ids, pieces, always((query) => Math.max(0, query - 1))).before).toBe(1);
  expect(headScores(ids, pieces, always(() => 0)).first).toBe(1);
  expect(headScores(ids, pieces, always((query) => query)).itself).toBe(1);
  expect(headScores(ids, pieces, always((query) => (query >= 4 ? query - 2 : 0))).copy).toBe(1);
  expect(headScores(ids, pieces, always((query) => (query >= 3 ? 3 : 0))).stops).toBe(1);
});

test("induction is a mean over tokens that came before, and nothing where none did", () => {
  expect(copyPlaces(ids)).toBe(2);
  const once = ids.map((_, i) => i);
  expect(headScores(once, pieces, always(() => 0)).copy).toBeNull();
  expect(copyPlaces(once)).toBe(0);
});

test("punctuation is marks alone, and looking evenly at it is the share of marks so far", () => {
  expect(pieces.map(isStop)).toEqual([false, false, false, true, false, false, true]);
  expect(evenStops(["start", "A", "."])).toBeCloseTo(1 / 3, 12);
  expect(evenStops(["start", "A"])).toBeNull();
});

const shipped = resolve("public");
const isShipped = existsSync(join(shipped, "models/story/model.safetensors"));
const off = (...heads: number[]): number[] => Array.from({ length: 16 }, (_, i) => Number(heads.includes(i)));
const text = "A frog named Patch had a friend named Dot. Dot had a pink shovel.";

describe.skipIf(!isShipped && process.env.CI !== "true")("of the shipped model", () => {
  const open = async (): Promise<LanguageModel> =>
    openLanguageModel({ artefact: async (name) => new Uint8Array(readFileSync(join(shipped, name))) }, (await backends.cpu!())!, { stepByStep: attentionWithPattern });
  const run = { breathe: () => Promise.resolve() };

  test("switching heads off in place is the model without them, and switching them on again is the whole one", async () => {
    const language = await open();
    const { config, parameters } = language.model;
    const values = new Map([...parameters.tensors].map(([name]) => [name, new Float32Array()]));
    for (const name of values.keys()) values.set(name, Float32Array.from(await read(parameters.tensors.get(name)!)));
    const set = frozen(parameters.backend, parameterShapes(config), withoutHead(withoutHead(values, config, 1, 0), config, 2, 3));
    const expected = await repeatScores(transformer(config, set), { rows: 8, time: 64 });
    const gallery = await openGallery(language, run);
    const before = await gallery.look({ text, off: off() });
    await gallery.look({ text, off: off(4, 11) });
    while (await gallery.measure());
    expect(gallery.frame().tests.twice.now).toBe(expected.secondCopy);
    expect(gallery.frame().twice![4]!.copy).toBe(expected.induction[1]![0]);
    const after = await gallery.look({ text, off: off() });
    expect(after.patterns).toEqual(before.patterns);
    expect(after.tests.yours.now).toBe(before.tests.yours.whole);
  });

  test("the two taught heads stand out, the second falls with the first, and most heads hardly matter to stories", { timeout: 60_000 },
    async () => {
    const gallery = await openGallery(await open(), run);
    await gallery.look({ text, off: off() });
    while (await gallery.measure());
    const whole = gallery.frame();
    expect(whole.scores[0]!.before).toBeGreaterThan(0.9);
    expect(whole.twice![4]!.copy).toBeGreaterThan(0.75);
    const { stories, twice } = whole.tests;
    expect(stories.without.filter((loss) => loss! - stories.whole! < 0.05).length).toBeGreaterThanOrEqual(8);
    expect(twice.without[4]! - twice.whole!).toBeGreaterThan(3);
    expect(stories.without[4]! - stories.whole!).toBeLessThan(0.5);
    await gallery.look({ text, off: off(0) });
    while (await gallery.measure());
    expect(gallery.frame().twice![4]!.copy).toBeLessThan(0.1);
  });
});
