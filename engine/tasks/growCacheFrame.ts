import type { CacheHeads, CacheKind } from "./cacheKinds.ts";
import type { Timing } from "./stopwatch.ts";

export interface GrowCacheParams {
  /** What is continued. */
  readonly text: string;
  readonly heads: CacheHeads;
  readonly cache: CacheKind;
  /** Tokens to be written. */
  readonly length: number;
  readonly seed: number;
  /** Whether the steps are timed once the text is written. */
  readonly view: string;
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
}

/** One of the two ways of writing the same text. */
export interface CacheLane {
  readonly ids: readonly number[];
  readonly text: string;
  /** Multiply–adds of each step: the first reads the prompt, each later one a token. */
  readonly work: readonly number[];
  /** Multiply–adds of all steps. */
  readonly total: number;
}

/** Both ways, timed with so many tokens in the text. */
export interface StepTimes {
  readonly tokens: number;
  readonly cached: Timing;
  /** All tokens in one pass: what a step without a cache is, and what a prefill is. */
  readonly whole: Timing;
}

export interface GrowCacheFrame {
  /** Tokens written. */
  readonly step: number;
  readonly finished: boolean;
  readonly prompt: string;
  /** Tokens of the prompt, the start of the text included. */
  readonly promptTokens: number;
  readonly clipped: boolean;
  /** Tokens that will be written. */
  readonly length: number;
  readonly contextLength: number;
  readonly layers: number;
  readonly queryHeads: number;
  readonly kvHeads: number;
  /** Numbers of a head's key, and of its value. */
  readonly dHead: number;
  readonly withCache: CacheLane;
  readonly without: CacheLane;
  /** Largest difference of any logit between the two ways, as long as they read the same text. */
  readonly gap: number;
  /** Tokens that the cache holds now, and how many it can hold. */
  readonly kept: number;
  readonly capacity: number;
  /** The first positions, which a sliding window does not give up. */
  readonly sinks: number;
  /** Bytes that a token takes in one layer. */
  readonly tokenBytes: number;
  /** Bytes that all layers hold now, for the tokens that they hold. */
  readonly bytes: number;
  /** The same after each step. */
  readonly held: readonly number[];
  /** Held-out loss in nats a token, read through a full 32-bit cache by the model as it was trained, and as it is set now. */
  readonly loss: { readonly trained: number; readonly now: number } | null;
  readonly times: readonly StepTimes[];
  /** The clock's step in ms; null while nothing was timed. */
  readonly clock: number | null;
}
