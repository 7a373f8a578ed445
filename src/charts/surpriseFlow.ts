import type { Group } from "./plot.ts";
import { type TokenChip, tokenFlow, tokens } from "./tokens.ts";

/** A token with a bar above it. */
export interface RaisedToken extends TokenChip {
  /** Height of its bar, from 0 to 1; null for none. */
  readonly share: number | null;
}

export interface SurpriseFlowOptions {
  readonly label: string;
  readonly width: number;
  readonly rows: number;
  /** 1 is type of 13 units. */
  readonly scale: number;
  /** Room above a row of chips, which a full bar fills. */
  readonly barHeight: number;
  /** A colour of colors.css. */
  readonly barClass: string;
  activate(token: TokenChip): void;
}

/** Of `tokenFlow`: a row and the chips in it, at scale 1. */
const ROW = 30;
const CHIP = 24;

/**
 * Tokens that flow like text, each with a bar above it. Returns what draws a text; it tells how many of the
 * first tokens found no room, and how many rows there are.
 */
export function surpriseFlow(parent: Group,
  options: SurpriseFlowOptions): (items: readonly RaisedToken[]) => { readonly hidden: number; readonly rows: number } {
  const { label, width, rows, scale, barHeight, barClass, activate } = options;
  const pitch = CHIP * scale + barHeight + 5;
  const bars = parent.append("g").attr("class", barClass).attr("aria-hidden", "true");
  const draw = tokens(parent, { label, activate });
  return (items) => {
    let first = 0;
    const layout = () => tokenFlow([{ chips: items.slice(first) }], { width, height: rows * ROW * scale, scale });
    let flow = layout();
    while (flow.chips.length < items.length - first) {
      first++;
      flow = layout();
    }
    const chips = flow.chips.map((chip) => ({ ...chip, y: round(Math.round(chip.y / (ROW * scale)) * pitch + barHeight) }));
    bars.selectAll("rect").data(chips.flatMap((chip, i) => {
      const { share } = items[first + i]!;
      return share === null ? [] : [{ ...chip, height: share < 1e-9 ? 0 : round(Math.max(1, Math.min(1, share) * (barHeight - 2))) }];
    })).join("rect").attr("class", "gb-surprise")
      .attr("x", ({ x }) => round(x + 3)).attr("width", (chip) => round(Math.max(1, chip.width - 6)))
      .attr("y", ({ y, height }) => round(y - 1 - height)).attr("height", ({ height }) => height);
    draw({ ...flow, chips }, scale);
    return { hidden: first, rows: new Set(chips.map(({ y }) => y)).size };
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
