interface Paper {
  readonly xs: readonly number[];
  readonly top: number;
  readonly bottom: number;
  readonly max: number;
  readonly names: readonly string[];
  readonly truth: readonly number[];
}

/** Makes every `PredictCurve` of the page one that can be drawn on, by pointer and by arrow keys. */
export function attachCurves(root: ParentNode = document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-curve]")) attachCurve(box, JSON.parse(box.dataset.curve!) as Paper);
}

function attachCurve(box: HTMLElement, { xs, top, bottom, max, names, truth }: Paper): void {
  const svg = box.querySelector("svg")!;
  const [line, hand] = [svg.querySelector(".curve-guess")!, svg.querySelector(".curve-hand")!];
  const [answer, verdict] = [box.querySelector("details")!, box.querySelector(".verdict")!];
  const guess = new Map<number, number>();
  let at = 0;

  const set = (column: number, value: number): void => {
    guess.set(column, Math.min(max, Math.max(0, value)));
    at = column;
  };
  const show = (): void => {
    const drawn = [...guess].toSorted(([a], [b]) => a - b);
    const place = (value: number): number => bottom - (value / max) * (bottom - top);
    line.setAttribute("points", drawn.map(([column, value]) => `${xs[column]!.toFixed(1)},${place(value).toFixed(1)}`).join(" "));
    const value = guess.get(at);
    hand.setAttribute("visibility", "visible");
    hand.setAttribute("cx", String(xs[at]));
    hand.setAttribute("cy", String(place(value ?? 0)));
    svg.setAttribute("aria-valuenow", String(value ?? 0));
    svg.setAttribute("aria-valuetext", `at ${names[at]}: ${value === undefined ? "nothing drawn" : Number(value.toPrecision(3))}`);
    if (answer.open) say();
  };
  const say = (): void => {
    box.classList.add("answered");
    if (guess.size === 0) return;
    const off = [...guess].map(([column, value]) => ({ column, by: Math.abs(Math.min(truth[column]!, max) - value) }));
    const mean = off.reduce((sum, { by }) => sum + by, 0) / off.length;
    const worst = off.reduce((a, b) => (b.by > a.by ? b : a));
    verdict.textContent = mean < 0.06 * max
      ? "Your curve is the answer, as near as a hand can draw it."
      : `Your curve is off by ${Number(mean.toPrecision(2))} on average, most at ${names[worst.column]}.`;
  };

  let last: { column: number; value: number } | null = null;
  const draw = (event: PointerEvent): void => {
    const bounds = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / bounds.width;
    const [x, y] = [(event.clientX - bounds.left) * scale, (event.clientY - bounds.top) * scale];
    const column = xs.reduce((best, place, i) => (Math.abs(place - x) < Math.abs(xs[best]! - x) ? i : best), 0);
    const value = ((bottom - y) / (bottom - top)) * max;
    // A quick hand skips columns: what lies between two events lies on a straight line.
    const from = last ?? { column, value };
    const steps = Math.abs(column - from.column);
    for (let i = 0; i <= steps; i++) {
      const part = steps === 0 ? 1 : i / steps;
      set(Math.round(from.column + part * (column - from.column)), from.value + part * (value - from.value));
    }
    at = column;
    last = { column, value };
    show();
  };
  svg.addEventListener("pointerdown", (event) => {
    if (answer.open) return;
    svg.setPointerCapture(event.pointerId);
    last = null;
    draw(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) draw(event);
  });
  svg.addEventListener("keydown", (event) => {
    const along = { ArrowLeft: -1, ArrowRight: 1, Home: -xs.length, End: xs.length }[event.key];
    const up = { ArrowUp: 1, ArrowDown: -1, PageUp: 4, PageDown: -4 }[event.key];
    if (along === undefined && up === undefined) return;
    event.preventDefault();
    if (along !== undefined) at = Math.min(xs.length - 1, Math.max(0, at + along));
    else if (!answer.open) set(at, (guess.get(at) ?? guess.get(at - 1) ?? 0) + (up! * max) / 20);
    show();
  });
  answer.addEventListener("toggle", () => void (answer.open && say()));
  if (answer.open) say();
}
