import { type MouseEvent, useState } from "react";

/** A button that copies a text; where nothing lets it, the text is shown, to be copied by hand. */
export function CopyButton({ text, children }: { readonly text: () => string; readonly children: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = ({ currentTarget: button }: MouseEvent<HTMLElement>): void => {
    const written = text();
    const copied = (): void => {
      setSaid("Copied");
      setTimeout(() => setSaid(null), 2000);
    };
    if (copySelected(written, button)) return copied();
    const done = navigator.clipboard?.writeText(written) ?? Promise.reject(new Error("no clipboard"));
    done.then(copied, () => setSaid(written));
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

/**
 * The older way: it asks for a press and no permission, which a frame in another site does not have. The text stands beside the button for
 * that moment, because in a dialog nothing outside it can be selected.
 */
function copySelected(text: string, button: HTMLElement): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "gb-hidden";
  button.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  button.focus();
  return done;
}
