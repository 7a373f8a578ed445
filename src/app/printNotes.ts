/** On paper nothing can be pressed: links become notes at the end of the page, and each figure says what it is set to. */
export function attachPrintNotes(): void {
  addEventListener("beforeprint", () => {
    clear();
    for (const figure of document.querySelectorAll<HTMLElement>("figure[data-widget]")) writeSettings(figure);
    writeLinks();
  });
  addEventListener("afterprint", clear);
}

function clear(): void {
  for (const note of document.querySelectorAll(".print-note, .print-notes, .print-settings")) note.remove();
}

const made = (tag: string, className: string, text: string): HTMLElement => Object.assign(document.createElement(tag), { className, textContent: text });

/** Numbers the links of the text, each address once, and lists them at its end. The list of sources has its addresses beside it. */
function writeLinks(): void {
  const addresses: string[] = [];
  for (const link of document.querySelectorAll<HTMLAnchorElement>("main a[href]")) {
    const isAnchor = link.getAttribute("href")!.startsWith("#");
    if (isAnchor || !link.checkVisibility() || link.closest("svg, nav, .sources, .bibliography, .gallery, .path-steps")) continue;
    if (!addresses.includes(link.href)) addresses.push(link.href);
    link.after(made("sup", "print-note", String(addresses.indexOf(link.href) + 1)));
  }
  if (addresses.length === 0) return;
  const list = document.createElement("ol");
  list.append(...addresses.map((address) => made("li", "", address)));
  const notes = made("section", "print-notes", "");
  notes.append(made("h2", "", "Links"), list);
  (document.querySelector("main > .chapter") ?? document.querySelector("main")!).append(notes);
}

/** "learning rate η 0.3, function two valleys, step 12": what the controls of a figure say, below its caption. */
function writeSettings(figure: HTMLElement): void {
  const words = [...figure.querySelectorAll<HTMLElement>("[data-knobs] .gb-knob")].flatMap((knob) => {
    const label = ((knob.querySelector("legend") ?? knob.querySelector("label"))?.textContent ?? "").trim();
    const value = valueOf(knob);
    return value === null ? [] : [`${label} ${value}`.trim()];
  });
  if (figure.dataset.step !== undefined) words.push(`step ${figure.dataset.step}`);
  if (words.length > 0) figure.querySelector("figcaption")?.append(made("p", "print-settings", `Set to: ${words.join(", ")}.`));
}

function valueOf(knob: HTMLElement): string | null {
  const unit = knob.querySelector(".gb-unit")?.textContent ?? "";
  const field = knob.querySelector<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(".gb-box, textarea, select, input[type=text]");
  if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.textContent ?? null;
  if (field) return field.matches(".gb-box") ? field.value + (unit && ` ${unit}`) : `“${field.value}”`;
  const box = knob.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (box) return box.checked ? "on" : "off";
  return knob.querySelector("input[type=radio]:checked")?.closest("label")?.textContent.trim() ?? null;
}
