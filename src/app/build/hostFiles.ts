import { bookTitle, policyFor, type Site } from "../site.ts";
import { escapeHtml } from "../htmlDocument.ts";

const anyOrigin = "  Access-Control-Allow-Origin: *";
const forAYear = "  Cache-Control: public, max-age=31536000, immutable";

/**
 * Headers in the format of Netlify and Cloudflare Pages. Pages of the book refuse to be framed, embeds allow it; files are readable
 * from anywhere because an embed in a sandbox has no origin. Addresses are whole ones, base included: where the book lies below a
 * folder, this file belongs at the root of the host. `sha256` is the digest of the script that stands in the pages.
 */
export function headersFile({ base }: Site, sha256: string): string {
  const policy = policyFor(sha256);
  const at = (path: string): string => base + path;
  return [
    at("*"),
    `  Content-Security-Policy: ${policy}; frame-ancestors 'none'`,
    "  X-Content-Type-Options: nosniff",
    "  Referrer-Policy: strict-origin-when-cross-origin",
    at("embed/*"),
    "  ! Content-Security-Policy",
    `  Content-Security-Policy: ${policy}; frame-ancestors *`,
    anyOrigin,
    at("assets/*"), anyOrigin, forAYear,
    at("models/*"), anyOrigin,
    at("data/*"), anyOrigin,
    at("fonts/*"), anyOrigin,
    at("embed.js"), anyOrigin,
    "",
  ].join("\n");
}

/** Without a known origin the addresses begin at the place where `npm start` shows the book. */
export function siteMap(site: Site, paths: readonly string[]): string {
  const origin = site.origin ?? "http://127.0.0.1:4173";
  const entries = paths.map((path) => `  <url><loc>${escapeHtml(origin + site.base + path.slice(1))}</loc></url>`);
  const opening = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">';
  return `${opening}\n${entries.join("\n")}\n</urlset>\n`;
}

export function robots(site: Site): string {
  return `User-agent: *\nAllow: /\n${site.origin ? `Sitemap: ${site.origin}${site.base}sitemap.xml\n` : ""}# ${bookTitle}\n`;
}
