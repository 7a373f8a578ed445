import { deadline } from "./deadline.ts";

/** Milliseconds that a promise of the GPU may take: `interactive` for reads and waits, `compile` for adapters, devices and pipelines. */
export interface Patience {
  readonly interactive: number;
  readonly compile: number;
}

export const patience: Patience = { interactive: 2_000, compile: 10_000 };

/** What an adapter says of itself. */
export interface Adapter {
  /** "vendor architecture", for the status panel. */
  readonly description: string;
  /** True where the adapter is computed in software, and so slower than the CPU backend. */
  readonly software: boolean;
  /** All that tells one adapter from another: what was measured on one holds for those with the same key. */
  readonly key: string;
}

/** Reads what an adapter says of itself. Browsers older than `adapter.info` say nothing. */
export function describeAdapter(adapter: GPUAdapter): Adapter {
  const { vendor = "", architecture = "", device = "", description = "", isFallbackAdapter }: Partial<GPUAdapterInfo> = adapter.info ?? {};
  const named = /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${description}`);
  return {
    description: [vendor, architecture].filter(Boolean).join(" ") || "unnamed GPU",
    software: isFallbackAdapter === true || named,
    key: [vendor, architecture, device, description].join("|"),
  };
}

/**
 * Asks for a fresh adapter; null where the browser gives none.
 * Throws: DeadlineError where it does not answer.
 */
export function requestAdapter(gpu: GPU): Promise<GPUAdapter | null> {
  return deadline(gpu.requestAdapter(), patience.compile, "requestAdapter");
}

/** What adapter there would be: asked for, read, and let go. */
export async function surveyAdapter(gpu: GPU): Promise<Adapter | null> {
  const adapter = await requestAdapter(gpu);
  return adapter && describeAdapter(adapter);
}
