import type { AnyValues } from "./params.ts";

/** What a drawing is given: an empty SVG of stated logical size, and ways to answer the reader. */
export interface Stage<V = AnyValues> {
  /** The root; its viewBox is `0 0 width height`. Colours are CSS variables. */
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
  /** A name that is unique in the document: for patterns, clip paths and labels. */
  id(name: string): string;
  /** Writes params from a drag or a key. Does nothing at build time. */
  set(patch: Partial<V>): void;
  /** Keeps the frame on the screen to be drawn behind the next ones, or lets go of what was kept. Does nothing at build time. */
  pin(keep: boolean): void;
  /** Lights the same-named term in prose and equations; null lights nothing. Does nothing at build time. */
  focus(name: string | null): void;
}

export interface StageOptions {
  readonly document: Document;
  readonly prefix: string;
  readonly title: string;
  readonly size: readonly [number, number];
  readonly narrow: boolean;
  set?(patch: AnyValues): void;
  pin?(keep: boolean): void;
  focus?(name: string | null): void;
}

const SVG = "http://www.w3.org/2000/svg";

/** Makes an empty stage. The same code runs in the page and, on a DOM of Node, at build time. */
export function createStage({ document, prefix, title, size, narrow, set, pin, focus }: StageOptions): Stage {
  const [width, height] = size;
  const svg = document.createElementNS(SVG, "svg") as SVGSVGElement;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("class", narrow ? "gb-svg gb-narrow" : "gb-svg gb-wide");
  // A group, not an image: what can be dragged or walked through inside must stay reachable.
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", title);
  return {
    svg, width, height, narrow,
    id: (name) => `${prefix}-${narrow ? "narrow" : "wide"}-${name}`,
    set: set ?? (() => undefined),
    pin: pin ?? (() => undefined),
    focus: focus ?? (() => undefined),
  };
}
