import type { ReactElement, ReactNode } from "react";
import { bookTitle } from "./site.ts";

interface FrameProps {
  readonly base: string;
  /** The name of the page in the header; the first page has none. */
  readonly here?: string;
  readonly children: ReactNode;
}

/** What surrounds every page of the book: header with title and theme switch, footer with licences. */
export function Frame({ base, here, children }: FrameProps): ReactElement {
  return (
    <>
      <a className="skip" href="#main">Skip to the text</a>
      <header className="masthead">
        <a className="book" href={base}><Mark /><span>{bookTitle}</span></a>
        {here !== undefined && <span className="here">{here}</span>}
        <nav aria-label="Book">
          <a href={`${base}#contents`}>Contents</a>
          <a href={`${base}widgets/`}>Figures</a>
          <button type="button" className="theme-switch" data-models="" aria-haspopup="dialog" aria-label="Your models" title="Your models">
            <ShelfIcon />
          </button>
          <button type="button" className="theme-switch search-opener" data-search="" aria-label="Search" title="Search ( / )"><SearchIcon /></button>
          <button type="button" className="theme-switch" data-theme-switch="" aria-label="Theme: as the system">
            <ThemeIcon />
          </button>
        </nav>
      </header>
      <main id="main">{children}</main>
      <footer className="colophon">
        <p>
          Prose and figures: <a href="https://creativecommons.org/licenses/by/4.0/" rel="license">CC BY 4.0</a>. Code: MIT. No cookies, no
          tracking: what you type and train stays on this device.{" "}
          <span className="whole"><a href={`${base}glossary/`}>Glossary</a> ·</span> <span className="whole"><a href={`${base}sources/`}>Sources</a> ·</span>{" "}
          <span className="whole"><a href={`${base}for-your-site/`}>For your site</a><span className="keys-opener"> ·</span></span>{" "}
          <span className="keys-opener"><button type="button" data-keys="">Keys <kbd>?</kbd></button></span>
        </p>
      </footer>
    </>
  );
}

/** Three panes of glass, one in front of the other. */
function Mark(): ReactElement {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect x="3" y="9" width="17" height="20" rx="2" />
      <rect x="7.5" y="6" width="17" height="20" rx="2" />
      <rect x="12" y="3" width="17" height="20" rx="2" />
    </svg>
  );
}

/** A drawer with a handle. */
function ShelfIcon(): ReactElement {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round">
      <path d="M4 12l3-7h10l3 7v7H4z" /><path d="M4 12h5a3 3 0 0 0 6 0h5" />
    </svg>
  );
}

function SearchIcon(): ReactElement {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round">
      <circle cx="10.5" cy="10.5" r="6" /><path d="M15 15l5 5" />
    </svg>
  );
}

function ThemeIcon(): ReactElement {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
    </svg>
  );
}
