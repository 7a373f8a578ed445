import { chips, realModels } from "../../engine/data/configs.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawGrowth } from "./kvCacheGrowth/draw.ts";
import { gigabytes, planOf, tokensThatFit } from "./kvCacheGrowth/realModel.ts";
import { describe, lossText, ratio, rates, smallNumber } from "./kvCacheGrowth/reading.ts";

const names = <K extends string>(rows: Readonly<Record<K, { readonly name: string }>>): Record<K, string> =>
  Object.fromEntries(Object.entries<{ readonly name: string }>(rows).map(([id, { name }]) => [id, name])) as Record<K, string>;

/** What is asked of a real model is asked where one is drawn. */
const ofReal = { param: "view", is: "real" } as const;

/** A model that writes over a cache of keys and values and without one, what both cost, and the same cache in models that are served. */
export const kvCacheGrowth = defineWidget({
  id: "kv-cache-growth",
  title: "The memory that grows with every word",
  params: {
    heads: { kind: "choice", default: "mha", options: { mha: "MHA", gqa: "GQA", mqa: "MQA" }, label: "heads", live: true, more: true },
    cache: {
      kind: "choice", default: "all", label: "kept", live: true, more: true,
      options: {
        all: "all, 32 bits", int8: "all, 8 bits", window: "the last 32", sinks: "first 4, last 28", window8: "the last 32, 8 bits",
      },
    },
    view: {
      kind: "choice", default: "work", label: "chart", live: true, more: true,
      options: { work: "multiply–adds a token", time: "milliseconds a token", phases: "reading, writing", real: "a real model" },
    },
    model: { kind: "model", default: "shipped", label: "model", most: { layers: 4, heads: 8 } },
    text: { kind: "text", default: "Once upon a time there was a", label: "to be continued", live: true, more: true },
    length: { kind: "number", default: 88, min: 8, max: 240, step: 1, label: "tokens to write", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
    realModel: { kind: "choice", default: "llama-3-70b", options: names(realModels), label: "real model", live: true, more: true, when: ofReal },
    realHeads: {
      kind: "choice", default: "own", options: { own: "its own", all: "as many as queries", one: "one" }, label: "its key–value heads",
      live: true, more: true, when: ofReal,
    },
    cacheBits: { kind: "choice", default: "16", options: { 16: "16", 8: "8", 4: "4" }, label: "bits of its cache", live: true, more: true, when: ofReal },
    weightBits: {
      kind: "choice", default: "4", options: { 16: "16", 8: "8", 4: "4" }, label: "bits of its weights", live: true, more: true, when: ofReal,
    },
    chip: { kind: "choice", default: "h100", options: names(chips), label: "card", live: true, more: true, when: ofReal },
    cards: { kind: "number", default: 1, min: 1, max: 16, step: 1, label: "cards", live: true, more: true, when: ofReal },
    conversations: { kind: "number", default: 1, min: 1, max: 256, step: 1, label: "conversations", live: true, more: true, when: ofReal },
  },
  scenes: {
    both: {
      title: "with and without", params: {},
      watch: "Without a cache everything is read again for every token. Which of the two curves below is flat, and does the text suffer?",
    },
    clock: {
      title: "by the clock", params: { view: "time" },
      watch: "The same comparison in milliseconds of this device. Is the gap as wide as in multiply–adds?",
    },
    phases: {
      title: "reading, writing", params: { view: "phases" },
      watch: "Tokens a second: a prompt is read in one pass, an answer is written one token after another. How far apart are they?",
    },
    fewerHeads: {
      title: "one head for all", params: { heads: "mqa" },
      watch: "A quarter of the bytes. But these heads are averages of trained ones, and the text says what that does.",
    },
    pairs: {
      title: "one head for two", more: true, params: { heads: "gqa" },
      watch: "Half of the bytes, and still averages of trained heads with no training after. Is the text any better than with one?",
    },
    eightBits: {
      title: "8 bits", params: { cache: "int8" },
      watch: "Little more than a quarter of the bytes. Does the loss notice?",
    },
    window: {
      title: "a window", params: { cache: "window" },
      watch: "After 32 tokens every new cell costs an old one: the bytes stop growing, and so does the work. What has it forgotten?",
    },
    sinks: {
      title: "a window with sinks", more: true, params: { cache: "sinks" },
      watch: "The first 4 tokens and the last 28: as many bytes as the last 32. Which of the two costs this model less?",
    },
    seventy: {
      title: "70 billion", params: { view: "real" },
      watch: "One conversation of 131,072 tokens beside 4-bit weights: how much of an 80 GB card is the cache?",
    },
    noSharing: {
      title: "without sharing", params: { view: "real", realHeads: "all" },
      watch: "Llama’s 64 query heads share 8 key and value heads. Here each has its own: where does the card end now?",
    },
    crowd: {
      title: "66 conversations", params: { view: "real", conversations: 66 },
      watch: "Many short conversations fill a card like one long one. How many tokens may each of them have?",
    },
  },
  task: tasks.growCache,
  uses: shippedModel,
  size: { wide: [720, 606], narrow: [360, 886] },
  start: "auto",
  pace: 90,
  goals: { step: { label: "tokens written", value: ({ step }) => step } },
  draw: drawGrowth,
  describe,
  readouts: {
    bytes: ({ bytes }) => `${(bytes / 1024).toLocaleString("en-US", { maximumFractionDigits: 0 })} KiB`,
    tokenBytes: ({ tokenBytes, layers }) => (tokenBytes * layers).toLocaleString("en-US"),
    ratio: (frame) => ratio(frame).toFixed(0),
    loss: lossText,
    gap: ({ gap }) => smallNumber(gap),
    gapSaid: ({ gap }, { cache }) => (cache === "all" ? `${smallNumber(gap)}, which is rounding` : `${smallNumber(gap)}, since what is kept now is less than the whole`),
    prefillRate: (frame) => rates(frame)?.prefill ?? "…",
    decodeRate: (frame) => rates(frame)?.decode ?? "…",
    realCache: (_frame, params) => gigabytes(planOf(params).cacheAtEnd),
    fits: (_frame, params) => tokensThatFit(planOf(params)).toLocaleString("en-US"),
  },
});
