import type { AttentionByHandFrame, MatrixName } from "../../../engine/tasks/attentionByHand.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import type { Span } from "../../charts/paragraph.ts";
import { cellText } from "../../charts/numberGrid.ts";

/** The matrices on the stage: those of the frame, and the scores once more under the mask. */
export type BlockName = MatrixName | "masked";

export interface Place {
  readonly block: BlockName;
  readonly cell: Cell;
}

export interface Mark {
  readonly block: BlockName;
  readonly row?: number;
  readonly column?: number;
  readonly role: string;
}

const weights = { q: "wq", k: "wk", v: "wv" } as const;
const letters: Readonly<Record<string, string>> = { wq: "W_Q", wk: "W_K", wv: "W_V" };
const roles: Readonly<Partial<Record<BlockName, string>>> = {
  q: "c-query", wq: "c-query", k: "c-key", wk: "c-key", v: "c-value", wv: "c-value",
};
export const roleOf = (block: BlockName): string => roles[block] ?? "c-curve";

/** Numbers of a matrix; the masked scores are the scaled ones. */
export const valuesOf = ({ matrices }: AttentionByHandFrame, block: BlockName): readonly number[] =>
  matrices[block === "masked" ? "scaled" : block];

export function shapeOf({ tokens, width }: AttentionByHandFrame, block: BlockName): readonly [rows: number, columns: number] {
  if (block === "wq" || block === "wk" || block === "wv") return [width, width];
  return [tokens.length, block === "scores" || block === "scaled" || block === "masked" || block === "pattern" ? tokens.length : width];
}

/** Whether a cell of a matrix of queries and keys is hidden from its query. */
export const hides = ({ causal }: AttentionByHandFrame, block: BlockName, [row, column]: Cell): boolean =>
  causal && column > row && (block === "masked" || block === "pattern");

/** What a cell was made of. */
export function sourcesOf({ block, cell: [row, column] }: Place): Mark[] {
  const self: Mark = { block, row, column, role: "c-ink" };
  switch (block) {
    case "q": case "k": case "v": {
      const role = roleOf(block);
      return [self, { block: "x", row, role }, { block: weights[block], column, role }];
    }
    case "scores": return [self, { block: "q", row, role: "c-query" }, { block: "k", row: column, role: "c-key" }];
    case "scaled": return [self, { block: "scores", row, column, role: "c-path" }];
    case "masked": return [self, { block: "scaled", row, column, role: "c-path" }];
    case "pattern": return [self, { block: "masked", row, role: "c-path" }];
    case "output": return [self, { block: "pattern", row, role: "c-path" }, { block: "v", column, role: "c-value" }];
    default: return [self];
  }
}

const text = cellText;
/** A factor: negative ones in brackets. */
const factor = (value: number): string => (value < 0 ? `(${text(value)})` : text(value));

/** The sum behind a cell in numbers, all of them the engine's. */
export function sumOf(frame: AttentionByHandFrame, { block, cell: [row, column] }: Place): Span[] {
  const { tokens, width, divisor } = frame;
  const [, columns] = shapeOf(frame, block);
  const at = (name: BlockName, r: number, c: number): number => valuesOf(frame, name)[r * shapeOf(frame, name)[1] + c]!;
  const value = valuesOf(frame, block)[row * columns + column]!;
  const token = tokens[row]!;
  const products = (count: number, pair: (i: number) => readonly [number, number]): string =>
    Array.from({ length: count }, (_, i) => pair(i)).map(([a, b]) => `${factor(a)}·${factor(b)}`).join(" + ");
  const result: Span = { text: text(value), className: "gb-term" };
  switch (block) {
    case "x": return [{ text: `number ${column + 1} of the vector of ‘${token}’ = ` }, result];
    case "wq": case "wk": case "wv":
      return [{ text: `${letters[block]}, row ${row + 1}, column ${column + 1} = ` }, result,
        { text: frame.projected ? "" : " (identity: it changes nothing)" }];
    case "q": case "k": case "v": {
      const sum = products(width, (i) => [at("x", row, i), at(weights[block], i, column)]);
      return [{ text: `${block} of ‘${token}’, number ${column + 1} = ${sum} = ` }, result];
    }
    case "scores": {
      const sum = products(width, (i) => [at("q", row, i), at("k", column, i)]);
      return [{ text: `q of ‘${token}’ · k of ‘${tokens[column]}’ = ${sum} = ` }, result];
    }
    case "scaled":
      return [{ text: `${text(at("scores", row, column))} ÷ ${divisor === 1 ? "1 (not scaled)" : `√${width}`} = ` }, result];
    case "masked":
      return hides(frame, block, [row, column])
        ? [{ text: `‘${tokens[column]}’ comes after ‘${token}’: −∞ takes the place of ${text(value)}` }]
        : [{ text: `‘${token}’ may look at ‘${tokens[column]}’: ` }, result, { text: " stays" }];
    case "pattern": {
      if (hides(frame, block, [row, column])) return [{ text: `e^−∞ = 0: ‘${token}’ may not look at ‘${tokens[column]}’` }];
      const visible = Array.from({ length: columns }, (_, c) => c).filter((c) => !hides(frame, block, [row, c]))
        .map((c) => at("scaled", row, c));
      const sum = visible.reduce((total, score) => total + Math.exp(score), 0);
      const score = at("scaled", row, column);
      const powers = visible.map((other) => `e^${text(other)}`).join(" + ");
      return [{ text: `e^${text(score)} ÷ (${powers}) = ${text(Math.exp(score))} ÷ ${text(sum)} = ` }, result];
    }
    case "output": {
      const seen = frame.causal ? row + 1 : tokens.length;
      const sum = products(seen, (i) => [at("pattern", row, i), at("v", i, column)]);
      return [{ text: `output of ‘${token}’, number ${column + 1} = ${sum} = ` }, result];
    }
    default: return block satisfies never;
  }
}

const names: Readonly<Record<BlockName, string>> = {
  x: "X", wq: "W_Q", wk: "W_K", wv: "W_V", q: "Q", k: "K", v: "V", scores: "scores", scaled: "scaled scores", masked: "masked scores",
  pattern: "pattern", output: "output",
};
export const nameOf = (block: BlockName): string => names[block];

/** A cell in words. */
export function spoken(frame: AttentionByHandFrame, { block, cell: [row, column] }: Place): string {
  const [, columns] = shapeOf(frame, block);
  const { tokens } = frame;
  const between = block === "scores" || block === "scaled" || block === "masked" || block === "pattern";
  const place = between ? `query ‘${tokens[row]}’ to key ‘${tokens[column]}’`
    : block.startsWith("w") ? `row ${row + 1}, column ${column + 1}` : `‘${tokens[row]}’, number ${column + 1}`;
  const value = hides(frame, block, [row, column]) ? "masked" : text(valuesOf(frame, block)[row * columns + column]!);
  return `${names[block]}, ${place}, ${value}`;
}

/** The sum in lines of at most `room` characters. */
export function linesOf(spans: readonly Span[], room: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const { text: words, className } of spans) {
    for (const word of words.split(/(?<= )/)) {
      if (used + word.trimEnd().length > room && used > 0) {
        lines.push([]);
        used = 0;
      }
      lines.at(-1)!.push({ text: word, ...(className !== undefined && { className }) });
      used += word.length;
    }
  }
  return lines;
}
