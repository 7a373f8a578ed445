import { exponential, logarithm } from "../portable.ts";
import { random } from "../random.ts";
import type { Chip, RealModel } from "./configs.ts";
import { kvBytesPerToken, weightBytes } from "./modelCosts.ts";

/** A request to a served model: when it comes (in seconds), and its tokens. */
export interface ServedRequest {
  readonly arrives: number;
  readonly prompt: number;
  readonly answer: number;
}

/** What became of one: times in seconds. */
export interface Served extends ServedRequest {
  readonly slot: number;
  /** When its prompt began to be read. */
  readonly starts: number;
  readonly firstToken: number;
  readonly finishes: number;
  /** When its place was free again: with static batches, when the longest answer of the batch was written. */
  readonly frees: number;
}

export interface Workload {
  readonly seed: number;
  readonly count: number;
  /** Requests a second. */
  readonly rate: number;
  /** Mean tokens of prompts and answers. */
  readonly prompt: number;
  readonly answer: number;
}

/** Requests of a Poisson process, with log-normal lengths (σ = 0.7): many short ones and a few long. */
export function requests({ seed, count, rate, prompt, answer }: Workload): ServedRequest[] {
  const draw = random(seed);
  const spread = 0.7;
  const length = (mean: number): number => Math.max(1, Math.round(mean * exponential(spread * draw.normal() - spread ** 2 / 2)));
  let arrives = 0;
  return Array.from({ length: count }, () => {
    arrives -= logarithm(1 - draw.uniform()) / rate;
    return { arrives, prompt: length(prompt), answer: length(answer) };
  });
}

export interface Machine {
  readonly model: RealModel;
  readonly chip: Chip;
  readonly bits: number;
  /** Sequences that may run at once. */
  readonly slots: number;
}

/**
 * Seconds of one pass: max(bytes / bandwidth, operations / peak), the bytes being all weights and the cache that is attended to, the
 * operations 2 a weight and token. An ideal machine; real ones reach about half of both.
 */
export function passTime({ model, chip, bits }: Machine, tokens: number, cached: number): number {
  const active = model.activeParameters ?? model.parameters;
  const bytes = weightBytes(model, bits) + cached * kvBytesPerToken(model);
  return Math.max(bytes / chip.bandwidth, chip.peak16 === null ? 0 : (2 * active * tokens) / chip.peak16);
}

/** Tokens whose keys and values fit beside the weights. */
export const cacheRoom = ({ model, chip, bits }: Machine): number =>
  Math.max(0, Math.floor((chip.memory - weightBytes(model, bits)) / kvBytesPerToken(model)));

interface Running {
  readonly request: ServedRequest;
  readonly index: number;
  readonly slot: number;
  readonly starts: number;
  written: number;
  firstToken: number;
  finishes: number;
}

const size = ({ prompt, answer }: ServedRequest): number => prompt + answer;

/**
 * Serves requests in order of arrival. `static`: a batch of those who wait is run until its longest answer is written, and only then
 * the next begins. `continuous`: before every pass, whoever has finished leaves and whoever waits enters, as long as slots and
 * memory are free.
 * A request that does not fit at all is left out.
 * Source: Yu et al. 2022 (Orca), sections 3 and 4.
 */
export function serve(all: readonly ServedRequest[], machine: Machine, policy: "static" | "continuous"): Served[] {
  const room = cacheRoom(machine);
  const waiting = all.map((request, index) => ({ request, index })).filter(({ request }) => size(request) <= room);
  const done: (Served & { index: number })[] = [];
  let now = 0, running: Running[] = [];
  while (waiting.length > 0 || running.length > 0) {
    if (running.length === 0) now = Math.max(now, waiting[0]?.request.arrives ?? now);
    const entering: Running[] = [];
    if (policy === "continuous" || running.length === 0) {
      const taken = new Set(running.map(({ slot }) => slot));
      let left = room - running.reduce((sum, { request }) => sum + size(request), 0);
      while (waiting.length > 0 && running.length + entering.length < machine.slots) {
        const { request, index } = waiting[0]!;
        if (request.arrives > now || size(request) > left) break;
        waiting.shift();
        left -= size(request);
        let slot = 0;
        while (taken.has(slot)) slot++;
        taken.add(slot);
        entering.push({ request, index, slot, starts: now, written: 0, firstToken: 0, finishes: 0 });
      }
    }
    const cached = running.reduce((sum, { request, written }) => sum + request.prompt + written, 0);
    // A static batch is a rectangle: prompts are filled up to the longest, and finished answers go on as padding.
    const longest = Math.max(0, ...entering.map(({ request }) => request.prompt));
    const read = entering.reduce((sum, { request }) => sum + (policy === "static" ? longest : request.prompt), 0);
    now += passTime(machine, read + running.length, cached);
    for (const one of entering) one.firstToken = now;
    running = [...running, ...entering];
    for (const one of running) {
      if (one.written >= one.request.answer) continue;
      one.written++;
      if (one.written === one.request.answer) one.finishes = now;
    }
    const leaves = (one: Running): boolean => one.finishes > 0;
    if (policy === "static" && !running.every(leaves)) continue;
    for (const { request, index, slot, starts, firstToken, finishes } of running.filter(leaves)) {
      done.push({ ...request, index, slot, starts, firstToken, finishes, frees: now });
    }
    running = running.filter((one) => !leaves(one));
  }
  return done.sort((a, b) => a.index - b.index).map(({ index: _index, ...one }) => one);
}

export interface ServiceFacts {
  /** Tokens written a second, from the first arrival to the last finish. */
  readonly throughput: number;
  /** From arrival to the first token: half of all, and 95 of 100, wait no longer; seconds. */
  readonly firstToken: readonly [p50: number, p95: number];
  /** From arrival to the last token. */
  readonly whole: readonly [p50: number, p95: number];
  /** Between two tokens of one answer, seconds, of the median request. */
  readonly perToken: number;
  /** Share of the requests whose first token came within `promise` seconds. */
  readonly kept: number;
  /** Share of the slots' time in which they did something for a request that was not finished. */
  readonly busy: number;
}

/** Seconds to the first token that a service may promise. */
export const PROMISE = 1;

export function serviceFacts(served: readonly Served[], slots: number): ServiceFacts {
  const quantile = (values: readonly number[], share: number): number =>
    [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
  const both = (values: readonly number[]): [number, number] => [quantile(values, 0.5), quantile(values, 0.95)];
  const begin = Math.min(...served.map(({ arrives }) => arrives)), end = Math.max(...served.map(({ finishes }) => finishes));
  const sum = (of: (one: Served) => number): number => served.reduce((total, one) => total + of(one), 0);
  const waits = served.map(({ firstToken, arrives }) => firstToken - arrives);
  return {
    throughput: sum(({ answer }) => answer) / (end - begin),
    firstToken: both(waits),
    whole: both(served.map(({ finishes, arrives }) => finishes - arrives)),
    perToken: quantile(served.map(({ finishes, firstToken, answer }) => (finishes - firstToken) / Math.max(1, answer - 1)), 0.5),
    kept: waits.filter((wait) => wait <= PROMISE).length / served.length,
    busy: sum(({ starts, finishes }) => finishes - starts) / (slots * (end - begin)),
  };
}
