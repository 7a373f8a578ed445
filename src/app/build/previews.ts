import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import subsetFont from "subset-font";
import { escapeHtml } from "../htmlDocument.ts";
import { bookTitle } from "../site.ts";
import { barFont } from "./barFont.ts";
import { flatStyles, type Theme } from "./flatStyles.ts";
import { alwaysThere, drawnSigns } from "./fonts.ts";
import { cache, hashOf, root, writeWhole } from "./paths.ts";

/** What a link preview shows of a page. */
export interface Preview {
  readonly number: number | null;
  readonly title: string;
  readonly question: string;
  /** The wide poster of the first figure. */
  readonly svg: string | null;
}

const [WIDTH, HEIGHT] = [1200, 630];

/** A picture of 1200 × 630 for those who pass on a link: the chapter's question and its first figure. */
export async function previewPicture(preview: Preview): Promise<Uint8Array> {
  return painted(composed(preview), 1);
}

/** How much larger than its logical size a poster is painted; oembed.ts says the same. */
const POSTER_SCALE = 2;

/** A poster as files of its own, for pages that cannot run the figure: SVG, and PNG at twice its size, on light and on dark paper. */
export async function posterFiles(svg: string): Promise<Readonly<Record<`poster.${Theme}.${"svg" | "png"}`, string | Uint8Array>>> {
  const [light, dark] = [onPaper(svg, "light"), onPaper(svg, "dark")];
  return {
    "poster.light.svg": light, "poster.dark.svg": dark,
    "poster.light.png": await painted(light, POSTER_SCALE), "poster.dark.png": await painted(dark, POSTER_SCALE),
  };
}

/** The drawing with its styles written into it. */
function onPaper(svg: string, theme: Theme): string {
  const [, , width = 720, height = 400] = viewBoxOf(svg);
  const styles = figureStyles(theme).replaceAll(/font-family:([^;}]+)/g, "font-family:$1,system-ui,sans-serif");
  const inner = asXml(svg).replace(/^<svg /, `<svg width="${width}" height="${height}" `);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>${escapeHtml(styles)}</style><rect width="${width}" height="${height}" fill="${papers[theme]}"/>${inner}</svg>
`;
}

/** As in colors.css. */
const papers: Readonly<Record<Theme, string>> = { light: "#ffffff", dark: "#14161a" };

let fonts: Promise<string[]> | undefined;
/** An SVG as PNG, by hash of its text and of the fonts. */
async function painted(svg: string, scale: number): Promise<Uint8Array> {
  const fontFiles = await (fonts ??= previewFonts());
  const path = join(cache, "previews", `${hashOf(svg, String(scale), ...fontFiles.map((file) => basename(file)))}.png`);
  if (existsSync(path)) return readFileSync(path);
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: "Inter" };
  const picture = new Resvg(svg, { font, fitTo: { mode: "zoom", value: scale } }).render().asPng();
  writeWhole(path, picture);
  return picture;
}

const charts = join(root, "src/charts");
/** What figures are drawn with; the colours first, as in book.css. */
const sheets = readdirSync(charts).filter((name) => name.endsWith(".css")).sort((a, b) => Number(b === "colors.css") - Number(a === "colors.css"));
const styles = new Map<Theme, string>();
function figureStyles(theme: Theme): string {
  const known = styles.get(theme) ?? flatStyles(sheets.map((name) => readFileSync(join(charts, name), "utf8")).join("\n"), theme);
  styles.set(theme, known);
  return known;
}

/** HTML lets "<" stand in an attribute and knows the name of a space; XML does not. */
const asXml = (svg: string): string => svg.replaceAll("&nbsp;", "&#160;")
  .replace(/<[a-z][\w-]*(?:\s+[\w:-]+="[^"]*")+/gi, (tag) => tag.replace(/"[^"]*"/g, (value) => value.replaceAll("<", "&lt;")));

const viewBoxOf = (svg: string): number[] => (/viewBox="([^"]*)"/.exec(svg)?.[1] ?? "").split(" ").map(Number);

function composed({ number, title, question, svg }: Preview): string {
  const lines = broken(title, 15);
  const words = broken(question, 31);
  const top = 190;
  const below = top + lines.length * 60 + 20;
  const text = (x: number, y: number, look: string, line: string): string => `<text x="${x}" y="${y}" ${look}>${escapeHtml(line)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<style>${escapeHtml(figureStyles("light"))}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fbfaf7"/>
<g fill="#2a6f97" fill-opacity="0.22" stroke="#2a6f97" stroke-width="2.5"><rect x="60" y="66" width="25" height="30" rx="3"/><rect x="67" y="61" width="25" height="30" rx="3"/><rect x="74" y="56" width="25" height="30" rx="3"/></g>
${text(114, 88, 'font-family="Inter" font-size="26" font-weight="600" fill="#1f1d1a"', bookTitle)}
${number === null ? "" : text(60, 142, 'font-family="Inter" font-size="19" font-weight="600" letter-spacing="1.5" fill="#2a6f97"', `CHAPTER ${number}`)}
${lines.map((line, i) => text(58, top + 8 + i * 60, 'font-family="Source Serif 4" font-size="54" font-weight="600" fill="#1f1d1a"', line)).join("")}
${words.map((line, i) => text(60, below + i * 34, 'font-family="Source Serif 4" font-size="25" fill="#55514a"', line)).join("")}
${svg === null ? "" : figure(svg)}
</svg>`;
}

/** The poster on a card, as large as fits. */
function figure(svg: string): string {
  const box = { x: 500, y: 50, width: 650, height: 530 };
  const [, , width = 720, height = 400] = viewBoxOf(svg);
  const scale = Math.min((box.width - 48) / width, (box.height - 48) / height);
  const [w, h] = [width * scale, height * scale];
  const card = { x: box.x + (box.width - w) / 2 - 24, y: box.y + (box.height - h) / 2 - 24, width: w + 48, height: h + 48 };
  const inner = asXml(svg).replace(/^<svg /, `<svg x="${card.x + 24}" y="${card.y + 24}" width="${w}" height="${h}" `);
  return `<rect x="${card.x}" y="${card.y}" width="${card.width}" height="${card.height}" rx="14" fill="#fff" stroke="#e5e1d8" stroke-width="1.5"/>${inner}`;
}

/** Breaks a text into lines of about so many letters. */
function broken(text: string, letters: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > letters) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

const resolve = createRequire(import.meta.url).resolve;
const characters = alwaysThere + drawnSigns + "éüñ\ufffd";

/**
 * The book's fonts in the one format that the renderer reads, at the weights that posters use, and after them the faces that lend
 * them signs. Figures may draw nothing else: drawnSigns.test.ts.
 */
async function previewFonts(): Promise<string[]> {
  const wanted = [["inter", 400], ["inter", 600], ["source-serif-4", 400], ["source-serif-4", 600], ["jetbrains-mono", 400]] as const;
  const letters = wanted.flatMap(([name, weight]) => ["latin", "greek"].map((script) => ({ name, weight, script })));
  const own = letters.map(({ name, weight, script }) => {
    const file = join(resolve(`@fontsource-variable/${name}/package.json`), "..", "files", `${name}-${script}-wght-normal.woff2`);
    return outlines(`${name}-${script}-${weight}`, readFileSync(file), characters, { variationAxes: { wght: weight } });
  });
  // Signs alone: a face that also had the letters around a sign would draw those, too.
  const lent = ["KaTeX_Main-Regular", "KaTeX_AMS-Regular"].map((name) =>
    outlines(name, readFileSync(join(resolve("katex/package.json"), "..", "dist/fonts", `${name}.woff2`)), drawnSigns));
  const bar = barFont();
  const barPath = join(cache, "preview-fonts", `bar-${hashOf(bar)}.ttf`);
  if (!existsSync(barPath)) writeWhole(barPath, bar);
  return [...(await Promise.all([...own, ...lent])), barPath];
}

/** A font as a file of plain outlines. */
async function outlines(name: string, source: Uint8Array, signs: string, options: object = {}): Promise<string> {
  const path = join(cache, "preview-fonts", `${name}-${hashOf(source, signs)}.ttf`);
  if (!existsSync(path)) writeWhole(path, await subsetFont(Buffer.from(source), signs, { targetFormat: "sfnt", ...options }));
  return path;
}
