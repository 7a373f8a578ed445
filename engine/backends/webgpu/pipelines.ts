import type { BufferOperand, Counts } from "../../backend.ts";
import type { Attributes, Kernel, Operand } from "../../kernel.ts";
import { type Choices, createTrialBook, type Trial } from "./autotune.ts";
import { scoped } from "./device.ts";
import { type Variant, writeShader } from "./shader.ts";

/** A kernel made ready for one set of shapes and attributes. */
export interface Compiled {
  readonly name: string;
  readonly pipeline: Pipeline;
  /** Workgroups of the folded grid. */
  readonly x: number;
  readonly y: number;
  /** Contents of the uniform `sizes`, if the program has one. */
  readonly sizes: readonly number[] | null;
}

export interface Pipeline {
  /** Null until compiled. */
  gpu: GPUComputePipeline | null;
  /** What the compiler said against it. */
  fault: string | null;
  readonly name: string;
  readonly descriptor: GPUComputePipelineDescriptor;
  readonly layout: GPUBindGroupLayout;
  /** Number of inputs and outputs: pipelines with the same key share a layout and so their bind groups. */
  readonly layoutKey: string;
}

export interface PipelineCache {
  /** The variants that `prepare` takes from now on: by kernel name, or one for all. */
  choices: Choices | Variant;
  /** The largest launches so far of kernels of which there are several variants. */
  trials(): readonly Trial[];
  /** Finds or makes the program of a launch, without compiling it yet. Throws: Error when the kernel has no WGSL. */
  prepare<A extends Attributes>(
    kernel: Kernel<A>, inputs: readonly BufferOperand[], outputs: readonly BufferOperand[], attributes: A,
  ): Compiled;
  /** The compiled pipeline, compiled on the spot if it is not there yet. */
  ready(pipeline: Pipeline): GPUComputePipeline;
  /** Compiles in the background; rejects with the compiler's message. */
  compile(pipeline: Pipeline): Promise<void>;
}

/** WebGPU lets a grid have this many workgroups along one dimension. */
const maxWorkgroups = 65_535;
const maxStorageBuffers = 8;

/** Folds `workgroups` along x into a grid of x and y; x * y may exceed it, so kernels check their index. */
export function foldGrid(workgroups: number): [x: number, y: number] {
  const y = Math.max(1, Math.ceil(workgroups / maxWorkgroups));
  return [Math.ceil(workgroups / y), y];
}

/**
 * Pipelines by their text. Subtle: two caches on top of each other. The first maps what identifies a launch to its
 * program, so that the text is not written again; the second maps texts to pipelines, which launches of several shapes may share.
 */
export function createPipelineCache(device: GPUDevice, counts: Counts, report: (problem: Promise<string | null>) => void): PipelineCache {
  const launches = new WeakMap<object, Map<string, Compiled>>();
  const byCode = new Map<string, Pipeline>();
  const layouts = new Map<string, GPUBindGroupLayout>();

  function layoutFor(inputs: number, outputs: number, sized: boolean, key: string): GPUBindGroupLayout {
    let layout = layouts.get(key);
    if (!layout) {
      const entries = Array.from({ length: inputs + outputs }, (_, binding): GPUBindGroupLayoutEntry => ({
        binding,
        visibility: GPU_COMPUTE,
        buffer: { type: binding < inputs ? "read-only-storage" : "storage" },
      }));
      if (sized) entries.push({ binding: inputs + outputs, visibility: GPU_COMPUTE, buffer: { type: "uniform" } });
      layout = device.createBindGroupLayout({ entries });
      layouts.set(key, layout);
    }
    return layout;
  }

  function pipelineFor(name: string, code: string, inputs: number, outputs: number, sized: boolean): Pipeline {
    const known = byCode.get(code);
    if (known) return known;
    const layoutKey = `${inputs}/${outputs}${sized ? "s" : ""}`;
    const layout = layoutFor(inputs, outputs, sized, layoutKey);
    const [module, problem] = scoped(device, () => device.createShaderModule({ code, label: name }));
    report(problem.then((message) => (pipeline.fault ??= message && `webgpu: the shader of ${name} does not compile: ${message}`)));
    const descriptor: GPUComputePipelineDescriptor = {
      label: name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    };
    const pipeline: Pipeline = { gpu: null, fault: null, name, descriptor, layout, layoutKey };
    byCode.set(code, pipeline);
    return pipeline;
  }

  const book = createTrialBook();
  const cache: PipelineCache = {
    choices: "flat",
    trials: book.trials,
    prepare(kernel, inputs, outputs, attributes) {
      const { choices } = cache;
      const variant = typeof choices === "string" ? choices : (choices[kernel.name] ?? "flat");
      const key = variant + launchKey(inputs, outputs, attributes);
      let known = launches.get(kernel);
      if (!known) launches.set(kernel, (known = new Map()));
      let compiled = known.get(key);
      if (!compiled) {
        if (inputs.length + outputs.length > maxStorageBuffers) {
          throw new Error(`webgpu: ${kernel.name} needs more than ${maxStorageBuffers} buffers`);
        }
        const { program, code } = writeShader(kernel, { inputs, outputs, attributes }, variant);
        book.see(kernel as unknown as Kernel<never>, inputs, attributes);
        const [x, y] = foldGrid(program.workgroups);
        const sizes = program.sizes ? Object.values(program.sizes) : null;
        const pipeline = pipelineFor(kernel.name, code, inputs.length, outputs.length, sizes !== null);
        compiled = { name: kernel.name, pipeline, x, y, sizes };
        known.set(key, compiled);
      }
      return compiled;
    },
    ready(pipeline) {
      if (pipeline.fault) throw new Error(pipeline.fault);
      if (!pipeline.gpu) {
        const [gpu, problem] = scoped(device, () => device.createComputePipeline(pipeline.descriptor));
        report(problem.then((message) => (pipeline.fault ??= message && `webgpu: no pipeline for ${pipeline.name}: ${message}`)));
        pipeline.gpu = gpu;
        counts.pipelinesCreated++;
      }
      return pipeline.gpu;
    },
    async compile(pipeline) {
      if (pipeline.gpu) return;
      const gpu = await device.createComputePipelineAsync(pipeline.descriptor);
      if (pipeline.gpu) return;
      pipeline.gpu = gpu;
      counts.pipelinesCreated++;
    },
  };
  return cache;
}

/** GPUShaderStage.COMPUTE, written out because Node has no such global. */
const GPU_COMPUTE = 4;

function launchKey(inputs: readonly Operand[], outputs: readonly Operand[], attributes: Attributes): string {
  let key = "";
  for (const { shape, dtype } of inputs) key += `${dtype}${shape.join()};`;
  for (const { shape, dtype, accumulate } of outputs) key += `${dtype}${shape.join()}${accumulate ? "+" : "="};`;
  for (const name in attributes) key += `${name}:${String(attributes[name])};`;
  return key;
}
