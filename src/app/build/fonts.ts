import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import subsetFont from "subset-font";
import { barFont } from "./barFont.ts";
import { fallbackFaces } from "./fontFallbacks.ts";
import { katexFaces } from "./mathStyles.ts";
import { cache, hashOf, writeWhole } from "./paths.ts";

const resolve = createRequire(import.meta.url).resolve;
const packaged = (name: string, file: string): string =>
  join(resolve(`@fontsource-variable/${name}/package.json`), "..", "files", `${name}-${file}.woff2`);

const katexDist = join(resolve("katex/package.json"), "..", "dist");

interface Face {
  readonly name: string;
  readonly family: string;
  readonly source: string;
  readonly style: "normal" | "italic";
  /** What is kept of the weight axis, and what the style sheet may ask for. */
  readonly weight: number | { readonly min: number; readonly max: number };
  readonly features: readonly string[];
  readonly display: "fallback" | "swap";
}

/** The family of the one main heading. */
const titles = "Source Serif Title";
const text = ["kern", "liga", "lnum", "pnum", "tnum", "mark", "ccmp", "locl"];

/**
 * The faces of the book. `fallback`: text waits a tenth of a second for its font, and takes a late one only within three seconds, over
 * a system font of the same metrics. `swap`: it waits for nothing. A chapter's question, its largest text, is italic and the first
 * thing that is painted; tokens stand in figures of fixed size, where a late font moves nothing.
 */
const faces: readonly Face[] = [
  {
    name: "serif", family: "Source Serif", source: packaged("source-serif-4", "latin-wght-normal"),
    style: "normal", weight: { min: 400, max: 700 }, features: [...text, "onum"], display: "fallback",
  },
  // The same file once more: a title that waited would be the largest text of the screen, and the last to be painted.
  {
    name: "serif", family: titles, source: packaged("source-serif-4", "latin-wght-normal"),
    style: "normal", weight: { min: 400, max: 700 }, features: [...text, "onum"], display: "swap",
  },
  {
    name: "serif-greek", family: "Source Serif", source: packaged("source-serif-4", "greek-wght-normal"),
    style: "normal", weight: { min: 400, max: 700 }, features: ["kern"], display: "fallback",
  },
  {
    name: "serif-italic", family: "Source Serif", source: packaged("source-serif-4", "latin-wght-italic"),
    style: "italic", weight: 400, features: text, display: "swap",
  },
  {
    name: "sans", family: "Inter", source: packaged("inter", "latin-wght-normal"),
    style: "normal", weight: { min: 400, max: 650 }, features: ["kern", "tnum", "mark", "ccmp"], display: "fallback",
  },
  {
    name: "sans-greek", family: "Inter", source: packaged("inter", "greek-wght-normal"),
    style: "normal", weight: { min: 400, max: 650 }, features: ["kern"], display: "fallback",
  },
  {
    name: "mono", family: "JetBrains Mono", source: packaged("jetbrains-mono", "latin-wght-normal"),
    style: "normal", weight: 400, features: ["mark", "ccmp"], display: "swap",
  },
];

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
/** What live figures and controls may print, besides what the pages hold. */
export const alwaysThere = `${ascii}\u00a0‘’“”–—…·×−±²³½°¢éüñ→←↑↓≤≥≈√∞ηθβεσλ∇▁¶′‹›•÷ΣΔμτφκαγδρ`;

const cutFolder = join(cache, "fonts");
/** Where `writeFonts` leaves the style sheet of the cut fonts. */
export const fontSheet = join(cutFolder, "fonts.css");

/** Cuts the fonts to what these pages use and writes them with their style sheet into the cache. */
export async function writeFonts(bodies: readonly string[]): Promise<void> {
  const plain = bodies.map((body) => body.replace(/<[^>]*>/g, "")).join("").replaceAll("&amp;", "&");
  const used = glyphs(plain + alwaysThere);
  const sheet: string[] = [...fallbackFaces];
  for (const face of faces) {
    const greek = face.name.endsWith("-greek");
    const wanted = [...used].filter((glyph) => isGreek(glyph) === greek).join("");
    const options = { variationAxes: { wght: face.weight }, keepFeatures: face.features };
    await cut(readFileSync(face.source), wanted, join(cutFolder, `${face.name}.woff2`), options);
    sheet.push(fontFace(face, `./${face.name}.woff2`, greek ? "U+0370-03FF" : "U+0000-036F, U+2000-FFFF"));
  }
  sheet.push(...(await signs(cutFolder)), await mathSheet(bodies, cutFolder));
  writeWhole(fontSheet, sheet.join("\n"));
}

/** The uncut fonts, for the development server. Returns the path of the sheet. */
export function wholeFonts(): string {
  const folder = join(cache, "fonts-whole");
  const sheet = [...fallbackFaces];
  for (const face of faces) {
    const greek = face.name.endsWith("-greek");
    writeWhole(join(folder, `${face.name}.woff2`), readFileSync(face.source));
    sheet.push(fontFace(face, `./${face.name}.woff2`, greek ? "U+0370-03FF" : "U+0000-036F, U+2000-FFFF"));
  }
  writeWhole(join(folder, "bar.ttf"), barFont());
  sheet.push(...uprights.map((face) => fontFace({ ...face, display: "swap" }, "./bar.ttf", "U+2581", "truetype")));
  sheet.push(readFileSync(join(katexDist, "katex.min.css"), "utf8").replaceAll("url(fonts/", `url(${join(katexDist, "fonts")}/`));
  const path = join(folder, "fonts.css");
  writeWhole(path, sheet.join("\n"));
  return path;
}

/** One upright face of each family: signs must have its weights, or a browser takes them for another face and the letters are lost. */
const uprights = [...new Map(faces.filter(({ style, family }) => style === "normal" && family !== titles).map((face) => [face.family, face])).values()];
/** Signs that none of the text fonts has and KaTeX’s upright font has; it builds ≠ of two, and keeps ∑ and ∏ elsewhere. */
const mathSigns = "←→↔⇒√∞≤≥≈∇∂∈";
/** Signs that only KaTeX’s font of the American Mathematical Society has. */
const rareSigns = "↺★";
/** Every sign that some face of the book draws, whatever the pages hold. */
export const drawnSigns = `${mathSigns}${rareSigns}▁`;
const rangeOf = (signs: string): string => [...signs].map((sign) => `U+${sign.codePointAt(0)!.toString(16).toUpperCase()}`).join(",");

/** Faces that lend every family the signs it lacks. */
async function signs(folder: string): Promise<string[]> {
  await cut(barFont(), "▁", join(folder, "bar.woff2"), {});
  await cut(readFileSync(join(katexDist, "fonts", "KaTeX_Main-Regular.woff2")), mathSigns, join(folder, "signs.woff2"), {});
  await cut(readFileSync(join(katexDist, "fonts", "KaTeX_AMS-Regular.woff2")), rareSigns, join(folder, "rare.woff2"), {});
  return uprights.flatMap((face) => [
    fontFace({ ...face, display: "swap" }, "./bar.woff2", "U+2581"),
    fontFace({ ...face, display: "swap" }, "./signs.woff2", rangeOf(mathSigns)),
    fontFace({ ...face, display: "swap" }, "./rare.woff2", rangeOf(rareSigns)),
  ]);
}

function fontFace(face: Face, url: string, range: string, format = "woff2"): string {
  return `@font-face{font-family:"${face.family}";font-style:${face.style};font-weight:${weightsOf(face)};font-display:${face.display};`
    + `src:url(${url}) format("${format}");unicode-range:${range}}`;
}

const weightsOf = ({ weight }: Face): string => (typeof weight === "number" ? String(weight) : `${weight.min} ${weight.max}`);

const glyphs = (characters: string): string => [...new Set(characters)].filter((glyph) => glyph >= " ").sort().join("");
const isGreek = (glyph: string): boolean => glyph >= "\u0370" && glyph <= "\u03ff";

/** KaTeX's sheet without the faces that no formula uses, and its fonts cut to the characters of the formulas. */
async function mathSheet(bodies: readonly string[], folder: string): Promise<string> {
  const css = readFileSync(join(katexDist, "katex.min.css"), "utf8");
  const html = bodies.join("");
  const formulas = html.match(/class="katex-html"[^]*?(?=<math|<\/p>|<\/div>|<\/td>|<\/li>|$)/g) ?? [];
  const inFormulas = glyphs(`${formulas.join("").replace(/<[^>]*>/g, "")}0123456789`);
  // Letters set in italics are most of what formulas hold; the upright face need not have them too, nor the italic one the signs.
  const leaves = [...formulas.join("").matchAll(/<span class="([^"]*)"[^>]*>([^<]+)/g)];
  const textOf = (italic: boolean): string =>
    glyphs(leaves.filter(([, names = ""]) => names.split(" ").includes("mathnormal") === italic).map(([, , text = ""]) => text).join(""));
  const charactersOf: Readonly<Record<string, string>> = {
    "KaTeX_Main-Regular": glyphs(`${textOf(false)}0123456789`), "KaTeX_Math-Italic": textOf(true),
  };
  const faceRule = /@font-face\{[^}]*?url\(fonts\/(KaTeX_[\w-]+)\.woff2\)[^}]*\}/g;
  const kept: string[] = [];
  for (const [rule, name = ""] of css.matchAll(faceRule)) {
    const needed = katexFaces[name];
    if (!needed || !needed.test(html)) continue;
    await cut(readFileSync(join(katexDist, "fonts", `${name}.woff2`)), charactersOf[name] ?? inFormulas, join(folder, `${name}.woff2`), {});
    const [family] = /font-family:[^;]*/.exec(rule) ?? [];
    const [style] = /font-style:[^;]*/.exec(rule) ?? [];
    const [weight] = /font-weight:[^;]*/.exec(rule) ?? [];
    kept.push(`@font-face{${family};${style};${weight};font-display:block;src:url(./${name}.woff2) format("woff2")}`);
  }
  return kept.join("\n") + css.replaceAll(/@font-face\{[^}]*\}/g, "");
}

/** Without hinting: screens are fine enough to do without, and what KaTeX’s larger brackets carry of it is most of their bytes. */
async function cut(original: Uint8Array, characters: string, target: string, more: object): Promise<void> {
  const options = { targetFormat: "woff2", noHinting: true, ...more } as const;
  const kept = join(cache, "glyphs", `${hashOf(original, characters, JSON.stringify(options))}.woff2`);
  const made = readIfThere(kept) ?? (await subsetFont(Buffer.from(original), characters, options));
  writeWhole(kept, made);
  writeWhole(target, made);
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
