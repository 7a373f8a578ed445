import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface Block {
  readonly language: string;
  /** The file that the block is, where it is one. */
  readonly file: string | undefined;
  readonly text: string;
}

/** The fenced blocks of the page, in order: ```sh is run line by line, ```ts PATH and ```json PATH are files. */
const blocks = [...readFileSync("engine/README.md", "utf8").matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)]
  .map(([, language, file, text]): Block => ({ language: language!, file, text: text! }));
const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n"));

/** A fresh copy of the project: what git would check out, and the packages that are installed. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), "engine-readme-")));
beforeAll(() => {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { maxBuffer: 2 ** 26 }).toString().split("\0");
  for (const file of files) {
    if (!file || !existsSync(file)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
  // Packages and what set-up made are linked; bundles are not, for they name the folder that they were made in.
  const link = (place: string, skip: (name: string) => boolean): void => {
    mkdirSync(join(folder, place), { recursive: true });
    for (const name of readdirSync(place)) if (!skip(name)) symlinkSync(resolve(place, name), join(folder, place, name));
  };
  link("node_modules", (name) => name === ".cache");
  link("node_modules/.cache/glassbox", (name) => name.endsWith(".mjs"));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a line prints is expected to say. */
const said: readonly (readonly [start: string, pattern: RegExp])[] = [
  ["npm run --silent engine -- train", /step 120: held-out loss [345]\.\d+/],
  ["npm run --silent engine -- generate", /\S/],
  ["npm run --silent engine -- run tryout/line.ts", /y = 3\.00 x \+ -1\.00, loss 0\.0000\ntwice the slope is 6\.00/],
  ["npm run --silent engine -- run tryout/open.ts tryout", /106816 parameters in 2 blocks\nCall me[^]+\nfiles: there is no model here/],
  ["npm run --silent engine -- run tryout/open.ts public", /parameters in 4 blocks\nCall me[^]+\nfiles: there is no model here/],
  ["npm run --silent engine -- tokenize", /pieces: the/],
  ["npm test -- engine/ops", /passed/],
];

describe("the page engine/README.md", () => {
  it("has a block of every kind, and each is a command or a file", () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["sh", "json", "ts"]));
    for (const { language, file } of blocks) expect(Boolean(file), language).toBe(language !== "sh");
    for (const [start] of said) expect(commands.some((line) => line.startsWith(start)), start).toBe(true);
  });

  it("says what works: every command, in order, on the files that it lists", () => {
    for (const { language, file, text } of blocks) {
      if (file !== undefined) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
      if (language !== "sh") continue;
      for (const line of text.trim().split("\n")) {
        const { status, stdout, stderr } = spawnSync(line, { cwd: folder, shell: true, encoding: "utf8" });
        expect(status, `${line}\n${stdout}\n${stderr}`).toBe(0);
        const wanted = said.find(([start]) => line.startsWith(start));
        if (wanted) expect(`${stdout}\n${stderr}`, line).toMatch(wanted[1]);
      }
    }
  }, 300_000);

  it("lists TypeScript that the project's own rules accept", () => {
    writeFileSync(join(folder, "tsconfig.own.json"), JSON.stringify({ extends: "./tsconfig.json", include: ["tryout", "engine/ops"] }));
    const { status, stdout } = spawnSync("node_modules/.bin/tsc", ["-p", "tsconfig.own.json"], { cwd: folder, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  }, 120_000);
});
