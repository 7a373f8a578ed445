import { describe, expect, test } from "vitest";
import { memoryAfter, type MemoryMap, type PagingOptions } from "./pagedMemory.ts";

const options: PagingOptions = { policy: "paged", block: 16, memory: 1024, longest: 160, prefix: 32, seed: 1 };
const count = ({ places }: MemoryMap, state: string): number => places.filter((place) => place?.state === state).length;
const policies = ["contiguous", "paged", "shared"] as const;

describe("the memory of a card", () => {
  test("set aside whole holds as many conversations as fit at their longest, mostly empty", () => {
    const map = memoryAfter(0, { ...options, policy: "contiguous" });
    expect(map.running).toBe(Math.floor(1024 / 160));
    expect(count(map, "used")).toBe(map.tokens);
    expect(count(map, "used") + count(map, "reserved")).toBe(6 * 160);
    expect(count(map, "reserved") / 960).toBeGreaterThan(0.5);
  });

  test("in blocks wastes less than one block a conversation", () => {
    for (const block of [4, 8, 16, 32]) {
      for (const policy of ["paged", "shared"] as const) {
        for (let step = 0; step <= 60; step += 6) {
          const map = memoryAfter(step, { ...options, policy, block });
          const idleOrRunning = new Set(map.places.flatMap((place) => (place?.state === "reserved" ? [place.owner] : [])));
          expect(count(map, "reserved")).toBeLessThanOrEqual(idleOrRunning.size * (block - 1));
        }
      }
    }
  });

  test("every token of a running conversation has a place, and a shared one has it once for all", () => {
    for (let step = 0; step <= 60; step += 4) {
      expect(count(memoryAfter(step, options), "used")).toBe(memoryAfter(step, options).tokens);
      const shared = memoryAfter(step, { ...options, policy: "shared" });
      // 32 common tokens are two whole blocks of 16.
      expect(count(shared, "used")).toBe(shared.tokens - 32 * (shared.running - 1));
      expect(shared.places.filter((place) => place?.shared)).toHaveLength(32);
    }
  });

  test("shares whole blocks only: with blocks longer than the common beginning there is nothing to share", () => {
    const { places } = memoryAfter(10, { ...options, policy: "shared", block: 64 });
    expect(places.some((place) => place?.shared)).toBe(false);
  });

  test("ends more conversations in the same time the less is set aside", () => {
    const ended = policies.map((policy) => memoryAfter(60, { ...options, policy }).ended);
    expect(ended[1]).toBeGreaterThan(1.5 * ended[0]!);
    expect(ended[2]).toBeGreaterThan(ended[1]!);
  });

  test("takes the blocks of idle conversations before it puts anybody off", () => {
    for (const policy of ["paged", "shared"] as const) {
      const maps = Array.from({ length: 61 }, (_, step) => memoryAfter(step, { ...options, policy }));
      const evicting = maps.findIndex(({ evicted }) => evicted > 0), puttingOff = maps.findIndex(({ putOff }) => putOff > 0);
      expect(evicting).toBeGreaterThan(0);
      expect(puttingOff === -1 || puttingOff >= evicting).toBe(true);
      expect(Math.min(...maps.map(({ running }) => running))).toBeGreaterThan(6);
      // What is counted adds up: whoever was begun has ended, runs, or was put off.
      for (const { begun, ended, running, putOff } of maps) expect(begun).toBe(ended + running + putOff);
    }
  });
});
