/** What has one colour in the whole book. Formulas and text carry it as `t-query`, parts of figures as `c-query`. */
const roles = /(?:^|\s)[tc]-(query|key|value|residual|output|gradient|loss)(?=\s|$)/;

/** A term under the pointer, or with the keyboard on it, lights its namesakes in text, formulas and figures, whichever it stands in. */
export function lightTerms(root: Document = document): void {
  let lit: string | null = null;
  const light = (name: string | null): void => {
    if (name === lit) return;
    lit = name;
    for (const element of root.querySelectorAll(".lit")) element.classList.remove("lit");
    if (name === null) return;
    for (const element of root.querySelectorAll(`main .t-${name}, .gb-stage .c-${name}`)) element.classList.add("lit");
  };
  const see = ({ target }: Event): void => light(target instanceof Element ? roleOf(target) : null);
  root.addEventListener("pointerover", see);
  root.addEventListener("focusin", see);
  root.addEventListener("focusout", () => light(null));
  // The pointer may have come before this did.
  const under = [...root.querySelectorAll(":hover")].at(-1);
  if (under) light(roleOf(under));
}

function roleOf(element: Element): string | null {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const found = roles.exec(at.getAttribute("class") ?? "")?.[1];
    if (found) return found;
    // A chart has one colour for its curves; only what is marked itself speaks for a term.
    if (at.matches("svg, p, figure, section")) return null;
  }
  return null;
}
