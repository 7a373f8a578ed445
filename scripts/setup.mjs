/** Set-up: packages, WASM kernels, browser. Each part does nothing when what it makes is already there and current. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { buildWasm, wasmPath } from "./buildWasm.mjs";
import { fingerprint, readIfThere, writeWhole } from "./files.mjs";
import { assembly, cache, chromiumFolder, packagedBrowser, root } from "./paths.mjs";
import { untar } from "./tar.mjs";

/** Makes everything the commands need; with `browser`, also a browser for the tests. Says only what it really does. */
export function setUp({ browser = false, quiet = false } = {}) {
  // Installing takes long enough that silence would puzzle, even where the output is meant for a program.
  timed("packages installed", installPackages);
  timed("software Vulkan driver unpacked", unpackVulkan, quiet);
  timed("WASM kernels compiled", compileKernels, quiet);
  if (browser) timed("browser unpacked", unpackBrowser, quiet);
}

/** Runs one part and, if it had work to do, says what and how long it took. */
function timed(title, part, quiet = false) {
  const start = performance.now();
  const worked = part();
  if (worked && !quiet) process.stderr.write(`set-up: ${title} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
}

/**
 * `npm ci` only where node_modules does not hold what package-lock.json names. npm keeps its own record of what it installed,
 * so an install by hand is respected. Install scripts of packages never run.
 */
function installPackages() {
  if (packagesCurrent()) return false;
  // npm's own launcher is a script file on Windows, which only a shell can start; the arguments are constants.
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    shell: process.platform === "win32",
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) throw new Error("set-up: npm ci failed");
  return true;
}

function packagesCurrent() {
  const record = readIfThere(join(root, "node_modules", ".package-lock.json"));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

function compileKernels() {
  if (!existsSync(join(assembly, "index.ts"))) return false;
  const written = () => (existsSync(wasmPath) ? statSync(wasmPath).mtimeMs : 0);
  const before = written();
  buildWasm();
  return written() !== before;
}

/**
 * The software Vulkan driver, and a link to its loader beside Dawn's library, where Dawn looks first: so WebGPU in Node needs no
 * library path, which a running process could not change any more.
 */
function unpackVulkan() {
  if (!packagedBrowser) return false;
  const link = join(root, "node_modules", "webgpu", "dist", "linux-x64", "libvulkan.so.1");
  const done = unpack("vulkan", ["swiftshader"], []);
  if (!existsSync(link)) {
    rmSync(link, { force: true });
    symlinkSync(join(chromiumFolder, "libvulkan.so.1"), link);
  }
  return done;
}

/** Chromium with its libraries and fonts, and the launcher that ties them together. */
function unpackBrowser() {
  if (!packagedBrowser) return false;
  return unpack("browser", ["al2023", "fonts", "chromium"], [launcherScript, fontsConfiguration], () => {
    writeWhole(join(chromiumFolder, "fonts.conf"), fontsConfiguration);
    writeWhole(join(cache, "CHROME_BIN"), launcherScript, 0o755);
  });
}

/** Unpacks parts of the packaged browser unless the stamp says that this has been done; then does the rest. */
function unpack(stampName, parts, words, rest = () => {}) {
  const source = join(root, "node_modules", "@sparticuz", "chromium");
  const version = JSON.parse(readFileSync(join(source, "package.json"), "utf8")).version;
  const key = fingerprint(root, [], version, ...parts, ...words);
  const stamp = join(cache, `${stampName}.stamp`);
  if (readIfThere(stamp) === key) return false;
  for (const part of parts) {
    if (part === "chromium") {
      writeWhole(join(chromiumFolder, part), brotliDecompressSync(readFileSync(join(source, "bin", `${part}.br`))), 0o755);
      continue;
    }
    const archive = brotliDecompressSync(readFileSync(join(source, "bin", `${part}.tar.br`)));
    for (const { path, mode, bytes } of untar(archive)) writeWhole(join(chromiumFolder, path), bytes, mode);
  }
  rest();
  writeWhole(stamp, key);
  return true;
}

/** Only the packaged fonts, so that text is as wide on every machine. */
const fontsConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir>${join(chromiumFolder, "fonts-cache")}</cachedir>
</fontconfig>
`;

/** Chromium refuses to run as root inside its sandbox; Playwright switches it off in any case. */
const launcherScript = `#!/bin/sh
# Starts the unpacked Chromium with its own libraries, fonts and Vulkan driver.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/chromium
export LD_LIBRARY_PATH="$here/lib:$here\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ "$GLASSBOX_VULKAN" = system ] || export VK_ICD_FILENAMES="$here/vk_swiftshader_icd.json"
export FONTCONFIG_FILE="$here/fonts.conf"
[ "$(id -u)" = 0 ] && set -- --no-sandbox "$@"
exec "$here/chromium" "$@"
`;
