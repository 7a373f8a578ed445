/** Which figures of the plan's first release are not built yet: told at the end of `npm test`, and no failure. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** Ids that a plan marks P0: `` `name` (P0; …) `` and `` `name` (**P0, first-class**; …) ``. */
export function firstRelease(plan) {
  return [...new Set([...plan.matchAll(/`([a-z][a-z0-9-]*)` \(\**P0\b/g)].map(([, id]) => id))];
}

/** Ids that the catalogue of widgets lists. */
export function built(catalogue) {
  return [...catalogue.matchAll(/^\s*"?([a-z][a-z0-9-]*)"?: async/gm)].map(([, id]) => id);
}

/** One line, or nothing where the plan is not there. */
export function unbuiltNote() {
  const plan = join(root, "..", "shared", "curriculum.md");
  if (!existsSync(plan)) return "";
  const there = new Set(built(readFileSync(join(root, "src", "widgets", "index.ts"), "utf8")));
  const wanted = firstRelease(readFileSync(plan, "utf8"));
  const missing = wanted.filter((id) => !there.has(id));
  return `${wanted.length - missing.length} of ${wanted.length} figures of the first release are built${missing.length ? `; not yet: ${missing.join(", ")}` : ""}`;
}
