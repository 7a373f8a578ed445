import type { GrowCacheFrame } from "../../../engine/tasks/growCacheFrame.ts";
import type { Timing } from "../../../engine/tasks/stopwatch.ts";
import type { Description } from "../../widget/defineWidget.ts";
import { gigabytes, headsText, planOf, type RealParams, tokensThatFit } from "./realModel.ts";

export interface GrowthParams extends RealParams {
  readonly heads: "mha" | "gqa" | "mqa";
  readonly cache: "all" | "int8" | "window" | "sinks" | "window8";
  readonly view: "work" | "time" | "phases" | "real";
}

export const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** 0.93 million, 84.1 million, 4.1 billion. */
export function counted(value: number): string {
  if (value < 1e5) return grouped(value);
  const [size, unit] = value < 1e9 ? [value / 1e6, "million"] : [value / 1e9, "billion"];
  return `${size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2)} ${unit}`;
}

export const kibibytes = (bytes: number): string =>
  `${(bytes / 1024).toLocaleString("en-US", { maximumFractionDigits: bytes < 10240 ? 2 : 0 })} KiB`;

/** How many times the work of the last step the same step takes without the cache. */
export const ratio = ({ withCache, without }: GrowCacheFrame): number => (without.work.at(-1) ?? 0) / (withCache.work.at(-1) ?? 1);

/** The first token in which the two texts differ, counted from 1; null while they do not. */
export function partedAt({ withCache, without }: GrowCacheFrame): number | null {
  const at = withCache.ids.findIndex((id, i) => id !== without.ids[i]);
  return at < 0 ? null : at + 1;
}

/** 1.23 ms (1.20 to 1.31) */
export const milliseconds = ({ median, fastest, slowest }: Timing): string =>
  `${short(median)} ms (${short(fastest)} to ${short(slowest)})`;
export const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Tokens a second of the longest text that was timed. */
export function rates({ times }: GrowCacheFrame): { readonly prefill: string; readonly decode: string } | null {
  const last = times.at(-1);
  return last ? { prefill: grouped((1000 * last.tokens) / last.whole.median), decode: grouped(1000 / last.cached.median) } : null;
}

export const lossText = ({ loss }: GrowCacheFrame): string => (loss ? loss.now.toFixed(3) : "…");

/** One digit, written out: 0.00001. */
export const smallNumber = (value: number): string => value.toFixed(Math.min(9, Math.max(2, -Math.floor(Math.log10(value || 1)))));

/** What can be said of the two texts, and what the setting costs. */
export function notes(frame: GrowCacheFrame, params: GrowthParams): string {
  const { step, gap, loss } = frame;
  const parted = partedAt(frame);
  const first = parted === null
    ? `Both wrote the same ${step} tokens; no logit differed by more than ${smallNumber(gap)}.`
    : `The two texts part at token ${parted}: this cache does not hold what a full reading finds.`;
  const pooled = params.heads !== "mha" ? " Each key–value head is the mean of trained ones, with no training after." : "";
  const isWhole = params.heads === "mha" && params.cache === "all";
  const before = loss === null || isWhole ? "" : `, and ${loss.trained.toFixed(3)} as trained, with all kept`;
  const cost = loss === null ? "" : ` Loss on held-out stories ${loss.now.toFixed(3)} nats a token${before}.`;
  return `${first}${pooled}${cost}`;
}

/** How the clock was read. */
export function clockNote({ times, clock, contextLength }: GrowCacheFrame): string {
  if (clock === null) return "Timing begins when the text is written.";
  const so = times.length * 32 < contextLength ? `So far ${times.length} of ${contextLength / 32} lengths. ` : "";
  return `${so}Points: the median of 5 blocks of at least 20 ms each; bars: the fastest and the slowest block. The clock steps by ${
    clock < 0.01 ? "less than 0.01" : short(clock)} ms.`;
}

/** What the real model needs, in words. */
export function realNote(params: GrowthParams): string {
  const plan = planOf(params);
  const { model, chip, cards, conversations, weights, memory, cacheAtEnd } = plan;
  const fits = tokensThatFit(plan);
  const where = `${cards === 1 ? "one" : cards} ${chip.name} (${gigabytes(memory)})`;
  const length = `${grouped(model.contextLength)} tokens`;
  const each = conversations === 1 ? `One conversation of ${length} keeps` : `${conversations} conversations of ${length} keep`;
  const room = fits === 0 ? `the weights alone leave no room on ${where}`
    : fits >= model.contextLength ? `all of that fits on ${where}`
    : `${where} is full at ${grouped(fits)} tokens${conversations === 1 ? "" : " each"}`;
  return `${each} ${gigabytes(cacheAtEnd)} in ${params.cacheBits} bits, with ${headsText(model, params.realHeads)}; beside ${
    gigabytes(weights)} of ${params.weightBits}-bit weights ${room}.`;
}

/** The picture as one sentence and a table with the same numbers. */
export function describe(frame: GrowCacheFrame, params: GrowthParams): Description {
  const { step, bytes, layers, tokenBytes, kept, withCache, without, held, times } = frame;
  const state = `After ${step} tokens the cache holds ${kept} of them in ${kibibytes(bytes)}: ${
    grouped(tokenBytes)} bytes for each in each of ${layers} layers.`;
  switch (params.view) {
    case "work": return {
      sentence: `${state} The last token took ${counted(withCache.work.at(-1) ?? 0)} multiply–adds with it and ${
        counted(without.work.at(-1) ?? 0)} without. ${notes(frame, params)}`,
      table: {
        columns: ["token written", "multiply–adds with the cache", "multiply–adds without", "bytes in the cache"],
        rows: withCache.work.map((work, i) => [i + 1, grouped(work), grouped(without.work[i]!), grouped(held[i]!)]),
      },
    };
    case "time":
    case "phases": {
      const last = times.at(-1);
      const speed = rates(frame);
      return {
        sentence: !last || !speed ? `${state} ${clockNote(frame)}`
          : `With ${last.tokens} tokens in the text a step took ${milliseconds(last.cached)} over the cache and ${
            milliseconds(last.whole)} without, so a prompt is read at ${speed.prefill} tokens a second and an answer written at ${
            speed.decode}. ${clockNote(frame)}`,
        table: {
          columns: ["tokens in the text", "ms with the cache", "ms without", "read a second", "written a second"],
          rows: times.length === 0 ? [["none timed yet", "", "", "", ""]] : times.map(({ tokens, cached, whole }) => [tokens,
            milliseconds(cached), milliseconds(whole), grouped((1000 * tokens) / whole.median), grouped(1000 / cached.median)]),
        },
      };
    }
    case "real": {
      const plan = planOf(params);
      const lengths = Array.from({ length: 9 }, (_, i) => plan.model.contextLength / 2 ** (8 - i)).filter((tokens) => tokens >= 1);
      return {
        sentence: `${plan.model.name}: ${realNote(params)}`,
        table: {
          columns: ["tokens", "cache", "with the weights", `as many key–value heads as queries`, "one for all"],
          rows: lengths.map((tokens) => [grouped(tokens), gigabytes(plan.cache(tokens)), gigabytes(plan.weights + plan.cache(tokens)),
            gigabytes(plan.cacheWith("all", tokens)), gigabytes(plan.cacheWith("one", tokens))]),
        },
      };
    }
  }
}
