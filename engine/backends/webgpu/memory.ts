import type { Counts } from "../../backend.ts";

/** A piece of GPU memory; its size is a size class, so that it can serve many tensors one after the other. */
export interface Block {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export interface Pool {
  acquire(bytes: number): Block;
  release(block: Block): void;
  /** Bytes of the block that `acquire(bytes)` gives. */
  sizeClass(bytes: number): number;
  /** Destroys idle blocks, largest first, until at most `bytes` of them are left. No launch that is still to be submitted may use one. */
  trim(bytes: number): void;
  close(): void;
}

/** A tensor is too large for this backend, whatever is tried again; the CPU takes it. Told by its name where this module is not loaded. */
class DoesNotFit extends RangeError {
  override readonly name = "DoesNotFit";
}

/** The default limits: of one binding, and so of one tensor, and of a buffer. A device may have less; more is never asked for. */
const defaults = { maxStorageBufferBindingSize: 128 * 1024 * 1024, maxBufferSize: 256 * 1024 * 1024 };

/** The smallest size of the series 256, 384, 512, 768, 1024, 1536 … that holds `bytes`: at most half of a block is unused. */
export function sizeClass(bytes: number): number {
  let size = 256;
  while (size < bytes) size *= 2;
  const between = (size / 4) * 3;
  return size > 256 && between >= bytes ? between : size;
}

/** The largest size class of at most `bytes`. */
function largestClass(bytes: number): number {
  let size = 256;
  while (sizeClass(size + 1) <= bytes) size = sizeClass(size + 1);
  return size;
}

/**
 * Puts a free block where the one with the smallest number comes first (at the end of the list): a loop that frees what it
 * takes then meets the same blocks in the same order, and so its old bind groups.
 */
export function shelve(idle: Map<number, Block[]>, block: Block): void {
  const list = idle.get(block.bytes);
  if (!list) {
    idle.set(block.bytes, [block]);
    return;
  }
  let at = list.length;
  while (at > 0 && list[at - 1]!.id < block.id) at--;
  list.splice(at, 0, block);
}

/**
 * Blocks by size class. A released block waits for the next tensor of its class and is destroyed only by `trim` or with the pool:
 * creating and destroying buffers in a loop leaks GPU memory in browsers.
 */
export function createPool(
  counts: Counts, createBuffer: (bytes: number, usage: GPUBufferUsageFlags) => GPUBuffer, usage: GPUBufferUsageFlags,
  limits: Pick<GPUSupportedLimits, keyof typeof defaults> = defaults,
): Pool {
  const most = Math.min(defaults.maxStorageBufferBindingSize, limits.maxStorageBufferBindingSize, largestClass(limits.maxBufferSize));
  const idle = new Map<number, Block[]>();
  const all = new Set<Block>();
  let nextId = 0;
  return {
    sizeClass,
    acquire(bytes) {
      if (bytes > most) throw new DoesNotFit(`webgpu: a tensor of ${bytes} bytes is larger than the ${most} that one binding may hold`);
      const size = sizeClass(bytes);
      let block = idle.get(size)?.pop();
      if (!block) {
        counts.buffersCreated++;
        block = { id: nextId++, buffer: createBuffer(size, usage), bytes: size };
        all.add(block);
      }
      counts.bytesLive += size;
      return block;
    },
    release(block) {
      counts.bytesLive -= block.bytes;
      shelve(idle, block);
    },
    trim(bytes) {
      let left = 0;
      for (const [size, blocks] of [...idle].sort(([a], [b]) => a - b)) {
        const kept = Math.min(blocks.length, Math.floor(Math.max(0, bytes - left) / size));
        for (const block of blocks.splice(0, blocks.length - kept)) {
          all.delete(block);
          block.buffer.destroy();
        }
        left += kept * size;
      }
    },
    close() {
      for (const { buffer } of all) buffer.destroy();
      idle.clear();
      counts.bytesLive = 0;
    },
  };
}
