import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { FigureRequest, Posters } from "../../prose/page.ts";
import { cache, hashOf, root, writeWhole } from "./paths.ts";

/** Draws a figure's first frame; `renderPosters` of src/widget behind whatever loads modules. */
export type Draw = (figure: FigureRequest) => Promise<Posters>;

const folders = ["engine", "src/widget", "src/widgets", "src/charts", "public/models", "public/data"];

/** Whether posters could be made from this file, given by its whole path. */
export const isPosterSource = (file: string): boolean => folders.some((folder) => file.startsWith(join(root, folder)));

/**
 * Remembers posters on disk by what decides them: widget, params, id, and every source and pack they could be made from.
 * Those are read once; the development server makes a new cache when one changes.
 */
export function posterCache(draw: Draw): Draw {
  const sources = fingerprint();
  return async (figure) => {
    const key = hashOf(sources, figure.widget.id, figure.id, JSON.stringify(figure.params));
    const path = join(cache, "posters", `${figure.widget.id}-${key}.bin`);
    if (existsSync(path)) return deserialize(readFileSync(path)) as Posters;
    const posters = await draw(figure);
    writeWhole(path, serialize(posters));
    return posters;
  };
}

function fingerprint(): string {
  const parts: (string | Uint8Array)[] = [];
  for (const folder of folders) {
    const place = join(root, folder);
    if (!existsSync(place)) continue;
    const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
      if (!/\.test\.tsx?$/.test(path)) parts.push(relative(root, path), readFileSync(path));
    }
  }
  return hashOf(...parts);
}
