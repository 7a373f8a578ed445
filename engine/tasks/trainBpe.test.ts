import { expect, test } from "vitest";
import type { Run } from "./task.ts";
import { trainBpe } from "./trainBpe.ts";
import type { TrainBpeFrame, TrainBpeParams } from "./trainBpe.ts";

const worked = [...Array(5).fill("low"), ...Array(2).fill("lower"), ...Array(6).fill("newest")].join(" ");

function watch(initial: Partial<TrainBpeParams> = {}) {
  const params = { text: worked, pattern: "words" as const, headStart: 0, merges: 100, ...initial };
  const waits: (() => void)[] = [];
  const run: Run<TrainBpeParams> = {
    params,
    backend: () => Promise.reject(new Error("counting needs no backend")),
    artefact: () => Promise.reject(new Error("counting needs no artefact")),
    breathe: () => Promise.resolve(),
    changed: () => new Promise((resolve) => { waits.push(resolve); }),
  };
  const frames = trainBpe(run);
  const next = async (): Promise<TrainBpeFrame> => (await frames.next()).value as TrainBpeFrame;
  const change = (patch: Partial<TrainBpeParams>): void => {
    Object.assign(params, patch);
    for (const resolve of waits.splice(0)) resolve();
  };
  return { next, change };
}

const cut = (frame: TrainBpeFrame): string[] => frame.words.map(({ ids }) => ids.map((id) => frame.names[id]).join("·"));

test("the first frame is the complete first count of the book's corpus", async () => {
  const frame = await watch().next();
  expect(frame.pairs.map(({ left, right, count }) => `${frame.names[left]}${frame.names[right]} ${count}`)).toEqual(
    ["we 8", "▁l 7", "lo 7", "ow 7", "▁n 6", "ne 6", "ew 6", "es 6", "st 6", "er 2"]);
  expect(cut(frame)).toEqual(["▁·l·o·w", "▁·l·o·w·e·r", "▁·n·e·w·e·s·t"]);
  expect(frame).toMatchObject({ step: 0, history: [], pairCount: 10, wordCount: 3, tokens: [74], compression: 1, finished: false });
});

test("each frame makes one merge, and after nine of them lower is ▁lo·we·r or, merged further, never ▁low·er", async () => {
  const { next } = watch();
  const seen: TrainBpeFrame[] = [];
  for (let made = 0; made <= 11; made++) seen.push(await next());
  expect(seen.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(cut(seen[9]!)).toEqual(["▁low", "▁lo·we·r", "▁newest"]);
  expect(seen[11]).toMatchObject({ finished: true, pairs: [], pairCount: 0, compression: 74 / 13 });
  expect(seen[11]!.names.slice(256)).toEqual(
    ["we", "▁l", "▁lo", "▁n", "▁ne", "▁newe", "▁newes", "▁newest", "▁low", "▁lowe", "▁lower"]);
  expect(seen[11]!.tokens).toEqual([74, 66, 59, 52, 46, 40, 34, 28, 22, 17, 15, 13]);
});

test("raising merges goes on from where it stands and lowering goes back", async () => {
  const { next, change } = watch({ headStart: 3, merges: 3 });
  expect(await next()).toMatchObject({ step: 3, finished: true });
  const raised = next();
  change({ merges: 5 });
  expect(await raised).toMatchObject({ step: 4, finished: false });
  expect(await next()).toMatchObject({ step: 5, finished: true });
  const lowered = next();
  change({ merges: 1 });
  expect((await lowered).names.slice(256)).toEqual(["we"]);
});

test("an edited corpus is shown after the same number of merges", async () => {
  const { next, change } = watch({ headStart: 2 });
  await next();
  change({ text: `${worked} widest widest widest` });
  const frame = await next();
  expect(frame.names.slice(256)).toEqual(["es", "est"]);
});

test("a picture that is paused half way makes no merge when it is only looked at otherwise", async () => {
  const { next, change } = watch();
  await next();
  expect(await next()).toMatchObject({ step: 1 });
  change({ merges: 50 });
  expect(await next()).toMatchObject({ step: 1 });
  expect(await next()).toMatchObject({ step: 2 });
});

test("a corpus of nothing, and one with half a surrogate pair, have frames", async () => {
  expect(await watch({ text: "" }).next()).toMatchObject({ pairs: [], words: [], tokens: [0], compression: 1, finished: true });
  const frame = await watch({ text: "\ud800 \ud800", merges: 2, headStart: 2 }).next();
  expect(frame.names.slice(256)).toEqual(["▁<0xEF>", "▁<0xEF><0xBF>"]);
});

test("a frame already handed out does not change when training goes on", async () => {
  const { next } = watch();
  const first = await next();
  const kept = structuredClone(first);
  await next();
  expect(first).toEqual(kept);
});
