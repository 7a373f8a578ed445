import { element } from "./element.ts";

/** What the keyboard can do, by where it can. */
const keys: readonly (readonly [where: string, rows: readonly (readonly [keys: string, what: string])[]])[] = [
  ["Everywhere", [["/", "search the book"], ["?", "this list"], ["Esc", "close what is open, put away a source"]]],
  ["In a figure", [
    ["Tab", "from the picture to its controls, to its three dots: table, sentence, downloads, link"],
    ["← → ↑ ↓", "inside the picture: to the next cell, point or token; its value is read out"],
    ["Home  End", "to the first or last of them"],
    ["Enter  Space", "do what a press would do there"],
    ["Page Up  Page Down", "move a slider, or a number in a sentence, by ten steps"],
  ]],
  ["In steps", [["← →", "back and on, once one of their buttons has the focus"]]],
];

/** Opens the list over the page. */
export function openKeys(): void {
  const known = document.querySelector<HTMLDialogElement>("dialog.keys");
  const dialog = known ?? makeDialog();
  if (!dialog.open) dialog.showModal();
}

function makeDialog(): HTMLDialogElement {
  const dialog = document.body.appendChild(element("dialog", { className: "drawer keys" }));
  const title = element("h2", { id: "keys", textContent: "Keys" });
  dialog.setAttribute("aria-labelledby", title.id);
  const close = element("button", { type: "button", textContent: "Close", onclick: () => dialog.close() });
  const parts = keys.map(([where, rows]) => {
    const list = element("dl", {}, ...rows.flatMap(([key, what]) =>
      [element("dt", {}, ...key.split("  ").flatMap((one, i) => [...(i > 0 ? [" "] : []), element("kbd", { textContent: one })])), element("dd", { textContent: what })]));
    return element("section", {}, element("h3", { textContent: where }), list);
  });
  dialog.append(element("div", { className: "drawer-head" }, title, close), ...parts);
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
  return dialog;
}
