import { describe, expect, it } from "vitest";
import { type Attributes, formatShape, type Kernel, type Shape, ShapeError, sizeOf } from "../kernel.ts";
import type { Case, OpCases } from "../testing/opCases.ts";

const modules = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], { eager: true });
const isKernel = (value: unknown): value is Kernel =>
  typeof value === "object" && value !== null && "reference" in value && "examples" in value;
const kernels = Object.values(modules).flatMap((module) => Object.values(module).filter(isKernel));
const further = Object.values(import.meta.glob<{ cases: OpCases }>("./testCases/*.ts", { eager: true })).map((module) => module.cases);
const derived: Record<string, () => readonly Case[]> = Object.assign({}, ...further.map((cases) => cases.derived ?? {}));

interface Launch {
  readonly inputs: readonly Shape[];
  readonly attributes: Attributes;
  /** Which inputs are whole numbers: 0 suits all of them. */
  readonly integers: ReadonlySet<number>;
}

/** Launches that fit, by kernel. */
function launches(kernel: Kernel): readonly Launch[] {
  const ofTensors = ({ inputs, attributes }: Pick<Case, "attributes"> & { inputs: readonly { shape: Shape; dtype?: string }[] }): Launch => ({
    inputs: inputs.map(({ shape }) => shape), attributes,
    integers: new Set(inputs.flatMap(({ dtype }, i) => (dtype === "i32" ? [i] : []))),
  });
  return [
    ...kernel.samples.map(({ inputs, attributes, integers }) => (
      { inputs, attributes: attributes ?? {}, integers: new Set(Object.keys(integers ?? {}).map(Number)) }
    )),
    ...kernel.examples.map(({ inputs, attributes }) => ofTensors({ inputs, attributes: attributes ?? {} })),
    ...(derived[kernel.name]?.() ?? []).map(ofTensors),
  ];
}

/** Whether the reference, on inputs of these shapes, reads what is not there: that is no number, and spreads. */
function reachesOutside(
  kernel: Kernel, shapes: readonly Shape[], { attributes, integers }: Launch, rules: readonly { readonly shape: Shape }[],
): boolean {
  const operand = (shape: Shape) => ({ shape, size: sizeOf(shape), dtype: "f32" as const, accumulate: false });
  const outputs = rules.map(({ shape }) => new Float64Array(sizeOf(shape)));
  const inputs = shapes.map((shape, i) => Float64Array.from({ length: sizeOf(shape) }, (_, k) => (integers.has(i) ? 0 : 0.5 + (k % 7) / 8)));
  kernel.reference(inputs, outputs, {
    inputs: shapes.map(operand), outputs: rules.map(({ shape }) => operand(shape)), attributes,
  });
  return outputs.some((values) => values.some(Number.isNaN));
}

/** The shape with one axis longer, one axis more, or its last axis gone. */
const wrong = (shape: Shape): readonly Shape[] => [
  ...shape.map((_, axis) => shape.map((extent, i) => (i === axis ? extent + 3 : extent))), [...shape, 2], shape.slice(0, -1),
];

// Gradients and updates are launched by their op and by the optimizer alone, on shapes that have passed the op.
const internal = /Gradient$|^(adamW|clipFactor|sgd|momentum|adaGrad|rmsProp|record|scatterLast)$/;
const open = kernels.filter((kernel) => !internal.test(kernel.name) && launches(kernel).some(({ inputs }) => inputs.length > 1));

describe.each(open)("the kernel $name", (kernel) => {
  it("refuses inputs that do not fit together, with both shapes in the message", () => {
    let refusals = 0;
    for (const launch of launches(kernel)) {
      const { inputs, attributes } = launch;
      for (const [place, shape] of inputs.entries()) {
        for (const other of wrong(shape)) {
          const changed = inputs.map((own, i) => (i === place ? other : own));
          try {
            const rules = kernel.outputs(changed, attributes);
            expect(reachesOutside(kernel, changed, launch, rules), changed.map(formatShape).join(" ")).toBe(false);
          } catch (error) {
            refusals++;
            const about = `${changed.map(formatShape).join(" ")}: ${String(error)}`;
            expect(error, about).toBeInstanceOf(ShapeError);
            const { message } = error as ShapeError;
            expect(message, about).toMatch(/^[a-z][A-Za-z0-9]+: /);
            // One may be the form that is asked for, "[batch,time,…]".
            expect(message.match(/\[[^\]]*\]/g)?.length ?? 0, about).toBeGreaterThan(1);
            expect(changed.some((own) => message.includes(formatShape(own))), about).toBe(true);
          }
        }
      }
    }
    expect(refusals).toBeGreaterThan(0);
  });
});
