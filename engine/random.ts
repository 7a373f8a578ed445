import { cosine, logarithm } from "./portable.ts";

/**
 * Seeded random numbers: Philox 4×32-10, a counter-based generator. The n-th block of a stream is a pure function of
 * (seed, stream, n), so a run can be resumed from three integers and no state needs saving.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export interface Random {
  /** A uniform integer in [0, 2³²). */
  uint32(): number;
  /** A uniform number in [0, 1) with 24 random bits: exact in float32. */
  uniform(): number;
  /** A uniform integer in [0, n), without the bias of a plain remainder. */
  integer(n: number): number;
  /** A standard normal number (Box–Muller). */
  normal(): number;
  /** One element of a non-empty array, uniformly. */
  choice<T>(items: readonly T[]): T;
  /** How many 32-bit words were drawn: with seed and stream, the whole state. */
  position(): number;
  /** Jumps to a position that `position` returned. */
  seek(position: number): void;
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** The high 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middleLow = (middle & 0xffff) + aLow * bHigh;
  // Subtle: `middle` may exceed 2³², so its upper part is taken by division, not by shifting.
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(middleLow / 65536)) >>> 0;
}

/** One Philox block: four 32-bit words from a 128-bit counter and a 64-bit key. */
export function philoxBlock(counter: readonly [number, number, number, number], key: readonly [number, number]): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(M0, c0), low0 = Math.imul(M0, c0) >>> 0;
    const high1 = multiplyHigh(M1, c2), low1 = Math.imul(M1, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** A generator for one stream of one seed. Streams of one seed are independent: one each for weights, batches, sampling. */
export function random(seed: number, stream = 0): Random {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  let drawn = 0;
  let blockIndex = -1;
  let block: [number, number, number, number] = [0, 0, 0, 0];
  const uint32 = (): number => {
    const index = Math.floor(drawn / 4);
    if (index !== blockIndex) {
      block = philoxBlock([index >>> 0, Math.floor(index / 2 ** 32) >>> 0, stream >>> 0, 0], key);
      blockIndex = index;
    }
    return block[(drawn++ % 4) as 0 | 1 | 2 | 3];
  };
  const uniform = (): number => (uint32() >>> 8) / 2 ** 24;
  const integer = (n: number): number => {
    if (!(n >= 1 && n <= 2 ** 32)) throw new RangeError(`integer: n must be between 1 and 2³², got ${n}`);
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = uint32();
      if (word < limit) return word % n;
    }
  };
  return {
    uint32,
    uniform,
    integer,
    normal: () => {
      const radius = Math.sqrt(-2 * logarithm(1 - uniform()));
      return radius * cosine(2 * Math.PI * uniform());
    },
    choice: (items) => items[integer(items.length)]!,
    position: () => drawn,
    seek: (position) => { drawn = position; },
  };
}
