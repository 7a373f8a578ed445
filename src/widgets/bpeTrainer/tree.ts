import { MONO, writePiece } from "../../charts/piece.ts";
import type { Group } from "../../charts/plot.ts";
import { shorten, widthOf } from "../../charts/textWidth.ts";
import type { Vocabulary } from "./vocabulary.ts";

interface Node {
  readonly id: number;
  readonly depth: number;
  /** The way down to it: 0 for a left part, 1 for a right one. */
  readonly path: string;
}
interface Block extends Node {
  /** Columns from the left, and how many it spans. */
  readonly column: number;
  readonly span: number;
}

export interface TreeOptions {
  readonly width: number;
  readonly rowHeight: number;
  readonly rows: number;
  /** Parts that find room side by side. */
  readonly columns: number;
}

const TYPE = 13;

/** A token on top of the two it was merged of, and each of those on its own, down to the bytes. */
export function mergeTree(parent: Group, options: TreeOptions): (token: number | null, vocabulary: Vocabulary) => void {
  const { width, rowHeight, rows, columns } = options;
  const group = parent.append("g").attr("class", "gb-tree").attr("aria-hidden", "true");
  return (token, vocabulary) => {
    const blocks = token === null ? [] : blocksOf(token, vocabulary, rows, columns);
    const total = blocks[0]?.span ?? 1;
    const column = Math.min(width / total, 58);
    const chips = group.selectAll<SVGGElement, Block>("g").data(blocks, ({ path }) => path).join((enter) => {
      const chip = enter.append("g");
      chip.append("rect").attr("rx", 4).attr("height", rowHeight - 4);
      chip.append("text").attr("class", "gb-rank").attr("x", 4).attr("y", 10);
      chip.append("title");
      return chip;
    });
    chips.attr("class", ({ id }) => `gb-piece-chip ${vocabulary.className(id)}`)
      .attr("transform", (block) => `translate(${round(block.column * column)},${block.depth * rowHeight})`);
    const extent = ({ span }: Block): number => span * column - 3;
    const size = (block: Block): number => {
      const characters = Math.max(1, widthOf(vocabulary.text(block.id)));
      return Math.min(TYPE, Math.max(8, (extent(block) - 2) / (MONO * characters)));
    };
    chips.select("rect").attr("width", (block) => round(extent(block)));
    writePiece(chips, (block) => ({
      text: shorten(vocabulary.text(block.id), Math.floor((extent(block) + 1) / (MONO * size(block)))),
      x: extent(block) / 2, y: (rowHeight - 4) / 2 + size(block) * 0.34, size: size(block),
    }));
    chips.select(".gb-rank").text(({ id }) => (vocabulary.parts(id) ? String(id - 255) : ""));
    chips.select("title").text(({ id }) => vocabulary.story(id));
  };
}

/**
 * The blocks of a token's tree from the top down. Where its bytes would not find room, the parts that were merged first stay whole:
 * the newest is opened first, until the columns are used up.
 */
export function blocksOf(token: number, vocabulary: Vocabulary, rows: number, columns: number): readonly Block[] {
  const open = new Set<string>();
  let leaves: Node[] = [{ id: token, path: "", depth: 0 }];
  for (;;) {
    const can = leaves.filter(({ id, depth }) => vocabulary.parts(id) && depth + 1 < rows);
    if (can.length === 0 || leaves.length >= columns) break;
    const newest = can.reduce((a, b) => (b.id > a.id ? b : a));
    open.add(newest.path);
    leaves = leaves.flatMap((leaf) => (leaf === newest ? children(leaf, vocabulary) : [leaf]));
  }
  const blocks: Block[] = [];
  const place = (node: Node, column: number): number => {
    const index = blocks.push({ ...node, column, span: 1 }) - 1;
    let span = 0;
    if (open.has(node.path)) for (const child of children(node, vocabulary)) span += place(child, column + span);
    blocks[index] = { ...node, column, span: Math.max(1, span) };
    return Math.max(1, span);
  };
  place({ id: token, path: "", depth: 0 }, 0);
  return blocks;
}

function children({ id, path, depth }: Node, vocabulary: Vocabulary): Node[] {
  const [left, right] = vocabulary.parts(id)!;
  return [{ id: left, path: `${path}0`, depth: depth + 1 }, { id: right, path: `${path}1`, depth: depth + 1 }];
}

const round = (value: number): number => Math.round(value * 100) / 100;
