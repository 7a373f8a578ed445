import type { WalkTapeFrame } from "../../../engine/tasks/walkTape.ts";
import { cellText } from "../../charts/numberGrid.ts";
import type { Group } from "../../charts/plot.ts";
import { type CircuitEdge, type CircuitNode, circuitOf, type Place, RADIUS, STUB } from "./circuit.ts";
import { gradientAt, nameOf, type Progress, valueAt } from "./reading.ts";

const bends: Readonly<Record<string, string>> = { relu: "M-8,5H0L7,-5", tanh: "M-8,5C0,5 0,-5 8,-5" };

/** Nodes and wires; above each node's wire its value, below it the slope that came back. Returns what draws a moment of the walk. */
export function drawCircuit(parent: Group, narrow: boolean): (frame: WalkTapeFrame, progress: Progress, lit: Place | null) => void {
  const wires = parent.append("g");
  const stubs = parent.append("g");
  const marks = parent.append("g");
  return (frame, progress, lit) => {
    const { nodes, edges } = circuitOf(frame, narrow);
    const { current, back } = progress;
    const known = (node: CircuitNode): boolean => valueAt(frame, node, progress) !== null;
    const flow = back > 0 ? "c-gradient" : "c-path";
    const isLit = ({ weight }: CircuitEdge): boolean => weight !== null && weight.name === lit?.name && weight.index === lit.index;
    // On the way back only what hands something on is lit: data asks for no slope.
    const flows = ({ entry, from }: CircuitEdge): boolean =>
      entry === current && (back === 0 || frame.entries[entry]!.handed[frame.entries[entry]!.inputs.indexOf(from.name)] !== null);
    const widthOf = (edge: CircuitEdge): number => (isLit(edge) ? 4 : edge.weight ? thickness(frame, edge.weight) : flows(edge) ? 2.5 : 1.25);
    wires.selectAll("path").data(edges).join("path").attr("d", (edge) => wire(edge, narrow))
      .attr("class", (edge) => `gb-line ${isLit(edge) ? "c-ink" : flows(edge) ? flow : "c-curve"}`)
      .style("stroke-width", (edge) => `${widthOf(edge)}px`)
      .attr("stroke-dasharray", (edge) => (edge.weight && frame.values[edge.weight.name]![edge.weight.index]! < 0 ? "4 3" : null))
      .attr("opacity", (edge) => (known(edge.to) || edge.entry === current ? 1 : 0.35));
    stubs.selectAll("line").data(narrow ? [] : nodes).join("line").attr("class", "gb-line gb-thin c-curve")
      .attr("x1", ({ x }) => x + RADIUS).attr("x2", ({ x }) => x + RADIUS + STUB).attr("y1", ({ y }) => y).attr("y2", ({ y }) => y);
    const isHere = ({ kind, name }: CircuitNode): boolean => kind === "entry" && current !== null && frame.entries[current]!.output === name;
    const all = marks.selectAll<SVGGElement, CircuitNode>("g").data(nodes).join((enter) => {
      const one = enter.append("g");
      one.append("rect");
      one.append("path").attr("class", "gb-line");
      one.append("text").attr("class", "gb-sign").attr("text-anchor", "middle").attr("y", 4.5);
      one.append("text").attr("class", "gb-flow-value");
      one.append("text").attr("class", "gb-flow-gradient").append("tspan").attr("class", "c-gradient gb-term");
      one.append("text").attr("class", "gb-soft gb-flow-name").attr("text-anchor", "middle");
      return one;
    });
    all.attr("transform", ({ x, y }) => `translate(${x},${y})`).attr("opacity", (node) => (known(node) ? 1 : 0.45));
    all.select("rect").attr("x", -RADIUS).attr("y", -RADIUS).attr("width", 2 * RADIUS).attr("height", 2 * RADIUS)
      .attr("rx", ({ kind }) => (kind === "entry" ? RADIUS : 4))
      .attr("class", (node) => `gb-grid-frame ${isHere(node) ? flow : node.kind === "parameter" ? "c-path" : "c-curve"}`)
      .style("stroke-width", (node) => (isHere(node) ? "3px" : "1.5px"))
      .attr("stroke-dasharray", ({ kind }) => (kind === "data" ? "2 2" : null));
    all.select("path").attr("d", ({ sign }) => bends[sign] ?? null);
    all.select(".gb-sign").text(({ sign }) => (bends[sign] ? "" : sign));
    all.select(".gb-flow-value").attr("text-anchor", narrow ? "start" : "middle").attr("x", narrow ? RADIUS + 5 : RADIUS + STUB / 2).attr("y", narrow ? -2 : -5)
      .text((node) => number(valueAt(frame, node, progress)));
    all.select(".gb-flow-gradient").attr("text-anchor", narrow ? "start" : "middle").attr("x", narrow ? RADIUS + 5 : RADIUS + STUB / 2).attr("y", narrow ? 13 : 16)
      .select("tspan").text((node) => number(gradientAt(frame, node, progress)));
    all.select(".gb-flow-name").attr("y", -RADIUS - 4).attr("x", narrow ? -RADIUS - 12 : 0).attr("dy", narrow ? 20 : 0)
      .text((node) => (node.kind === "entry" ? nameOf(frame, node) : ""));
  };
}

const number = (value: number | null): string => (value === null ? "" : cellText(value));

const thickness = (frame: WalkTapeFrame, { name, index }: Place): number =>
  Math.round((0.75 + 2.5 * Math.min(1.5, Math.abs(frame.values[name]![index]!))) * 100) / 100;

/** From the end of a node's wire to the next node; narrow, from its lower edge. */
function wire({ from, to, bow }: CircuitEdge, narrow: boolean): string {
  if (narrow) {
    const y1 = from.y + RADIUS, y2 = to.y - RADIUS, side = bow * 9;
    // What stands beside a node joins it from the side.
    if (Math.abs(from.y - to.y) < 40) return `M${from.x - RADIUS},${from.y}L${to.x + RADIUS},${to.y}`;
    return `M${from.x},${y1}C${from.x + side},${(y1 + y2) / 2} ${to.x + side},${(y1 + y2) / 2} ${to.x},${y2}`;
  }
  const x1 = from.x + RADIUS + STUB, x2 = to.x - RADIUS;
  const middle = (x1 + x2) / 2, lift = bow * 12;
  return `M${x1},${from.y}C${middle},${from.y + lift} ${middle},${to.y + lift} ${x2},${to.y}`;
}
