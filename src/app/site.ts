/** What the addresses of the site begin with; the host may serve it below a folder (`GLASSBOX_BASE=/book/`). */
export interface Site {
  /** Begins and ends with a slash. */
  readonly base: string;
  /** `https://example.org`, where the site's address is known: for the site map and link previews. */
  readonly origin: string | null;
}

/** The files of the bundle that a page loads. */
export interface Assets {
  /** Runs before anything is painted: it only sets the theme. */
  readonly theme: string;
  readonly script: string;
  /** What `script` imports, fetched at the same time. */
  readonly preloads: readonly string[];
  readonly styles: readonly string[];
  readonly fonts: readonly string[];
}

/**
 * The content security policy of every page. Styles may stand inline because KaTeX places its boxes by style attributes;
 * `wasm-unsafe-eval` allows compiling WebAssembly and nothing else.
 */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
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
