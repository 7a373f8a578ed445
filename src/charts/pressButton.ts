import type { Group } from "./plot.ts";

/** Height of a button on the stage. */
const PRESS_HEIGHT = 36;

/**
 * A button drawn on the stage, for what belongs to the picture itself: Enter, the space bar or a press activates it.
 * Returns what writes its words, and its spoken name where that says more; null hides it.
 */
export function pressButton(
  parent: Group, { width, activate }: { readonly width: number; activate(): void },
): (text: string | null, label?: string) => void {
  const button = parent.append("g").attr("class", "gb-press").attr("role", "button").attr("tabindex", 0);
  button.append("rect").attr("class", "gb-mark").attr("width", width).attr("height", PRESS_HEIGHT).attr("rx", 6);
  const word = button.append("text").attr("text-anchor", "middle").attr("x", width / 2).attr("y", PRESS_HEIGHT / 2 + 4);
  button.on("click", () => activate()).on("keydown", (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    activate();
  });
  return (text, label = text ?? "") => {
    button.attr("display", text === null ? "none" : null).attr("aria-label", label);
    word.text(text ?? "");
  };
}
