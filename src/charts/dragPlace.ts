import type { Group } from "./plot.ts";

export type Place = readonly [x: number, y: number];

export interface DragPlaceOptions {
  readonly label: string;
  /** One press of an arrow key; with PgUp and PgDn ten of them up and down. */
  readonly step: number;
  /** The place under a pointer, in the units of the data. */
  placeAt(event: PointerEvent): Place;
  /** Where a place lies on the stage, in the group's units. */
  position(place: Place): Place;
  /** How a place is spoken. */
  speak(place: Place): string;
  change(place: Place): void;
}

/** A point that can be dragged over a plane, and moved by arrow keys. Returns an update that puts it at a place. */
export function dragPlace(parent: Group, { label, step, placeAt, position, speak, change }: DragPlaceOptions): (place: Place) => void {
  const handle = parent.append("g").attr("class", "gb-handle").attr("tabindex", 0).attr("role", "application")
    .attr("aria-roledescription", "movable point").attr("aria-label", label);
  // A target of 44 units around a mark of 14.
  handle.append("circle").attr("r", 22).attr("class", "gb-target gb-free");
  handle.append("circle").attr("r", 7).attr("class", "gb-mark");
  const node = handle.node()!;
  let now: Place = [0, 0];
  let dragging = false;
  const moves: Readonly<Record<string, Place>> = {
    ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step], PageUp: [0, 10 * step], PageDown: [0, -10 * step],
  };
  handle
    .on("pointerdown", (event: PointerEvent) => {
      dragging = true;
      node.setPointerCapture?.(event.pointerId);
    })
    .on("pointermove", (event: PointerEvent) => {
      if (dragging) change(placeAt(event));
    })
    .on("pointerup pointercancel", () => {
      dragging = false;
    })
    .on("keydown", (event: KeyboardEvent) => {
      const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
      if (!move) return;
      event.preventDefault();
      change([now[0] + move[0], now[1] + move[1]]);
    });
  return (place) => {
    now = place;
    const [x, y] = position(place);
    handle.attr("transform", `translate(${x},${y})`).attr("aria-label", `${label}: ${speak(place)}`);
  };
}
