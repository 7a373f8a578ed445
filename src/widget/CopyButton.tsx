import { useState } from "react";

/** A button that copies a text; without a clipboard (a sandbox) the text is shown, to be copied by hand. */
export function CopyButton({ text, children }: { readonly text: () => string; readonly children: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = (): void => {
    const written = text();
    const done = navigator.clipboard?.writeText(written) ?? Promise.reject(new Error("no clipboard"));
    done.then(() => {
      setSaid("Copied");
      setTimeout(() => setSaid(null), 2000);
    }, () => setSaid(written));
  };
  return (
    <>
      <button type="button" onClick={copy}>{said === "Copied" ? said : children}</button>
      <output className="gb-hidden">{said === "Copied" ? "Copied" : ""}</output>
      {said !== null && said !== "Copied" && (
        <textarea className="gb-code" readOnly rows={3} aria-label="To copy by hand" value={said}
          onFocus={(event) => event.target.select()} />
      )}
    </>
  );
}
