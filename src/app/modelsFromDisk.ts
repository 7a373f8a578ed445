import { element } from "./element.ts";

/** Says something in the drawer, with a way back where there is one. */
export type Say = (text: string, undo?: () => void) => void;

/** "Open a model from your disk": a folder, files, or what is dropped on the drawer. */
export function chooser(dialog: HTMLDialogElement, say: Say): HTMLElement {
  const field = (label: string, folder: boolean): HTMLInputElement => {
    const made = element("input", { type: "file", multiple: true, hidden: true });
    if (folder) made.webkitdirectory = true;
    made.setAttribute("aria-label", label);
    made.addEventListener("change", () => {
      open([...(made.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, data: file })), say);
      made.value = "";
    });
    return made;
  };
  const folder = field("A model’s folder", true), files = field("A model’s files", false);
  dialog.addEventListener("dragover", (event) => {
    event.preventDefault();
    dialog.dataset.drop = "";
  });
  dialog.addEventListener("dragleave", ({ target }) => { if (target === dialog) delete dialog.dataset.drop; });
  dialog.addEventListener("drop", (event) => {
    event.preventDefault();
    delete dialog.dataset.drop;
    // Entries are gone when the event is over.
    const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
    void Promise.all(entries.map((entry) => filesBelow(entry))).then((found) => open(found.flat(), say));
  });
  return element("section", {},
    element("h3", { textContent: "Open a model from your disk" }),
    element("p", { className: "soft", textContent: "A Hugging Face folder of the types gpt2 or llama (config.json, model.safetensors, tokenizer.json), a GGUF file "
      + "with its tokenizer, or the zip of an export, up to the size of GPT-2 small. You may drop it here. It is read on this device and not uploaded." }),
    element("p", { className: "drawer-do" },
      element("button", { type: "button", textContent: "Choose a folder", onclick: () => folder.click() }),
      element("button", { type: "button", textContent: "Choose files", onclick: () => files.click() }), folder, files));
}

interface Found {
  readonly name: string;
  readonly data: File;
}

function open(files: readonly Found[], say: Say): void {
  if (files.length === 0) return;
  say("Reading …");
  void import("../keep/fromDisk.ts")
    .then(({ keepFromDisk }) => keepFromDisk(files, (share) => say(`Reading … ${Math.round(share * 100)} %`)))
    .then(
      ({ shelved, saved }) => say(saved ? `“${shelved.name}” is now among your ${shelved.kind}s.` : `“${shelved.name}” lasts as long as this page: it could not be saved.`),
      (error: unknown) => say(`It was not opened: ${(error instanceof Error ? error.message : String(error)).replace(/\.$/, "")}.`),
    );
}

/** The files of something dropped, folders opened. */
async function filesBelow(entry: FileSystemEntry, folder = ""): Promise<Found[]> {
  const name = `${folder}${entry.name}`;
  if (entry.isFile) {
    return [{ name, data: await new Promise<File>((resolve, reject) => { (entry as FileSystemFileEntry).file(resolve, reject); }) }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const below: Found[] = [];
  // A directory is read in batches; an empty one is the last.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (batch.length === 0 || below.length > 1000) return below;
    below.push(...(await Promise.all(batch.map((one) => filesBelow(one, `${name}/`)))).flat());
  }
}
