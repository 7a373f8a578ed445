import { type Attributes, defineKernel, type Kernel, type Launch } from "./kernel.ts";
import { expectShapes, sameShape } from "./shapes.ts";
import { apply, launch, type Tensor } from "./tensor.ts";
import { elementWise, store } from "./wgsl.ts";

/** A function of one number, applied to every element of a tensor. */
export interface Curve<A extends Attributes> {
  readonly name: string;
  value(x: number, attributes: A): number;
  /** dy/dx from what was saved: x itself, or y where the slope is simpler to tell from that. */
  slope(saved: number, attributes: A): number;
  readonly saves: "x" | "y";
  /** WGSL expressions in `v` (x in `value`, what was saved in `slope`), of type `Number`: f32 or vec4f. */
  readonly wgsl: { value(attributes: A): string; slope(attributes: A): string; readonly functions?: string };
  /** Names of functions in the WebAssembly module: value(x, y, n), slope(saved, dOut, dX, n, accumulate). */
  readonly wasm?: { readonly value: string; readonly slope: string };
  readonly attributes: A;
  /** Pairs (x, y) known from elsewhere. */
  readonly points: readonly (readonly [number, number])[];
  /** False where random numbers would leave the domain. */
  readonly everywhere?: boolean;
}

/** WGSL: 1 / (1 + e⁻ᵛ), written with e^−|v| so that nothing overflows. */
export const logisticInWgsl = `fn logistic(v: Number) -> Number {
  let e = exp(-abs(v));
  return select(e, Number(1.0f), v >= Number()) / (1.0f + e);
}`;

/** 1 / (1 + e⁻ˣ). */
export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The two kernels of a curve: y = f(x), and dx = dy · f′. */
export function curveKernels<A extends Attributes>(curve: Curve<A>): { readonly forward: Kernel<A>; readonly gradient: Kernel<A> } {
  const { name, points, attributes, everywhere = true, wasm } = curve;
  const functions = curve.wgsl.functions ?? "";
  const program = (launch: Pick<Launch, "inputs" | "outputs">, body: string) => {
    const { code, ...rest } = elementWise(launch, body);
    return { ...rest, code: `${functions}\n${code}` };
  };
  const forward = defineKernel<A>({
    name,
    outputs: ([x]) => [{ shape: x! }],
    reference([x], [y], launch) {
      for (let i = 0; i < y!.length; i++) y![i] = curve.value(x![i]!, launch.attributes);
    },
    wgsl: { flat: (launch) => program(launch, `let v = a0[i];\n  out0[i] = ${curve.wgsl.value(launch.attributes)};`) },
    ...(wasm && { wasm: ({ inputs: [x], outputs: [y] }) => [[wasm.value, x!.pointer, y!.pointer, y!.size]] }),
    examples: [{ inputs: [{ shape: [points.length], values: points.map(([x]) => x) }], attributes, outputs: [points.map(([, y]) => y)] }],
    samples: everywhere ? [{ inputs: [[7, 13]], attributes }, { inputs: [[4, 9]], attributes }] : [],
  });
  const gradient = defineKernel<A>({
    name: `${name}Gradient`,
    outputs: ([saved, dOut]) => {
      expectShapes(sameShape(saved!, dOut!), `${name}Gradient`, "shapes differ", { saved: saved!, dOut: dOut! });
      return [{ shape: saved! }];
    },
    reference([saved, dOut], [dX], { attributes, outputs: [out] }) {
      for (let i = 0; i < dX!.length; i++) dX![i] = (out!.accumulate ? dX![i]! : 0) + dOut![i]! * curve.slope(saved![i]!, attributes);
    },
    wgsl: {
      flat: (launch) => program(
        launch, `let v = a0[i];\n  ${store("out0", "i", `a1[i] * (${curve.wgsl.slope(launch.attributes)})`, launch.outputs[0]!)}`,
      ),
    },
    ...(wasm && {
      wasm: ({ inputs: [saved, dOut], outputs: [dX] }) => [
        [wasm.slope, saved!.pointer, dOut!.pointer, dX!.pointer, dX!.size, Number(dX!.accumulate)],
      ],
    }),
    accumulates: true,
    examples: [],
    samples: everywhere ? [{ inputs: [[7, 13], [7, 13]], attributes }, { inputs: [[4, 9], [4, 9]], attributes }] : [],
  });
  return { forward, gradient };
}

/** y = f(x) on the tape. */
export function applyCurve<A extends Attributes>(
  kernels: { forward: Kernel<A>; gradient: Kernel<A> }, saves: "x" | "y", x: Tensor, attributes: A,
): Tensor {
  return apply(kernels.forward, [x], attributes, ([y]) => (dOut, to) => {
    launch(kernels.gradient, [saves === "x" ? x : y!, dOut], attributes, [to.into(0)]);
  })[0]!;
}
