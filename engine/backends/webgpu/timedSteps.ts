import type { Timing } from "../../backend.ts";
import type { Step } from "./plan.ts";

/** GPUBufferUsage and GPUMapMode, written out because Node has no such globals. */
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, queryResolve: 512 };
const readMode = 1;

/** How a single step is put on a device. */
interface Issuer {
  readonly device: GPUDevice;
  issue(pass: GPUComputePassEncoder, step: Step): void;
  /** Waits for a promise of the GPU as long as is right. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

/** Every step in a pass of its own between two timestamps, all in one submission. A driver that gives the same time twice gives 0. */
export async function timeByQueries({ device, issue, settle }: Issuer, steps: readonly Step[]): Promise<Timing> {
  const milliseconds: number[] = [];
  // A query set holds 4,096 timestamps.
  for (let from = 0; from < steps.length; from += 2_048) {
    const part = steps.slice(from, from + 2_048), count = 2 * part.length;
    const querySet = device.createQuerySet({ type: "timestamp", count });
    const resolved = device.createBuffer({ size: 8 * count, usage: usage.queryResolve | usage.copySource });
    const read = device.createBuffer({ size: 8 * count, usage: usage.copyTarget | usage.mapRead });
    try {
      const encoder = device.createCommandEncoder();
      part.forEach((step, i) => {
        const pass = encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 } });
        issue(pass, step);
        pass.end();
      });
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, read, 0, 8 * count);
      device.queue.submit([encoder.finish()]);
      await settle(read.mapAsync(readMode));
      const times = new BigInt64Array(read.getMappedRange().slice(0));
      for (let i = 0; i < part.length; i++) milliseconds.push(Math.max(0, Number(times[2 * i + 1]! - times[2 * i]!) / 1e6));
    } finally {
      querySet.destroy();
      resolved.destroy();
      read.destroy();
    }
  }
  return { clock: "timestamps", milliseconds };
}

/** Every step submitted alone and waited for: what a submission costs by itself is in each of the times. */
export async function timeAlone({ device, issue, settle }: Issuer, steps: readonly Step[]): Promise<Timing> {
  const milliseconds: number[] = [];
  for (const step of steps) {
    const start = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    issue(pass, step);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await settle(device.queue.onSubmittedWorkDone());
    milliseconds.push(performance.now() - start);
  }
  return { clock: "each alone", milliseconds };
}
