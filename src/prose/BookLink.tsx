import type { ReactElement, ReactNode } from "react";
import { usePage } from "./page.ts";

/**
 * A link. `chapter:slug` leads to a chapter of this book; where that is not written yet, its name stays as plain text. `/…` is an
 * address within the site.
 */
export function BookLink({ to, children }: { readonly to: string; readonly children?: ReactNode }): ReactElement {
  const page = usePage();
  if (to.startsWith("chapter:")) {
    const [slug = "", section] = to.slice("chapter:".length).split("#");
    const address = page.address(slug);
    if (address === null) return <span className="unwritten">{children}</span>;
    return <a href={section ? `${address}#${section}` : address}>{children}</a>;
  }
  if (to.startsWith("/")) return <a href={page.base + to.slice(1)}>{children}</a>;
  if (!/^(https:\/\/|#)/.test(to)) throw new Error(`BookLink: a link is chapter:…, /…, #… or https://…, got "${to}"`);
  return <a href={to}>{children}</a>;
}
