import type { Program } from "./kernel.ts";
import { unroll, workgroupSize } from "./wgsl.ts";

/** One factor of a product. `alongInner`: neighbours in memory run along the inner index k (else along rows of a, columns of b). */
export interface Factor {
  readonly name: string;
  readonly alongInner: boolean;
}

export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Factor;
  readonly b: Factor;
  /**
   * WGSL that stores `value`, the product at `row` and `column`, to element `at`. With `wide`, value holds four columns, and `at` and
   * `column / 4` index bindings of vec4f.
   */
  finish(wide: boolean): string;
  /** Bindings besides a and b that `finish` indexes by column or by `at`. */
  readonly finished: readonly string[];
  /** WGSL run once a row, for the tile of column 0, with `sum` = Σₖ a[row,k]. */
  readonly rowSum?: string;
}

/** Columns of a register tile: one vec4f. */
const tileColumns = 4;

/** Products with this many results take tiles of 8 rows, which read less for each multiplication; smaller ones need the invocations. */
const enoughForTallTiles = 65_536;

const wideFactor = (p: Product, side: "a" | "b"): boolean => (p[side].alongInner ? p.k : side === "a" ? p.m : p.n) % 4 === 0;

function wideNames(p: Product): string[] {
  return [...(wideFactor(p, "a") ? [p.a.name] : []), ...(wideFactor(p, "b") ? [p.b.name] : []), ...(p.n % 4 === 0 ? p.finished : [])];
}

/** Four consecutive numbers from element `at`, whether or not the binding is declared wide. */
const four = (name: string, at: string, wide: boolean): string =>
  wide ? `${name}[(${at}) / 4u]` : `vec4f(${[0, 1, 2, 3].map((j) => `${name}[${at} + ${j}u]`).join(", ")})`;

/**
 * y = a b without barriers: an invocation holds up to 8 rows by 4 columns in registers; the 64 of a workgroup cover a near-square
 * block, so that their reads meet in the cache. Every sum runs over k in order.
 */
export function flatProduct(p: Product): Program {
  const { m, n, k, a, b } = p;
  const rows = m * n >= enoughForTallTiles ? 8 : Math.min(4, m);
  const wideA = wideFactor(p, "a"), wideB = wideFactor(p, "b");
  const tilesDown = Math.ceil(m / rows), tilesAcross = Math.ceil(n / tileColumns);
  let down = 1;
  while (down < 8 && down < tilesDown) down *= 2;
  const across = workgroupSize / down;
  const blocksAcross = Math.ceil(tilesAcross / across);
  const blocks = Math.ceil(tilesDown / down) * blocksAcross;
  const clampRow = (r: number): string => `min(row + ${r}u, ${m - 1}u)`;
  const clampColumn = (c: number): string => `min(column + ${c}u, ${n - 1}u)`;

  const acrossA = (line: string, q: number): string =>
    wideA
      ? four(a.name, `${line} + min(row + ${4 * q}u, ${m - 4}u)`, true)
      : gather(Math.min(4, rows - 4 * q), (r) => `${a.name}[${line} + ${clampRow(4 * q + r)}]`);
  const acrossB = (line: string): string =>
    wideB ? four(b.name, `${line} + column`, true) : gather(4, (c) => `${b.name}[${line} + ${clampColumn(c)}]`);

  // A step takes four k at once: from each factor four vectors, each either along k (one a row or column) or across it (one a k).
  const loadA = a.alongInner
    ? unroll(rows, (r) => `let x${r} = ${four(a.name, `fromA${r} + k`, wideA)};`)
    : unroll(4, (s) => unroll(Math.ceil(rows / 4), (q) => `let x${s}_${q} = ${acrossA(`(k + ${s}u) * ${m}u`, q)};`, " "));
  const loadB = b.alongInner
    ? unroll(4, (c) => `let y${c} = ${four(b.name, `fromB${c} + k`, wideB)};`)
    : unroll(4, (s) => `let y${s} = ${acrossB(`(k + ${s}u) * ${n}u`)};`);
  const left = (r: number, s: number): string => (a.alongInner ? `x${r}[${s}]` : `x${s}_${r >> 2}[${r & 3}]`);
  const right = (s: number): string => (b.alongInner ? `vec4f(${[0, 1, 2, 3].map((c) => `y${c}[${s}]`).join(", ")})` : `y${s}`);
  const multiply = a.alongInner && b.alongInner
    ? unroll(rows, (r) => `sum${r} += vec4f(${[0, 1, 2, 3].map((c) => `dot(x${r}, y${c})`).join(", ")});`)
    : unroll(4, (s) => `let z${s} = ${right(s)};\n    ${unroll(rows, (r) => `sum${r} += ${left(r, s)} * z${s};`, "\n    ")}`);
  const addRows = !p.rowSum ? "" : unroll(4, (s) => unroll(rows, (r) => `rowSum${r} += ${left(r, s)};`));

  const scalarA = (r: number): string => (a.alongInner ? `${a.name}[fromA${r} + k]` : `${acrossA(`k * ${m}u`, r >> 2)}[${r & 3}]`);
  const vectorB = b.alongInner ? gather(4, (c) => `${b.name}[fromB${c} + k]`) : acrossB(`k * ${n}u`);
  const tail = k % 4 === 0 ? "" : `for (var k = ${k - (k % 4)}u; k < ${k}u; k++) {
    let z = ${vectorB};
    ${unroll(rows, (r) => `let x${r} = ${scalarA(r)}; sum${r} += x${r} * z;${p.rowSum ? ` rowSum${r} += x${r};` : ""}`, "\n    ")}
  }`;

  const code = `@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let block = group.x + group.y * groups.x;
  let row = ((block / ${blocksAcross}u) * ${down}u + local / ${across}u) * ${rows}u;
  let column = ((block % ${blocksAcross}u) * ${across}u + local % ${across}u) * ${tileColumns}u;
  if (block >= ${blocks}u || row >= ${m}u || column >= ${n}u) { return; }
  ${a.alongInner ? unroll(rows, (r) => `let fromA${r} = ${clampRow(r)} * ${k}u;`) : ""}
  ${b.alongInner ? unroll(4, (c) => `let fromB${c} = ${clampColumn(c)} * ${k}u;`) : ""}
  ${unroll(rows, (r) => `var sum${r} = vec4f();${p.rowSum ? ` var rowSum${r} = 0.0f;` : ""}`)}
  for (var k = 0u; k < ${k - (k % 4)}u; k += 4u) {
    ${loadA}
    ${loadB}
    ${multiply}
    ${addRows}
  }
  ${tail}
  ${unroll(rows, (r) => storeRow(p, `row + ${r}u`, `sum${r}`, r === 0 ? "" : `if (row + ${r}u < ${m}u) `))}
  ${storeRowSums(p, rows)}
}`;
  return { code, workgroups: blocks, vec4: wideNames(p) };
}

const gather = (count: number, element: (j: number) => string): string =>
  `vec4f(${Array.from({ length: 4 }, (_, j) => (j < count ? element(j) : "0.0f")).join(", ")})`;

/** Stores four columns of a row: at once where rows divide by four, else one by one with a check for the edge. */
function storeRow(p: Product, row: string, sum: string, guard: string): string {
  const { n } = p;
  if (n % 4 === 0) return `${guard}{ let row = ${row}; let at = (row * ${n}u + column) / 4u; let value = ${sum}; ${p.finish(true)} }`;
  const one = (c: number): string => `if (first + ${c}u < ${n}u) {
      let column = first + ${c}u; let at = row * ${n}u + column; let value = ${sum}[${c}]; ${p.finish(false)}
    }`;
  return `${guard}{ let row = ${row}; let first = column;
    ${unroll(4, one, "\n    ")}
  }`;
}

/** The invocations of column 0 store the sums over a's rows, if anyone wants them. */
function storeRowSums({ m, rowSum }: Product, rows: number): string {
  if (!rowSum) return "";
  return unroll(rows, (r) => `if (column == 0u && row + ${r}u < ${m}u) { let row = row + ${r}u; let sum = rowSum${r}; ${rowSum} }`);
}

/** Rows and columns of a workgroup's tile, and the depth of a step, in `tiledProduct`. */
const tile = 64, depth = 16;

/**
 * y = a b through workgroup memory: 256 invocations load a tile of 64 rows and one of 64 columns, 16 deep, and each sums 4 by 4.
 * For real GPUs; software adapters pay dearly for the two barriers of every step. Small products stay flat.
 */
export function tiledProduct(p: Product): Program {
  const { m, n, k, a, b } = p;
  if (m < tile / 2 || n < tile / 2) return flatProduct(p);
  const blocksAcross = Math.ceil(n / tile);
  const blocks = Math.ceil(m / tile) * blocksAcross;
  // Each invocation brings four numbers of either factor, neighbours in memory where possible.
  const bring = (factor: Factor, side: "a" | "b", shared: string, size: number, from: string): string => {
    const wide = wideFactor(p, side);
    const along = factor.alongInner;
    const [outer, inner] = along ? ["local / 4u", "(local % 4u) * 4u"] : ["(local % 16u) * 4u", "local / 16u"];
    const o = (j: number): string => (along ? "outer" : `(outer + ${j}u)`);
    const i = (j: number): string => (along ? `(inner + ${j}u)` : "inner");
    const place = (j: number): string =>
      along ? `(${from} + ${o(j)}) * ${k}u + k + ${i(j)}` : `(k + ${i(j)}) * ${size}u + ${from} + ${o(j)}`;
    // Subtle: where sizes divide by four, a vector lies inside or outside as a whole, so one check of its first number will do.
    const loaded = wide
      ? `if (${from} + outer < ${size}u && k + inner < ${k}u) { four = ${factor.name}[(${along
        ? `(${from} + outer) * ${k}u + k + inner` : `(k + inner) * ${size}u + ${from} + outer`}) / 4u]; }`
      : unroll(4, (j) => `if (${from} + ${o(j)} < ${size}u && k + ${i(j)} < ${k}u) {
        four[${j}] = ${factor.name}[${place(j)}];
      }`, "\n      ");
    return `{
      let outer = ${outer}; let inner = ${inner};
      var four = vec4f();
      ${loaded}
      ${unroll(4, (j) => `${shared}[${i(j)} * ${tile}u + ${o(j)}] = four[${j}];`, "\n      ")}
    }`;
  };
  const code = `var<workgroup> tileA: array<f32, ${tile * depth}>;
var<workgroup> tileB: array<f32, ${tile * depth}>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let block = group.x + group.y * groups.x;
  let firstRow = (block / ${blocksAcross}u) * ${tile}u;
  let firstColumn = (block % ${blocksAcross}u) * ${tile}u;
  let down = (local / 16u) * 4u;
  let across = (local % 16u) * 4u;
  ${unroll(4, (r) => `var sum${r} = vec4f();${p.rowSum ? ` var rowSum${r} = 0.0f;` : ""}`)}
  for (var k = 0u; k < ${k}u; k += ${depth}u) {
    ${bring(a, "a", "tileA", m, "firstRow")}
    ${bring(b, "b", "tileB", n, "firstColumn")}
    workgroupBarrier();
    for (var s = 0u; s < ${depth}u; s++) {
      let x = s * ${tile}u + down;
      let y = s * ${tile}u + across;
      let z = vec4f(tileB[y], tileB[y + 1u], tileB[y + 2u], tileB[y + 3u]);
      ${unroll(4, (r) => `let x${r} = tileA[x + ${r}u]; sum${r} += x${r} * z;${p.rowSum ? ` rowSum${r} += x${r};` : ""}`, "\n      ")}
    }
    workgroupBarrier();
  }
  let row = firstRow + down;
  let column = firstColumn + across;
  if (block >= ${blocks}u || column >= ${n}u) { return; }
  ${unroll(4, (r) => storeRow(p, `row + ${r}u`, `sum${r}`, `if (row + ${r}u < ${m}u) `))}
  ${storeRowSums(p, 4)}
}`;
  return { code, workgroups: blocks, vec4: wideNames(p) };
}
