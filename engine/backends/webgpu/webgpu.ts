import type { Backend, Buffer, Counts } from "../../backend.ts";
import type { Dtype, Kernel, Operand } from "../../kernel.ts";
import { type Choices, knownChoices, rememberChoices, type Trial, tune } from "./autotune.ts";
import { createBindGroups, refuseAliases } from "./bindGroups.ts";
import { createBatch } from "./batch.ts";
import { deadline } from "./deadline.ts";
import { openDevice, scoped } from "./device.ts";
import { watchDevice } from "./health.ts";
import { createPool } from "./memory.ts";
import { asStored, fromStored } from "./numbers.ts";
import { createPipelineCache } from "./pipelines.ts";
import type { Variant } from "./shader.ts";
import { createUniforms } from "./uniforms.ts";
import { createPlan, createPlanMemory, type PlanMemory, type Root, type Runner, type Step } from "./plan.ts";

/** When a plan ends, idle memory above this is given back to the system: the next figure may be of another size. */
const idleBytesKept = 64 * 2 ** 20;

/** GPUBufferUsage, written out because Node has no such global. */
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 };

export interface WebGpuOptions {
  /** `navigator.gpu`, or Dawn's in Node. */
  readonly gpu: GPU;
  /** Which variant of each kernel to prefer; absent: what is measured to be faster, and flat on software adapters. */
  readonly variant?: Variant;
  /** What `onTuned` told another time. */
  readonly tuned?: string | null;
  /** Takes the adapter's timestamps along, if it has them, so that plans are timed by the GPU's own clock. */
  readonly timestamps?: boolean;
  /** What to measure at once, before anything was used. */
  readonly trials?: readonly Trial[];
  /** Called when variants were measured, with all that is known of adapters as text. */
  readonly onTuned?: (text: string) => void;
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
  /** The variants that were measured, by kernel name. */
  readonly choices: Choices;
  /**
   * Measures the variants of the kernels that were used so far and are not measured yet; plans captured afterwards take the faster ones.
   * True where another variant than before is taken now. Does nothing on software adapters, and where the variant was given.
   */
  tune(): Promise<boolean>;
  readonly uncapturedErrors: number;
}

interface DeviceBuffer extends Buffer {
  readonly generation: number;
  readonly root: Root;
  /** Bytes from the start of the block. */
  readonly offset: number;
}

/** What `run` does instead of running: remember launches. */
type Recording = { readonly memory: PlanMemory; readonly steps: Step[] };

let generations = 0;

/**
 * A backend on a fresh device with default limits.
 * Throws: Error with one plain sentence when there is no adapter or no device.
 */
export async function createWebGpuBackend({ gpu, variant, tuned = null, onTuned, trials = [], timestamps = false, onUncapturedError }: WebGpuOptions): Promise<WebGpuBackend> {
  const { device, description, software, key, patience } = await openDevice(gpu, timestamps);
  const generation = ++generations;
  const counts: Counts = { launches: 0, submits: 0, buffersCreated: 0, bindGroupsCreated: 0, pipelinesCreated: 0, bytesLive: 0 };
  const health = watchDevice(device, patience, onUncapturedError);
  const { checkAlive, lost } = health;
  let recording: Recording | null = null;

  function createBuffer(size: number, use: GPUBufferUsageFlags): GPUBuffer {
    const [buffer, problem] = scoped(device, () => device.createBuffer({ size, usage: use }));
    health.report(problem.then((message) => message && `webgpu: no buffer of ${size} bytes: ${message}`));
    return buffer;
  }

  const pool = createPool(counts, createBuffer, usage.storage | usage.copySource | usage.copyTarget, device.limits);
  const staging = createPool(counts, createBuffer, usage.mapRead | usage.copyTarget, device.limits);
  const pipelines = createPipelineCache(device, counts, health.report);
  const bindGroups = createBindGroups(device, counts);
  let uniformBlocks = 0;
  const uniforms = createUniforms(device, (bytes) => {
    counts.buffersCreated++;
    return { id: --uniformBlocks, buffer: createBuffer(bytes, usage.uniform | usage.copyTarget), bytes };
  });
  const batch = createBatch(device, counts, software ? 32 : 256);
  /** Milliseconds of work under way, as far as plans know. */
  let expected = 0;
  let lastFinished = 0;

  /** Pipelines whose first work has come back. */
  let proven = 0;
  const settle = async <T>(promise: Promise<T>, what: string): Promise<T> => {
    const made = counts.pipelinesCreated;
    // A driver compiles when work first needs it: such work may take as long as compiling may.
    const result = await health.settle(promise, what, 10 * expected + (made > proven ? patience.compile : 0));
    proven = Math.max(proven, made);
    return result;
  };

  function own(buffer: Buffer): DeviceBuffer {
    const mine = buffer as DeviceBuffer;
    if (mine.generation !== generation) throw new Error("webgpu: a buffer of another device was used");
    if (!mine.root.live) throw new Error("webgpu: a buffer was used after it was freed");
    return mine;
  }

  const runner: Runner = {
    async compile(steps) {
      checkAlive();
      const wanted = new Set(steps.map(({ pipeline }) => pipeline));
      await deadline(Promise.all([...wanted].map((pipeline) => pipelines.compile(pipeline))), patience.compile, "compiling shaders");
    },
    compileNow(steps) {
      for (const { pipeline } of steps) pipelines.ready(pipeline);
    },
    submit(steps, from, to, estimate) {
      checkAlive();
      batch.flush();
      expected += estimate;
      const start = performance.now();
      batch.submit(steps, from, to);
      return device.queue.onSubmittedWorkDone().then(() => {
        expected -= estimate;
        // Work queued behind an earlier submission begins when that one ends.
        const begun = Math.max(start, lastFinished);
        lastFinished = performance.now();
        return lastFinished - begun;
      });
    },
    async timed(steps) {
      batch.flush();
      await settle(device.queue.onSubmittedWorkDone(), "the GPU's work");
      const { timeAlone, timeByQueries } = await import("./timedSteps.ts");
      const time = device.features.has("timestamp-query") ? timeByQueries : timeAlone;
      return time({ device, issue: batch.issue, settle: (promise) => settle(promise, "a timed launch") }, steps);
    },
    closed() {
      if (health.gone !== null) return;
      batch.flush();
      pool.trim(idleBytesKept);
    },
  };

  const blockOf = (root: Root) => root.block ?? root.memory!.place(root);

  const backend: WebGpuBackend = {
    kind: "webgpu",
    counts,
    generation,
    description,
    software,
    get choices() {
      return typeof pipelines.choices === "string" ? {} : pipelines.choices;
    },
    get uncapturedErrors() {
      return health.uncapturedErrors;
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
      if (health.gone !== null || theirs !== generation || !root.live) return;
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
      const data = asStored(values, dtype);
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
        return fromStored(target.buffer.getMappedRange(0, bytes).slice(0), dtype);
      } finally {
        if (health.gone === null) {
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
      const bindings = [...inputs, ...outputs].map(({ buffer }) => {
        const { root, offset, length } = buffer as DeviceBuffer;
        // A multiple of 16, so that a binding may be an array of vec4f; what lies behind the tensor is padding.
        return { block: blockOf(root), offset, size: Math.max(16, 16 * Math.ceil(length / 4)) };
      });
      refuseAliases(kernel.name, bindings, inputs.length);
      if (compiled.sizes) bindings.push(uniforms.place(compiled.sizes));
      const bindGroup = bindGroups.find(compiled.pipeline, bindings);
      const launch = { kernel: kernel as unknown as Kernel<never>, inputs: inputs.map(bare), outputs: outputs.map(bare), attributes };
      const step: Step = { ...compiled, bindGroup, launch };
      if (recording) {
        for (const { buffer } of outputs) recording.memory.changes((buffer as DeviceBuffer).root);
        recording.steps.push(step);
      } else {
        pipelines.ready(compiled.pipeline);
        batch.add(step, bindings);
      }
    },

    capture(body) {
      checkAlive();
      if (recording) throw new Error("webgpu: capture inside capture");
      const { steps, memory } = (recording = { memory: createPlanMemory(pool), steps: [] });
      try {
        body();
      } catch (error) {
        memory.close();
        throw error;
      } finally {
        recording = null;
      }
      return createPlan(steps, memory, runner);
    },

    async finish() {
      checkAlive();
      batch.flush();
      await settle(device.queue.onSubmittedWorkDone(), "the GPU's work");
    },

    tune: () => measure(pipelines.trials()),

    close() {
      health.close();
      pool.close();
      staging.close();
      uniforms.close();
      device.destroy();
    },
  };

  /** An operand without its buffer, which a record would keep alive. */
  function bare({ shape, size, dtype, accumulate }: Operand): Operand {
    return { shape, size, dtype, accumulate };
  }

  function make(root: Root, offset: number, length: number, dtype: Dtype): DeviceBuffer {
    return { generation, root, offset, length, dtype };
  }

  async function measure(trials: readonly Trial[]): Promise<boolean> {
    const { choices } = backend;
    const missing = trials.filter(({ kernel }) => choices[kernel.name] === undefined);
    if (variant || software || missing.length === 0) return false;
    const found = await tune(backend, (some) => { pipelines.choices = some; }, missing);
    onTuned?.(rememberChoices(key, found, tuned));
    pipelines.choices = { ...choices, ...found };
    return Object.values(found).some((each) => each !== "flat");
  }

  pipelines.choices = variant ?? (software ? {} : knownChoices(key, tuned));
  await measure(trials);
  return backend;
}
