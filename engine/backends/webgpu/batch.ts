import type { Counts } from "../../backend.ts";
import type { Binding } from "./bindGroups.ts";
import type { Block } from "./memory.ts";
import type { Step } from "./plan.ts";

/** Launches made outside a plan, gathered into one encoder and one pass until somebody waits for a result. */
export interface Batch {
  add(step: Step, bindings: readonly Binding[]): void;
  /** Whether a launch that is not submitted yet uses the block. */
  uses(block: Block): boolean;
  flush(): void;
  /** Copies a result after everything gathered so far, in the same submission. */
  copy(from: GPUBuffer, offset: number, to: GPUBuffer, bytes: number): void;
  /** Puts one step into a pass. */
  issue(pass: GPUComputePassEncoder, step: Step): void;
  /** One encoder, one pass, one submission for steps `from` to `to`. */
  submit(steps: readonly Step[], from: number, to: number): void;
}

/** `most` launches go into a submission, which cannot be cancelled once it is made. */
export function createBatch(device: GPUDevice, counts: Counts, most: number): Batch {
  let encoder: GPUCommandEncoder | null = null;
  let pass: GPUComputePassEncoder | null = null;
  let gathered = 0;
  const used = new Set<Block>();

  function issue(target: GPUComputePassEncoder, { pipeline, bindGroup, x, y }: Step): void {
    target.setPipeline(pipeline.gpu!);
    target.setBindGroup(0, bindGroup);
    target.dispatchWorkgroups(x, y);
    counts.launches++;
  }

  function flush(): void {
    if (!encoder) return;
    pass?.end();
    device.queue.submit([encoder.finish()]);
    counts.submits++;
    encoder = pass = null;
    gathered = 0;
    used.clear();
  }

  return {
    flush,
    issue,
    uses: (block) => used.has(block),
    add(step, bindings) {
      encoder ??= device.createCommandEncoder();
      pass ??= encoder.beginComputePass();
      issue(pass, step);
      for (const { block } of bindings) used.add(block);
      if (++gathered >= most) flush();
    },
    copy(from, offset, to, bytes) {
      encoder ??= device.createCommandEncoder();
      pass?.end();
      pass = null;
      encoder.copyBufferToBuffer(from, offset, to, 0, bytes);
      flush();
    },
    submit(steps, from, to) {
      const own = device.createCommandEncoder();
      const ownPass = own.beginComputePass();
      for (let i = from; i < to; i++) issue(ownPass, steps[i]!);
      ownPass.end();
      device.queue.submit([own.finish()]);
      counts.submits++;
    },
  };
}
