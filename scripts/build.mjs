/** Builds the site with Vite, and remembers from which sources dist/ was built. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, fingerprint, readIfThere, writeWhole } from "./files.mjs";
import { cache, dist, root } from "./paths.mjs";

const stamp = join(cache, "build.stamp");
const inputs = ["engine", "src", "chapters", "public", "index.html", "vite.config.ts", "tsconfig.json", "package-lock.json"];

/** Where the site will stand is written into its pages, so it counts as a source. */
const currentKey = () => {
  const place = `${process.env.GLASSBOX_BASE ?? "/"} ${process.env.GLASSBOX_ORIGIN ?? ""}`;
  return `${fingerprint(root, filesUnder(inputs.map((name) => join(root, name)), (path) => /\.test\.tsx?$/.test(path)))} ${place}`;
};

/** Runs Vite with these arguments and this terminal; the exit status. */
export function vite(args) {
  const program = join(root, "node_modules", "vite", "bin", "vite.js");
  return spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: "inherit" }).status ?? 1;
}

/** Writes dist/; true when that worked. */
export function buildSite() {
  const key = currentKey();
  rmSync(stamp, { force: true });
  if (vite(["build"]) !== 0) return false;
  writeWhole(stamp, key);
  return true;
}

/** Builds unless dist/ comes from exactly these sources. */
export function buildIfChanged() {
  return (existsSync(join(dist, "index.html")) && readIfThere(stamp) === currentKey()) || buildSite();
}
