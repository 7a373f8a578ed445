/** A growable map from a pair of token ids to a small integer. */
export interface PairTable {
  /** The value of a pair, or −1. */
  get(left: number, right: number): number;
  /** The value of a pair; an absent pair is first given `fresh`. */
  add(left: number, right: number, fresh: number): number;
  /** How many pairs it holds. */
  size(): number;
}

/** Honest tables stay below 100; a table made to collide would otherwise cost a walk through all of it at every look-up. */
const longestWalk = 1000;

/**
 * An open-addressing hash table over typed arrays. BPE does little else than look pairs up: a `Map` would need one
 * key for two ids, which is a boxed double past 2³¹, and costs several times as much.
 *
 * Throws: RangeError when pairs collide as no table of a language does.
 */
export function pairTable(expected = 512): PairTable {
  let capacity = 1024;
  while (capacity < expected * 2) capacity *= 2;
  let lefts = new Int32Array(capacity).fill(-1);
  let rights = new Int32Array(capacity);
  let values = new Int32Array(capacity);
  let size = 0;

  /** The slot of a pair, or the free slot where it belongs. */
  const slotOf = (left: number, right: number): number => {
    const mixed = Math.imul(Math.imul(left, 0x9e3779b1) ^ (right + 0x7f4a7c15), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & (capacity - 1);
    let steps = 0;
    while (lefts[slot] !== -1 && (lefts[slot] !== left || rights[slot] !== right)) {
      slot = (slot + 1) & (capacity - 1);
      if (++steps > longestWalk) throw new RangeError(`pairTable: more than ${longestWalk} pairs share one place`);
    }
    return slot;
  };

  const put = (left: number, right: number, value: number): void => {
    const slot = slotOf(left, right);
    lefts[slot] = left;
    rights[slot] = right;
    values[slot] = value;
  };

  const grow = (): void => {
    const old = { lefts, rights, values };
    capacity *= 2;
    lefts = new Int32Array(capacity).fill(-1);
    rights = new Int32Array(capacity);
    values = new Int32Array(capacity);
    for (let slot = 0; slot < old.lefts.length; slot++) {
      if (old.lefts[slot] !== -1) put(old.lefts[slot]!, old.rights[slot]!, old.values[slot]!);
    }
  };

  return {
    get: (left, right) => {
      const slot = slotOf(left, right);
      return lefts[slot] === -1 ? -1 : values[slot]!;
    },
    add: (left, right, fresh) => {
      const slot = slotOf(left, right);
      if (lefts[slot] !== -1) return values[slot]!;
      put(left, right, fresh);
      if (++size * 2 > capacity) grow();
      return fresh;
    },
    size: () => size,
  };
}
