import { deadline } from "./deadline.ts";

/** Milliseconds that a promise of the GPU may take: `interactive` for reads and waits, `compile` for adapters, devices and pipelines. */
export interface Patience {
  readonly interactive: number;
  readonly compile: number;
}

/** What the rest of the backend needs to know of the GPU it got. */
export interface OpenDevice {
  readonly device: GPUDevice;
  /** "vendor architecture", for the status panel. */
  readonly description: string;
  /** True where the adapter is computed in software, and so slower than the CPU backend. */
  readonly software: boolean;
  readonly patience: Patience;
}

/** A software adapter shares the processor with everything else: what takes a GPU 2 s may take it this many times longer. */
const softwarePatience = 15;

/**
 * Asks for a fresh adapter and a device with default limits and no optional feature.
 * A second device from one adapter is refused by some browsers, so an adapter is never kept.
 * Throws: Error with one plain sentence when there is no adapter or no device.
 */
export async function openDevice(gpu: GPU): Promise<OpenDevice> {
  const base: Patience = { interactive: 2_000, compile: 10_000 };
  const adapter = await deadline(gpu.requestAdapter(), base.compile, "requestAdapter");
  if (!adapter) throw new Error("webgpu: this browser offers no GPU adapter");
  // Browsers older than `adapter.info` say nothing of themselves.
  const info: Partial<GPUAdapterInfo> = adapter.info ?? {};
  const named = /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${info.architecture} ${info.description}`);
  const software = info.isFallbackAdapter === true || named;
  const factor = software ? softwarePatience : 1;
  const patience: Patience = { interactive: base.interactive * factor, compile: base.compile * factor };
  const device = await deadline(adapter.requestDevice(), patience.compile, "requestDevice");
  const description = [info.vendor, info.architecture].filter(Boolean).join(" ") || "unnamed GPU";
  return { device, description, software, patience };
}

/**
 * Runs `create` inside error scopes. The promise resolves with what went wrong, or null; it never rejects.
 * Subtle: scopes nest by order of calls, so `create` must be synchronous.
 */
export function scoped<T>(device: GPUDevice, create: () => T): [made: T, problem: Promise<string | null>] {
  const filters: GPUErrorFilter[] = ["out-of-memory", "internal", "validation"];
  for (const filter of filters) device.pushErrorScope(filter);
  const made = create();
  const errors = filters.map(() => device.popErrorScope().catch(() => null));
  return [made, Promise.all(errors).then((found) => found.find((error) => error !== null)?.message ?? null)];
}
