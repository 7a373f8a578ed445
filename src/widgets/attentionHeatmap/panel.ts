import type { Look } from "../../../engine/tasks/inspect.ts";
import { arcs } from "../../charts/arcs.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { colourClass, heatmap, type HeatmapScale, inkOn } from "../../charts/heatmap.ts";
import { type Group, pointerPosition } from "../../charts/plot.ts";
import { type Thumbnail, thumbnails } from "../../charts/thumbnails.ts";
import { tokenAxis } from "../../charts/tokenAxis.ts";
import type { Stage } from "../../widget/stage.ts";
import { isMasked, type Mix, type Picture, pictureOf, spokenCell, strongest } from "./reading.ts";

export interface Params {
  readonly text: string;
  readonly layer: number;
  readonly head: number;
  readonly scale: HeatmapScale;
  readonly view: "matrix" | "arcs";
  readonly mix: Mix;
  readonly beside: "nothing" | "sentence" | "untaught";
}

/** A surprise of a whole vocabulary's width: ln 1024 nats. */
const FULL_SURPRISE = Math.log(1024);

export interface PanelOptions {
  readonly left: number;
  readonly top: number;
  /** Of the matrix; tokens stand left of it and above it. */
  readonly side: number;
  readonly labels: number;
  /** Room left of the matrix for tokens and bars, and of that for the bars. */
  readonly rowLabels: number;
  readonly barSpace: number;
  readonly largestCell: number;
  /** Apart from the names of other panels. */
  readonly name: string;
  /** The reader chose another cell. */
  chosen(): void;
}

export interface Panel {
  update(picture: Picture, params: Params, sentence: string): void;
  /** The cell that is written out: the reader's choice, or where the last query looks most. */
  cell(): Cell;
  choose(cell: Cell | null): void;
  highlight(): void;
}

/** One matrix of attention with its tokens, or its arcs. */
export function panel(parent: Group, stage: Stage<Params>, options: PanelOptions): Panel {
  const { left, top, side, labels, rowLabels, barSpace, largestCell, name } = options;
  let picture: Picture | null = null;
  let view: Params["view"] = "matrix";
  let chosen: Cell | null = null;
  const bands = parent.append("g").attr("transform", `translate(${left},${top})`);
  const rows = tokenAxis(bands, { side: "rows", space: rowLabels, barSpace, litClass: "c-query" });
  const columnGroup = bands.append("g");
  const columns = tokenAxis(columnGroup, { side: "columns", space: labels, litClass: "c-key" });
  /** The key that a query looks at most. */
  const best = (query: number): number => strongest(picture!.weights, picture!.look.ids.length, query);
  const firstCell = (): Cell => [picture!.look.ids.length - 1, best(picture!.look.ids.length - 1)];
  const choose = (cell: Cell | null): void => {
    chosen = cell;
    options.chosen();
  };
  const position = (event: PointerEvent) => pointerPosition(stage.svg, event, stage);
  const map = heatmap(parent, {
    left, top, width: side, height: side, largestCell, hatchId: stage.id(`hatch${name}`), cursorId: stage.id(`cursor${name}`), max: 1,
    label: "Attention of one head", speak: (query, key) => spokenCell(picture!, [query, key]), first: firstCell, select: choose, position,
  });
  const arcWidth = side - labels;
  const curves = arcs(parent, {
    left, top, width: arcWidth, cursorId: stage.id(`query${name}`), label: "Attention of one head", position,
    first: () => picture!.look.ids.length - 1, speak: (query) => spokenCell(picture!, [query, best(query)]),
    select: (query) => choose(query === null ? null : [query, best(query)]),
  });
  const after = tokenAxis(curves.group.append("g").attr("transform", `translate(${arcWidth},0)`), { side: "after", space: labels, litClass: "c-key" });
  const front = parent.append("g").attr("transform", `translate(${left},${top})`).attr("pointer-events", "none");
  const numbers = front.append("g").attr("class", "gb-cell-numbers");
  const rowBand = front.append("rect").attr("class", "gb-band c-query");
  const columnBand = front.append("rect").attr("class", "gb-band c-key");
  const heading = (y: number, text: string): Group =>
    parent.append("text").attr("class", "gb-axis").attr("text-anchor", "end").attr("x", left - 8).attr("y", y).text(text) as unknown as Group;
  const keyHeading = heading(top - 26, "keys");
  heading(top - 8, "queries");
  const surprise = bands.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", -9).text("surprise");

  const cell = (): Cell => chosen ?? firstCell();
  return {
    cell,
    choose(to) { chosen = to; },
    update(now, { scale, view: as }, sentence) {
      picture = now;
      view = as;
      const size = now.look.ids.length;
      const matrix = { rows: size, columns: size, values: now.weights, masked: isMasked };
      map.update(matrix, { scale, label: `Attention: ${sentence}` });
      const isMatrix = view === "matrix";
      for (const part of [map.group, front, columnGroup, keyHeading]) part.attr("display", isMatrix ? null : "none");
      curves.group.attr("display", isMatrix ? "none" : null);
      if (!isMatrix) curves.update(matrix, map.cell(), `Attention: ${sentence}`);
      surprise.attr("y", size * map.cell() + 12);
      if (chosen) chosen = [Math.min(chosen[0], size - 1), Math.min(chosen[1], size - 1)];
      const large = map.cell() < 29 ? [] : Array.from(now.weights, (weight, i) => ({ weight, query: Math.floor(i / size), key: i % size }));
      numbers.selectAll("text").data(large.filter(({ query, key }) => !isMasked(query, key))).join("text")
        .attr("text-anchor", "middle").attr("x", ({ key }) => (key + 0.5) * map.cell()).attr("y", ({ query }) => (query + 0.5) * map.cell() + 4)
        .attr("class", ({ weight }) => inkOn(colourClass(weight, 1, scale === "rowMax" ? "linear" : scale)))
        .text(({ weight }) => weight.toFixed(2));
    },
    highlight() {
      const { pieces, rare, surprise: nats } = picture!.look;
      const [query, key] = cell();
      const step = map.cell();
      const size = pieces.length;
      const tokens = pieces.map((piece, i) => ({ piece, rare: rare[i]!, bar: nats[i] == null ? null : nats[i]! / FULL_SURPRISE }));
      rows(tokens, step, query);
      columns(tokens, step, key);
      if (view === "arcs") {
        after(tokens, step, key);
        curves.light(query);
      }
      rowBand.attr("x", -1).attr("y", query * step - 1).attr("width", size * step + 1).attr("height", step + 1);
      columnBand.attr("x", key * step - 1).attr("y", -1).attr("width", step + 1).attr("height", size * step + 1);
    },
  };
}

export interface HeadGridOptions {
  readonly at: readonly [x: number, y: number];
  readonly thumb: number;
  readonly gap: number;
  readonly name: string;
  readonly label: string;
  readonly hatchId: string;
}

/** Every head as a thumbnail; a press chooses it. What a mixture is made of is framed together. Returns what shows another model or text. */
export function headGrid(parent: Group, stage: Stage<Params>, { at, thumb, gap, name, label, hatchId }: HeadGridOptions): (look: Look, params: Params) => void {
  const step = thumb + gap;
  const group = parent.append("g").attr("transform", `translate(${at})`);
  const indices = group.append("g");
  const show = thumbnails(group.append("g"), {
    label, side: thumb, gap, hatchId, id: (layer, head) => stage.id(`head${name}-${layer}-${head}`),
    choose: (layer, head) => stage.set({ layer, head, mix: "head" }),
  });
  const write = (side: string, anchor: string, count: number, place: (i: number) => readonly [number, number]): void =>
    void indices.selectAll(`text.${side}`).data(Array.from({ length: count }, (_, i) => i)).join("text").attr("class", `gb-index ${side}`)
      .attr("text-anchor", anchor).attr("x", (i) => place(i)[0]).attr("y", (i) => place(i)[1]).text(String);
  return (look, { scale, mix }) => {
    const { layers, heads, ids, taught, layer, head } = look;
    const size = ids.length;
    const grid = Array.from({ length: layers }, (_, l) => Array.from({ length: heads }, (_, h): Thumbnail => {
      const lesson = taught.find((one) => one.layer === l && one.head === h);
      return {
        matrix: { rows: size, columns: size, values: pictureOf({ ...look, layer: l, head: h }, "head").weights, masked: isMasked },
        label: `layer ${l}, head ${h}${lesson ? `, taught: ${lesson.as}` : ""}`, badge: lesson ? "taught" : null,
      };
    }));
    const all = mix === "averageAll" || mix === "maximumAll";
    const rows: readonly [number, number] = all ? [0, layers] : mix === "rollout" ? [0, layer + 1] : [layer, 1];
    show(grid, layer, head, scale, mix === "head" ? undefined : { row: rows[0], rows: rows[1], column: 0, columns: heads });
    write("across", "middle", heads, (i) => [i * step + thumb / 2, -6]);
    write("down", "end", layers, (i) => [-7, i * step + thumb / 2 + 4]);
  };
}
