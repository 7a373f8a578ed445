import { cursorKey } from "../../charts/lineChart.ts";
import { formatNumber, type Group } from "../../charts/plot.ts";

export interface CurvePenOptions {
  readonly width: number;
  readonly height: number;
  /** The height at the upper edge; the lower is its negative. */
  readonly high: number;
  /** Where a pointer is in the rectangle. */
  position(event: PointerEvent): readonly [number, number];
  change(curve: readonly number[]): void;
}

const STEP = 0.1;
const MOST = 1;

/**
 * Draws a curve by dragging, one height at each of its even places. With the keyboard: ← and → choose a place, ↑ and ↓ move it, Home and
 * End go to the ends. Returns an update that is told the curve on the screen.
 */
export function curvePen(parent: Group, { width, height, high, position, change }: CurvePenOptions): (curve: readonly number[]) => void {
  const target = parent.append("rect").attr("class", "gb-target gb-pen").attr("width", width).attr("height", height).attr("tabindex", 0)
    .attr("role", "slider").attr("aria-label", "the curve: arrow keys left and right choose a place, up and down move it")
    .attr("aria-valuemin", -MOST).attr("aria-valuemax", MOST).style("touch-action", "pan-y").style("cursor", "crosshair");
  const mark = parent.append("circle").attr("class", "gb-mark").attr("r", 7).attr("pointer-events", "none").attr("visibility", "hidden");
  let curve: readonly number[] = [];
  let at = 0;
  let last: readonly [place: number, value: number] | null = null;
  const x = (place: number): number => (place * width) / (curve.length - 1);
  const y = (value: number): number => ((high - value) / (2 * high)) * height;
  const speak = (): void => {
    const value = curve[at] ?? 0;
    mark.attr("cx", Math.round(x(at) * 100) / 100 || 0).attr("cy", Math.round(y(value) * 100) / 100);
    target.attr("aria-valuenow", value)
      .attr("aria-valuetext", `place ${at + 1} of ${curve.length}, x ${formatNumber(-1 + (2 * at) / (curve.length - 1), 3)}, height ${formatNumber(value, 3)}`);
  };
  /** Sets all places between two pointer positions, so that a quick stroke leaves no gap. */
  const draw = (event: PointerEvent): void => {
    const [px, py] = position(event);
    const place = Math.max(0, Math.min(curve.length - 1, Math.round((px / width) * (curve.length - 1))));
    const value = Math.max(-MOST, Math.min(MOST, high - (py / height) * 2 * high));
    const [fromPlace, fromValue] = last ?? [place, value];
    const next = [...curve];
    const distance = Math.abs(place - fromPlace);
    for (let k = 0; k <= distance; k++) next[fromPlace + k * Math.sign(place - fromPlace)] = distance === 0 ? value : fromValue + ((value - fromValue) * k) / distance;
    last = [place, value];
    at = place;
    curve = next;
    change(next);
  };
  target
    .on("pointerdown", (event: PointerEvent) => {
      target.node()!.setPointerCapture?.(event.pointerId);
      last = null;
      draw(event);
    })
    .on("pointermove", (event: PointerEvent) => { if (last) draw(event); })
    .on("pointerup pointercancel", () => { last = null; })
    .on("focus", () => mark.attr("visibility", "visible"))
    .on("blur", () => mark.attr("visibility", "hidden"))
    .on("keydown", (event: KeyboardEvent) => {
      const up = event.key === "ArrowUp" ? STEP : event.key === "ArrowDown" ? -STEP : 0;
      const place = up === 0 ? cursorKey(event.key, at, curve.length - 1) : at;
      if (place === null) return;
      event.preventDefault();
      at = place;
      if (up !== 0) {
        curve = curve.map((value, i) => (i === at ? Math.max(-MOST, Math.min(MOST, value + up)) : value));
        change(curve);
      }
      speak();
    });
  return (now) => {
    curve = now;
    speak();
  };
}
