/** Whether this page lies in a tab that nobody sees: nothing is painted there, and its timers tick once a second. */
export const tabHidden = (): boolean => typeof document !== "undefined" && document.hidden;

/** Calls back before the next repaint; in a hidden tab, which is never painted, at once. */
export const nextPaint = (callback: () => void): void => {
  if (tabHidden()) callback();
  else requestAnimationFrame(callback);
};
