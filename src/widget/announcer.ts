const QUIET = 5000;

/** Speaks a figure's summary through its `role="status"` element: at most once in 5 s, at once when something ended. The sentence is made when it is due. */
export function announcer(figure: HTMLElement, now: () => number = () => performance.now()): (sentence: () => string, ended: boolean) => void {
  let spoken = -Infinity;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (sentence, ended) => {
    const say = (): void => {
      spoken = now();
      const place = figure.querySelector("[data-announce]");
      const text = sentence();
      if (place && place.textContent !== text) place.textContent = text;
    };
    clearTimeout(waiting);
    if (ended || now() - spoken >= QUIET) say();
    else waiting = setTimeout(say, QUIET - (now() - spoken));
  };
}
