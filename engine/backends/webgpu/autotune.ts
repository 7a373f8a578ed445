import type { Backend, BufferOperand } from "../../backend.ts";
import type { Kernel } from "../../kernel.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import type { Variant } from "./pipelines.ts";

type Transposes = { transposeA: boolean; transposeB: boolean };

/** Tiles have to win by this factor: they were written for some GPUs, flat kernels for all. */
const margin = 1.1;
const launchesTimed = 8;

/**
 * Measures which variant multiplies square matrices faster, after checking that `tiled` gets them right; `flat` where it does not.
 * The matrices hold small integers, so every order of summation gives the same exact product.
 * @param use sets the variant that the backend takes from now on
 */
export async function fasterVariant(
  backend: Backend, use: (variant: Variant) => void, kernel: Kernel<Transposes> = matmulKernel, size = 512,
  now: () => number = () => performance.now(),
): Promise<Variant> {
  const left = Int32Array.from({ length: size * size }, (_, i) => ((i * 7) % 5) - 2);
  const right = Int32Array.from({ length: size * size }, (_, i) => ((i * 11) % 7) - 3);
  const place = (values: Int32Array | null): BufferOperand => {
    const buffer = backend.allocate(size * size, "f32");
    if (values) backend.write(buffer, values);
    return { shape: [size, size], size: size * size, dtype: "f32", accumulate: false, buffer };
  };
  const [a, b, y] = [place(left), place(right), place(null)];

  async function isRight(): Promise<boolean> {
    const product = await backend.read(y.buffer);
    // A diagonal's worth of entries meets every tile edge and every invocation's row and column.
    return Array.from({ length: size }, (_, row) => row).every((row) => {
      const column = (row * 31) % size;
      let sum = 0;
      for (let k = 0; k < size; k++) sum += left[row * size + k]! * right[k * size + column]!;
      return product[row * size + column] === sum;
    });
  }

  async function time(variant: Variant): Promise<number> {
    use(variant);
    backend.run(kernel, [a, b], [y], { transposeA: false, transposeB: false });
    if (!(await isRight())) return Infinity;
    let best = Infinity;
    for (let attempt = 0; attempt < 3; attempt++) {
      const start = now();
      for (let i = 0; i < launchesTimed; i++) backend.run(kernel, [a, b], [y], { transposeA: false, transposeB: false });
      await backend.finish();
      best = Math.min(best, now() - start);
    }
    return best;
  }

  let chosen: Variant = "flat";
  try {
    const flat = await time("flat");
    if (margin * (await time("tiled")) < flat) chosen = "tiled";
  } catch {
    // A driver that cannot compile or run the tiled kernels keeps the flat ones; a lost device tells of itself.
  }
  for (const { buffer } of [a, b, y]) backend.free(buffer);
  use(chosen);
  return chosen;
}
