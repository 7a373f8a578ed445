/** What the addresses of the site begin with; the host may serve it below a folder (`GLASSBOX_BASE=/book/`). */
export interface Site {
  /** Begins and ends with a slash. */
  readonly base: string;
  /** `https://example.org`, where the site's address is known: for the site map and link previews. */
  readonly origin: string | null;
}

/** What a page loads. */
export interface Assets {
  /** The script that runs before the first paint (first.ts): its text and digest for the built pages, its address in development. */
  readonly first: { readonly code: string; readonly sha256: string } | { readonly src: string };
  /** The page's module, then what it imports; they are fetched after the first paint. */
  readonly scripts: readonly [string, ...string[]];
  /** What the engine is going to ask for: it is fetched beside the scripts, and lies in the browser's cache then. */
  readonly early: readonly string[];
  /** Style sheets as text: they stand in the page, so that it is painted when it has come. */
  readonly styles: readonly string[];
}

/**
 * The content security policy of every page. The one inline script is named by its digest. Styles may stand inline because KaTeX
 * places its boxes by style attributes; `wasm-unsafe-eval` allows compiling WebAssembly and nothing else.
 */
export const policyFor = (sha256: string): string => [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' 'sha256-${sha256}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  // The preview in the embed dialog.
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Stands where the address of the site is not known at build time; pages put their own there when they are shown. */
const somewhere = "https://glassbox.example";

/** The root of the book as an absolute address. */
export const siteRoot = ({ base, origin }: Site): string => (origin ?? somewhere) + base;

export const bookTitle = "Glassbox";
