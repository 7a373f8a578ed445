import type { Rollup } from "vite";
import type { RenderedPage } from "../renderPage.tsx";

/** `./name-hash.js`, as the files of a bundle name each other. */
const named = (name: string): RegExp => new RegExp(`\\./(${name}-[\\w-]+\\.js)`);
const still = /(?:from|import)\s*[`"']\.\/([^`"']+\.js)[`"']/g;

/**
 * What the engine's worker is going to ask for before the first frame of the page's first figure: its script, the task's code with
 * all that imports, the CPU backend where the task opens one, and the packs. The page asks for them as soon as its words are there,
 * so that they lie in the browser's cache when the worker, five imports deep, comes to each.
 *
 * Throws: Error when the bundle has no such task, so that a change of how bundles are written is noticed.
 */
export function earlyFiles(bundle: Rollup.OutputBundle, starts: RenderedPage["starts"]): string[] {
  if (!starts) return [];
  const { packs } = starts;
  const folder = "assets/";
  const textOf = (file: string): string | null => {
    const found = bundle[folder + file];
    return found ? String(found.type === "chunk" ? found.code : found.source) : null;
  };
  const files = new Set<string>();
  const visit = (file: string): void => {
    const text = textOf(file);
    if (files.has(file) || text === null) return;
    files.add(file);
    for (const [, next] of text.matchAll(still)) visit(next!);
  };
  const findIn = (text: string, name: string): string => {
    const file = named(name).exec(text)?.[1];
    if (file === undefined || textOf(file) === null) throw new Error(`the engine's worker does not load "${name}"`);
    return file;
  };
  const worker = Object.keys(bundle).find((file) => /^assets\/worker-[\w-]+\.js$/.test(file))?.slice(folder.length);
  if (worker === undefined) throw new Error("the bundle has no worker");
  visit(worker);
  const host = [...files].map((file) => textOf(file)!).find((text) => named("cpuBackend").test(text)) ?? "";
  visit(findIn(host, starts.task));
  if (packs.length > 0) visit(findIn(host, "packs"));
  if ([...files].some((file) => file !== worker && textOf(file)!.includes(".backend()"))) {
    visit(findIn(host, "cpuBackend"));
    const kernels = Object.keys(bundle).find((file) => /^assets\/kernels-[\w-]+\.wasm$/.test(file));
    if (kernels !== undefined) files.add(kernels.slice(folder.length));
  }
  const manifests = new Set(packs.map((name) => name.replace(/\/.*/, "/manifest.json")));
  const isLarge = (address: string): boolean => address.includes(".safetensors");
  return [...packs.filter(isLarge), ...[...files].map((file) => folder + file), ...manifests, ...packs.filter((address) => !isLarge(address))];
}
