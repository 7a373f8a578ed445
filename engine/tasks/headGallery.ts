import type { Backend } from "../backend.ts";
import { tokenStream, windows } from "../data/batches.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import { type RepeatScores, repeatScores, withoutHead } from "../nn/repeatScores.ts";
import type { Batch } from "../nn/trainer.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { read, scope, type Tensor, tensor } from "../tensor.ts";
import { type HeadScores, headScores } from "./headScores.ts";
import { inspectLimit } from "./inspect.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import type { Run, Task } from "./task.ts";

export interface HeadGalleryParams {
  /** The reader's own text. */
  readonly text: string;
  /** 4 × 4 bits, a row a layer: 1 where a head is switched off. Cells beyond the model's heads do not count. */
  readonly off: readonly number[];
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
}

/** On which text a loss is measured: the reader's, stories held out of training, the second copy of nonsense written twice. */
export type GalleryTest = "yours" | "stories" | "twice";

/** Losses in nats a token; null while not measured yet. */
export interface TestLosses {
  /** Of the whole model, and of the model as it is switched now. */
  readonly whole: number | null;
  readonly now: number | null;
  /** Of the whole model less one head, a number a head, row by row. */
  readonly without: readonly (number | null)[];
}

export interface HeadGalleryFrame {
  /** The first id stands for the start of a text. */
  readonly ids: readonly number[];
  readonly pieces: readonly string[];
  readonly clipped: boolean;
  readonly layers: number;
  readonly heads: number;
  /** A flag a head, row by row. */
  readonly off: readonly boolean[];
  /** As the model is switched now: attention [layers,heads,query,key], and each head's habits on this text. */
  readonly patterns: Float32Array;
  readonly scores: readonly HeadScores[];
  /** On nonsense written twice, as switched now: previous-token and induction score of each head; null while not measured yet. */
  readonly twice: readonly { readonly before: number; readonly copy: number }[] | null;
  readonly tests: Readonly<Record<GalleryTest, TestLosses>>;
  readonly taught: readonly { readonly layer: number; readonly head: number; readonly as: string }[];
  readonly read: string;
}

/** Side of the grid of switches. */
export const SWITCHES = 4;
/** Held-out stories: 512 tokens. The seed is that of the shipped model's recipe, whose training drew from another stream. */
const stories = { seed: 20, count: 24, rows: 8, time: 64 };
/** Nonsense written twice: eight rows of 32 distinct ids and the same again. */
const nonsense = { rows: 8, time: 64 };

/**
 * Every head of the shipped model on the reader's text: pattern, habits, and what the loss becomes without it, on three texts.
 * Heads are switched off by zeroing their columns of the output projection. One frame when the reader's text is done, then one as each
 * of the slower tests gets on, then one for each change of the params.
 * Source: Michel et al. 2019 (ablating single heads); Olsson et al. 2022.
 */
export const headGallery: Task<HeadGalleryParams, HeadGalleryFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend(), { stepByStep: attentionWithPattern });
  try {
    const gallery = await openGallery(language, run);
    for (;;) {
      const before = JSON.stringify(run.params);
      const changed = (): boolean => JSON.stringify(run.params) !== before;
      yield await gallery.look(run.params);
      while (!changed() && (await gallery.measure(changed))) yield gallery.frame();
      if (!changed()) await run.changed();
    }
  } finally {
    language.close();
  }
};

export interface Gallery {
  /** Reads a text with some heads off; all that the reader's text tells is known after it. */
  look(params: HeadGalleryParams): Promise<HeadGalleryFrame>;
  /** Goes on with the slower tests for a while, or until `interrupted`; false when nothing is left to do. */
  measure(interrupted?: () => boolean): Promise<boolean>;
  frame(): HeadGalleryFrame;
}

/** Milliseconds of measuring between two frames. */
const FRAME = 120;

export async function openGallery(language: LanguageModel, run: Pick<Run<unknown>, "breathe">): Promise<Gallery> {
  const { model, tokenizer, card, start } = language;
  const { backend, tensors } = model.parameters;
  const breathe = (): Promise<void> => run.breathe();
  const { nLayers, nHeads } = model.config;
  const projection = (layer: number): string => `blocks.${layer}.attn.out.weight`;
  const whole = new Map<string, Float32Array>();
  for (let layer = 0; layer < nLayers; layer++) {
    const name = projection(layer);
    whole.set(name, Float32Array.from(await read(tensors.get(name)!)));
  }
  const count = nLayers * nHeads;
  const none: readonly boolean[] = Array.from({ length: count }, () => false);
  const alone = (index: number): boolean[] => none.map((_, i) => i === index);
  const all = Array.from({ length: count }, (_, i) => i);

  let switched = none.join();
  /** Writes the output projections with these heads off; a layer whose heads stay as they are is left alone. */
  const turn = (off: readonly boolean[]): void => {
    if (off.join() === switched) return;
    switched = off.join();
    const weights = all.filter((i) => off[i]).reduce<ReadonlyMap<string, Float32Array>>(
      (kept, i) => withoutHead(kept, model.config, Math.floor(i / nHeads), i % nHeads), whole);
    for (const [name, values] of weights) backend.write(tensors.get(name)!.buffer, values);
  };

  let held: Parameters<typeof meanLoss>[1] | null = null;
  /** The first frame does without the stories, and so without the code that tells them. */
  const heldOut = async (): Promise<Parameters<typeof meanLoss>[1]> => {
    const { corpusOneByOne, HELD_OUT_STREAM } = await import("../data/storyGrammar.ts");
    const texts = await corpusOneByOne(stories.seed, stories.count, HELD_OUT_STREAM, (text) => tokenizer.encode(text), breathe);
    return [...windows(tokenStream(texts, start), stories.rows, stories.time, 1)];
  };
  const repeats = new Map<string, RepeatScores>();
  const storyLosses = new Map<string, number>();
  const repeated = async (off: readonly boolean[]): Promise<void> => {
    turn(off);
    repeats.set(off.join(), await repeatScores(model, { ...nonsense, breathe }));
  };
  const told = async (off: readonly boolean[]): Promise<void> => {
    held ??= await heldOut();
    turn(off);
    storyLosses.set(off.join(), await meanLoss(model, held, breathe));
  };

  let ids: readonly number[] = [], pieces: readonly string[] = [], clipped = false, text: string | null = null;
  let off: readonly boolean[] = none;
  let patterns = new Float32Array(0);
  let yours: { whole: number; now: number; without: number[] } = { whole: 0, now: 0, without: [] };
  const lossOf = (switches: readonly boolean[]): Promise<number> => {
    turn(switches);
    return textLoss(backend, language, ids);
  };

  const frame = (): HeadGalleryFrame => {
    const cells = ids.length ** 2;
    const now = off.join();
    const lossOn = (known: (key: string) => number | undefined): TestLosses => ({
      whole: known(none.join()) ?? null, now: known(now) ?? null, without: all.map((i) => known(alone(i).join()) ?? null),
    });
    const twice = repeats.get(now);
    return {
      ids, pieces, clipped, layers: nLayers, heads: nHeads, off, patterns,
      scores: all.map((i) => headScores(ids, pieces, patterns.subarray(i * cells, (i + 1) * cells))),
      twice: twice ? all.map((i) => {
        const layer = Math.floor(i / nHeads), head = i % nHeads;
        return { before: twice.previousToken[layer]![head]!, copy: twice.induction[layer]![head]! };
      }) : null,
      tests: { yours, stories: lossOn((key) => storyLosses.get(key)), twice: lossOn((key) => repeats.get(key)?.secondCopy) },
      taught: card.taught, read: card.read,
    };
  };

  return {
    frame,
    async look(params) {
      off = all.map((i) => params.off[Math.floor(i / nHeads) * SWITCHES + (i % nHeads)] === 1 && i % nHeads < SWITCHES);
      if (params.text !== text) {
        ({ text } = params);
        const encoded = tokenizer.encode(params.text);
        ids = [start, ...encoded.slice(1 - inspectLimit)];
        clipped = ids.length <= encoded.length;
        pieces = ids.map((id, t) => (t === 0 ? "start" : tokenizer.display(id)));
        const without: number[] = [];
        const full = await lossOf(none);
        for (const i of all) {
          without.push(await lossOf(alone(i)));
          await run.breathe();
        }
        yours = { whole: full, now: full, without };
      }
      yours = { ...yours, now: await lossOf(off) };
      patterns = await readPatterns(backend, language, ids);
      return frame();
    },
    async measure(interrupted = () => false) {
      const begun = performance.now();
      // What the reader asked for comes first, then head by head.
      const wanted = [none, off, ...all.map(alone)];
      const tasks = wanted.flatMap((one) => [
        ...(repeats.has(one.join()) ? [] : [() => repeated(one)]), ...(storyLosses.has(one.join()) ? [] : [() => told(one)]),
      ]);
      for (const task of tasks) {
        await task();
        await run.breathe();
        if (interrupted() || performance.now() - begun > FRAME) break;
      }
      return tasks.length > 0;
    },
  };
}

/** Mean loss of a text's tokens, each predicted from those before it; 0 for a text of no tokens. */
async function textLoss(backend: Backend, { model }: LanguageModel, ids: readonly number[]): Promise<number> {
  const time = ids.length;
  if (time < 2) return 0;
  const batch: Batch = { ids: Int32Array.from(ids), targets: Int32Array.from(ids, (_, t) => ids[t + 1] ?? -100) };
  const loss = scope(() => crossEntropy(model.forward(tensor(backend, [1, time], batch.ids, "i32")),
    tensor(backend, [1, time], batch.targets, "i32")));
  const [value] = await read(loss);
  backend.free(loss.buffer);
  return value!;
}

/** Attention of every head after the softmax, [layers,heads,query,key]. */
async function readPatterns(backend: Backend, { model }: LanguageModel, ids: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
  const time = ids.length;
  const { nHeads, nLayers } = model.config;
  const kept = scope(() => {
    const found: Tensor[] = [];
    model.forward(tensor(backend, [1, time], ids, "i32"), { probe: (name, x) => { if (name.endsWith(".pattern")) found.push(x); } });
    return found;
  });
  const patterns = new Float32Array(nLayers * nHeads * time * time);
  for (const [layer, x] of kept.entries()) {
    patterns.set(await read(x), layer * nHeads * time * time);
    backend.free(x.buffer);
  }
  return patterns;
}
