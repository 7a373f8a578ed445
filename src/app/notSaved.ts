import { keeper, troubles } from "../keep/keeper.ts";
import { saveFile } from "../widget/saveFile.ts";

/** Says at once when something of the reader's could not be saved, and offers it as a file; goes away when it was saved after all. */
export function attachNotSaved(): void {
  let box: HTMLElement | null = null;
  keeper().onTrouble((trouble) => {
    box?.remove();
    box = null;
    if (trouble === null) return;
    box = document.createElement("p");
    box.className = "not-saved";
    box.setAttribute("role", "status");
    const download = document.createElement("button");
    Object.assign(download, { type: "button", textContent: "Download your work" });
    download.addEventListener("click", () => void downloadWork());
    box.append(`Not saved: ${troubles[trouble]}. `, download);
    document.body.append(box);
  });
}

/** Everything of the reader's as one file, what could not be saved included. */
export async function downloadWork(): Promise<void> {
  const { exportAll } = await import("../keep/archive.ts");
  saveFile(await exportAll(keeper()), `glassbox-work-${new Date().toISOString().slice(0, 10)}.zip`);
}
