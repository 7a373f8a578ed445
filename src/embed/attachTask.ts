import type { Widget } from "../widget/defineWidget.ts";
import { figureStore } from "../widget/store.ts";
import type { Say } from "./attachHost.ts";
import { inWords, judge, readTask } from "./task.ts";

/**
 * Shows a teacher's task below the figure, each bound with the number as it stands, and tells the host when the verdict changes.
 * Returns how to tell it again.
 */
export async function attachTask(figure: HTMLElement, text: string, load: () => Promise<Widget>, say: Say): Promise<() => void> {
  const { goals } = await load();
  const bounds = readTask(text, goals);
  if (bounds.length === 0) return () => undefined;
  const box = document.createElement("div");
  box.className = "embed-task";
  const title = document.createElement("strong");
  title.textContent = "Task";
  const list = document.createElement("ul");
  // Only the verdict is spoken: the numbers change with every step.
  const verdict = document.createElement("output");
  box.append(title, list, verdict);
  const items = bounds.map(() => list.appendChild(document.createElement("li")));
  figure.after(box);

  const store = figureStore(figure.id);
  const now = () => {
    const { frame, params } = store.getState();
    return judge(bounds, goals, frame, params);
  };
  let met: boolean | null = null;
  const tell = (): void => say({ type: "task", met: met === true, goals: now() });
  const update = (): void => {
    const reports = now();
    reports.forEach((report, i) => {
      const words = inWords(report, goals);
      if (items[i]!.textContent !== words) items[i]!.textContent = words;
      items[i]!.dataset.met = String(report.met);
    });
    const all = reports.every((report) => report.met);
    if (all === met) return;
    met = all;
    box.dataset.met = String(all);
    verdict.textContent = all ? "Met." : "Not met yet.";
    tell();
  };
  store.subscribe((state, before) => { if (state.frame !== before.frame) update(); });
  update();
  return tell;
}
