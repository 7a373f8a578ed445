import { describe, expect, test } from "vitest";
import type { Backend, Buffer, BufferOperand } from "../../backend.ts";
import type { Attributes, Kernel } from "../../kernel.ts";
import { defineKernel } from "../../kernel.ts";
import { adamWKernel, squaredNormKernel } from "../../ops/adamW.ts";
import { attentionGradientKernel, attentionKernel } from "../../ops/attention.ts";
import { copyKernel } from "../../ops/copy.ts";
import { crossEntropyKernel } from "../../ops/crossEntropy.ts";
import { geluKernel } from "../../ops/gelu.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { multiply } from "../../ops/multiply.ts";
import { scale } from "../../ops/scale.ts";
import { softmaxKernel } from "../../ops/softmax.ts";
import { random } from "../../random.ts";
import { empty, scope, tensor } from "../../tensor.ts";
import { createReferenceBackend } from "../reference/referenceBackend.ts";
import { createCpuBackend } from "./cpuBackend.ts";
import { loadWasm } from "./loadNode.ts";

const wasm = await loadWasm();
const fast = (): Promise<Backend> => createCpuBackend({ wasm });
const slow = (): Promise<Backend> => createCpuBackend();
const reference = (): Promise<Backend> => Promise.resolve(createReferenceBackend());

const operand = (buffer: Buffer, shape = [buffer.length], accumulate = false): BufferOperand =>
  ({ shape, size: buffer.length, dtype: buffer.dtype, accumulate, buffer });
function normals(backend: Backend, length: number, seed = 1): Buffer {
  const source = random(seed);
  const buffer = backend.allocate(length, "f32");
  backend.write(buffer, Float32Array.from({ length }, () => source.normal()));
  return buffer;
}
function run<A extends Attributes>(backend: Backend, kernel: Kernel<A>, inputs: BufferOperand[], outputs: BufferOperand[], attributes: A): void {
  backend.run(kernel, inputs, outputs, attributes);
}

const kinds = [["with WebAssembly", fast], ["without it", slow], ["in float64", reference]] as const;

describe.each(kinds)("a backend in this thread, %s", (_, create) => {
  test("reads back what was written, and slices share memory", async () => {
    const backend = await create();
    const whole = normals(backend, 200);
    const part = backend.slice(whole, 64, 10);
    backend.write(part, new Float32Array(10).fill(5));
    const values = await backend.read(whole);
    expect([values[63] === 5, values[64], values[73], values[74] === 5]).toEqual([false, 5, 5, false]);
    expect(() => backend.slice(whole, 192, 9)).toThrow(/slice: \[192, 201\) does not lie in a buffer of 200/);
  });

  test("a scope frees what it made, and keeps what it returns", async () => {
    const backend = await create();
    const before = backend.counts.bytesLive;
    const kept = scope(() => {
      const x = tensor(backend, [3], [1, 2, 3]);
      return scale(multiply(x, x), 2);
    });
    expect(Array.from(await backend.read(kept.buffer))).toEqual([2, 8, 18]);
    scope(() => void empty(backend, [1000]));
    backend.free(kept.buffer);
    backend.free(kept.buffer);
    expect(backend.counts.bytesLive).toBe(before);
  });

  test("a capture remembers launches without executing them, and replays them on what was written since", async () => {
    const backend = await create();
    const x = tensor(backend, [2], [1, 2]), y = tensor(backend, [2], [0, 0]);
    const plan = backend.capture(() => scope(() => {
      const three = tensor(backend, [2], [3, 3]);
      run(backend, copyKernel, [operand(multiply(multiply(x, x), three).buffer)], [operand(y.buffer, [2], true)], {});
    }));
    expect(plan.launches).toBe(3);
    expect(Array.from(await backend.read(y.buffer))).toEqual([0, 0]);
    expect(plan.replay()).toBe(true);
    backend.write(x.buffer, [10, 20]);
    expect(plan.replay()).toBe(true);
    expect(Array.from(await backend.read(y.buffer))).toEqual([303, 1212]);
    expect(backend.counts.launches).toBe(6);
  });

  test("reading inside a capture throws, and a capture that throws leaves nothing behind", async () => {
    const backend = await create();
    const before = backend.counts.bytesLive;
    expect(() => backend.capture(() => void backend.read(empty(backend, [2]).buffer))).toThrow(/read: values do not exist yet/);
    expect(backend.counts.bytesLive).toBe(before);
    const plan = backend.capture(() => void empty(backend, [1000]));
    expect(backend.counts.bytesLive).toBeGreaterThan(before);
    plan.close();
    plan.close();
    expect(backend.counts.bytesLive).toBe(before);
    expect(() => plan.replay()).toThrow(/closed/);
  });

  test("a plan gives up when its budget is spent and goes on where it stopped", async () => {
    const backend = await create();
    const counted: number[] = [];
    const slowKernel = defineKernel<{ id: number }>({
      name: "slow", outputs: () => [{ shape: [1] }], examples: [], samples: [],
      reference(_inputs, [y], { attributes }) {
        const end = performance.now() + 2;
        while (performance.now() < end) y![0] = attributes.id;
        counted.push(attributes.id);
      },
    });
    const y = operand(backend.allocate(1, "f32"));
    const plan = backend.capture(() => [0, 1, 2].forEach((id) => run(backend, slowKernel, [], [y], { id })));
    expect(plan.replay(1)).toBe(false);
    expect(counted).toEqual([0]);
    expect(plan.replay(1)).toBe(false);
    expect(plan.replay(1)).toBe(true);
    expect(plan.replay()).toBe(true);
    expect(counted).toEqual([0, 1, 2, 0, 1, 2]);
  });
});

describe("the CPU backend", () => {
  test("replays a training step to the bit as it runs it, a thousand times in the same memory", async () => {
    const step = (backend: Backend, x: Buffer, w: Buffer, m: Buffer, v: Buffer, small: readonly Buffer[]): void => scope(() => {
      const y = empty(backend, [12, 12]), g = empty(backend, [12, 12]);
      const square = (buffer: Buffer): BufferOperand => operand(buffer, [12, 12]);
      run(backend, matmulKernel, [square(x), square(w)], [square(y.buffer)], { transposeA: false, transposeB: true });
      run(backend, matmulKernel, [square(y.buffer), square(x)], [square(g.buffer)], { transposeA: true, transposeB: false });
      const attributes = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, decayLength: 100 };
      run(backend, adamWKernel, [g.buffer, ...small].map((x) => operand(x)), [w, m, v].map((x) => operand(x)), attributes);
    });
    const finals: number[][] = [];
    for (const captured of [false, true]) {
      const backend = await fast();
      const [x, w, m, v] = [1, 2, 3, 3].map((seed) => normals(backend, 144, seed)) as [Buffer, Buffer, Buffer, Buffer];
      backend.write(m, new Float32Array(144));
      backend.write(v, new Float32Array(144));
      const small = [[1, 0, 0, 0], [0.01, 0.1, 0.01, 0]].map((values) => tensor(backend, [4], values).buffer);
      const body = (): void => step(backend, x, w, m, v, small);
      const plan = captured ? backend.capture(body) : null;
      const { bytesLive, buffersCreated } = backend.counts;
      for (let i = 0; i < 1000; i++) {
        if (plan) plan.replay();
        else body();
      }
      expect(backend.counts.bytesLive).toBe(bytesLive);
      if (plan) expect(backend.counts.buffersCreated).toBe(buffersCreated);
      finals.push(Array.from(await backend.read(w)));
    }
    expect(finals[1]).toEqual(finals[0]);
    expect(finals[0]!.every(Number.isFinite)).toBe(true);
  });

  test("keeps its numbers when the memory grows, inside a plan too", async () => {
    const backend = await fast();
    const x = normals(backend, 1000);
    const before = Array.from(await backend.read(x));
    const plan = backend.capture(() => scope(() => void scale(tensor(backend, [4], [1, 2, 3, 4]), 2)));
    const big = backend.allocate(20e6, "f32");
    backend.write(backend.slice(big, 19_999_936, 64), new Float32Array(64).fill(1));
    plan.replay();
    expect(Array.from(await backend.read(x))).toEqual(before);
    backend.free(big);
    const live = backend.counts.bytesLive;
    backend.free(backend.allocate(20e6, "f32"));
    expect(backend.counts.bytesLive).toBe(live);
  });

  test("refuses in words what no memory can hold", async () => {
    const backend = await fast();
    expect(() => backend.allocate(600e6, "f32")).toThrow(/cpu: no memory for/);
    expect(await backend.read(normals(backend, 2))).toHaveLength(2);
  });

  test("a plan's memory is reused inside it and not lent to others until it closes", async () => {
    const backend = await fast();
    const chain = (): void => scope(() => {
      let x = empty(backend, [5000]);
      for (let i = 0; i < 10; i++) x = scope(() => scale(x, 2));
    });
    const before = backend.counts.bytesLive;
    const plan = backend.capture(chain);
    const owned = backend.counts.bytesLive - before;
    expect(owned).toBeLessThan(12 * 5000 * 4 * 1.25);
    const other = normals(backend, 5000);
    const values = Array.from(await backend.read(other));
    plan.replay();
    expect(Array.from(await backend.read(other))).toEqual(values);
  });

  test("gives the same bits on every machine", async () => {
    const backend = await fast();
    // Uniform numbers, because normal ones pass through Math.log.
    const source = random(21);
    const uniforms = (shape: readonly number[]): BufferOperand => {
      const x = tensor(backend, shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * source.uniform() - 2));
      return operand(x.buffer, [...shape]);
    };
    const outs: BufferOperand[] = [];
    const out = (shape: number[]): BufferOperand => {
      outs.push(operand(empty(backend, shape).buffer, shape));
      return outs.at(-1)!;
    };
    const layout = { nHeads: 2, nKvHeads: 1, causal: true };
    const qkv = uniforms([1, 17, 48]), attended = out([1, 17, 24]), logSumExp = out([1, 2, 17]);
    run(backend, attentionKernel, [qkv], [attended, logSumExp], layout);
    run(backend, attentionGradientKernel, [qkv, attended, logSumExp, uniforms([1, 17, 24])], [out([1, 17, 48])], layout);
    run(backend, matmulKernel, [uniforms([13, 300]), uniforms([300, 11])], [out([13, 11])], { transposeA: false, transposeB: false });
    run(backend, geluKernel, [uniforms([101])], [out([101])], {});
    run(backend, crossEntropyKernel, [uniforms([3, 33]), operand(tensor(backend, [3], [0, 32, 7], "i32").buffer)], [out([3]), out([3])], {});
    let hash = 0x811c9dc5;
    for (const { buffer } of outs) {
      const bits = new Uint8Array((await backend.read(buffer)).buffer);
      for (const byte of bits) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
    // FNV-1a of all outputs, as they were first computed on x86-64 in Node 20.
    expect(hash).toBe(1861101795);
  });

  test("products of every awkward size match plain sums", async () => {
    const backend = await fast();
    const source = random(5);
    // The last ones span several blocks in every direction.
    for (let round = 0; round < 154; round++) {
      const most = round < 150 ? [40, 40, round % 10 === 0 ? 700 : 40] : [260, 1100, 530];
      const [m, n, k] = most.map((size) => 1 + (round < 150 ? source.integer(size) : size)) as [number, number, number];
      const transposeA = round % 2 === 0, transposeB = round % 4 < 2;
      const a = normals(backend, m * k, 2 * round), b = normals(backend, k * n, 2 * round + 1), y = backend.allocate(m * n, "f32");
      const inputs = [operand(a, transposeA ? [k, m] : [m, k]), operand(b, transposeB ? [n, k] : [k, n])];
      run(backend, matmulKernel, inputs, [operand(y, [m, n])], { transposeA, transposeB });
      const [av, bv, yv] = await Promise.all([a, b, y].map((buffer) => backend.read(buffer)));
      for (let i = 0; i < m; i += m > 200 ? 37 : 1) {
        for (let j = 0; j < n; j += n > 200 ? 41 : 1) {
          let sum = 0, size = 0;
          for (let q = 0; q < k; q++) {
            const term = av![transposeA ? q * m + i : i * k + q]! * bv![transposeB ? j * k + q : q * n + j]!;
            sum += term;
            size += Math.abs(term);
          }
          expect(Math.abs(yv![i * n + j]! - sum), `${m}×${n}×${k} at ${i},${j}`).toBeLessThanOrEqual(2 * (k + 1) * 2 ** -24 * size);
        }
      }
      [a, b, y].forEach((buffer) => backend.free(buffer));
    }
  });

  test("a number that is not one is not hidden by softmax, attention, loss or norm", async () => {
    const backend = await fast();
    const broken = (length: number): Buffer => {
      const buffer = normals(backend, length);
      backend.write(backend.slice(buffer, 0, 1), [NaN]);
      return buffer;
    };
    const out = backend.allocate(12, "f32"), stats = backend.allocate(12, "f32");
    run(backend, softmaxKernel, [operand(broken(6), [1, 6])], [operand(backend.slice(out, 0, 6), [1, 6])], { causal: false, mask: false });
    expect((await backend.read(out)).slice(0, 6).every(Number.isNaN)).toBe(true);
    const outputs = [operand(backend.slice(out, 0, 4), [1, 1, 4]), operand(backend.slice(stats, 0, 1), [1, 1, 1])];
    run(backend, attentionKernel, [operand(broken(12), [1, 1, 12])], outputs, { nHeads: 1, nKvHeads: 1, causal: true });
    expect((await backend.read(out)).slice(0, 4).every(Number.isNaN)).toBe(true);
    run(backend, crossEntropyKernel, [operand(broken(6), [1, 6]), operand(tensor(backend, [1], [3], "i32").buffer)],
      [operand(backend.slice(out, 0, 1)), operand(backend.slice(stats, 0, 1))], {});
    expect((await backend.read(out))[0]).toBeNaN();
    run(backend, squaredNormKernel, [operand(broken(70))], [operand(backend.slice(out, 0, 2), [1, 2])], {});
    expect((await backend.read(out))[1]).toBe(1);
  });

  test("attention writes nothing beyond its own tensors", async () => {
    const backend = await fast();
    for (const [time, dHead] of [[1, 4], [4, 5], [5, 8], [13, 16]] as const) {
      const shape = [1, time, 3 * dHead];
      const qkv = normals(backend, time * 3 * dHead, 3);
      const out = backend.allocate(time * dHead + 64, "f32"), lse = backend.allocate(time + 64, "f32");
      for (const buffer of [out, lse]) backend.write(buffer, new Float32Array(buffer.length).fill(7));
      const outputs = [operand(out, [1, time, dHead]), operand(lse, [1, 1, time])];
      run(backend, attentionKernel, [operand(qkv, shape)], outputs, { nHeads: 1, nKvHeads: 1, causal: true });
      const tails = [(await backend.read(out)).slice(time * dHead), (await backend.read(lse)).slice(time)];
      for (const tail of tails) expect(tail.every((value) => value === 7)).toBe(true);
    }
  });
});
