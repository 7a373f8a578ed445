import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Plugin } from "vite";
import { hashOf } from "./paths.ts";
import { serviceWorker } from "./serviceWorker.ts";

/**
 * Not part of the book on a reader's device: what hosts read, what only other sites ask for, weights that lie there squeezed as well,
 * and the published vocabularies, which come when a figure is told to run.
 */
const left = new RegExp(`^(${[
  "_headers|robots\\.txt|sitemap\\.xml|sw\\.js|preview/.*|.*oembed\\.json|embed/[^/]*/(poster\\..*|data\\.json)|embed/manifest\\.json",
  "data/vocabulary-.*|models/.*\\.safetensors|.*\\.map|.*\\.d\\.ts",
].join("|")})$`);

/** Writes `sw.js` when all other files lie in the output folder. */
export function offline(base: string): Plugin {
  let folder = "";
  return {
    name: "glassbox:offline",
    apply: "build",
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir);
    },
    writeBundle: {
      order: "post",
      sequential: true,
      handler() {
        if (!existsSync(folder)) return;
        const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
          .map((file) => relative(folder, join(file.parentPath, file.name)).replaceAll(sep, "/")).filter((name) => !left.test(name)).sort();
        const edition = hashOf(...names.flatMap((name) => [name, readFileSync(join(folder, name))]));
        // Pages are kept under the address that they are asked for by.
        const files = names.map((name) => name.replace(/(^|\/)index\.html$/, "$1"));
        writeFileSync(join(folder, "sw.js"), serviceWorker(base, files, edition));
      },
    },
  };
}
