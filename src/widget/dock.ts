import { ask, figureStore } from "./store.ts";

/** The figure whose run the reader started and may scroll away from: one a page. */
let kept: string | null = null;

/** How long a figure says that its run waited, in milliseconds. */
const SAID = 20_000;

/**
 * Keeps a run that the reader started: while its figure is off the screen a chip at the edge of the window says how it goes and leads
 * back. A run kept before is paused, so that two trainings never share the machine unseen. A run that waited for
 * a hidden tab says so when the reader is back.
 */
export function keepRun(figure: HTMLElement, title: string): { see(visible: boolean): void } {
  const { id } = figure;
  let visible = true;
  const chip = document.createElement("a");
  chip.className = "gb-dock";
  chip.href = `#${id}`;
  const store = figureStore(id);
  const update = (): void => {
    const { playing, finished, diverged, step, loss, status, waited } = store.getState();
    const shown = kept === id && !visible && (playing || finished) && status !== "error";
    if (!shown) {
      chip.remove();
      return;
    }
    const parts = [finished ? `${title}: finished` : diverged ? `${title}: diverged` : `${title} is running`, ...(step === null ? [] : [`step ${step}`]), ...(loss === null ? [] : [`loss ${loss.toFixed(2)}`]), ...(waited ? ["waited while the tab was hidden"] : []), "back to the figure"];
    const text = parts.join(" · ");
    if (chip.textContent !== text) chip.textContent = text;
    if (!chip.isConnected) document.body.append(chip);
  };
  chip.addEventListener("click", (event) => {
    // The address keeps the figure's state; only the view moves.
    event.preventDefault();
    figure.scrollIntoView({ block: "center" });
  });
  const claim = (): void => {
    if (kept === id) return;
    const former = kept;
    kept = id;
    if (former !== null) ask(former, { type: "pause" });
  };
  // This code comes after the first live frame: the reader may have pressed before.
  if (store.getState().pressed) claim();
  store.subscribe((now, before) => {
    if (now.pressed && !before.pressed) claim();
    if (!now.pressed && kept === id) kept = null;
    if (now.step !== before.step || now.playing !== before.playing || now.waited !== before.waited || now.finished !== before.finished) update();
  });
  let waits = false;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      const { pressed, playing, finished, keepsHidden } = store.getState();
      waits = pressed && playing && !finished && !keepsHidden;
    } else if (waits) {
      waits = false;
      store.setState({ waited: true });
      setTimeout(() => store.setState({ waited: false }), SAID);
    }
  });
  return {
    see(now) {
      visible = now;
      update();
    },
  };
}
