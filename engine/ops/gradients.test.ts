import { describe, expect, test } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { type Shape, sizeOf } from "../kernel.ts";
import { random } from "../random.ts";
import type { Call, OpCases } from "../testing/opCases.ts";
import { backward, parameter, read, reshape, scope, tensor, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { attention } from "./attention.ts";
import { attentionWithPattern } from "./attentionWithPattern.ts";
import { crossEntropy } from "./crossEntropy.ts";
import { embedding } from "./embedding.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layerNorm.ts";
import { linear } from "./linear.ts";
import { matmul } from "./matmul.ts";
import { meanWhere } from "./meanWhere.ts";
import { multiply } from "./multiply.ts";
import { pickLog } from "./pickLog.ts";
import { rmsNorm } from "./rmsNorm.ts";
import { rope, ropeTable } from "./rope.ts";
import { scale } from "./scale.ts";
import { softmax } from "./softmax.ts";
import { swiglu } from "./swiglu.ts";

const ids = (like: Tensor, shape: Shape, values: readonly number[]): Tensor => tensor(like.backend, shape, values, "i32");
const heads = { nHeads: 4, nKvHeads: 2 };

const further = Object.values(import.meta.glob<{ cases: OpCases }>("./testCases/*.ts", { eager: true }));

const calls: readonly Call[] = [
  ...further.flatMap((module) => module.cases.calls),
  { op: "add", shapes: [[3, 2], [3, 2]], apply: ([a, b]) => add(a!, b!) },
  { op: "add", title: "a value added to itself", shapes: [[3, 2]], apply: ([a]) => add(a!, a!) },
  { op: "multiply", shapes: [[3, 2], [3, 2]], apply: ([a, b]) => multiply(a!, b!) },
  { op: "multiply", title: "a value used three times", shapes: [[5]], apply: ([a]) => multiply(a!, multiply(a!, a!)) },
  { op: "scale", shapes: [[4]], apply: ([x]) => scale(x!, -1.5) },
  { op: "matmul", shapes: [[2, 3], [3, 4]], apply: ([a, b]) => matmul(a!, b!) },
  { op: "matmul", title: "a read transposed", shapes: [[3, 2], [3, 4]], apply: ([a, b]) => matmul(a!, b!, { a: true }) },
  { op: "matmul", title: "b read transposed", shapes: [[2, 3], [4, 3]], apply: ([a, b]) => matmul(a!, b!, { b: true }) },
  { op: "matmul", title: "both read transposed", shapes: [[3, 2], [4, 3]], apply: ([a, b]) => matmul(a!, b!, { a: true, b: true }) },
  { op: "linear", shapes: [[2, 3, 4], [5, 4]], apply: ([x, w]) => linear(x!, w!) },
  { op: "linear", title: "with bias and residual", shapes: [[3, 4], [5, 4], [5], [3, 5]], apply: ([x, w, b, r]) => linear(x!, w!, b!, r!) },
  { op: "embedding", shapes: [[5, 3]], apply: ([table]) => embedding(table!, ids(table!, [2, 3], [1, 0, 4, 1, 1, 2])) },
  {
    op: "embedding", title: "with learned positions", shapes: [[5, 3], [4, 3]],
    apply: ([table, positions]) => {
      const offset = ids(table!, [1], [0]);
      return embedding(table!, ids(table!, [2, 3], [1, 0, 4, 1, 1, 2]), { positions: positions!, offset });
    },
  },
  { op: "layerNorm", shapes: [[2, 3, 6], [6], [6]], apply: ([x, w, b]) => layerNorm(x!, w!, b!) },
  { op: "rmsNorm", shapes: [[3, 6], [6]], apply: ([x, w]) => rmsNorm(x!, w!) },
  { op: "gelu", shapes: [[7]], apply: ([x]) => gelu(x!) },
  { op: "swiglu", shapes: [[3, 8]], apply: ([x]) => swiglu(x!) },
  {
    op: "rope", shapes: [[2, 3, 32]],
    apply: ([qkv]) => rope(qkv!, tensor(qkv!.backend, [5, 4], ropeTable(5, 4, 10)), ids(qkv!, [1], [2]), heads),
  },
  { op: "softmax", shapes: [[2, 4]], apply: ([x]) => softmax(x!) },
  { op: "softmax", title: "causal", shapes: [[2, 3, 3]], apply: ([x]) => softmax(x!, { causal: true }) },
  { op: "softmax", title: "masked", shapes: [[2, 3]], apply: ([x]) => softmax(x!, { mask: ids(x!, [2, 3], [1, 0, 1, 0, 0, 1]) }) },
  { op: "attention", title: "causal", shapes: [[2, 5, 24]], apply: ([qkv]) => attention(qkv!, { ...heads, causal: true }) },
  { op: "attention", title: "full", shapes: [[1, 4, 9]], apply: ([qkv]) => attention(qkv!, { nHeads: 1, nKvHeads: 1, causal: false }) },
  { op: "attentionWithPattern", shapes: [[2, 3, 24]], apply: ([qkv]) => attentionWithPattern(qkv!, { ...heads, causal: true }).out },
  {
    op: "attentionWithPattern", title: "through the pattern", shapes: [[1, 3, 24]],
    apply: ([qkv]) => attentionWithPattern(qkv!, { ...heads, causal: false }).pattern,
  },
  { op: "crossEntropy", shapes: [[4, 5]], apply: ([logits]) => crossEntropy(logits!, ids(logits!, [4], [0, 3, -100, 4])) },
  { op: "meanWhere", shapes: [[4]], apply: ([x]) => meanWhere(x!, ids(x!, [4], [2, -100, 0, 1])) },
  { op: "pickLog", shapes: [[3, 4]], map: (value) => Math.abs(value) + 0.1, apply: ([p]) => pickLog(p!, ids(p!, [3], [2, -100, 0])) },
];

/** The output times fixed random weights, summed: one number whose gradient meets every element. */
function weigh(y: Tensor): Tensor {
  const source = random(77);
  const weights = tensor(y.backend, [y.size, 1], Array.from({ length: y.size }, () => source.normal()));
  return reshape(matmul(reshape(y, [1, y.size]), weights), [1]);
}

describe("the gradient of every op is its slope by central differences", () => {
  for (const { op, title, shapes, map = (value: number): number => value, apply } of calls) {
    test(title ? `${op}: ${title}` : op, async () => {
      const backend = createReferenceBackend();
      const source = random(11);
      const points = shapes.map((shape) => Float64Array.from({ length: sizeOf(shape) }, () => map(source.normal())));
      const buffers = points.map((point) => backend.allocate(point.length, "f32"));
      const slopes = points.map((point) => backend.allocate(point.length, "f32"));
      points.forEach((point, i) => backend.write(buffers[i]!, point));
      const parameters = shapes.map((shape, i) => parameter(backend, shape, buffers[i]!, slopes[i]!));
      const value = async (): Promise<number> => (await read(scope(() => weigh(apply(parameters)))))[0]!;

      expect(scope(() => backward(weigh(apply(parameters))).length)).toBe(shapes.length);
      const h = 1e-5;
      for (const [i, point] of points.entries()) {
        const gradient = await backend.read(slopes[i]!);
        const size = Math.max(...Array.from(gradient, Math.abs));
        expect(size).toBeGreaterThan(0);
        for (let j = 0; j < point.length; j++) {
          const at = (offset: number): void => backend.write(buffers[i]!, point.with(j, point[j]! + offset));
          at(h);
          const above = await value();
          at(-h);
          const below = await value();
          at(0);
          expect(Math.abs((above - below) / (2 * h) - gradient[j]!), `input ${i}, element ${j}`).toBeLessThanOrEqual(1e-6 * size);
        }
      }
    });
  }
});

test("every op with a kernel of its name is among them", () => {
  const modules = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], { eager: true });
  const ops = Object.values(modules).flatMap((module) =>
    Object.keys(module).filter((name) => typeof module[name] === "function" && `${name}Kernel` in module));
  expect(ops.length).toBeGreaterThan(10);
  expect(ops.filter((op) => !calls.some((call) => call.op === op))).toEqual([]);
});
