/** "Your models": what the reader has kept, fetched at the first press of the button in the header. */
import { keeper } from "../keep/keeper.ts";
import { progress } from "../keep/progress.ts";
import { inWords, type MadeKind, type Shelved, shelf } from "../keep/shelf.ts";
import { saveFile } from "../widget/saveFile.ts";
import { chooser, type Say } from "./modelsFromDisk.ts";
import { downloadWork } from "./notSaved.ts";
import { type OwnFigure, ownFiguresFile } from "./ownFigures.ts";
import { element } from "./element.ts";

const headings: Record<MadeKind, string> = { model: "Models", tokenizer: "Tokenizers" };
const nothingYet: Record<MadeKind, string> = {
  model: "None yet. Train one in “Train a language model” and press “Keep this model”, or open one from your disk.",
  tokenizer: "None yet. Train one in “Tokens” and press “Keep this tokenizer”.",
};

/** Opens the drawer over the page. */
export function openDrawer(): void {
  const known = document.querySelector<HTMLDialogElement>("dialog.drawer");
  const dialog = known ?? makeDrawer();
  if (!dialog.open) dialog.showModal();
}

function makeDrawer(): HTMLDialogElement {
  const dialog = document.body.appendChild(element("dialog", { className: "drawer" }));
  const title = element("h2", { id: "your-models", textContent: "Your models" });
  dialog.setAttribute("aria-labelledby", title.id);
  const close = element("button", { type: "button", textContent: "Close", onclick: () => dialog.close() });
  const status = element("p", { className: "drawer-say" });
  status.setAttribute("role", "status");
  const say: Say = (text, undo) => {
    status.replaceChildren(text);
    if (undo) status.append(" ", element("button", { type: "button", textContent: "Undo", onclick: undo }));
  };
  const lists = (["model", "tokenizer"] as const).map((kind) => {
    const place = element("div");
    void figures().then((all) => shelf().follow(kind, (list) => {
      place.replaceChildren(list.length === 0 ? element("p", { className: "soft", textContent: nothingYet[kind] })
        : element("ul", {}, ...list.map((one) => entry(one, all, say))));
    }));
    return element("section", {}, element("h3", { textContent: headings[kind] }), place);
  });
  dialog.append(
    element("div", { className: "drawer-head" }, title, close),
    element("p", { className: "soft", textContent: "What you keep lies in this browser, on this device. Nothing is uploaded." }),
    status, ...lists, chooser(dialog, say), everything(say),
  );
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
  return dialog;
}

let listed: Promise<readonly OwnFigure[]> | null = null;
/** The figures that run on what was kept; none while they cannot be loaded. */
const figures = (): Promise<readonly OwnFigure[]> => (listed ??= fetch(import.meta.env.BASE_URL + ownFiguresFile)
  .then(async (response) => (response.ok ? ((await response.json()) as OwnFigure[]) : [])).catch(() => []));

/** One of the list: what it is, where it goes, what may be done with it. */
function entry(one: Shelved, all: readonly OwnFigure[], say: Say): HTMLLIElement {
  const { kind, id, name, where, saved, files, shape } = one;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const label = element("strong", { textContent: name });
  const date = new Date(saved).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const press = (text: string, what: () => void): HTMLButtonElement => {
    const made = element("button", { type: "button", textContent: text, onclick: what });
    made.setAttribute("aria-label", `${text} ${name}`);
    return made;
  };
  const fits = ({ kind: wanted, most }: OwnFigure): boolean =>
    wanted === kind && (!most || ((shape.layers ?? 1) <= most.layers && (shape.heads ?? 1) <= most.heads));
  const opens = all.filter(fits).map(({ title, url }) => element("a", { href: `${import.meta.env.BASE_URL}${url}mine:${id}`, textContent: title }));
  // A link to another state of this very page changes only its hash: the drawer then has to make way.
  for (const link of opens) link.addEventListener("click", () => link.closest("dialog")?.close());
  return element("li", {},
    element("p", { className: "drawer-name" }, label, element("span", { className: "soft", textContent: ` ${inBytes(bytes)}` })),
    element("p", { className: "soft", textContent: `${inWords(shape)}. ${where}, ${date}.` }),
    element("p", { className: "drawer-open" }, ...(opens.length > 0 ? ["Open in ", ...opens.flatMap((link, i) => (i === 0 ? [link] : [" · ", link]))] : [])),
    element("p", { className: "drawer-do" },
      press("Rename", () => rename(one, label)),
      press("Export", () => void exportOne(one).catch((error: unknown) => say(`That did not work: ${messageOf(error)}.`))),
      press("Delete", () => void remove(one, say))),
  );
}

function rename({ kind, id, name }: Shelved, label: HTMLElement): void {
  const field = element("input", { type: "text", value: name, maxLength: 200 });
  field.setAttribute("aria-label", `New name for ${name}`);
  let done = false;
  const end = (save: boolean): void => {
    if (done) return;
    done = true;
    const chosen = field.value.trim();
    const isFocused = document.activeElement === field;
    field.replaceWith(label);
    if (isFocused) label.closest("li")?.querySelector("button")?.focus();
    if (save && chosen !== "" && chosen !== name) {
      label.textContent = chosen;
      void shelf().rename(kind, id, chosen);
    }
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") end(true);
    if (event.key !== "Escape") return;
    // Escape would close the drawer.
    event.preventDefault();
    end(false);
  });
  field.addEventListener("blur", () => end(true));
  label.replaceWith(field);
  field.select();
}

/** A model as a zip of the folder that other programs open, a tokenizer as the one file that it is. */
async function exportOne({ kind, id, name, where, read }: Shelved): Promise<void> {
  const files = await shelf().open(kind, id);
  if (!files) throw new Error("its files are damaged; what is left of them goes into “Download your work”");
  const plain = name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "").slice(0, 60) || kind;
  const [only] = files.values();
  if (kind === "tokenizer") return saveFile(only!, `${plain}-tokenizer.json`);
  const { aboutFile, zipped } = await import("../keep/archive.ts");
  const about = new Blob([JSON.stringify({ name, where, read }, null, 1)]);
  saveFile(await zipped(new Map([...files, [aboutFile, about] as const].map(([file, blob]) => [`${plain}/${file}`, blob]))), `${plain}.zip`);
}

async function remove({ kind, id, name }: Shelved, say: Say): Promise<void> {
  const undo = await shelf().remove(kind, id);
  if (!undo) return say(`“${name}” could not be deleted.`);
  say(`“${name}” is deleted.`, () => void undo().then((isBack) => say(isBack ? `“${name}” is back.` : `“${name}” is back for as long as this page is open.`)));
  document.querySelector<HTMLElement>("dialog.drawer .drawer-say button")?.focus();
}

/** All that the reader did, as one file and back, or away. */
function everything(say: Say): HTMLElement {
  const field = element("input", { type: "file", accept: ".zip,application/zip", hidden: true });
  field.setAttribute("aria-label", "A file with your work");
  field.addEventListener("change", () => {
    const [file] = field.files ?? [];
    if (file) void takeIn(file, say).catch((error: unknown) => say(`Nothing was taken in: ${messageOf(error)}.`));
    field.value = "";
  });
  const wipe = element("button", { type: "button", textContent: "Remove everything" });
  wipe.addEventListener("click", () => {
    if (wipe.dataset.sure === undefined) {
      wipe.dataset.sure = "";
      wipe.textContent = "Yes, remove everything";
      say("This takes away your progress, answers, models and tokenizers. Press again to do it.");
      return;
    }
    void removeAll().then(() => location.reload());
  });
  return element("section", {},
    element("h3", { textContent: "All your work" }),
    element("p", { className: "soft", textContent: "Your place in each chapter, the answers you opened, models and tokenizers: one file to keep, or to take to another device." }),
    element("p", { className: "drawer-do" },
      element("button", { type: "button", textContent: "Download your work", onclick: () => void downloadWork() }),
      element("button", { type: "button", textContent: "Take in a file", onclick: () => field.click() }), field, wipe));
}

async function takeIn(file: File, say: Say): Promise<void> {
  const { importAll } = await import("../keep/archive.ts");
  const { taken, newer, broken, saved } = await importAll(keeper(), file);
  const parts = [
    `${taken} ${taken === 1 ? "item was" : "items were"} taken in${saved ? "" : ", but could not be saved"}`,
    ...(newer > 0 ? [`${newer} of a newer edition of the book stay in the file`] : []),
    ...(broken > 0 ? [`${broken} could not be read`] : []),
  ];
  say(`${parts.join("; ")}.`);
}

async function removeAll(): Promise<void> {
  await progress().forget();
  await keeper().clear();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
const inBytes = (bytes: number): string => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
