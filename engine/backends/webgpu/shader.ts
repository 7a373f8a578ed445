import type { Attributes, Kernel, Launch, Operand, Program } from "../../kernel.ts";
import { flatProduct, tiledProduct } from "./products.ts";

/** Which implementation of a kernel to prefer; kernels without `tiled` run `flat`. */
export type Variant = "flat" | "tiled";

/**
 * The declarations of the bindings of a launch: inputs `a0, a1, …` read-only, outputs `out0, out1, …`, then the uniform `sizes`.
 * Subtle: every access is clamped to its array, and a software adapter divides four times to learn the length of an array that does not
 * tell it; so only programs that launches of several sizes share leave it open.
 */
export function declareBindings(inputs: readonly Operand[], outputs: readonly Operand[], program: Program): string {
  const type = (name: string, { dtype, size }: Operand): string => {
    const wide = program.vec4?.includes(name);
    const length = program.sizes ? "" : `, ${Math.max(1, wide ? Math.ceil(size / 4) : size)}`;
    return `array<${wide ? (dtype === "i32" ? "vec4i" : "vec4f") : dtype}${length}>`;
  };
  const names = [
    ...inputs.map((operand, i) => ({ name: `a${i}`, access: "read", operand })),
    ...outputs.map((operand, i) => ({ name: `out${i}`, access: "read_write", operand })),
  ];
  const sizes = Object.keys(program.sizes ?? {}).map((name) => `${name}: u32`);
  const uniform = sizes.length === 0 ? "" : `\nstruct Sizes { ${sizes.join(", ")} }
@group(0) @binding(${names.length}) var<uniform> sizes: Sizes;`;
  return names
    .map(({ name, access, operand }, i) => `@group(0) @binding(${i}) var<storage, ${access}> ${name}: ${type(name, operand)};`)
    .join("\n") + uniform;
}

/**
 * The program of a launch and its text, exactly as the driver compiles it: bindings, then the kernel's own code.
 * Throws: Error when the kernel has no WGSL.
 */
export function writeShader<A extends Attributes>(kernel: Kernel<A>, launch: Launch<A>, variant: Variant): { program: Program; code: string } {
  const write = kernel.wgsl?.[variant] ?? kernel.wgsl?.flat;
  if (!write) throw new Error(`webgpu: ${kernel.name} has no WGSL`);
  const written = write(launch);
  const program = "code" in written ? written : (variant === "tiled" ? tiledProduct : flatProduct)(written);
  return { program, code: `${declareBindings(launch.inputs, launch.outputs, program)}\n${program.code}` };
}
