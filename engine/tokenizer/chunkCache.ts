/** Remembers the ids of short chunks of text. Looking one up makes no string. */
export interface ChunkCache {
  /** Appends the remembered ids of `units[from, to)` to `into`; false where it is not remembered. */
  appendTo(into: number[], units: Uint16Array, from: number, to: number): boolean;
  add(units: Uint16Array, from: number, to: number, ids: readonly number[]): void;
}

/** Chunks no longer than this are remembered. */
const longest = 32;
/** How many places a chunk may lie at: a text made to collide then costs new merges, never a long walk. */
const places = 8;
/** A full cache is emptied. */
const capacity = { chunks: 2 ** 16, numbers: 2 ** 18 };

/**
 * A hash table whose keys and values lie end to end in two typed arrays, so that a text pays for each of its words once, and for a
 * word that comes again only its letters. What it has not filled yet is address space, not memory.
 */
export function chunkCache(): ChunkCache {
  const slots = new Int32Array(2 * capacity.chunks), mask = slots.length - 1;
  const keys = new Uint16Array(capacity.numbers), values = new Int32Array(capacity.numbers);
  /** For each entry, from 1 on: hash, end of its key, end of its value; they begin where those of the entry before it end. */
  const hashes = new Int32Array(capacity.chunks), keyEnds = new Int32Array(capacity.chunks), valueEnds = new Int32Array(capacity.chunks);
  let entries = 0;

  const hashOf = (units: Uint16Array, from: number, to: number): number => {
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ units[at]!, 0x01000193);
    return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  };

  const isKey = (entry: number, units: Uint16Array, from: number, to: number): boolean => {
    let key = keyEnds[entry - 1]!;
    if (keyEnds[entry]! - key !== to - from) return false;
    for (let at = from; at < to; at++) if (keys[key++] !== units[at]) return false;
    return true;
  };

  return {
    appendTo(into, units, from, to) {
      if (to - from > longest) return false;
      const hash = hashOf(units, from, to);
      for (let step = 0; step < places; step++) {
        const entry = slots[((hash >>> 8) + step) & mask]!;
        if (entry === 0) return false;
        if (hashes[entry] !== hash || !isKey(entry, units, from, to)) continue;
        for (let at = valueEnds[entry - 1]!, end = valueEnds[entry]!; at < end; at++) into.push(values[at]!);
        return true;
      }
      return false;
    },
    add(units, from, to, ids) {
      if (to - from > longest) return;
      const entry = entries + 1, key = keyEnds[entries]!, value = valueEnds[entries]!;
      if (entry === capacity.chunks || key + to - from > capacity.numbers || value + ids.length > capacity.numbers) {
        slots.fill(0);
        entries = 0;
        return;
      }
      const hash = hashOf(units, from, to);
      for (let step = 0; step < places; step++) {
        const slot = ((hash >>> 8) + step) & mask;
        if (slots[slot] !== 0) continue;
        slots[slot] = entries = entry;
        hashes[entry] = hash;
        keys.set(units.subarray(from, to), key);
        values.set(ids, value);
        keyEnds[entry] = key + to - from;
        valueEnds[entry] = value + ids.length;
        return;
      }
    },
  };
}
