import type { AnyValues } from "../widget/params.ts";
import { ask } from "../widget/store.ts";

/** Makes each `Steps` of the page show one step at a time, by its buttons or the arrow keys, and put its figure in that state. */
export function attachSteps(root: ParentNode = document): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-steps]")) attach(place);
}

function attach(place: HTMLElement): void {
  const steps = [...place.querySelectorAll<HTMLElement>(".step")];
  const back = place.querySelector<HTMLButtonElement>("[data-to=back]");
  const next = place.querySelector<HTMLButtonElement>("[data-to=next]");
  const position = place.querySelector<HTMLElement>(".steps-at");
  const figure = place.dataset.steps ?? "";
  let at = 0;
  const go = (to: number): void => {
    if (to < 0 || to >= steps.length || to === at) return;
    at = to;
    steps.forEach((step, i) => step.classList.toggle("now", i === at));
    const { params = "{}", run } = steps[at]!.dataset;
    ask(figure, { type: "set", params: JSON.parse(params) as AnyValues });
    if (run !== undefined) ask(figure, { type: "run" });
    if (position) position.textContent = `${at + 1} of ${steps.length}`;
    if (back) back.disabled = at === 0;
    if (next) next.textContent = at === steps.length - 1 ? "Again" : "Next";
  };
  const forward = (): void => go(at === steps.length - 1 ? 0 : at + 1);
  back?.addEventListener("click", () => {
    go(at - 1);
    // A disabled button loses the keyboard; the other one takes it.
    if (at === 0) next?.focus();
  });
  next?.addEventListener("click", forward);
  place.querySelector(".steps-panel")?.addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    if (altKey || ctrlKey || metaKey || (target instanceof Element && target.closest("input, [role=slider]"))) return;
    if (key !== "ArrowRight" && key !== "ArrowLeft") return;
    event.preventDefault();
    go(key === "ArrowRight" ? at + 1 : at - 1);
  });
}
