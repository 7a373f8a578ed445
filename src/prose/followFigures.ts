import { decimals } from "../widget/params.ts";
import { ask, figureStore } from "../widget/store.ts";

/**
 * Connects prose to the figures of the page: numbers that follow a figure (`data-live`), numbers that can be dragged (`data-scrub`),
 * buttons that set a figure (`data-chip`) and terms that light up with it (`t-…`). Prose is plain HTML; only strings tie them.
 */
export function followFigures(root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-live]")) followReadout(element);
  for (const element of root.querySelectorAll<HTMLElement>("[data-scrub]")) makeScrubber(element);
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-chip]")) {
    button.addEventListener("click", () => press(button));
  }
  const figures = new Set([...document.querySelectorAll<HTMLElement>("figure[data-widget]")].map(({ id }) => id));
  for (const figure of figures) lightTerms(figure);
}

function followReadout(element: HTMLElement): void {
  const { live = "", readout = "" } = element.dataset;
  figureStore(live).subscribe(({ readouts }) => {
    const text = readouts[readout];
    if (text !== undefined && element.textContent !== text) element.textContent = text;
  });
}

function press(button: HTMLButtonElement): void {
  const { chip = "", scene, params } = button.dataset;
  if (scene !== undefined) ask(chip, { type: "scene", scene });
  else if (params !== undefined) ask(chip, { type: "set", params: JSON.parse(params) as Record<string, number | string | boolean> });
  pointTo(button, chip);
}

/** Pixels of a picture that have to be in the window for what a chip does to be seen. */
const SEEN = 160;

/** Says beside a chip where its figure is, if that is out of sight. The link is an ordinary one: Back leads back to the sentence. */
function pointTo(button: HTMLElement, id: string): void {
  for (const old of document.querySelectorAll(".chip-there")) old.remove();
  const figure = document.getElementById(id);
  const name = figure?.querySelector(".figure-number label")?.textContent;
  const box = figure?.querySelector("[data-stage]")?.getBoundingClientRect();
  if (!name || !box || box.height === 0) return;
  if (Math.min(box.bottom, innerHeight) - Math.max(box.top, 0) >= Math.min(SEEN, box.height / 2)) return;
  const link = document.createElement("a");
  link.className = "chip-there";
  link.href = `#${id}`;
  link.textContent = `${box.top < 0 ? "↑" : "↓"}\u00a0${name.trim().replace(" ", "\u00a0")}`;
  button.after("\u00a0", link);
}

/** Pixels of dragging for one step of the value. */
const PIXELS_A_STEP = 4;

function makeScrubber(element: HTMLElement): void {
  const { scrub: figure = "", param = "", label = "" } = element.dataset;
  const [min, max, step] = [element.dataset.min, element.dataset.max, element.dataset.step].map(Number) as [number, number, number];
  const digits = decimals(step);
  let value = Number(element.textContent);
  const show = (next: number): void => {
    value = next;
    element.textContent = next.toFixed(digits);
    element.setAttribute("aria-valuenow", String(next));
  };
  const set = (next: number): void => {
    const clamped = Math.min(max, Math.max(min, next));
    show(clamped);
    ask(figure, { type: "set", params: { [param]: clamped } });
  };
  element.setAttribute("role", "slider");
  element.setAttribute("tabindex", "0");
  element.setAttribute("aria-label", label);
  element.setAttribute("aria-valuemin", String(min));
  element.setAttribute("aria-valuemax", String(max));
  show(value);
  figureStore(figure).subscribe(({ params }) => {
    const now = params[param];
    if (typeof now === "number" && now !== value) show(now);
  });
  element.addEventListener("keydown", (event) => {
    const to: Record<string, number> = {
      ArrowRight: value + step, ArrowUp: value + step, ArrowLeft: value - step, ArrowDown: value - step,
      PageUp: value + 10 * step, PageDown: value - 10 * step, Home: min, End: max,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  });
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [from, start] = [event.clientX, value];
    element.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent): void => set(start + Math.round((clientX - from) / PIXELS_A_STEP) * step);
    element.addEventListener("pointermove", move);
    element.addEventListener("lostpointercapture", () => element.removeEventListener("pointermove", move), { once: true });
  });
}

/** A figure that speaks of "query" lights every `t-query` of the page while it does. */
function lightTerms(figure: string): void {
  figureStore(figure).subscribe(({ focus }, before) => {
    if (focus === before.focus) return;
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (focus !== null && /^[a-z-]+$/i.test(focus)) for (const term of document.querySelectorAll(`.t-${focus}`)) term.classList.add("lit");
  });
}
