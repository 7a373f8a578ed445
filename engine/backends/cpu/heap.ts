/** Bytes that grow. Views of `buffer` are made at use: growing detaches the old ones. */
export interface Bytes {
  readonly buffer: ArrayBuffer;
  /** Makes the buffer at least this long. Throws: RangeError when the machine has no more memory. */
  grow(byteLength: number): void;
}

/** Blocks of memory by address. Addresses are multiples of 64 bytes, a cache line. */
export interface Heap {
  /** Returns the address of a block of at least `byteLength` bytes. */
  take(byteLength: number): number;
  /** Takes a block back. `byteLength` must be what it was asked for. */
  give(pointer: number, byteLength: number): void;
  /** Bytes that `take` really reserves for a request. */
  blockSize(byteLength: number): number;
}

const pageSize = 65_536;

/** The most that one WebAssembly memory holds here: addresses stay below 2³¹, so they are positive i32 numbers. */
export const maximumPages = 32_767;

export function wasmBytes(memory: WebAssembly.Memory): Bytes {
  return {
    get buffer() { return memory.buffer as ArrayBuffer; },
    grow(byteLength) {
      const missing = Math.ceil((byteLength - memory.buffer.byteLength) / pageSize);
      if (missing <= 0) return;
      const pages = memory.buffer.byteLength / pageSize;
      // Growing copies on some machines: ask for a quarter more than needed, and for less if that is refused.
      const generous = Math.min(maximumPages - pages, missing + Math.ceil(pages / 4));
      for (const asked of [Math.max(generous, missing), missing]) {
        try {
          memory.grow(asked);
          return;
        } catch { /* refused: try the smaller one */ }
      }
      throw new RangeError(`cpu: no memory for ${byteLength} bytes, ${memory.buffer.byteLength} are in use`);
    },
  };
}

/** The same without WebAssembly, for browsers that lack it. */
export function plainBytes(): Bytes {
  let buffer = new ArrayBuffer(16 * pageSize);
  return {
    get buffer() { return buffer; },
    grow(byteLength) {
      if (byteLength <= buffer.byteLength) return;
      const bigger = new ArrayBuffer(Math.max(byteLength, buffer.byteLength * 1.5));
      new Uint8Array(bigger).set(new Uint8Array(buffer));
      buffer = bigger;
    },
  };
}

/** Four block sizes an octave, so a block is at most a quarter larger than asked for; 256 bytes at least. */
function blockSize(byteLength: number): number {
  if (byteLength <= 256) return 256;
  const step = 2 ** (Math.floor(Math.log2(byteLength - 1)) - 2);
  return Math.ceil(byteLength / step) * step;
}

/**
 * A heap with one free list a block size: what was given back is taken again by the next request of the same size.
 * Training asks for the same sizes every step, so nothing cleverer is needed.
 */
export function createHeap(bytes: Bytes, start: number): Heap {
  const freeBlocks = new Map<number, number[]>();
  let end = Math.ceil(start / 64) * 64;
  return {
    blockSize,
    take(byteLength) {
      const size = blockSize(byteLength);
      const known = freeBlocks.get(size)?.pop();
      if (known !== undefined) return known;
      bytes.grow(end + size);
      const pointer = end;
      end += size;
      return pointer;
    },
    give: (pointer, byteLength) => giveTo(freeBlocks, blockSize(byteLength), pointer),
  };
}

/** A heap of blocks that all go back to `parent` at once: the memory of a plan. */
export function createPool(parent: Heap): Heap & { close(): void; readonly byteLength: number } {
  const freeBlocks = new Map<number, number[]>();
  const owned: (readonly [pointer: number, size: number])[] = [];
  let byteLength = 0;
  return {
    blockSize,
    get byteLength() { return byteLength; },
    take(bytesAsked) {
      const size = blockSize(bytesAsked);
      const known = freeBlocks.get(size)?.pop();
      if (known !== undefined) return known;
      const pointer = parent.take(size);
      owned.push([pointer, size]);
      byteLength += size;
      return pointer;
    },
    give: (pointer, bytesGiven) => giveTo(freeBlocks, blockSize(bytesGiven), pointer),
    close() {
      for (const [pointer, size] of owned.splice(0)) parent.give(pointer, size);
      byteLength = 0;
    },
  };
}

function giveTo(freeBlocks: Map<number, number[]>, size: number, pointer: number): void {
  const list = freeBlocks.get(size);
  if (list) list.push(pointer);
  else freeBlocks.set(size, [pointer]);
}
