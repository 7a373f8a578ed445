import type { Selection } from "d3-selection";
import { widthOf } from "./textWidth.ts";

/** Width of a character of the mono face at size 1. */
export const MONO = 0.6;

export interface Piece {
  /** With ▁ for a space. */
  readonly text: string;
  /** The middle of the text, and its base line. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/**
 * Writes a token into each mark. Its spaces are drawn as open boxes and not as characters: the faces of the book have none for it, and
 * where no other font has one, a reader would see the sign for a missing character.
 */
export function writePiece<E extends SVGElement, D>(
  marks: Selection<E, D, SVGElement, unknown>, pieceOf: (datum: D, index: number) => Piece,
): void {
  marks.each(function (datum, index) {
    const { text, x, y, size } = pieceOf(datum, index);
    const make = (name: "text" | "path"): SVGElement => {
      const found = this.querySelector<SVGElement>(`:scope > ${name}.gb-piece-text`);
      if (found) return found;
      const made = this.ownerDocument.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement;
      made.setAttribute("class", "gb-piece-text");
      return this.appendChild(made);
    };
    const label = make("text");
    label.setAttribute("text-anchor", "middle");
    label.setAttribute("x", String(round(x)));
    label.setAttribute("y", String(round(y)));
    label.setAttribute("font-size", String(round(size)));
    label.setAttribute("style", `font-size:${round(size)}px`);
    const shown = text.replaceAll("▁", "\u00a0");
    if (label.textContent !== shown) label.textContent = shown;
    make("path").setAttribute("d", boxes(text, x, y, size));
  });
}

function boxes(text: string, x: number, y: number, size: number): string {
  const advance = size * MONO;
  let at = x - (widthOf(text) * advance) / 2;
  let path = "";
  for (const character of text) {
    const width = widthOf(character) * advance;
    const side = round(size * 0.24);
    if (character === "▁") path += `M${round(at + advance * 0.12)},${round(y - size * 0.12)}v${side}h${round(advance * 0.76)}v${-side}`;
    at += width;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 100) / 100;
