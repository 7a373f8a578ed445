import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A GPU for tests outside the browser, or why there is none. */
export type NodeGpu = { readonly gpu: GPU; readonly reason: null } | { readonly gpu: null; readonly reason: string };

/** Set-up unpacks the software Vulkan driver and its loader here. */
const chromiumFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "node_modules", ".cache", "glassbox", "chromium");

/** dlopen flag that keeps a library loaded although Node finds no addon in it; glibc's value, which Node does not export. */
const RTLD_NODELETE = 0x1000;

let found: Promise<NodeGpu> | null = null;

/**
 * Dawn, the WebGPU of Chromium, in Node, on this machine's graphics card where it has a Vulkan driver, else on the packaged software
 * driver; VK_ICD_FILENAMES, as the tests set it, names the only driver.
 * Resolves with `gpu: null` and a reason where no adapter is to be had.
 */
export function nodeGpu(): Promise<NodeGpu> {
  return (found ??= findGpu());
}

async function findGpu(): Promise<NodeGpu> {
  if (process.platform === "linux") offerSoftwareVulkan();
  try {
    const { create } = await import("webgpu");
    const gpu = create([]);
    return (await gpu.requestAdapter()) ? { gpu, reason: null } : { gpu: null, reason: "Dawn finds no adapter" };
  } catch (error) {
    return { gpu: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Dawn loads the system's Vulkan loader by its bare name. Subtle: a library that is already in the process satisfies that name,
 * so loading the packaged one first makes LD_LIBRARY_PATH, which is read only when a process starts, unnecessary.
 */
function offerSoftwareVulkan(): void {
  const driver = join(chromiumFolder, "vk_swiftshader_icd.json");
  const loader = join(chromiumFolder, "libvulkan.so.1");
  if (process.env.VK_ICD_FILENAMES || !existsSync(driver) || !existsSync(loader)) return;
  // Added to what the system has: Dawn puts adapters computed on the processor last.
  process.env.VK_ADD_DRIVER_FILES ??= driver;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | RTLD_NODELETE);
  } catch {
    // Always thrown: the loader is no addon. It stays loaded all the same.
  }
}

/**
 * The GPU for a test file, or null after saying why the tests are skipped.
 * Throws: Error when CI=true and there is none, for a skipped test must not look like a passed one there.
 */
export async function gpuForTests(): Promise<GPU | null> {
  const { gpu, reason } = await nodeGpu();
  if (gpu) return gpu;
  if (process.env.CI === "true") throw new Error(`no WebGPU in CI: ${reason}`);
  console.warn(`skipped: no WebGPU in Node (${reason})`);
  return null;
}
