/** Whether this page lies in a tab that nobody sees: nothing is painted there, and its timers tick once a second. */
export const tabHidden = (): boolean => typeof document !== "undefined" && document.hidden;
