import { saveFile } from "./saveFile.ts";

const PRESENTATION = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "paint-order", "fill-opacity", "stroke-opacity",
  "opacity", "font-family", "font-size", "font-style", "font-weight", "font-variant-numeric", "letter-spacing", "text-anchor",
  "dominant-baseline", "visibility", "display",
];

/** What a picture says about itself when it has left the book. */
export interface Origin {
  readonly title: string;
  readonly caption: string;
  /** Where it comes from, under which licence, and the link that leads back to this state. */
  readonly source: string;
}

interface Picture {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The drawing of a figure as a file of its own: styles that come from the page are written into it, caption and source stand below,
 * on the page's background.
 */
export async function standaloneSvg(figure: HTMLElement, origin: Origin): Promise<Picture> {
  const svg = [...figure.querySelectorAll<SVGSVGElement>("[data-stage] svg")].find((one) => one.getClientRects().length > 0);
  if (!svg) throw new Error(`figure ${figure.id} has no drawing`);
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of PRESENTATION) {
      const value = style.getPropertyValue(name);
      if (value) to[i]!.setAttribute(name, value);
    }
  });
  // Buttons belong to the page; marks of a group that may be pressed are the picture.
  for (const button of copy.querySelectorAll(".gb-press:not([role=group] > *)")) button.remove();
  const [, , width = 720, height = 360] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  for (const [name, value] of Object.entries({ x: MARGIN, y: MARGIN, width, height })) copy.setAttribute(name, String(value));
  const look = getComputedStyle(figure);
  const families = new Set([figure, ...from].flatMap((element) => familiesOf(getComputedStyle(element).fontFamily)));
  const letters = new Set(`${svg.textContent}${origin.title}${origin.caption}${origin.source}`);
  return framed(copy, width, height, origin, look, await fontFaces(families, letters).catch(() => ""));
}

const familiesOf = (names: string): string[] => names.split(",").map((name) => name.trim().replaceAll(/^["']|["']$/g, ""));

/**
 * The page's own fonts, as far as these letters need them, written out: a picture has no page to fetch them from. Nothing where they
 * cannot be read, and the picture then takes what its reader's system has.
 */
async function fontFaces(families: ReadonlySet<string>, letters: ReadonlySet<string>): Promise<string> {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const needed = rules.filter(({ style }) => {
    const [family = ""] = familiesOf(style.getPropertyValue("font-family"));
    return families.has(family) && [...letters].some((letter) => inRange(letter.codePointAt(0)!, style.getPropertyValue("unicode-range")));
  });
  const written = await Promise.all(needed.map(async ({ style }) => {
    const [, address] = /url\("?([^")]+)"?\)/.exec(style.getPropertyValue("src")) ?? [];
    if (address === undefined) return "";
    const bytes = new Uint8Array(await (await fetch(new URL(address, document.baseURI))).arrayBuffer());
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    const properties = ["font-family", "font-style", "font-weight", "unicode-range"].map((name) => `${name}:${style.getPropertyValue(name)}`);
    return `@font-face{${properties.join(";")};src:url(data:font/woff2;base64,${text})}`;
  }));
  return written.join("");
}

/** Whether a character lies in `U+0-36F, U+2000-FFFF`; an empty range holds every one. */
function inRange(code: number, range: string): boolean {
  return range === "" || range.split(",").some((part) => {
    const [first = "", last = first] = part.trim().replace(/^U\+/i, "").split("-");
    return code >= Number.parseInt(first, 16) && code <= Number.parseInt(last, 16);
  });
}

const MARGIN = 24;

function framed(drawing: SVGSVGElement, width: number, height: number, { title, caption, source }: Origin, style: CSSStyleDeclaration, fonts: string): Picture {
  const lines = [
    ...wrapped(title, width, 15).map((text) => ({ text, size: 15, weight: 600, opacity: 1 })),
    // Alone on its page a figure is called what it is.
    ...wrapped(caption === `${title}.` ? "" : caption, width, 13).map((text) => ({ text, size: 13, weight: 400, opacity: 0.85 })),
    ...wrapped(source, width, 11).map((text) => ({ text, size: 11, weight: 400, opacity: 0.7 })),
  ];
  const page = document.implementation.createDocument(SVG, "svg");
  const root = page.documentElement;
  const add = (name: string, attributes: Readonly<Record<string, string | number>>, text = ""): void => {
    const element = page.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.textContent = text;
    root.append(element);
  };
  let y = MARGIN + height + 12;
  const texts = lines.map((line) => ({ ...line, y: (y += line.size * 1.45) }));
  const whole = { width: width + 2 * MARGIN, height: Math.ceil(y + MARGIN) };
  const box = { ...whole, viewBox: `0 0 ${whole.width} ${whole.height}` };
  // Letters stand where their outlines say, and not on whole pixels of another size.
  for (const [name, value] of Object.entries({ ...box, "text-rendering": "geometricPrecision" })) root.setAttribute(name, String(value));
  add("title", {}, title);
  add("desc", {}, `${caption} ${source}`);
  if (fonts !== "") add("style", {}, fonts);
  add("rect", { ...whole, fill: getComputedStyle(document.body).backgroundColor });
  root.append(page.importNode(drawing, true));
  for (const { text, size, weight, opacity, y: at } of texts) {
    const letters = { "font-size": size, "font-weight": weight, "font-family": style.fontFamily };
    add("text", { x: MARGIN, y: at, ...letters, fill: style.color, "fill-opacity": opacity }, text);
  }
  return { text: new XMLSerializer().serializeToString(root), ...whole };
}

const SVG = "http://www.w3.org/2000/svg";

/** Lines of about this many pixels; a letter is taken to be 0.53 of its size wide, and an address may break anywhere. */
function wrapped(text: string, width: number, size: number): string[] {
  const most = Math.floor(width / (0.53 * size));
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).flatMap((one) => one.match(new RegExp(`.{1,${most}}`, "gu")) ?? [])) {
    if (line !== "" && line.length + word.length + 1 > most) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

export async function saveSvg(figure: HTMLElement, origin: Origin, name: string): Promise<void> {
  saveFile(new Blob([(await standaloneSvg(figure, origin)).text], { type: "image/svg+xml" }), `${name}.svg`);
}

/** The picture at twice its logical size. */
export async function savePng(figure: HTMLElement, origin: Origin, name: string): Promise<void> {
  const { text, width, height } = await standaloneSvg(figure, origin);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
  const context = canvas.getContext("2d");
  // A picture reads its own fonts when it is first painted: it is painted until it stays as it is.
  for (let before = "", i = 0; i < 12; i++) {
    context?.clearRect(0, 0, canvas.width, canvas.height);
    context?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const now = canvas.toDataURL();
    if (i > 1 && now === before) break;
    before = now;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  canvas.toBlob((blob) => { if (blob) saveFile(blob, `${name}.png`); });
}
