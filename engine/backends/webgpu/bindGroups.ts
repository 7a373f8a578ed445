import type { Counts } from "../../backend.ts";
import type { Block } from "./memory.ts";
import type { Pipeline } from "./pipelines.ts";

export interface Binding {
  readonly block: Block;
  readonly offset: number;
  readonly size: number;
}

export interface BindGroups {
  find(pipeline: Pipeline, bindings: readonly Binding[]): GPUBindGroup;
}

/** Bind groups are small, but a page that lives for hours meets many. */
const most = 8_192;

/**
 * Bind groups by what they bind. Code run eagerly in a loop takes the same blocks from the pool in the same order,
 * and so finds its bind groups here.
 */
export function createBindGroups(device: GPUDevice, counts: Counts): BindGroups {
  const known = new Map<string, GPUBindGroup>();
  return {
    find({ layout, layoutKey }, bindings) {
      let key = layoutKey;
      for (const { block, offset, size } of bindings) key += `;${block.id},${offset},${size}`;
      let group = known.get(key);
      if (!group) {
        const entries = bindings.map(({ block, offset, size }, binding) => ({ binding, resource: { buffer: block.buffer, offset, size } }));
        group = device.createBindGroup({ layout, entries });
        counts.bindGroupsCreated++;
        if (known.size >= most) known.clear();
        known.set(key, group);
      }
      return group;
    },
  };
}

/** WebGPU refuses a launch that reads and writes one buffer, even in different places; say so before the device does. */
export function refuseAliases(name: string, bindings: readonly Binding[], inputs: number): void {
  for (let o = inputs; o < bindings.length; o++) {
    const output = bindings[o]!;
    for (let i = 0; i < o; i++) {
      const other = bindings[i]!;
      if (other.block !== output.block) continue;
      if (i < inputs) throw new Error(`webgpu: ${name} reads input ${i} from the buffer that it writes output ${o - inputs} to`);
      if (other.offset < output.offset + output.size && output.offset < other.offset + other.size) {
        throw new Error(`webgpu: ${name} writes outputs ${i - inputs} and ${o - inputs} to the same place`);
      }
    }
  }
}
