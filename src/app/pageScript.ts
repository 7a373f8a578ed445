/** The script of every page of the book: figures come to life and prose follows them. */
import { followFigures } from "../prose/followFigures.ts";
import { hydrateFigures } from "../widget/figure.ts";
import { widgets } from "../widgets/index.ts";
import { attachModels, attachSearch, whenQuiet } from "./openers.ts";
import "./styles/book.css";

hydrateFigures(widgets, { site: new URL(import.meta.env.BASE_URL, location.href).href });
followFigures();
attachSearch(import.meta.env.BASE_URL);
attachModels();
dispatchEvent(new Event("listening"));
let isComplete = false;
const complete = (): Promise<void> => import("./later.ts").then(() => { isComplete = true; });
whenQuiet(() => void complete());
// A guess, a step, a path or the theme pressed before its script is there is pressed again when it is.
document.addEventListener("click", ({ target }) => {
  const early = target instanceof Element ? target.closest<HTMLButtonElement>("button.guess, [data-to], [data-follow-path], [data-theme-switch]") : null;
  if (early && !isComplete) void complete().then(() => early.click());
});
if (document.querySelector("[data-copy]")) {
  void import("./copyAndFind.ts").then(({ attachCopyButtons, attachFinder }) => {
    attachCopyButtons(new URL(import.meta.env.BASE_URL, location.href).href);
    attachFinder();
  });
}
