/**
 * Marks that are buttons behind one tab stop: arrow keys walk from one to the next, Home and End go to the ends, Enter, the space
 * bar or a press activates. Returns an update that is told the marks on the screen, in the order in which keys walk through them.
 *
 * `above` gives the mark that ArrowUp (−1) or ArrowDown (+1) reaches; where absent, up is back and down is on.
 */
export function roving(
  activate: (index: number) => void, above?: (index: number, rows: 1 | -1) => number,
): (marks: readonly SVGElement[]) => void {
  let current = 0;
  return (marks) => {
    current = Math.max(0, Math.min(current, marks.length - 1));
    const reach = (to: number): void => {
      current = to;
      marks.forEach((mark, i) => mark.setAttribute("tabindex", i === to ? "0" : "-1"));
    };
    const target = (key: string, at: number): number | undefined => {
      switch (key) {
        case "ArrowRight": return at + 1;
        case "ArrowLeft": return at - 1;
        case "ArrowDown": return above?.(at, 1) ?? at + 1;
        case "ArrowUp": return above?.(at, -1) ?? at - 1;
        case "Home": return 0;
        case "End": return marks.length - 1;
        default: return undefined;
      }
    };
    reach(current);
    marks.forEach((mark, at) => {
      mark.setAttribute("role", "button");
      mark.onclick = () => {
        reach(at);
        activate(at);
      };
      mark.onkeydown = (event) => {
        const press = event.key === "Enter" || event.key === " ";
        const to = target(event.key, at);
        if (!press && to === undefined) return;
        event.preventDefault();
        if (press) {
          activate(at);
        } else if (marks[to!]) {
          reach(to!);
          marks[to!]!.focus();
        }
      };
    });
  };
}

/** Runs a change that may take away the focused mark; the focus then stays in the group, on the mark that has the tab stop. */
export function keepFocus(group: SVGGElement, change: () => void): void {
  const had = group.contains(group.ownerDocument.activeElement);
  change();
  if (had && !group.contains(group.ownerDocument.activeElement)) group.querySelector<SVGElement>('[tabindex="0"]')?.focus();
}
