import type { ReactElement } from "react";

/** Code to be copied; its button works where scripts run, and is not seen where they do not. */
export function CodeBlock({ code, label }: { readonly code: string; readonly label: string }): ReactElement {
  return (
    <div className="recipe-code">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} aria-label={label}><code>{code}</code></pre>
      <button type="button" className="copy" data-copy="" aria-label={`Copy: ${label}`}>Copy</button>
    </div>
  );
}
