/**
 * Lays out the parts of a chapter that the screen has not reached (frame.css folds them), one whenever the page has nothing else to do:
 * from then on the page is as long as it looks, and links, search in the page and the scroll bar are exact.
 */
export async function attachUnfolding(): Promise<void> {
  const folded = [...document.querySelectorAll<HTMLElement>(".section, .section > :is(.figure-place, .steps, .box)")];
  // A font that came later would have all that is unfolded by then laid out anew.
  await Promise.allSettled(fontsOf(document.body).map((font) => document.fonts.load(font, document.body.textContent)));
  const { classList } = document.documentElement;
  const next = (): void => {
    const part = folded.shift();
    if (!part) classList.remove("folded");
    if (!classList.contains("folded")) return;
    part?.classList.add("unfolded");
    whenIdle(next);
  };
  if (classList.contains("folded")) whenIdle(next);
}

/** What the parts of a text call for; of each, `document.fonts` takes the faces that have the text's signs. */
const fontsOf = (text: HTMLElement): string[] => [
  "1em Source Serif", "italic 1em Source Serif", "1em Inter",
  ...(text.querySelector("code, .token") ? ["1em JetBrains Mono"] : []),
  ...(text.querySelector(".katex") ? ["1em KaTeX_Main", "italic 1em KaTeX_Math"] : []),
];

/** After a frame, so that what the last call changed has been drawn. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestAnimationFrame(() => requestIdleCallback(work, { timeout: 1000 }));
  else setTimeout(work, 100);
}
