import { hasKnob, hasSteps, type Widget } from "./defineWidget.ts";

/** Pixels of an embed's parts: measured in the pages of this book, rounded up. */
const parts = { padding: 24, narrowBelow: 520, side: 32, phone: 480, phoneSide: 16, knob: 48, bar: 44, chip: 40, letter: 7.5, watch: 32, foot: 52, attribution: 28 };

/**
 * About how high an embed stands at a width, before it is loaded: the picture's aspect is exact, the controls are counted. The page
 * then reports its real height.
 */
export function embedHeight(widget: Widget, width: number): number {
  const inner = width - (width <= parts.phone ? parts.phoneSide : parts.side);
  const [w, h] = inner < parts.narrowBelow ? widget.size.narrow : widget.size.wide;
  const knobs = Object.values(widget.params).filter(hasKnob);
  const front = knobs.filter(({ more }) => !more).slice(0, 3).length;
  const rows = Math.ceil(front / Math.max(1, Math.min(2, Math.floor(inner / 304))));
  const bar = hasSteps(widget) || knobs.length > front ? parts.bar * (inner < parts.narrowBelow && hasSteps(widget) ? 2.5 : 1) : 0;
  const scenes = Object.values(widget.scenes).filter(({ more }) => !more);
  const long = scenes.reduce((sum, { title }) => sum + title.length * parts.letter + 32, 24);
  const chips = scenes.length === 0 ? 0 : parts.chip * Math.ceil(long / inner) + parts.watch;
  const lines = inner < parts.narrowBelow ? 2 : 1;
  return Math.round((inner * h) / w + parts.padding + rows * parts.knob + bar + chips + parts.foot + parts.attribution * lines);
}
