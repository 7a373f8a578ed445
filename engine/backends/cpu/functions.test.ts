import { expect, test } from "vitest";
import { normalDistribution } from "../../ops/geluErf.ts";
import { loadWasm } from "./loadNode.ts";

const wasm = await loadWasm();
type Curve = "exp" | "log" | "softplus" | "geluErf";

test.each<{ name: Curve; from: number; to: number; exact: (x: number) => number; units: number; edges: readonly (readonly [number, number])[] }>([
  {
    name: "exp", from: -87, to: 88, exact: Math.exp, units: 2,
    edges: [[-1e30, 0], [-Infinity, 0], [1e30, Infinity], [Number.NaN, Number.NaN], [0, 1], [-0, 1], [-103, 2 ** -149]],
  },
  {
    name: "log", from: 1e-3, to: 40, exact: Math.log, units: 2,
    edges: [[0, -Infinity], [-1, Number.NaN], [Infinity, Infinity], [Number.NaN, Number.NaN], [1, 0], [2 ** -149, Math.fround(-149 * Math.LN2)]],
  },
  {
    name: "softplus", from: -80, to: 80, exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), units: 4,
    edges: [[-Infinity, 0], [Infinity, Infinity], [Number.NaN, Number.NaN], [0, Math.fround(Math.LN2)]],
  },
  {
    name: "geluErf", from: -5, to: 9, exact: (x) => x * normalDistribution(x), units: 8,
    edges: [[-100, -0], [100, 100], [Number.NaN, Number.NaN], [0, 0]],
  },
])("$name is within $units units in the last place, and keeps to its limits", async ({ name, from, to, exact, units, edges }) => {
  const memory = new WebAssembly.Memory({ initial: 160, maximum: 400 });
  const { instance } = await WebAssembly.instantiate(wasm, { env: { memory, abort() {} } });
  const calls = instance.exports as Record<Curve, (x: number, y: number, n: number) => void> & { reserveScratch(): number };
  const n = 200_001, start = calls.reserveScratch();
  memory.grow(100);
  const x = new Float32Array(memory.buffer, start, n), y = new Float32Array(memory.buffer, start + 4 * n, n);
  for (let i = 0; i < n; i++) x[i] = from + ((to - from) * i) / n;
  calls[name](start, start + 4 * n, n);
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const wanted = exact(x[i]!);
    if (wanted !== 0) worst = Math.max(worst, Math.abs(y[i]! - wanted) / 2 ** (Math.floor(Math.log2(Math.abs(wanted))) - 23));
  }
  expect(worst).toBeLessThan(units);
  x.set(edges.map(([at]) => at));
  calls[name](start, start + 4 * n, edges.length);
  expect(Array.from(y.subarray(0, edges.length))).toEqual(edges.map(([, value]) => value));
});
