const QUIET = 5000;

/**
 * Speaks a figure's summary through its `role="status"` element: at most once in 5 s, and not about its first frame, which nobody
 * asked for. An end (finished, diverged) is spoken at once, but no two ends within 5 s: a slider that is drawn across makes many.
 * The sentence is made when it is due.
 */
export function announcer(figure: HTMLElement, now: () => number = () => performance.now()): (sentence: () => string, ended: boolean) => void {
  let spoken = now();
  let lastEnd = -Infinity;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (sentence, ended) => {
    const say = (): void => {
      spoken = now();
      if (ended) lastEnd = spoken;
      const place = figure.querySelector("[data-announce]");
      const text = sentence();
      if (place && place.textContent !== text) place.textContent = text;
    };
    clearTimeout(waiting);
    const left = QUIET - (now() - (ended ? lastEnd : spoken));
    if (left <= 0) say();
    else waiting = setTimeout(say, left);
  };
}
