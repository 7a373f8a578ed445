import type { Binding } from "./bindGroups.ts";
import type { Block } from "./memory.ts";

/** Where in the device's uniform buffers the sizes of a launch lie. Equal sizes lie in one place, written once. */
export interface Uniforms {
  place(sizes: readonly number[]): Binding;
  close(): void;
}

/** WebGPU's default alignment of a uniform's offset; no launch has more than 64 sizes. */
const slotBytes = 256;
const slotsInBlock = 256;

/** @param createBlock makes a uniform buffer of so many bytes */
export function createUniforms(device: GPUDevice, createBlock: (bytes: number) => Block): Uniforms {
  const known = new Map<string, Binding>();
  const blocks: Block[] = [];
  return {
    place(sizes) {
      const key = sizes.join();
      let binding = known.get(key);
      if (!binding) {
        const slot = known.size % slotsInBlock;
        if (slot === 0) blocks.push(createBlock(slotBytes * slotsInBlock));
        const block = blocks.at(-1)!;
        binding = { block, offset: slot * slotBytes, size: 16 * Math.ceil(sizes.length / 4) };
        device.queue.writeBuffer(block.buffer, binding.offset, Uint32Array.from(sizes));
        known.set(key, binding);
      }
      return binding;
    },
    close() {
      for (const { buffer } of blocks) buffer.destroy();
    },
  };
}
