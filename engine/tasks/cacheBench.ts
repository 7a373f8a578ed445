import type { TokenStream } from "../data/batches.ts";
import { float32Cache } from "../nn/attentionCache.ts";
import { type Decoder, decoder, type DecoderOptions } from "../nn/decoder.ts";
import { cacheBytesPerLayer, cachedStep, uncachedStep } from "../nn/multiplyAdds.ts";
import { frozen, readParameters } from "../nn/parameters.ts";
import { plainTransformer, type Transformer } from "../nn/plainTransformer.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { random } from "../random.ts";
import { logProbabilities } from "../sampling/logProbabilities.ts";
import { sample } from "../sampling/sample.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import { cacheHeads, type CacheHeads, cacheKinds, type CacheKind } from "./cacheKinds.ts";
import type { CacheLane, GrowCacheFrame, GrowCacheParams, StepTimes } from "./growCacheFrame.ts";
import type { LanguageModel } from "./languageModel.ts";
import type { Run } from "./task.ts";

const drawing = { temperature: 0.7, topK: 0, topP: 0.95 };
/** Tokens that the first picture has written already; on a GPU, where each has to be read back, few. */
const headStart = { cpu: 20, webgpu: 4 };
/** Held-out text on which losses are measured: the seed is that of the shipped model's recipe. */
const held = { seed: 20, count: 12, rows: 3, time: 96 };
/** On a GPU every length is compiled once, so lengths without a cache are rounded up to this: what follows a token does not change it. */
const roundTo = 32;

/** What a bench writes anew for, when it changes. */
export const keyOf = ({ text, heads, cache, length, seed }: GrowCacheParams): string => JSON.stringify([text, heads, cache, length, seed]);

export interface CacheBench {
  /** Writes, a token a frame; what was written already for these params is gone on with. */
  write(params: GrowCacheParams): AsyncGenerator<GrowCacheFrame>;
  /** Times both ways at one more length; null when all are done. */
  time(): Promise<GrowCacheFrame | null>;
  close(): void;
}

/** Both ways of writing, with what they cost: the arithmetic behind `growCache`. */
export async function openCacheBench(language: LanguageModel, run: Pick<Run<unknown>, "breathe">): Promise<CacheBench> {
  const { model: trained, tokenizer, start } = language;
  const { backend } = trained.parameters;
  const weights = await readParameters(trained.parameters);
  let stream: TokenStream | null = null;
  /** What needs the grammar of the stories, a fifth of all scripts of the page, waits until the first picture is there. */
  const heldOut = async (): Promise<TokenStream> => {
    const [{ tokenStream }, { corpus, HELD_OUT_STREAM }] = await Promise.all([import("../data/batches.ts"), import("../data/storyGrammar.ts")]);
    return tokenStream(corpus(held.seed, held.count, HELD_OUT_STREAM).map((text) => tokenizer.encode(text)), start);
  };

  let model = trained;
  const pooledModels = new Map<number, Transformer>();
  const withHeads = async (heads: CacheHeads): Promise<Transformer> => {
    const count = cacheHeads[heads].count(trained.config.nKvHeads);
    if (count === trained.config.nKvHeads) return trained;
    const known = pooledModels.get(count);
    if (known) return known;
    const { poolHeads } = await import("../nn/pooledHeads.ts");
    const pooled = poolHeads(trained.config, weights, count);
    const made = plainTransformer(pooled.config, frozen(backend, parameterShapes(pooled.config), pooled.weights));
    pooledModels.set(count, made);
    return made;
  };
  const optionsOf = async (kind: CacheKind): Promise<DecoderOptions> => {
    const { store, window, sinks } = cacheKinds[kind];
    const cache = store === "int8" ? (await import("../nn/int8Cache.ts")).int8Cache : float32Cache;
    return window === null ? { cache } : { cache, capacity: Math.min(window, trained.config.contextLength), sinks };
  };

  const losses = new Map<string, number>();
  const lossOf = async (heads: CacheHeads, kind: CacheKind): Promise<number> => {
    const key = `${heads} ${kind}`;
    const known = losses.get(key);
    if (known !== undefined) return known;
    stream ??= await heldOut();
    const cache = decoder(await withHeads(heads), await optionsOf(kind));
    const time = Math.min(held.time, trained.config.contextLength - 1);
    let sum = 0;
    try {
      for (let row = 0; row < held.rows; row++) {
        const ids = stream.subarray(row * time, (row + 1) * time + 1);
        cache.rewind(0);
        for (let t = 0; t < time; t++) sum -= logProbabilities(await cache.push(ids[t]!))[ids[t + 1]!]!;
        await run.breathe();
      }
    } finally {
      cache.close();
    }
    losses.set(key, sum / (held.rows * time));
    return losses.get(key)!;
  };

  /** Logits after all of these, with nothing kept from before. */
  const readAll = (ids: readonly number[]): Tensor => {
    const length = backend.kind === "webgpu" ? Math.min(Math.ceil(ids.length / roundTo) * roundTo, model.config.contextLength) : ids.length;
    const all = tensor(backend, [1, length], Array.from({ length }, (_, i) => ids[i] ?? 0), "i32");
    return model.forward(all, { row: tensor(backend, [1, 1], [ids.length - 1], "i32") });
  };
  const logitsOf = async (ids: readonly number[]): Promise<Float32Array> => {
    const out = scope(() => readAll(ids));
    const logits = Float32Array.from(await read(out));
    free(out);
    return logits;
  };

  let state: Awaited<ReturnType<typeof begin>> | null = null;
  const begin = async (params: GrowCacheParams) => {
    model = await withHeads(params.heads);
    const { contextLength } = model.config;
    const encoded = tokenizer.encode(params.text);
    // Half of the context is for what is written; the prompt loses its beginning where it is longer than the other.
    const prompt = [start, ...encoded.slice(-((contextLength >> 1) - 1))];
    const length = Math.min(params.length, contextLength - prompt.length);
    return {
      key: keyOf(params), params, length, prompt, clipped: encoded.length + 1 > prompt.length,
      cache: decoder(model, await optionsOf(params.cache)), draws: [random(params.seed), random(params.seed)] as const,
      ids: [[], []] as [number[], number[]], work: [[], []] as [number[], number[]], gap: 0, loss: null as GrowCacheFrame["loss"],
      times: [] as StepTimes[], clock: null as number | null,
    };
  };
  /** The end of a text is a sign, since writing goes on behind it. */
  const spoken = (ids: readonly number[]): string => {
    const end = ids.indexOf(start);
    return end < 0 ? tokenizer.decode(ids) : `${tokenizer.decode(ids.slice(0, end))} ¶ ${spoken(ids.slice(end + 1))}`;
  };
  const keptBy = (cache: Decoder): number => Math.min(cache.length, cache.capacity);

  const frame = (): GrowCacheFrame => {
    const { params, length, prompt, clipped, cache, ids, work, gap, loss, times, clock } = state!;
    const { store, sinks } = cacheKinds[params.cache];
    const { nLayers, nHeads, nKvHeads, dHead, contextLength } = model.config;
    const tokenBytes = cacheBytesPerLayer(model.config, store);
    const lane = (which: 0 | 1): CacheLane => ({
      ids: [...ids[which]], text: spoken(ids[which]), work: [...work[which]], total: work[which].reduce((a, b) => a + b, 0),
    });
    return {
      step: ids[0].length, finished: ids[0].length >= length,
      prompt: tokenizer.decode(prompt.slice(1)), promptTokens: prompt.length, clipped, length,
      contextLength, layers: nLayers, queryHeads: nHeads, kvHeads: nKvHeads, dHead, withCache: lane(0), without: lane(1), gap,
      kept: keptBy(cache), capacity: cache.capacity, sinks, tokenBytes, bytes: nLayers * tokenBytes * keptBy(cache),
      held: work[0].map((_, i) => nLayers * tokenBytes * Math.min(prompt.length + i, cache.capacity)), loss, times: [...times], clock,
    };
  };

  /** One more token, both ways. */
  const advance = async (): Promise<void> => {
    const { prompt, cache, ids, work, draws } = state!;
    const isFirst = ids[0].length === 0;
    const same = ids[0].every((id, i) => id === ids[1][i]);
    const cached = await (isFirst ? cache.prefill(prompt) : cache.push(ids[0].at(-1)!));
    const text = [...prompt, ...ids[1]];
    const whole = await logitsOf(text);
    if (same) state!.gap = Math.max(state!.gap, ...whole.map((logit, i) => Math.abs(logit - cached[i]!)));
    // Reading the prompt costs the same in both: everything goes through once.
    work[0].push(isFirst ? uncachedStep(model.config, prompt.length) : cachedStep(model.config, keptBy(cache)));
    work[1].push(uncachedStep(model.config, text.length));
    ids[0].push(sample(cached, drawing, draws[0]));
    ids[1].push(sample(whole, drawing, draws[1]));
  };

  return {
    async *write(params) {
      if (state?.key !== keyOf(params)) {
        state?.cache.close();
        state = null;
        state = await begin(params);
        while (state.ids[0].length < Math.min(headStart[backend.kind === "webgpu" ? "webgpu" : "cpu"], state.length)) await advance();
      }
      const now = state;
      yield frame();
      const measure = async (): Promise<void> => {
        const whole = await lossOf("mha", "all");
        now.loss = { trained: whole, now: await lossOf(params.heads, params.cache) };
      };
      // On a GPU that takes seconds, since every token's logits are read back: nobody should wait for it before the text.
      if (!now.loss && backend.kind !== "webgpu") {
        await measure();
        yield frame();
      }
      while (now.ids[0].length < now.length) {
        await advance();
        yield frame();
      }
      if (!now.loss) {
        await measure();
        yield frame();
      }
    },
    async time() {
      const { times, cache, prompt, ids } = state!;
      const tokens = (times.length + 1) * roundTo;
      if (tokens > model.config.contextLength) return null;
      const { clockStep, timeWork } = await import("./stopwatch.ts");
      state!.clock ??= clockStep();
      // Which tokens they are does not matter to the clock: the text goes round where it is too short.
      const written = [...prompt, ...ids[0]];
      const text = Array.from({ length: tokens }, (_, i) => written[i % written.length]!);
      // A cache of its own: what is on the screen stays. A full window costs the same whatever came before it.
      const own = decoder(model, await optionsOf(state!.params.cache));
      try {
        const before = Math.min(tokens, cache.capacity) - 1;
        await own.prefill(text.slice(0, before));
        const cached = await timeWork(backend, () => {
          own.rewind(before);
          own.feed(text[before]!);
        }, run);
        times.push({ tokens, cached, whole: await timeWork(backend, () => scope(() => void readAll(text)), run) });
      } finally {
        own.close();
      }
      return frame();
    },
    close() {
      state?.cache.close();
      for (const one of pooledModels.values()) {
        one.close();
        one.parameters.close();
      }
    },
  };
}
