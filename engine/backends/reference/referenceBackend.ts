import type { Backend, Buffer, BufferOperand, Counts, LaunchRecord } from "../../backend.ts";
import type { Attributes, Dtype, Kernel, Numbers } from "../../kernel.ts";
import { launchOf, planOf, type Step } from "../replay.ts";

interface ReferenceBuffer extends Buffer {
  readonly values: Float64Array | Int32Array;
}

/**
 * The slow and exact backend: every f32 tensor is a Float64Array, every launch runs `kernel.reference`.
 * Tests hold the other backends to it, and worked numbers of the prose come from it.
 * Launches inside `capture` are remembered, not executed, as on every backend.
 */
export function createReferenceBackend(): Backend {
  const counts: Counts = { launches: 0, submits: 0, buffersCreated: 0, bindGroupsCreated: 0, pipelinesCreated: 0, bytesLive: 0 };
  const live = new Map<Buffer, "backend" | "plan">();
  let recording: Step[] | null = null;
  const own = (buffer: Buffer): ReferenceBuffer => buffer as ReferenceBuffer;
  const issue = (launch: LaunchRecord | null, run: () => void): void => {
    if (recording) recording.push({ launch, run });
    else {
      run();
      if (launch) counts.launches++;
    }
  };
  const release = (buffer: Buffer): void => {
    if (live.delete(buffer)) counts.bytesLive -= buffer.length * own(buffer).values.BYTES_PER_ELEMENT;
  };
  return {
    kind: "reference",
    counts,
    lost: new Promise(() => {}),
    allocate(length: number, dtype: Dtype) {
      const values = dtype === "i32" ? new Int32Array(length) : new Float64Array(length);
      const buffer: ReferenceBuffer = { dtype, length, values };
      live.set(buffer, recording ? "plan" : "backend");
      counts.buffersCreated++;
      counts.bytesLive += values.byteLength;
      return buffer;
    },
    free(buffer) {
      // The buffers of a plan live as long as the plan.
      if (live.get(buffer) === "backend") release(buffer);
    },
    slice(buffer, offset, length): ReferenceBuffer {
      if (offset < 0 || offset + length > buffer.length) {
        throw new RangeError(`slice: [${offset}, ${offset + length}) does not lie in a buffer of ${buffer.length}`);
      }
      return { dtype: buffer.dtype, length, values: own(buffer).values.subarray(offset, offset + length) };
    },
    write(buffer, values) {
      if (values.length !== buffer.length) throw new RangeError(`write: ${values.length} values into a buffer of ${buffer.length}`);
      const copy = recording ? Float64Array.from(values) : values;
      issue(null, () => own(buffer).values.set(copy));
    },
    read(buffer): Promise<Numbers> {
      if (recording) throw new Error("read: values do not exist yet inside a capture");
      return Promise.resolve(own(buffer).values.slice());
    },
    run<A extends Attributes>(kernel: Kernel<A>, inputs: readonly BufferOperand[], outputs: readonly BufferOperand[], attributes: A) {
      const launch = { inputs, outputs, attributes };
      const ins = inputs.map((x) => own(x.buffer).values), outs = outputs.map((x) => own(x.buffer).values);
      issue(launchOf(kernel, inputs, outputs, attributes), () => kernel.reference(ins, outs, launch));
    },
    capture(body) {
      if (recording) throw new Error("capture: a capture cannot be started inside another");
      const before = new Set(live.keys());
      const steps: Step[] = [];
      const releaseAll = (): void => [...live.keys()].filter((buffer) => !before.has(buffer)).forEach(release);
      recording = steps;
      try {
        body();
      } catch (error) {
        releaseAll();
        throw error;
      } finally {
        recording = null;
      }
      const owned = [...live.keys()].filter((buffer) => !before.has(buffer));
      return planOf(steps, counts, () => owned.forEach(release));
    },
    finish: () => Promise.resolve(),
    close() {
      live.clear();
      counts.bytesLive = 0;
    },
  };
}
