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

/** c[5,8] = (product + bias[8]) + add[5,8]: a tile that was left in `spill`. bias and add are 0 when absent; add may be c itself. */
export function addTile(c: usize, cStride: usize, bias: usize, add: usize, addStride: usize): void {
  let b0 = f32x4.splat(0), b1 = b0;
  if (bias) { b0 = v128.load(bias); b1 = v128.load(bias, 16); }
  for (let from = spill; from < spill + tileRows * 32; from += 32) {
    let x = f32x4.add(v128.load(from), b0), y = f32x4.add(v128.load(from, 16), b1);
    if (add) { x = f32x4.add(x, v128.load(add)); y = f32x4.add(y, v128.load(add, 16)); add += addStride; }
    v128.store(c, x);
    v128.store(c, y, 16);
    c += cStride;
  }
}

/** The same at the edge of a matrix: of the tile, only `rows` rows after the first `skip`, and only the first `columns`. */
export function addTileAtEdge(c: usize, cStride: usize, bias: usize, add: usize, addStride: usize, skip: i32, rows: i32, columns: i32): void {
  for (let i = skip; i < skip + rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = <usize>(j * 4);
      let value = load<f32>(spill + <usize>(i * 32) + at);
      if (bias) value += load<f32>(bias + at);
      if (add) value += load<f32>(add + at);
      store<f32>(c + at, value);
    }
    c += cStride;
    if (add) add += addStride;
  }
}
