import { type Assets, bookTitle, policyFor, type Site } from "./site.ts";

export interface DocumentParts {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly body: string;
  /** A class of the root: which kind of page this is. */
  readonly kind: string;
  readonly indexed?: boolean;
  /** What the picture of its links shows. */
  readonly preview?: { readonly number: number | null; readonly title: string; readonly question: string; readonly svg: string | null };
  /** The address from the root of what this page is a part of, for search engines; the page's own where absent. */
  readonly canonical?: string;
  /** A page that other sites may ask about by oEmbed: its title there. */
  readonly oembed?: string;
}

/** One whole HTML page. Only one script stands in it, the one that the policy names. */
export function htmlDocument(site: Site, { first, scripts, early, styles }: Assets, parts: DocumentParts): string {
  const { path, title, description, body, kind, indexed = true, oembed, preview, canonical = path } = parts;
  const full = title === bookTitle ? `${bookTitle}: an explorable textbook of modern AI` : `${title} · ${bookTitle}`;
  const address = site.origin ? site.origin + site.base + canonical.slice(1) : null;
  const head = [
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(full)}</title>`,
    `<meta name="description" content="${escapeHtml(description)}">`,
    "code" in first ? `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policyFor(first.sha256))}">` : "",
    `<meta name="color-scheme" content="light dark">`,
    indexed ? "" : `<meta name="robots" content="noindex">`,
    ...(kind === "plain" ? textFonts(styles.join("")) : []).map((href) => (
      `<link rel="preload" href="${href}" as="font" type="font/woff2" crossorigin>`
    )),
    ...styles.map((text) => `<style>${(kind === "plain" ? withoutLateFonts(text) : text).trim()}</style>`),
    `<script type="application/json" id="scripts">${JSON.stringify({ scripts, early })}</script>`,
    "code" in first ? `<script>${first.code}</script>` : `<script src="${first.src}"></script>`,
    `<link rel="icon" href="${site.base}favicon.svg" type="image/svg+xml">`,
    `<meta property="og:title" content="${escapeHtml(title)}">`,
    `<meta property="og:description" content="${escapeHtml(description)}">`,
    `<meta property="og:site_name" content="${bookTitle}">`,
    ...(preview ? previewTags(`${site.origin ?? ""}${site.base}${previewFile(path)}`, preview.title) : []),
    oembed === undefined ? "" : `<link rel="alternate" type="application/json+oembed" href="${escapeHtml(site.base + path.slice(1))}oembed.json" title="${escapeHtml(oembed)}">`,
    address ? `<link rel="canonical" href="${escapeHtml(address)}">` : "",
  ];
  const lines = head.filter((line) => line !== "").join("\n");
  const opening = `<!doctype html>\n<html lang="en" class="${kind}">`;
  return `${opening}\n<head>\n${lines}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

/** A page of nothing but text would break its lines anew with a late font: it asks at once, and keeps what it was first painted with. */
const withoutLateFonts = (styles: string): string => styles.replaceAll(/font-display:(fallback|swap)/g, "font-display:optional");
const textFonts = (styles: string): string[] => {
  const found = styles.matchAll(/url\("?([^")]*\/(?:serif|serif-italic|sans)-[\w-]{8}\.woff2)/g);
  return [...new Set(Array.from(found, ([, href]) => href!))];
};

/** Where the picture for links to a page lies. */
export const previewFile = (path: string): string => `preview/${path.replaceAll(/^\/|\/$/g, "").replaceAll("/", "-") || "home"}.png`;

const previewTags = (address: string, title: string): string[] => [
  `<meta property="og:type" content="article">`,
  `<meta property="og:image" content="${escapeHtml(address)}">`,
  `<meta property="og:image:width" content="1200">`,
  `<meta property="og:image:height" content="630">`,
  `<meta property="og:image:alt" content="${escapeHtml(`${title}: the first figure of the page`)}">`,
  `<meta name="twitter:card" content="summary_large_image">`,
];

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
