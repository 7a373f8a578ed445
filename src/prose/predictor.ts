import { ask } from "../widget/store.ts";

/** A guess opens the answer, says whether it was right, and lets the figure show it. The first guess counts and stays marked. */
export function attachPredictions(root: ParentNode = document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-predict]")) {
    const guesses = [...box.querySelectorAll<HTMLButtonElement>("button.guess")];
    const answer = box.querySelector("details");
    const verdict = box.querySelector<HTMLElement>(".verdict");
    for (const guess of guesses) {
      guess.addEventListener("click", () => {
        for (const one of guesses) one.setAttribute("aria-pressed", String(one === guess));
        const right = guess.dataset.right !== undefined;
        const name = guess.getAttribute("aria-label") ?? guess.textContent;
        if (verdict) verdict.textContent = right ? `“${name}”: so it is.` : `You guessed “${name}”. It is not so.`;
        if (answer) answer.open = true;
      });
    }
    const reveal = (): void => {
      if (!answer?.open) return;
      box.classList.add("answered");
      show(box);
    };
    answer?.addEventListener("toggle", reveal);
    // It may have been opened before this script was there.
    reveal();
  }
  for (const details of root.querySelectorAll<HTMLDetailsElement>("details.predict[data-scene]")) {
    const reveal = (): void => void (details.open && show(details));
    details.addEventListener("toggle", reveal);
    reveal();
  }
}

function show({ dataset: { figure, scene } }: HTMLElement): void {
  if (figure !== undefined && scene !== undefined) ask(figure, { type: "scene", scene });
}

/** Escape hides the entry of a source until the pointer or the keyboard has left its citation. */
export function attachCitations(root: Document = document): void {
  root.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const place of root.querySelectorAll<HTMLElement>(".cite-place:is(:hover, :focus-within)")) {
      place.classList.add("dismissed");
      const back = ({ type }: Event): void => {
        if (type === "pointerleave" && place.contains(root.activeElement)) return;
        place.classList.remove("dismissed");
      };
      for (const kind of ["pointerleave", "focusout"]) place.addEventListener(kind, back, { once: true });
    }
  });
}
