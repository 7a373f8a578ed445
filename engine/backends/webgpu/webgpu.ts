import type { Backend, Buffer, BufferOperand, Counts } from "../../backend.ts";
import type { Dtype, Numbers } from "../../kernel.ts";
import { fasterVariant } from "./autotune.ts";
import { createBindGroups } from "./bindGroups.ts";
import { createBatch } from "./batch.ts";
import { deadline, DeadlineError } from "./deadline.ts";
import { openDevice, scoped } from "./device.ts";
import { createPool } from "./memory.ts";
import { createPipelineCache, type Pipeline, type Variant } from "./pipelines.ts";
import { createPlan, createPlanMemory, type PlanMemory, type Root, type Step } from "./plan.ts";

/** When a plan ends, idle memory above this is given back to the system: the next figure may be of another size. */
const idleBytesKept = 64 * 2 ** 20;

/** GPUBufferUsage, written out because Node has no such global. */
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, storage: 128 };

export interface WebGpuOptions {
  /** `navigator.gpu`, or Dawn's in Node. */
  readonly gpu: GPU;
  /** Which variant of each kernel to prefer; absent: what is measured to be faster, and flat on software adapters. */
  readonly variant?: Variant;
  /** Called for every error that no scope caught. */
  readonly onUncapturedError?: (message: string) => void;
}

export interface WebGpuBackend extends Backend {
  readonly kind: "webgpu";
  /** Counts devices: everything that belongs to an older one is refused. */
  readonly generation: number;
  /** "vendor architecture". */
  readonly description: string;
  /** True where the adapter is computed in software, and so slower than the CPU backend. */
  readonly software: boolean;
  readonly variant: Variant;
  readonly uncapturedErrors: number;
  /** Compiles every pipeline that `body` would use, in parallel and in the background. Nothing of `body` is computed. */
  warm(body: () => void): Promise<void>;
}

interface DeviceBuffer extends Buffer {
  readonly generation: number;
  readonly root: Root;
  /** Bytes from the start of the block. */
  readonly offset: number;
}

/** What `run` does instead of running: remember launches, or only the pipelines they need. */
type Recording = { readonly memory: PlanMemory; readonly steps: Step[] | null; readonly pipelines: Set<Pipeline> };

let generations = 0;

/**
 * A backend on a fresh device with default limits.
 * Throws: Error with one plain sentence when there is no adapter or no device.
 */
export async function createWebGpuBackend({ gpu, variant, onUncapturedError }: WebGpuOptions): Promise<WebGpuBackend> {
  const { device, description, software, patience } = await openDevice(gpu);
  const generation = ++generations;
  const counts: Counts = { launches: 0, submits: 0, buffersCreated: 0, bindGroupsCreated: 0, pipelinesCreated: 0, bytesLive: 0 };
  let uncapturedErrors = 0;
  let gone: string | null = null;
  let failure: string | null = null;
  let tellLost: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (tellLost = resolve));
  const problems = new Set<Promise<unknown>>();
  let recording: Recording | null = null;

  function die(reason: string): void {
    if (gone !== null) return;
    gone = reason;
    tellLost(reason);
  }

  /** Remembers a check that is still under way; reads wait for it and tell its outcome. */
  function report(problem: Promise<string | null>): void {
    const noted = problem.then((message) => {
      failure ??= message;
      problems.delete(noted);
    });
    problems.add(noted);
  }

  function checkAlive(): void {
    if (gone !== null) throw new Error(`webgpu: the device was lost: ${gone}`);
  }

  /** Tells a failure once: the figure that meets it ends, others on the same device go on. */
  function tellFailure(): void {
    const told = failure;
    failure = null;
    if (told !== null) throw new Error(told);
  }

  void device.lost.then(({ message, reason }) => die(message || reason || "no reason given"));
  device.onuncapturederror = ({ error }) => {
    uncapturedErrors++;
    onUncapturedError?.(error.message);
  };

  function createBuffer(size: number, use: GPUBufferUsageFlags): GPUBuffer {
    const [buffer, problem] = scoped(device, () => device.createBuffer({ size, usage: use }));
    report(problem.then((message) => message && `webgpu: no buffer of ${size} bytes: ${message}`));
    return buffer;
  }

  const pool = createPool(counts, createBuffer, usage.storage | usage.copySource | usage.copyTarget);
  const staging = createPool(counts, createBuffer, usage.mapRead | usage.copyTarget);
  const pipelines = createPipelineCache(device, counts, report);
  const bindGroups = createBindGroups(device, counts);
  const batch = createBatch(device, counts, software ? 32 : 256);
  /** Milliseconds of work under way, as far as plans know. */
  let expected = 0;
  let lastFinished = 0;

  /** Waits for the GPU with a clock; a promise that stays pending means a hung device, which is as good as lost. */
  async function settle<T>(promise: Promise<T>, what: string): Promise<T> {
    try {
      const result = await deadline(promise, patience.interactive + 10 * expected, what);
      await Promise.all(problems);
      checkAlive();
      tellFailure();
      return result;
    } catch (error) {
      if (error instanceof DeadlineError) die(error.message);
      checkAlive();
      tellFailure();
      throw error;
    }
  }

  function own(buffer: Buffer): DeviceBuffer {
    const mine = buffer as DeviceBuffer;
    if (mine.generation !== generation) throw new Error("webgpu: a buffer of another device was used");
    if (!mine.root.live) throw new Error("webgpu: a buffer was used after it was freed");
    return mine;
  }

  const blockOf = (root: Root) => root.block ?? root.memory!.place(root);

  function record<T>(body: () => void, memory: PlanMemory, steps: Step[] | null, finish: (made: Recording) => T): T {
    checkAlive();
    if (recording) throw new Error("webgpu: capture inside capture");
    const made: Recording = { memory, steps, pipelines: new Set() };
    recording = made;
    try {
      body();
    } catch (error) {
      memory.close();
      throw error;
    } finally {
      recording = null;
    }
    return finish(made);
  }

  const backend: WebGpuBackend = {
    kind: "webgpu",
    counts,
    generation,
    description,
    software,
    get variant() {
      return pipelines.variant;
    },
    get uncapturedErrors() {
      return uncapturedErrors;
    },
    lost,

    allocate(length, dtype) {
      checkAlive();
      const memory = recording?.memory ?? null;
      const bytes = 4 * length;
      const root: Root = { block: memory ? null : pool.acquire(bytes), live: true, bytes, memory, pinned: false };
      memory?.adopt(root);
      return make(root, 0, length, dtype);
    },

    free(buffer) {
      const { root, generation: theirs } = buffer as DeviceBuffer;
      if (gone !== null || theirs !== generation || !root.live) return;
      // A tensor that a plan hands out may be freed after the capture; later replays still write to its block.
      if (root.memory && root.memory !== recording?.memory) return;
      if (!root.memory && recording) throw new Error("webgpu: a buffer made before a capture cannot be freed inside it");
      root.live = false;
      if (root.memory) root.memory.free(root);
      else pool.release(root.block!);
    },

    slice(buffer, offset, length) {
      const { root, offset: start, dtype } = own(buffer);
      if (offset % 64 !== 0) throw new Error(`webgpu: slice at element ${offset}, which is not a multiple of 64`);
      if (offset < 0 || length < 0 || offset + length > buffer.length) {
        throw new Error(`webgpu: slice of ${length} elements at ${offset} does not fit into ${buffer.length}`);
      }
      return make(root, start + 4 * offset, length, dtype);
    },

    write(buffer, values) {
      checkAlive();
      const { root, offset, length, dtype } = own(buffer);
      if (values.length > length) throw new Error(`webgpu: write of ${values.length} values into a buffer of ${length}`);
      if (recording && !recording.steps) return;
      const data = asDtype(values, dtype);
      if (recording && root.memory === recording.memory) {
        if (root.block && !root.pinned) throw new Error("webgpu: write inside capture to a buffer that launches have used");
        const copy = data.slice();
        root.memory.pin(root, () => device.queue.writeBuffer(root.block!.buffer, offset, copy));
      }
      const block = blockOf(root);
      if (batch.uses(block)) batch.flush();
      device.queue.writeBuffer(block.buffer, offset, data);
    },

    async read(buffer) {
      checkAlive();
      if (recording) throw new Error("webgpu: read inside capture");
      const { root, offset, length, dtype } = own(buffer);
      const bytes = 4 * length;
      const target = staging.acquire(bytes);
      batch.copy(blockOf(root).buffer, offset, target.buffer, bytes);
      try {
        await settle(target.buffer.mapAsync(usage.mapRead, 0, target.bytes), "a read");
        return numbers(target.buffer.getMappedRange(0, bytes).slice(0), dtype);
      } finally {
        if (gone === null) {
          target.buffer.unmap();
          staging.release(target);
        }
      }
    },

    run(kernel, inputs, outputs, attributes) {
      checkAlive();
      for (const operand of inputs) own(operand.buffer);
      for (const operand of outputs) own(operand.buffer);
      const compiled = pipelines.prepare(kernel, inputs, outputs, attributes);
      if (recording && !recording.steps) {
        recording.pipelines.add(compiled.pipeline);
        return;
      }
      const bindings = [...inputs, ...outputs].map(({ buffer }) => {
        const { root, offset, length } = buffer as DeviceBuffer;
        // A multiple of 16, so that a binding may be an array of vec4f; what lies behind the tensor is padding.
        return { block: blockOf(root), offset, size: Math.max(16, 16 * Math.ceil(length / 4)) };
      });
      refuseAliases(kernel.name, bindings, inputs.length);
      pipelines.ready(compiled.pipeline);
      const bindGroup = bindGroups.find(compiled.pipeline, bindings);
      const step: Step = { ...compiled, bindGroup };
      if (recording) {
        for (const { buffer } of outputs) recording.memory.changes((buffer as DeviceBuffer).root);
        recording.steps!.push(step);
      } else batch.add(step, bindings);
    },

    capture(body) {
      return record(body, createPlanMemory(pool), [], ({ steps, memory }) => {
        return createPlan(steps!, memory, {
          closed() {
            if (gone !== null) return;
            batch.flush();
            pool.trim(idleBytesKept);
          },
          submit(all, from, to, estimate) {
            checkAlive();
            batch.flush();
            expected += estimate;
            const start = performance.now();
            batch.submit(all, from, to);
            return device.queue.onSubmittedWorkDone().then(() => {
              expected -= estimate;
              // Work queued behind an earlier submission begins when that one ends.
              const begun = Math.max(start, lastFinished);
              lastFinished = performance.now();
              return lastFinished - begun;
            });
          },
        });
      });
    },

    async warm(body) {
      const wanted = record(body, createPlanMemory(pool), null, (made) => {
        made.memory.close();
        return [...made.pipelines];
      });
      const compiling = Promise.all(wanted.map((pipeline) => pipelines.compile(pipeline)));
      await deadline(compiling, patience.compile, "compiling shaders");
    },

    async finish() {
      checkAlive();
      batch.flush();
      await settle(device.queue.onSubmittedWorkDone(), "the GPU's work");
    },

    close() {
      // Subtle: `gone` is set without telling `lost`, on which owners hang their recovery: this end was wanted.
      gone ??= "it was closed";
      pool.close();
      staging.close();
      device.destroy();
    },
  };

  function make(root: Root, offset: number, length: number, dtype: Dtype): DeviceBuffer {
    return { generation, root, offset, length, dtype };
  }

  const use = (wanted: Variant): void => void (pipelines.variant = wanted);
  if (variant) use(variant);
  else if (!software) await fasterVariant(backend, use);
  return backend;
}

/** WebGPU refuses a launch that reads and writes one buffer, even in different places; say so before the device does. */
function refuseAliases(name: string, bindings: readonly { block: object; offset: number; size: number }[], inputs: number): void {
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

function asDtype(values: ArrayLike<number>, dtype: Dtype): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (dtype === "f32") return values instanceof Float32Array && values.buffer instanceof ArrayBuffer ? (values as Float32Array<ArrayBuffer>) : new Float32Array(values);
  return values instanceof Int32Array && values.buffer instanceof ArrayBuffer ? (values as Int32Array<ArrayBuffer>) : new Int32Array(values);
}

function numbers(bytes: ArrayBuffer, dtype: Dtype): Numbers {
  return dtype === "f32" ? new Float32Array(bytes) : new Int32Array(bytes);
}
