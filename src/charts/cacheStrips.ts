import type { Group } from "./plot.ts";

/** What a cell of a strip stands for: kept from before, computed now and kept, computed now and thrown away, given up. */
export type CellState = "kept" | "fresh" | "again" | "lost";

export interface CacheStrips {
  /** Strips above each other, one a layer, with its name before it. */
  readonly layers: number;
  /** Rows of a strip: key and value heads. */
  readonly rows: number;
  /** Height of a row; it says how many bytes a cell has. */
  readonly rowHeight: number;
  /** Columns: the tokens there will be. */
  readonly slots: number;
  /** The state of a token's cells, null where there is no token yet. */
  cell(token: number): CellState | null;
}

const LABEL = 46;
const GAP = 7;
const states: readonly CellState[] = ["kept", "fresh", "again", "lost"];
const round = (value: number): number => Math.round(value * 100) / 100;

/**
 * A cache as strips that fill from the left: a strip a layer, a row a key and value head, a column a token. Equal areas are equal
 * numbers of bytes. Returns what shows another state.
 */
export function cacheStrips(
  parent: Group, { width, layerHeight }: { readonly width: number; readonly layerHeight: number },
): (now: CacheStrips) => void {
  const group = parent.append("g").attr("class", "gb-cache-strips");
  const full = width - LABEL;
  return ({ layers, rows, rowHeight, slots, cell }) => {
    const step = full / Math.max(1, slots), gap = step >= 3 ? 1 : step >= 1.5 ? 0.5 : 0;
    const strips = group.selectAll<SVGGElement, number>("g").data(Array.from({ length: layers }, (_, layer) => layer)).join((enter) => {
      const strip = enter.append("g");
      strip.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", LABEL - 8);
      strip.append("rect").attr("class", "gb-cell-room").attr("x", LABEL).attr("width", full);
      for (const state of states) strip.append("path").attr("class", `gb-cell-${state}`);
      return strip;
    });
    strips.attr("transform", (layer) => `translate(0,${layer * (layerHeight + GAP)})`);
    strips.select("text").attr("y", layerHeight / 2 + 4).text((layer) => `layer ${layer}`);
    const height = rows * rowHeight, top = (layerHeight - height) / 2;
    strips.select("rect").attr("y", round(top)).attr("height", round(height));
    for (const state of states) {
      let d = "";
      for (let token = 0; token < slots; token++) {
        if (cell(token) !== state) continue;
        for (let row = 0; row < rows; row++) {
          const tall = round(rowHeight - (rowHeight >= 3 ? 1 : 0)), wide = round(step - gap);
          d += `M${round(LABEL + token * step)},${round(top + row * rowHeight)}h${wide}v${tall}h${-wide}z`;
        }
      }
      strips.select(`.gb-cell-${state}`).attr("d", d === "" ? null : d);
    }
  };
}

/** Height of all strips together. */
export const stripsHeight = (layers: number, layerHeight: number): number => layers * (layerHeight + GAP) - GAP;
