/** Where the tooling keeps what it makes, and the environment in which a browser and Node's WebGPU find their drivers. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(root, "node_modules", ".cache", "glassbox");
export const dist = join(root, "dist");
export const assembly = join(root, "engine", "backends", "cpu", "assembly");
export const chromiumFolder = join(cache, "chromium");

const launcher = join(cache, "CHROME_BIN");
const softwareVulkan = join(chromiumFolder, "vk_swiftshader_icd.json");

/** Only Linux on x64 gets a packaged browser; elsewhere the installed Chrome is used. */
export const packagedBrowser = process.platform === "linux" && process.arch === "x64";

/** Flags under which headless Chromium gives a WebGPU adapter without a graphics card. */
export const webgpuFlags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/**
 * How to start a browser, as Playwright's launch options, or undefined where set-up has not prepared one.
 * @returns {{ executablePath: string } | { channel: string } | undefined}
 */
export function browserOptions() {
  const given = process.env.CHROME_BIN;
  if (given) return { executablePath: given };
  if (!packagedBrowser) return { channel: "chrome" };
  return existsSync(launcher) ? { executablePath: launcher } : undefined;
}

/** Points Dawn (WebGPU in Node) at the packaged software driver, unless the caller chose a driver. Must run before `webgpu` is loaded. */
export function useSoftwareVulkan(environment = process.env) {
  if (existsSync(softwareVulkan)) environment.VK_ICD_FILENAMES ??= softwareVulkan;
  return environment;
}

/** Adds the packaged software driver to those that the system has: a graphics card comes first, and without one there is still WebGPU. */
export function offerSoftwareVulkan(environment = process.env) {
  if (existsSync(softwareVulkan) && !environment.VK_ICD_FILENAMES) environment.VK_ADD_DRIVER_FILES ??= softwareVulkan;
}
