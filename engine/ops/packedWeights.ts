import type { Kernel, Launch, Numbers, OutputRule, Program, Shape, WasmCall, WasmOperand } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { perBlock, perElement, unroll, workgroupSize } from "../wgsl.ts";

/** What the kernels on packed weights share: how a word is read, and the product y = x Wᵀ over words and scales. */
export type PackedAttributes = { group: number; bias: boolean; residual: boolean };

/** The code of weight `at` (row-major) in words of 8-bit or 4-bit codes. */
export function codeAt(words: Numbers, at: number, bits: number): number {
  if (bits === 8) return (words[at >> 2]! << (24 - 8 * (at & 3))) >> 24;
  return ((words[at >> 3]! >>> (4 * (at & 7))) & 15) - 8;
}

/** WGSL: `codes(word, part)` gives four codes of a word as floats; a 4-bit word has two parts. */
export const codesInWgsl = (bits: number): string => bits === 8
  ? "fn codes(word: i32, part: u32) -> vec4f { return vec4f((vec4i(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u)); }"
  : "fn codes(word: i32, part: u32) -> vec4f { return vec4f(((vec4i(word) >> (vec4u(0u, 4u, 8u, 12u) + 16u * part)) & vec4i(15)) - 8); }";

/** Which inputs bias and residual are. */
const inputsOf = (bias: boolean, residual: boolean): { bias: number; residual: number } =>
  ({ bias: bias ? 3 : 0, residual: residual ? (bias ? 4 : 3) : 0 });

function outputs(name: string, bits: number, inputs: readonly Shape[], { group, bias, residual }: PackedAttributes): OutputRule[] {
  const [x, words, scales] = inputs as [Shape, Shape, Shape];
  const [n, row] = words as [number, number];
  const k = (row * 32) / bits;
  expectShapes(
    words.length === 2 && lastOf(x) === k && k % 8 === 0, name, `inner sizes differ (a word holds ${32 / bits} weights)`, { x, words }
  );
  expectShapes(
    sameShape(scales, [Math.ceil((n * k) / group)]) && group % 8 === 0, name, `scales do not fit groups of ${group}`, { words, scales }
  );
  const shape = [...x.slice(0, -1), n];
  if (bias) expectShapes(sameShape(inputs[3]!, [n]), name, "bias does not fit", { words, bias: inputs[3]! });
  const added = inputs[inputsOf(bias, residual).residual];
  if (residual) expectShapes(sameShape(added!, shape), name, "residual does not fit", { output: shape, residual: added! });
  return [{ shape }];
}

function reference(bits: number, inputs: readonly Numbers[], [y]: readonly Numbers[], launch: Launch<PackedAttributes>): void {
  const { group, bias, residual } = launch.attributes;
  const [x, words, scales] = inputs as [Numbers, Numbers, Numbers];
  const n = launch.inputs[1]!.shape[0]!, k = lastOf(launch.inputs[0]!.shape);
  const at = inputsOf(bias, residual);
  for (let row = 0; row < y!.length / n; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let j = 0; j < k; j++) {
        const e = column * k + j;
        sum += x[row * k + j]! * codeAt(words, e, bits) * scales[Math.floor(e / group)]!;
      }
      if (bias) sum += inputs[at.bias]![column]!;
      if (residual) sum += inputs[at.residual]![row * n + column]!;
      y![row * n + column] = sum;
    }
  }
}

/** Sums the words `from`, `from + step`… of one row of weights. */
function sumOfWords(bits: number, { inputs, attributes: { group } }: Launch<PackedAttributes>, from: string, step: number): string {
  const words = inputs[1]!.shape[1]!;
  const parts = 32 / bits / 4;
  return `for (var w = ${from}; w < ${words}u; w += ${step}u) {
    let word = a1[column * ${words}u + w];
    let scale = a2[((column * ${words}u + w) * ${32 / bits}u) / ${group}u];
    ${unroll(parts, (part) => `sum += scale * dot(a0[(row * ${words}u + w) * ${parts}u + ${part}u], codes(word, ${part}u));`, "\n    ")}
  }`;
}

function finish({ attributes: { bias, residual } }: Launch<PackedAttributes>, index: string): string {
  const at = inputsOf(bias, residual);
  return `out0[${index}] = sum${bias ? ` + a${at.bias}[column]` : ""}${residual ? ` + a${at.residual}[${index}]` : ""};`;
}

function flat(bits: number, launch: Launch<PackedAttributes>): Program {
  const n = launch.inputs[1]!.shape[0]!;
  const body = `let column = i % ${n}u;
  let row = i / ${n}u;
  var sum = 0.0f;
  ${sumOfWords(bits, launch, "0u", 1)}
  ${finish(launch, "i")}`;
  return { ...perElement(launch.outputs[0]!.size, body, codesInWgsl(bits)), vec4: ["a0"] };
}

/** A workgroup a weight row: neighbouring invocations read neighbouring words, as real GPUs want it. */
function tiled(bits: number, launch: Launch<PackedAttributes>): Program {
  const n = launch.inputs[1]!.shape[0]!;
  const body = `let column = block % ${n}u;
  let row = block / ${n}u;
  var sum = 0.0f;
  ${sumOfWords(bits, launch, "local", workgroupSize)}
  sum = sumOf(local, sum);
  if (local == 0u) { ${finish(launch, "block")} }`;
  return { ...perBlock(launch.outputs[0]!.size, body, `alias Number = f32;\n${codesInWgsl(bits)}`), vec4: ["a0"] };
}

/** Rows whose 16-bit copies fit the scratch memory of the WebAssembly kernels, 8 MiB. */
const scratch = 2 ** 22;

function wasm(
  name: string, { inputs, outputs: [y], attributes: { group, bias, residual } }: Launch<PackedAttributes, WasmOperand>,
): readonly WasmCall[] | null {
  const [x, words, scales] = inputs as [WasmOperand, WasmOperand, WasmOperand];
  const n = words.shape[0]!, k = lastOf(x.shape), rows = rowsOf(x.shape);
  // 512 products of 16 and 8 bits fit the 32 bits of a sum.
  if (group > 512 || k > scratch / 4) return null;
  const at = inputsOf(bias, residual);
  const most = Math.max(1, Math.floor(scratch / (2 * k + 4)));
  return Array.from({ length: Math.ceil(rows / most) }, (_, chunk) => {
    const first = chunk * most;
    const added = residual ? inputs[at.residual]!.pointer + 4 * first * n : 0;
    const to = y!.pointer + 4 * first * n;
    const sizes = [Math.min(most, rows - first), n, k, group];
    return [
      name, x.pointer + 4 * first * k, words.pointer, scales.pointer, to, ...sizes, bias ? inputs[at.bias]!.pointer : 0, added,
    ] as const;
  });
}

/** The kernel y = x Wᵀ (+ bias) (+ residual) on codes of some bits: what `linearInt8` and `linearInt4` are. */
export function packedLinearKernel(name: string, bits: 4 | 8, examples: Kernel["examples"]): Kernel<PackedAttributes> {
  return {
    name,
    outputs: (inputs, attributes) => outputs(name, bits, inputs, attributes),
    reference: (inputs, into, launch) => reference(bits, inputs, into, launch),
    wgsl: { flat: (launch) => flat(bits, launch), tiled: (launch) => tiled(bits, launch) },
    wasm: (launch) => wasm(name, launch),
    examples,
    // Words are no random numbers: the cases lie in testCases/packed.ts.
    samples: [],
  };
}
