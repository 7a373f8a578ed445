import { describe, expect, test } from "vitest";
import type { Counts } from "../../backend.ts";
import { createPool, sizeClass } from "./memory.ts";

describe("size classes", () => {
  test("hold what is asked, are multiples of 128 bytes, and waste at most half", () => {
    const good = (bytes: number): boolean => {
      const size = sizeClass(bytes);
      return size >= bytes && size % 128 === 0 && size <= Math.max(256, 1.5 * bytes);
    };
    expect(Array.from({ length: 5_000 }, (_, i) => i + 1).filter((bytes) => !good(bytes))).toEqual([]);
    expect(sizeClass(128 * 2 ** 20)).toBe(128 * 2 ** 20);
  });
});

describe("the pool", () => {
  const counts = (): Counts => ({ launches: 0, submits: 0, buffersCreated: 0, bindGroupsCreated: 0, pipelinesCreated: 0, bytesLive: 0 });

  function fake() {
    const kept = counts();
    const destroyed: number[] = [];
    const create = (bytes: number): GPUBuffer => ({ destroy: () => destroyed.push(bytes) }) as unknown as GPUBuffer;
    return { kept, destroyed, pool: createPool(kept, create, 0) };
  }

  test("hands out released blocks again, lowest number first", () => {
    const { pool, kept } = fake();
    const [a, b, c] = [pool.acquire(1000), pool.acquire(1000), pool.acquire(1000)];
    for (const block of [b, a, c]) pool.release(block);
    expect([pool.acquire(900), pool.acquire(900), pool.acquire(900)]).toEqual([a, b, c]);
    expect(kept.buffersCreated).toBe(3);
    expect(kept.bytesLive).toBe(3 * 1024);
  });

  test("destroys nothing before its end, and everything then", () => {
    const { pool, destroyed } = fake();
    for (let i = 0; i < 100; i++) pool.release(pool.acquire(4 * i));
    expect(destroyed).toEqual([]);
    pool.close();
    expect(destroyed.length).toBe(3);
  });

  test("keeps small idle blocks and those in use when trimmed", () => {
    const { pool, destroyed } = fake();
    const used = pool.acquire(4096);
    for (const block of [pool.acquire(4096), pool.acquire(4096), pool.acquire(256), pool.acquire(256)]) pool.release(block);
    pool.trim(4096 + 512);
    expect(destroyed).toEqual([4096]);
    pool.release(used);
    pool.trim(0);
    expect(destroyed).toEqual([4096, 256, 256, 4096, 4096]);
  });

  test("refuses a tensor larger than one binding may be", () => {
    expect(() => fake().pool.acquire(2 ** 30)).toThrow("1073741824 bytes is larger than the 134217728 that one binding may hold");
  });
});
