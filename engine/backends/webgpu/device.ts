import { type Adapter, describeAdapter, patience as usual, type Patience, requestAdapter } from "./adapter.ts";
import { deadline } from "./deadline.ts";

/** What the rest of the backend needs to know of the GPU it got. */
export interface OpenDevice extends Adapter {
  readonly device: GPUDevice;
  readonly patience: Patience;
}

/** A software adapter shares the processor with everything else: what takes a GPU 2 s may take it this many times longer. */
const softwarePatience = 15;

/**
 * Asks for a fresh adapter and a device with default limits and no optional feature.
 * A second device from one adapter is refused by some browsers, so an adapter is never kept.
 * Throws: Error with one plain sentence when there is no adapter or no device.
 */
export async function openDevice(gpu: GPU, timestamps = false): Promise<OpenDevice> {
  const adapter = await requestAdapter(gpu);
  if (!adapter) throw new Error("webgpu: this browser offers no GPU adapter");
  const described = describeAdapter(adapter);
  const factor = described.software ? softwarePatience : 1;
  const patience: Patience = { interactive: usual.interactive * factor, compile: usual.compile * factor };
  const descriptor: GPUDeviceDescriptor = timestamps && adapter.features.has("timestamp-query") ? { requiredFeatures: ["timestamp-query"] } : {};
  const device = await deadline(adapter.requestDevice(descriptor), patience.compile, "requestDevice");
  return { device, ...described, patience };
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
