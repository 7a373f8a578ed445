/** Bundles a TypeScript program for Node into one file in the cache, again only when a source has changed. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesUnder, fingerprint, writeWhole } from "./files.mjs";
import { cache, root } from "./paths.mjs";

const isSource = (path) => /\.(ts|tsx|json)$/.test(path) && !/\.test\.tsx?$|fixtures|assembly/.test(path);

/**
 * The path of the bundle of `entry` (relative to the root), whose sources lie in `folders`. Packages stay outside the bundle, and
 * every module keeps the `import.meta.url` of its source, so that files beside it (the WASM kernels) are found where they lie.
 */
export async function bundle(name, entry, folders) {
  const sources = filesUnder(folders.map((folder) => join(root, folder))).filter(isSource);
  const output = join(cache, `${name}-${fingerprint(root, sources, recipe)}.mjs`);
  if (existsSync(output)) return output;
  const { build } = await import("vite");
  const { output: chunks } = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "silent",
    plugins: [keepSourceUrl],
    build: { ssr: join(root, entry), write: false, target: "node20", rolldownOptions: { output: { codeSplitting: false } } },
  });
  forget(name);
  writeWhole(output, chunks[0].code);
  return output;
}

/** Removes bundles older than a day: a long training may still start threads from the bundle of this morning. */
function forget(name) {
  for (const old of readdirSync(cache).filter((file) => file.startsWith(`${name}-`) && file.endsWith(".mjs"))) {
    const path = join(cache, old);
    if (Date.now() - statSync(path).mtimeMs > 24 * 3600 * 1000) rmSync(path, { force: true });
  }
}

/** Part of the fingerprint: raise it when this file changes what a bundle holds. */
const recipe = "bundle 1";

const keepSourceUrl = {
  name: "keep-source-url",
  enforce: "pre",
  transform(code, id) {
    if (id.includes("node_modules") || !code.includes("import.meta.url")) return null;
    return { code: code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href)), map: null };
  },
};
