import type { PairCount } from "../../../engine/tokenizer/bpeTrainer.ts";
import { MONO, writePiece } from "../../charts/piece.ts";
import type { Group } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import { shorten, widthOf } from "../../charts/textWidth.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface PairRowsOptions {
  readonly width: number;
  /** Room for the two chips before a bar. */
  readonly nameWidth: number;
  readonly rowHeight: number;
  activate(pair: PairCount): void;
}

const TYPE = 12;
const ADVANCE = TYPE * MONO;
const PAD = 5;
/** Room behind the longest bar for "12 next". */
const NUMBER = 62;

/** The most frequent pairs as rows: both tokens, a bar, the count, and which one is merged next or ties with it. */
export function pairRows(
  parent: Group, options: PairRowsOptions,
): (pairs: readonly PairCount[], vocabulary: Vocabulary, lit: string) => void {
  const { width, nameWidth, rowHeight, activate } = options;
  const group = parent.append("g").attr("role", "group").attr("aria-label", "Pairs, the most frequent first");
  let shown: readonly PairCount[] = [];
  const walk = roving((index) => activate(shown[index]!));
  const middle = rowHeight / 2;
  return (pairs, vocabulary, lit) => {
    shown = pairs;
    const most = pairs[0]?.count ?? 1;
    keepFocus(group.node()!, () => {
      const rows = group.selectAll<SVGGElement, PairCount>("g.gb-pair").data(pairs).join((enter) => {
        const row = enter.append("g");
        row.append("rect").attr("class", "gb-target").attr("rx", 4).attr("x", 0.5).attr("width", width - 1).attr("height", rowHeight - 1);
        for (const side of ["left", "right"]) {
          const chip = row.append("g").attr("data-side", side);
          chip.append("rect").attr("rx", 4).attr("y", middle - 11).attr("height", 22);
        }
        row.append("rect").attr("class", "gb-bar-mark").attr("x", nameWidth + 8).attr("y", middle - 6).attr("height", 12).attr("rx", 1.5);
        row.append("text").attr("class", "gb-count").attr("y", middle + 4);
        return row;
      });
      const nameOf = ({ left, right }: PairCount): string => `(${vocabulary.name(left)}, ${vocabulary.name(right)})`;
      rows.attr("class", (pair) => `gb-pair${keyOf(pair) === lit ? " gb-lit" : ""}`)
        .attr("transform", (_, i) => `translate(0,${i * rowHeight})`)
        .attr("aria-label", (pair, i) => `${nameOf(pair)}, ${pair.count}${remark(i, pair.count, most)}: show where it stands`);
      const room = Math.floor((nameWidth - 4 * PAD - 3) / ADVANCE);
      const names = pairs.map(({ left, right }) => fit(vocabulary.text(left), vocabulary.text(right), room));
      for (const [side, place] of [["left", 0], ["right", 1]] as const) {
        const extent = (i: number, which: 0 | 1): number => Math.max(1, widthOf(names[i]![which])) * ADVANCE + 2 * PAD;
        const chips = rows.select<SVGGElement>(`[data-side="${side}"]`)
          .attr("class", (pair) => `gb-piece-chip ${vocabulary.className(pair[side])}`)
          .attr("transform", (_, i) => `translate(${round(nameWidth - extent(i, 1) - (place === 0 ? extent(i, 0) + 3 : 0))},0)`);
        chips.select("rect").attr("width", (_, i) => round(extent(i, place)));
        writePiece(chips, (_, i) => ({ text: names[i]![place], x: extent(i, place) / 2, y: middle + 4, size: TYPE }));
      }
      const length = (count: number): number => round((count / most) * (width - nameWidth - 8 - NUMBER));
      rows.select(".gb-bar-mark").attr("width", ({ count }) => length(count));
      rows.select(".gb-count").attr("x", ({ count }) => nameWidth + 14 + length(count))
        .text(({ count }, i) => `${count}${remark(i, count, most)}`);
      walk(rows.nodes());
    });
  };
}

/** Names a pair while it exists. */
export const keyOf = ({ left, right }: Pick<PairCount, "left" | "right">): string => `${left} ${right}`;

const remark = (index: number, count: number, most: number): string => (index === 0 ? " next" : count === most ? " tie" : "");

/** Two texts cut so that together they have room; the shorter one stays whole if it can. */
function fit(left: string, right: string, room: number): readonly [string, string] {
  const forLeft = Math.max(Math.ceil(room / 2), room - widthOf(right));
  const cutLeft = shorten(left, forLeft);
  return [cutLeft, shorten(right, room - widthOf(cutLeft))];
}

const round = (value: number): number => Math.round(value * 100) / 100;
