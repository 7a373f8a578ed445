import type { Backend } from "../backend.ts";
import { trainable } from "../nn/parameters.ts";
import { add } from "../ops/add.ts";
import { linear } from "../ops/linear.ts";
import { multiply } from "../ops/multiply.ts";
import { relu } from "../ops/relu.ts";
import { subtract } from "../ops/subtract.ts";
import { sum } from "../ops/sum.ts";
import { tanh } from "../ops/tanh.ts";
import { backward, empty, free, read, scope, type TapeNode, type Tensor, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface WalkTapeParams {
  /** One neuron with one input, or two inputs, three hidden neurons and two outputs. */
  readonly network: "neuron" | "layers";
  /** What follows the (first) weighted sum. */
  readonly bend: "none" | "relu" | "tanh";
  /** [x, t] and [w, b] of the neuron. */
  readonly neuronData: readonly number[];
  readonly neuron: readonly number[];
  /** [x₁, x₂, t₁, t₂]; [3, 2 + 1] and [2, 3 + 1] weights, each row ending in its bias. */
  readonly layersData: readonly number[];
  readonly hidden: readonly number[];
  readonly output: readonly number[];
  /** Of the step whose loss is told as `nextLoss`. */
  readonly learningRate: number;
}

/** One entry of the tape, and what it hands back. */
export interface TapeEntry {
  readonly op: string;
  readonly output: string;
  readonly inputs: readonly string[];
  /** dL/d(output), summed over all who used it. */
  readonly upstream: readonly number[];
  /** What it adds to dL/d(input); null for an input that needs no gradient. */
  readonly handed: readonly (readonly number[] | null)[];
}

export interface WalkTapeFrame {
  readonly network: WalkTapeParams["network"];
  readonly bend: WalkTapeParams["bend"];
  /** Every tensor by name. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** In the order in which they were recorded. */
  readonly entries: readonly TapeEntry[];
  /** dL/d(parameter): what the engine's own `backward` left there. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** The same by central differences: two forward passes for each number. */
  readonly nudged: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
  /** After one step of gradient descent. */
  readonly nextLoss: number;
}

/** How far a parameter is nudged up and down. */
export const NUDGE = 0.01;

/**
 * A forward pass, its tape, and the way back along it, entry by entry. y = wx + b with x = 2, t = 5, w = 1, b = 0 gives
 * L = (y − t)² = 9, dL/dw = −12, dL/db = −6.
 */
export const walkTape: Task<WalkTapeParams, WalkTapeFrame> = async function* (run) {
  const backend = await run.backend();
  for (;;) {
    yield await walk(backend, run.params);
    await run.changed();
  }
};

interface Leaf { readonly shape: readonly number[]; readonly values: readonly number[] }
type Leaves = ReadonlyMap<string, Leaf>;
interface Recorded {
  readonly named: readonly (readonly [name: string, x: Tensor])[];
  readonly ops: ReadonlyMap<TapeNode, string>;
  readonly loss: Tensor;
}

/** One computation of all that a frame tells. */
export async function walk(backend: Backend, params: WalkTapeParams): Promise<WalkTapeFrame> {
  const { network, bend, learningRate } = params;
  const { data, weights } = leavesOf(params);
  const parameters = trainable(backend, new Map([...weights].map(([name, { shape }]) => [name, shape])),
    new Map([...weights].map(([name, { values }]) => [name, values])));
  const kept = scope(() => {
    const recorded = forward(network, bend, (name) => parameters.tensors.get(name) ?? made(backend, data, name));
    return { values: Object.fromEntries(recorded.named), steps: walkBack(recorded) };
  });
  const values = await readAll(kept.values);
  const entries = await Promise.all(kept.steps.map(async ({ upstream, handed, ...entry }): Promise<TapeEntry> => ({
    ...entry, upstream: Array.from(await read(upstream)),
    handed: await Promise.all(handed.map(async (x) => (x ? Array.from(await read(x)) : null))),
  })));
  new Set(kept.steps.flatMap(({ upstream, handed }) => [upstream, ...handed]).concat(Object.values(kept.values)).flatMap((x) => x?.buffer ?? []))
    .forEach((buffer) => { if (![...parameters.tensors.values()].some((p) => p.buffer === buffer)) backend.free(buffer); });

  // The same pass once more through the engine's own `backward`: what training uses.
  scope(() => { backward(forward(network, bend, (name) => parameters.tensors.get(name) ?? made(backend, data, name)).loss); });
  const gradients = await readAll(Object.fromEntries([...parameters.tensors].map(([name, x]) => [name, x.gradient!])));
  parameters.close();

  const lossOf = (changed: Leaves): Tensor => scope(() => forward(network, bend, (name) => made(backend, changed.has(name) ? changed : data, name)).loss);
  const nudged = await centralDifferences(weights, lossOf);
  const next = lossOf(new Map([...weights].map(([name, leaf]) =>
    [name, { ...leaf, values: leaf.values.map((value, i) => value - learningRate * gradients[name]![i]!) }])));
  const nextLoss = (await read(next))[0]!;
  free(next);
  return { network, bend, values, entries: entries.reverse(), gradients, nudged, loss: values.L![0]!, nextLoss };
}

/** What is given, and what is learnt. */
function leavesOf({ network, neuronData, neuron, layersData, hidden, output }: WalkTapeParams): { data: Leaves; weights: Leaves } {
  const one = (value: number | undefined) => ({ shape: [1], values: [value ?? 0] });
  if (network === "neuron") {
    return { data: new Map([["x", one(neuronData[0])], ["t", one(neuronData[1])]]), weights: new Map([["w", one(neuron[0])], ["b", one(neuron[1])]]) };
  }
  // A row of the grid is a neuron: its weights, then its bias.
  const split = (grid: readonly number[], rows: number, columns: number): readonly [Leaf, Leaf] => {
    const at = (r: number, c: number): number => grid[r * (columns + 1) + c] ?? 0;
    const each = Array.from({ length: rows }, (_, r) => r);
    return [
      { shape: [rows, columns], values: each.flatMap((r) => Array.from({ length: columns }, (_, c) => at(r, c))) },
      { shape: [rows], values: each.map((r) => at(r, columns)) },
    ];
  };
  const [w1, b1] = split(hidden, 3, 2), [w2, b2] = split(output, 2, 3);
  return {
    data: new Map<string, Leaf>([["x", { shape: [1, 2], values: layersData.slice(0, 2) }], ["t", { shape: [1, 2], values: layersData.slice(2, 4) }]]),
    weights: new Map([["W1", w1], ["b1", b1], ["W2", w2], ["b2", b2]]),
  };
}

function made(backend: Backend, leaves: Leaves, name: string): Tensor {
  const { shape, values } = leaves.get(name)!;
  return tensor(backend, shape, values);
}

/** The forward pass with the engine's ops; each of them writes its entry on the tape. */
function forward(network: WalkTapeParams["network"], bend: WalkTapeParams["bend"], leaf: (name: string) => Tensor): Recorded {
  const named: [string, Tensor][] = [];
  const ops = new Map<TapeNode, string>();
  const keep = (name: string, x: Tensor, op = ""): Tensor => {
    named.push([name, x]);
    if (x.node) ops.set(x.node, op);
    return x;
  };
  const bent = (x: Tensor): Tensor => (bend === "relu" ? keep("a", relu(x), "relu") : bend === "tanh" ? keep("a", tanh(x), "tanh") : x);
  const given = (name: string): Tensor => keep(name, leaf(name));
  const x = given("x"), t = given("t");
  if (network === "neuron") {
    const wx = keep("wx", multiply(given("w"), x), "multiply");
    const y = bent(keep("y", add(wx, given("b")), "add"));
    const e = keep("e", subtract(y, t), "subtract");
    return { named, ops, loss: keep("L", multiply(e, e), "multiply") };
  }
  const a = bent(keep("z", linear(x, given("W1"), given("b1")), "linear"));
  const y = keep("y", linear(a, given("W2"), given("b2")), "linear");
  const e = keep("e", subtract(y, t), "subtract");
  const squares = keep("e2", multiply(e, e), "multiply");
  return { named, ops, loss: keep("L", sum(squares), "sum") };
}

/** As in `backward`: a value is known by the entry that made it, a leaf by itself. */
type Key = TapeNode | Tensor;

interface Step {
  readonly op: string;
  readonly output: string;
  readonly inputs: readonly string[];
  readonly upstream: Tensor;
  readonly handed: readonly (Tensor | null)[];
}

/**
 * The chain rule along the tape, latest entry first, by the ops' own gradient rules, with everything kept that `backward` adds up and frees:
 * what each entry was told, and what it told each of its inputs.
 */
function walkBack({ named, ops, loss }: Recorded): Step[] {
  const key = (x: Tensor): Key => x.node ?? x;
  const names = new Map(named.map(([name, x]): [Key, string] => [key(x), name]));
  const told = new Map<Key, Tensor[]>([[key(loss), [tensor(loss.backend, loss.shape, [1])]]]);
  return [...ops.keys()].sort((a, b) => b.order - a.order).map((node) => {
    const upstream = told.get(node)!.reduce((total, part) => add(total, part));
    const handed: (Tensor | null)[] = node.inputs.map(() => null);
    const hand = (i: number, part: Tensor): void => {
      handed[i] = part;
      told.set(key(node.inputs[i]!), [...(told.get(key(node.inputs[i]!)) ?? []), part]);
    };
    node.gradients(upstream, {
      needs: (i) => node.inputs[i]!.needsGradient,
      into(i) {
        const fresh = empty(loss.backend, node.inputs[i]!.shape);
        hand(i, fresh);
        return { tensor: fresh, accumulate: false };
      },
      share: (i, gradient) => { if (node.inputs[i]!.needsGradient) hand(i, gradient); },
    });
    return { op: ops.get(node)!, output: names.get(node)!, inputs: node.inputs.map((x) => names.get(key(x))!), upstream, handed };
  });
}

/** (L(p + h) − L(p − h)) / 2h for every number of every parameter. */
async function centralDifferences(weights: Leaves, lossOf: (changed: Leaves) => Tensor): Promise<Record<string, number[]>> {
  const slopes: Record<string, number[]> = {};
  for (const [name, leaf] of weights) {
    const at = (i: number, by: number): Tensor =>
      lossOf(new Map(weights).set(name, { ...leaf, values: leaf.values.map((value, k) => (k === i ? value + by : value)) }));
    const pairs = leaf.values.map((_, i) => [at(i, NUDGE), at(i, -NUDGE)] as const);
    slopes[name] = await Promise.all(pairs.map(async ([up, down]) => ((await read(up))[0]! - (await read(down))[0]!) / (2 * NUDGE)));
    pairs.flat().forEach(free);
  }
  return slopes;
}

async function readAll(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, number[]>> {
  return Object.fromEntries(await Promise.all(Object.entries(tensors).map(async ([name, x]) => [name, Array.from(await read(x))] as const)));
}
