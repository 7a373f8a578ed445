/** Speeds of a product of two matrices of `size` × `size` in WebAssembly. Units: GFLOP/s. */
export interface ProductSpeed {
  readonly size: number;
  readonly packed: number;
  /** Three plain loops in the same module, on the same numbers. */
  readonly plain: number;
  readonly ratio: number;
}

/**
 * How much faster the packed SIMD product is than the plain loop that everybody writes first.
 * The shortest of `rounds` counts, after a warm-up that lets the engine compile; run it with the machine to yourself.
 */
export async function benchProduct(wasm: BufferSource, size = 512, rounds = 20): Promise<ProductSpeed> {
  const memory = new WebAssembly.Memory({ initial: 160, maximum: 1024 });
  const { instance } = await WebAssembly.instantiate(wasm, { env: { memory, abort: () => {} } });
  const calls = instance.exports as Record<string, (...numbers: number[]) => number>;
  const start = calls.reserveScratch!(), bytes = size * size * 4;
  memory.grow(Math.ceil((3 * bytes) / 65_536) + 1);
  const numbers = new Float32Array(memory.buffer, start, 2 * size * size);
  // Any numbers do, as long as none is denormal.
  for (let i = 0; i < numbers.length; i++) numbers[i] = ((i * 7919) % 1009) / 1009 - 0.5;
  const [a, b, c] = [start, start + bytes, start + 2 * bytes] as const;
  const shortest = (run: () => void, times: number): number => {
    let best = Infinity;
    for (let round = 0; round < times; round++) {
      const begun = performance.now();
      run();
      best = Math.min(best, performance.now() - begun);
    }
    return (2 * size ** 3) / 1e6 / best;
  };
  const packed = shortest(() => void calls.gemm!(a, b, c, size, size, size, 0, 0, 0, 0, 0), rounds);
  const plain = shortest(() => void calls.plainProduct!(a, b, c, size, size, size), Math.ceil(rounds / 5));
  return { size, packed, plain, ratio: packed / plain };
}
