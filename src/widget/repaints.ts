import { tabHidden } from "./tab.ts";

/** What drawing may cost the page's thread in one repaint, the browser's own part included, in milliseconds. */
const BUDGET = 8;

export interface RepaintsOptions {
  /** Calls back before the next repaint. */
  readonly request: (callback: () => void) => void;
  /** Calls back once the repaint is done: style, layout and painting lie between. */
  readonly painted: (callback: () => void) => void;
  readonly now: () => number;
}

/** Puts off a drawing to a repaint that has time for it; `first` goes before all that waits, and into the next one. */
export interface Repaints {
  (draw: () => void, first: boolean): void;
  /** The reader did something: the next repaint shows the answer, and drawings that can wait do so. */
  answer(): void;
  /** Draws all that waits at once. */
  flush(): void;
}

/**
 * One queue for the drawings of a page. A repaint draws as many as it has time for, by what one has cost lately, and always one; the
 * others wait their turn. As a figure asks for its next frame only when its last one is drawn, all of them advance alike, and the engine
 * computes no more than is seen.
 */
export function repaints({ request, painted, now }: RepaintsOptions): Repaints {
  const first: (() => void)[] = [], others: (() => void)[] = [];
  let asked = false, answers = false, cost = BUDGET;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    request(frame);
  };
  const frame = (): void => {
    asked = false;
    const begun = now();
    let drawn = 0;
    // A figure that asks again while it draws waits for another repaint.
    const room = answers ? 0 : Math.min(others.length, Math.max(1, Math.floor(BUDGET / cost)));
    answers = false;
    try {
      for (let draw; (draw = first.shift() ?? (drawn < room ? others.shift() : undefined)); drawn++) draw();
    } finally {
      if (others.length + first.length > 0) ask();
    }
    if (drawn > 0) painted(() => { cost = (cost + (now() - begun) / drawn) / 2; });
  };
  return Object.assign((draw: () => void, isFirst: boolean) => {
    (isFirst ? first : others).push(draw);
    ask();
  }, {
    answer: () => { answers = true; },
    flush: () => { for (const draw of [...first.splice(0), ...others.splice(0)]) draw(); },
  });
}

let page: Repaints | null = null;

/** Draws in one of the next repaints; in a hidden tab, which is never painted, at once. */
export const nextPaint = (draw: () => void, first = false): void => {
  if (tabHidden()) return draw();
  if (!page) {
    const { port1, port2 } = new MessageChannel();
    const mine = repaints({
      request: requestAnimationFrame, now: () => performance.now(),
      painted(callback) {
        port1.onmessage = callback;
        port2.postMessage(0);
      },
    });
    for (const type of ["pointerdown", "pointerup", "keydown", "keyup"]) addEventListener(type, mine.answer, true);
    document.addEventListener("visibilitychange", () => tabHidden() && mine.flush());
    page = mine;
  }
  page(draw, first);
};
