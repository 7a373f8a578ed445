import type { Group } from "./plot.ts";

export interface DragPointOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** One press of an arrow key; PgUp and PgDn move ten. */
  readonly step: number;
  /** The value under a pointer. */
  valueAt(event: PointerEvent): number;
  /** Where a value lies, in the group's units. */
  place(value: number): readonly [number, number];
  /** How a value is spoken. */
  speak(value: number): string;
  change(value: number): void;
}

/**
 * A point that can be dragged, and moved by arrow keys: a slider that lies on the picture.
 * Returns an update that puts it at a value.
 */
export function dragPoint(parent: Group, options: DragPointOptions): (value: number) => void {
  const { label, min, max, step, valueAt, place, speak, change } = options;
  const handle = parent.append("g").attr("class", "gb-handle").attr("tabindex", 0).attr("role", "slider")
    .attr("aria-label", label).attr("aria-valuemin", min).attr("aria-valuemax", max);
  // A target of 44 units around a mark of 14.
  handle.append("circle").attr("r", 22).attr("class", "gb-target");
  handle.append("circle").attr("r", 7).attr("class", "gb-mark");
  let now = min;
  let dragging = false;
  const node = handle.node()!;
  const go = (value: number): void => {
    const next = Math.min(max, Math.max(min, value));
    if (next !== now) change(next);
  };
  handle
    .on("pointerdown", (event: PointerEvent) => {
      dragging = true;
      node.setPointerCapture?.(event.pointerId);
    })
    .on("pointermove", (event: PointerEvent) => {
      if (dragging) go(valueAt(event));
    })
    .on("pointerup pointercancel", () => {
      dragging = false;
    })
    .on("keydown", (event: KeyboardEvent) => {
      const by: Readonly<Record<string, number>> = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step };
      const target = event.key === "Home" ? min : event.key === "End" ? max : Object.hasOwn(by, event.key) ? now + by[event.key]! : null;
      if (target === null) return;
      event.preventDefault();
      go(target);
    });
  return (value) => {
    now = value;
    const [x, y] = place(value);
    handle.attr("transform", `translate(${x},${y})`).attr("aria-valuenow", value).attr("aria-valuetext", speak(value));
  };
}
