import type { Factor, Product, Program } from "../../kernel.ts";
import { unroll, workgroupSize } from "../../wgsl.ts";

/** Products with this many results take tiles of 8 by 8, which read less for each multiplication; smaller ones need the invocations. */
const enoughForLargeTiles = 16_384;

const wideFactor = (p: Product, side: "a" | "b"): boolean => (p[side].alongInner ? p.k : side === "a" ? p.m : p.n) % 4 === 0;

const wideResult = (p: Product): readonly string[] => (p.n % 4 === 0 ? p.finished : []);

/** Four consecutive numbers from element `at`, whether or not the binding is declared wide. */
const four = (name: string, at: string, wide: boolean): string =>
  wide ? `${name}[(${at}) / 4u]` : `vec4f(${[0, 1, 2, 3].map((j) => `${name}[${at} + ${j}u]`).join(", ")})`;

/**
 * y = a b without barriers: an invocation holds up to 8 by 8 sums in registers; the 64 of a workgroup cover a near-square
 * block, so that their reads meet in the cache. Every sum runs over k in order. Sizes are no part of the text, so that the
 * products of a model share a few pipelines.
 */
export function flatProduct(p: Product): Program {
  const { m, n, k, a, b } = p;
  const large = m * n >= enoughForLargeTiles && m >= 8;
  const rows = large ? 8 : Math.min(4, m), columns = large || p.pairs ? 8 : 4;
  // Subtle: software adapters read number by number anyway, so what counts there is few live registers: a shallow step for large tiles.
  const depth = large ? 2 : 4;
  const wideA = wideFactor(p, "a") && !(large && a.alongInner), wideB = wideFactor(p, "b") && !(large && b.alongInner);
  const tilesDown = Math.ceil(m / rows), tilesAcross = Math.ceil(n / columns);
  let down = 1;
  while (down < 8 && down < tilesDown) down *= 2;
  const across = workgroupSize / down;
  const blocksAcross = Math.ceil(tilesAcross / across);
  const blocks = Math.ceil(tilesDown / down) * blocksAcross;
  const quads = columns / 4;
  const clampRow = (r: number): string => `min(row + ${r}u, sizes.m - 1u)`;
  // Of pairs, an invocation takes four columns and their four partners.
  const place = (c: number): number => (p.pairs && c >= 4 ? p.pairs + c - 4 : c);
  const clampColumn = (c: number): string => `min(column + ${place(c)}u, sizes.n - 1u)`;

  const acrossA = (line: string, q: number): string =>
    wideA
      ? four(a.name, `${line} + min(row + ${4 * q}u, sizes.m - 4u)`, true)
      : gather(Math.min(4, rows - 4 * q), (r) => `${a.name}[${line} + ${clampRow(4 * q + r)}]`);
  const acrossB = (line: string, q: number): string =>
    wideB
      ? four(b.name, `${line} + min(column + ${place(4 * q)}u, sizes.n - 4u)`, true)
      : gather(4, (c) => `${b.name}[${line} + ${clampColumn(4 * q + c)}]`);

  // A step takes `depth` k at once: vectors along k (one a row or column) where a step is as deep as a vector, else across it (one a k).
  const steps = Array.from({ length: depth }, (_, s) => s);
  const along = (name: string, letter: string, from: string, j: number, wide: boolean): string =>
    depth === 4
      ? `let ${letter}${j} = ${four(name, `${from}${j} + k`, wide)};`
      : unroll(depth, (s) => `let ${letter}${j}_${s} = ${name}[${from}${j} + k + ${s}u];`, " ");
  const inner = (letter: string, j: number, s: number): string => (depth === 4 ? `${letter}${j}[${s}]` : `${letter}${j}_${s}`);
  const left = (r: number, s: number): string => (a.alongInner ? inner("x", r, s) : `x${s}_${r >> 2}[${r & 3}]`);
  const right = (c: number, s: number): string => (b.alongInner ? inner("y", c, s) : `y${s}_${c >> 2}[${c & 3}]`);
  const loadB = b.alongInner
    ? unroll(columns, (c) => along(b.name, "y", "fromB", c, wideB))
    : unroll(depth, (s) => unroll(quads, (q) => `let y${s}_${q} = ${acrossB(`(k + ${s}u) * sizes.n`, q)};`, " "));
  const product = (r: number, c: number): string =>
    a.alongInner && b.alongInner && depth === 4 ? `dot(x${r}, y${c})` : steps.map((s) => `${left(r, s)} * ${right(c, s)}`).join(" + ");
  // Subtle: numbers one by one, each read where it is used: compilers of software adapters keep in registers only what is used soon.
  const multiply = unroll(rows, (r) => {
    const load = a.alongInner
      ? along(a.name, "x", "fromA", r, wideA)
      : r % 4 > 0 ? "" : unroll(depth, (s) => `let x${s}_${r >> 2} = ${acrossA(`(k + ${s}u) * sizes.m`, r >> 2)};`, " ");
    const add = p.rowSum ? ` rowSum${r} += ${steps.map((s) => left(r, s)).join(" + ")};` : "";
    return `${load} ${unroll(columns, (c) => `sum${r}_${c} += ${product(r, c)};`, " ")}${add}`;
  }, "\n    ");

  const scalarA = (r: number): string => (a.alongInner ? `${a.name}[fromA${r} + k]` : `${acrossA("k * sizes.m", r >> 2)}[${r & 3}]`);
  const scalarB = (c: number): string => (b.alongInner ? `${b.name}[fromB${c} + k]` : `${acrossB("k * sizes.n", c >> 2)}[${c & 3}]`);
  const tail = k % depth === 0 ? "" : `for (var k = whole; k < sizes.k; k++) {
    ${unroll(columns, (c) => `let y${c} = ${scalarB(c)};`)}
    ${unroll(rows, (r) => `let x${r} = ${scalarA(r)};${p.rowSum ? ` rowSum${r} += x${r};` : ""} ${unroll(columns, (c) => `sum${r}_${c} += x${r} * y${c};`, " ")}`)}
  }`;
  const sum = (r: number, q: number): string => `vec4f(${[0, 1, 2, 3].map((c) => `sum${r}_${4 * q + c}`).join(", ")})`;
  const storeTile = unroll(rows, (r) => unroll(quads, (q) =>
    storeRow(p, "sizes.n", `row + ${r}u`, `column + ${place(4 * q)}u`, sum(r, q), r === 0 ? "true" : `row + ${r}u < sizes.m`, sum(r, 1 - q)), " "));

  const code = `@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let block = group.x + group.y * groups.x;
  let row = ((block / sizes.blocksAcross) * ${down}u + local / ${across}u) * ${rows}u;
  let step = (block % sizes.blocksAcross) * ${across}u + local % ${across}u;
  let column = ${p.pairs ? `(step / ${p.pairs / 4}u) * ${2 * p.pairs}u + (step % ${p.pairs / 4}u) * 4u` : `step * ${columns}u`};
  if (row >= sizes.m || column >= sizes.n) { return; }
  ${a.alongInner ? unroll(rows, (r) => `let fromA${r} = ${clampRow(r)} * sizes.k;`) : ""}
  ${b.alongInner ? unroll(columns, (c) => `let fromB${c} = ${clampColumn(c)} * sizes.k;`) : ""}
  ${unroll(rows, (r) => unroll(columns, (c) => `var sum${r}_${c} = 0.0f;`, " "))}
  ${p.rowSum ? unroll(rows, (r) => `var rowSum${r} = 0.0f;`) : ""}
  let whole = sizes.k - sizes.k % ${depth}u;
  for (var k = 0u; k < whole; k += ${depth}u) {
    ${loadB}
    ${multiply}
  }
  ${tail}
  ${storeTile}
  ${storeRowSums(p, rows, "sizes.m")}
}`;
  const vec4 = [...(wideA ? [a.name] : []), ...(wideB ? [b.name] : []), ...wideResult(p)];
  return { code, workgroups: blocks, vec4, sizes: { m, n, k, blocksAcross } };
}

const gather = (count: number, element: (j: number) => string): string =>
  `vec4f(${Array.from({ length: 4 }, (_, j) => (j < count ? element(j) : "0.0f")).join(", ")})`;

/** Stores four columns of a row if `here`: at once where rows divide by four, else one by one with a check for the edge. */
function storeRow(p: Product, n: string, row: string, column: string, sum: string, here: string, other?: string): string {
  if (p.n % 4 === 0) {
    return `if (${here} && ${column} < ${n}) {
      let at = ((${row}) * ${n} + ${column}) / 4u; ${scope(row, column, `let value = ${sum};${p.pairs ? ` let other = ${other};` : ""} ${p.finish(true)}`)}
    }`;
  }
  const one = (c: number): string => `if (${here} && ${column} + ${c}u < ${n}) {
      let at = (${row}) * ${n} + ${column} + ${c}u; ${scope(row, `${column} + ${c}u`, `let value = ${sum}[${c}]; ${p.finish(false)}`)}
    }`;
  return unroll(4, one);
}

/** `body` with its own `row` and `column`, which may be told by those outside. */
const scope = (row: string, column: string, body: string): string => `let outer = vec2u(${row}, ${column}); { let row = outer.x; let column = outer.y; ${body} }`;

/** The invocations of column 0 store the sums over a's rows, if anyone wants them. */
function storeRowSums({ rowSum }: Product, rows: number, m: string): string {
  if (!rowSum) return "";
  return unroll(rows, (r) => `if (column == 0u && row + ${r}u < ${m}) { let sum = rowSum${r}; ${scope(`row + ${r}u`, "0u", rowSum)} }`);
}

/** Rows and columns of a workgroup's tile, and the depth of a step, in `tiledProduct`. */
const tile = 64, depth = 16;

/**
 * y = a b through workgroup memory: 256 invocations load a tile of 64 rows and one of 64 columns, 16 deep, and each sums 4 by 4.
 * For real GPUs; software adapters pay dearly for the two barriers of every step. Small products stay flat.
 */
export function tiledProduct(p: Product): Program {
  const { m, n, k, a, b } = p;
  const { pairs } = p;
  if (m < tile / 2 || n < tile / 2 || (pairs && tile % (2 * pairs) !== 0)) return flatProduct(p);
  // Of pairs, an invocation takes two columns and their two partners, one by one.
  const place = (c: number): number => (pairs && c >= 2 ? pairs + c - 2 : c);
  const partner = (r: number, c: number): string => (pairs ? `let other = sum${r}[${(c + 2) % 4}]; ` : "");
  const storeQuad = (r: number): string => {
    const here = `row + ${r}u < ${m}u`;
    if (!pairs) return storeRow(p, `${n}u`, `row + ${r}u`, "column", `sum${r}`, here);
    return unroll(4, (c) => `if (${here}) {
      let at = (row + ${r}u) * ${n}u + column + ${place(c)}u;
      ${scope(`row + ${r}u`, `column + ${place(c)}u`, `let value = sum${r}[${c}]; ${partner(r, c)}${p.finish(false)}`)}
    }`);
  };
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
  let lane = local % 16u;
  let across = ${pairs ? `(lane / ${pairs / 2}u) * ${2 * pairs}u + (lane % ${pairs / 2}u) * 2u` : "lane * 4u"};
  ${unroll(4, (r) => `var sum${r} = vec4f();${p.rowSum ? ` var rowSum${r} = 0.0f;` : ""}`)}
  for (var k = 0u; k < ${k}u; k += ${depth}u) {
    ${bring(a, "a", "tileA", m, "firstRow")}
    ${bring(b, "b", "tileB", n, "firstColumn")}
    workgroupBarrier();
    for (var s = 0u; s < ${depth}u; s++) {
      let x = s * ${tile}u + down;
      let y = s * ${tile}u + across;
      let z = vec4f(${[0, 1, 2, 3].map((c) => `tileB[y + ${place(c)}u]`).join(", ")});
      ${unroll(4, (r) => `let x${r} = tileA[x + ${r}u]; sum${r} += x${r} * z;${p.rowSum ? ` rowSum${r} += x${r};` : ""}`, "\n      ")}
    }
    workgroupBarrier();
  }
  let row = firstRow + down;
  let column = firstColumn + across;
  if (block >= ${blocks}u || column >= ${n}u) { return; }
  ${unroll(4, storeQuad)}
  ${storeRowSums(p, 4, `${m}u`)}
}`;
  const vec4 = [...(wideFactor(p, "a") ? [a.name] : []), ...(wideFactor(p, "b") ? [b.name] : []), ...(pairs ? [] : wideResult(p))];
  return { code, workgroups: blocks, vec4 };
}
