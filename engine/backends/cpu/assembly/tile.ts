// The inner loop of every matrix product: a tile of 5 rows and 8 columns stays in ten registers while k runs.
// Subtle: the shape of this function is measured, not tasteful. V8's register allocator gives 61 GFLOP/s for 5 × 8 without
// unrolling, 50 for 4 × 8, and 25 as soon as anything but plain stores follows the loop: so sums are made in a second function.
import { spill } from "./scratch";

/** Rows of a tile. */
export const tileRows: i32 = 5;
/** Columns of a tile, and the width of a packed panel. */
export const tileColumns: i32 = 8;

@inline
function multiplyAdd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** c[5,8] = a[5,k] · panel[k,8]. Strides in bytes; a's rows are contiguous, the panel is packed. */
export function tile(a: usize, aStride: usize, panel: usize, k: i32, c: usize, cStride: usize): void {
  let a0 = a;
  let a1 = a0 + aStride;
  let a2 = a1 + aStride;
  let a3 = a2 + aStride;
  let a4 = a3 + aStride;
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00;
  for (let left = k; left > 0; left--) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(c00, x, b0); c01 = multiplyAdd(c01, x, b1);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(c10, x, b0); c11 = multiplyAdd(c11, x, b1);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(c20, x, b0); c21 = multiplyAdd(c21, x, b1);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(c30, x, b0); c31 = multiplyAdd(c31, x, b1);
    x = v128.load32_splat(a4);
    c40 = multiplyAdd(c40, x, b0); c41 = multiplyAdd(c41, x, b1);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4;
    panel += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  c += cStride;
  v128.store(c, c10); v128.store(c, c11, 16);
  c += cStride;
  v128.store(c, c20); v128.store(c, c21, 16);
  c += cStride;
  v128.store(c, c30); v128.store(c, c31, 16);
  c += cStride;
  v128.store(c, c40); v128.store(c, c41, 16);
}

/** c[5,8] = factor · product (+ bias[8]) (+ c when `adds`), for a product that was left in `spill`. bias is 0 when absent. */
export function finishTile(c: usize, cStride: usize, factor: f32, bias: usize, adds: bool): void {
  const factors = f32x4.splat(factor);
  let b0 = f32x4.splat(0), b1 = b0;
  if (bias) { b0 = v128.load(bias); b1 = v128.load(bias, 16); }
  for (let from = spill; from < spill + tileRows * 32; from += 32) {
    let x = f32x4.add(f32x4.mul(v128.load(from), factors), b0), y = f32x4.add(f32x4.mul(v128.load(from, 16), factors), b1);
    if (adds) { x = f32x4.add(v128.load(c), x); y = f32x4.add(v128.load(c, 16), y); }
    v128.store(c, x);
    v128.store(c, y, 16);
    c += cStride;
  }
}

/** The same at the edge of a matrix: of the tile, only `rows` rows after the first `skip`, and only the first `columns`. */
export function finishTileAtEdge(c: usize, cStride: usize, factor: f32, bias: usize, adds: bool, skip: i32, rows: i32, columns: i32): void {
  for (let i = skip; i < skip + rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = <usize>(j * 4);
      let value = load<f32>(spill + <usize>(i * 32) + at) * factor;
      if (bias) value += load<f32>(bias + at);
      store<f32>(c + at, adds ? load<f32>(c + at) + value : value);
    }
    c += cStride;
  }
}

/** c[j,8] += Σ over 5 rows of p[row, j] · x[row, 8], for j < count: a tall product with a short sum. c is packed, its rows 32 bytes. */
export function tileUpdate(p: usize, pStride: usize, x: usize, xStride: usize, count: i32, c: usize): void {
  const p1 = pStride, p2 = p1 + pStride, p3 = p2 + pStride, p4 = p3 + pStride;
  const x00 = v128.load(x), x01 = v128.load(x, 16);
  x += xStride;
  const x10 = v128.load(x), x11 = v128.load(x, 16);
  x += xStride;
  const x20 = v128.load(x), x21 = v128.load(x, 16);
  x += xStride;
  const x30 = v128.load(x), x31 = v128.load(x, 16);
  x += xStride;
  const x40 = v128.load(x), x41 = v128.load(x, 16);
  for (; count > 0; count--) {
    let w = v128.load32_splat(p);
    let s0 = f32x4.mul(w, x00), s1 = f32x4.mul(w, x01);
    w = v128.load32_splat(p + p1);
    s0 = multiplyAdd(s0, w, x10); s1 = multiplyAdd(s1, w, x11);
    w = v128.load32_splat(p + p2);
    s0 = multiplyAdd(s0, w, x20); s1 = multiplyAdd(s1, w, x21);
    w = v128.load32_splat(p + p3);
    s0 = multiplyAdd(s0, w, x30); s1 = multiplyAdd(s1, w, x31);
    w = v128.load32_splat(p + p4);
    s0 = multiplyAdd(s0, w, x40); s1 = multiplyAdd(s1, w, x41);
    v128.store(c, f32x4.add(v128.load(c), s0));
    v128.store(c, f32x4.add(v128.load(c, 16), s1), 16);
    c += 32;
    p += 4;
  }
}
