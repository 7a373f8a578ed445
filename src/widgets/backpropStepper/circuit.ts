import type { WalkTapeFrame } from "../../../engine/tasks/walkTape.ts";

/** A number in the circuit: element `index` of the tensor `name`. */
export interface Place {
  readonly name: string;
  readonly index: number;
}

export interface CircuitNode extends Place {
  readonly kind: "data" | "parameter" | "entry";
  /** What stands in it: a letter, or the sign of its operation. */
  readonly sign: string;
  readonly x: number;
  readonly y: number;
}

export interface CircuitEdge {
  readonly from: CircuitNode;
  readonly to: CircuitNode;
  /** Which entry of the tape it leads into. */
  readonly entry: number;
  /** Bowed up (−1) or down (1), where two wires join the same nodes. */
  readonly bow: number;
  /** The parameter on it, where it has one. */
  readonly weight: Place | null;
}

export interface Circuit {
  readonly nodes: readonly CircuitNode[];
  readonly edges: readonly CircuitEdge[];
}

export const RADIUS = 13;
/** A wire after its node: the value stands above it, the gradient below. */
export const STUB = 44;

const signs: Readonly<Record<string, string>> = { add: "+", subtract: "−", linear: "Σ", sum: "Σ", relu: "relu", tanh: "tanh" };
const subscript = (index: number): string => "₁₂₃"[index]!;

/** Where everything stands; a narrow stage runs from top to bottom. */
export function circuitOf(frame: WalkTapeFrame, narrow: boolean): Circuit {
  const { entries, values, network } = frame;
  const layers = network === "layers";
  const columns = entries.length + 1;
  const size = (name: string): number => values[name]!.length;
  const along = (column: number): number => (narrow ? 26 + column * (layers ? 60 : 470 / (columns - 1)) : layers ? wideColumns(columns)[column]! : 26 + (column * 640) / (columns - 0.4));
  const across = (index: number, count: number): number => {
    if (narrow) return layers ? 168 + (index - (count - 1) / 2) * (count === 3 ? 112 : 130) : 160 + (index - (count - 1) / 2) * 140;
    return (layers ? 100 : 132) + (index - (count - 1) / 2) * (count === 3 ? 72 : layers ? 84 : 120);
  };
  const place = (column: number, index: number, count: number): { x: number; y: number } => {
    const [a, b] = [Math.round(along(column)), Math.round(across(index, count))];
    return narrow ? { x: b, y: a } : { x: a, y: b };
  };
  const nodes: CircuitNode[] = [];
  const leaf = (name: string, index: number, kind: CircuitNode["kind"], sign: string, at: { x: number; y: number }): unknown =>
    nodes.push({ name, index, kind, sign, ...at });
  const count = size("x") + (layers ? 0 : 1);
  values.x!.forEach((_, i) => leaf("x", i, "data", layers ? `x${subscript(i)}` : "x", place(0, i, count)));
  if (!layers) leaf("w", 0, "parameter", "w", place(0, 1, 2));
  entries.forEach(({ op, output, inputs }, k) => {
    const squares = op === "multiply" && inputs[0] === inputs[1];
    values[output]!.forEach((_, i) => nodes.push({ name: output, index: i, kind: "entry", sign: squares ? "²" : signs[op] ?? "×", ...place(k + 1, i, size(output)) }));
  });
  if (!layers) {
    // The bias joins from below (narrow: from the right), and so does the target.
    const beside = (name: string, kind: CircuitNode["kind"], into: string): void => {
      const to = entries.findIndex(({ output }) => output === into);
      const at = place(to, 0, 1);
      leaf(name, 0, kind, name, narrow ? { x: at.x + 110, y: at.y + 6 } : { x: at.x, y: at.y + 104 });
    };
    beside("b", "parameter", "y");
    beside("t", "data", "e");
  }
  const find = (name: string, index: number): CircuitNode | undefined => nodes.find((node) => node.name === name && node.index === index);
  const edges = entries.flatMap(({ op, output, inputs }, entry) => values[output]!.flatMap((_, o): CircuitEdge[] => {
    const to = find(output, o)!;
    const wires: CircuitEdge[] = [];
    inputs.forEach((name, slot) => {
      const all = op === "linear" || op === "sum";
      for (let i = 0; i < size(name); i++) {
        const from = find(name, i);
        if (!from || (!all && i !== o)) continue;
        const twice = inputs[0] === inputs[1];
        const weight = op === "linear" ? { name: inputs[1]!, index: o * size(name) + i } : null;
        wires.push({ from, to, entry, bow: twice ? (slot === 0 ? -1 : 1) : 0, weight });
      }
    });
    return wires;
  }));
  return { nodes, edges };
}

/** Layers that are fully connected need room between them; the rest stands close. */
const wideColumns = (columns: number): readonly number[] => (columns === 7 ? [22, 132, 234, 352, 450, 546, 646] : [22, 160, 330, 436, 540, 646]);
