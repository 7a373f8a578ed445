// The inner loop of every matrix product: a tile of 4 rows and 8 columns stays in eight registers while k runs.
import { spill } from "./scratch";

@inline
function multiplyAdd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * c[4,8] = a[4,k] · panel[k,8] (+ bias[8]) (+ add[4,8]). Strides in bytes; a's rows are contiguous, the panel is packed.
 * `rows` and `columns` may be less than 4 and 8: what lies beyond is neither read from a nor written to c.
 * `bias` and `add` are 0 when absent; `add` may be c itself.
 */
export function tile(
  a: usize, aStride: usize, rows: i32, panel: usize, k: i32,
  c: usize, cStride: usize, columns: i32, add: usize, addStride: usize, bias: usize,
): void {
  let a0 = a;
  let a1 = rows > 1 ? a + aStride : a;
  let a2 = rows > 2 ? a + 2 * aStride : a;
  let a3 = rows > 3 ? a + 3 * aStride : a;
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let left = k;
  while (left >= 4) {
    let b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(c00, x, b0); c01 = multiplyAdd(c01, x, b1);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(c10, x, b0); c11 = multiplyAdd(c11, x, b1);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(c20, x, b0); c21 = multiplyAdd(c21, x, b1);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(c30, x, b0); c31 = multiplyAdd(c31, x, b1);

    b0 = v128.load(panel, 32); b1 = v128.load(panel, 48);
    x = v128.load32_splat(a0, 4);
    c00 = multiplyAdd(c00, x, b0); c01 = multiplyAdd(c01, x, b1);
    x = v128.load32_splat(a1, 4);
    c10 = multiplyAdd(c10, x, b0); c11 = multiplyAdd(c11, x, b1);
    x = v128.load32_splat(a2, 4);
    c20 = multiplyAdd(c20, x, b0); c21 = multiplyAdd(c21, x, b1);
    x = v128.load32_splat(a3, 4);
    c30 = multiplyAdd(c30, x, b0); c31 = multiplyAdd(c31, x, b1);

    b0 = v128.load(panel, 64); b1 = v128.load(panel, 80);
    x = v128.load32_splat(a0, 8);
    c00 = multiplyAdd(c00, x, b0); c01 = multiplyAdd(c01, x, b1);
    x = v128.load32_splat(a1, 8);
    c10 = multiplyAdd(c10, x, b0); c11 = multiplyAdd(c11, x, b1);
    x = v128.load32_splat(a2, 8);
    c20 = multiplyAdd(c20, x, b0); c21 = multiplyAdd(c21, x, b1);
    x = v128.load32_splat(a3, 8);
    c30 = multiplyAdd(c30, x, b0); c31 = multiplyAdd(c31, x, b1);

    b0 = v128.load(panel, 96); b1 = v128.load(panel, 112);
    x = v128.load32_splat(a0, 12);
    c00 = multiplyAdd(c00, x, b0); c01 = multiplyAdd(c01, x, b1);
    x = v128.load32_splat(a1, 12);
    c10 = multiplyAdd(c10, x, b0); c11 = multiplyAdd(c11, x, b1);
    x = v128.load32_splat(a2, 12);
    c20 = multiplyAdd(c20, x, b0); c21 = multiplyAdd(c21, x, b1);
    x = v128.load32_splat(a3, 12);
    c30 = multiplyAdd(c30, x, b0); c31 = multiplyAdd(c31, x, b1);

    a0 += 16; a1 += 16; a2 += 16; a3 += 16;
    panel += 128;
    left -= 4;
  }
  while (left > 0) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(c00, x, b0); c01 = multiplyAdd(c01, x, b1);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(c10, x, b0); c11 = multiplyAdd(c11, x, b1);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(c20, x, b0); c21 = multiplyAdd(c21, x, b1);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(c30, x, b0); c31 = multiplyAdd(c31, x, b1);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4;
    panel += 32;
    left--;
  }
  if (rows < 4 || columns < 8) {
    v128.store(spill, c00); v128.store(spill, c01, 16); v128.store(spill, c10, 32); v128.store(spill, c11, 48);
    v128.store(spill, c20, 64); v128.store(spill, c21, 80); v128.store(spill, c30, 96); v128.store(spill, c31, 112);
    storeEdge(rows, columns, c, cStride, add, addStride, bias);
    return;
  }
  if (bias) {
    const d0 = v128.load(bias), d1 = v128.load(bias, 16);
    c00 = f32x4.add(c00, d0); c01 = f32x4.add(c01, d1); c10 = f32x4.add(c10, d0); c11 = f32x4.add(c11, d1);
    c20 = f32x4.add(c20, d0); c21 = f32x4.add(c21, d1); c30 = f32x4.add(c30, d0); c31 = f32x4.add(c31, d1);
  }
  if (add) {
    c00 = f32x4.add(v128.load(add), c00); c01 = f32x4.add(v128.load(add, 16), c01);
    add += addStride;
    c10 = f32x4.add(v128.load(add), c10); c11 = f32x4.add(v128.load(add, 16), c11);
    add += addStride;
    c20 = f32x4.add(v128.load(add), c20); c21 = f32x4.add(v128.load(add, 16), c21);
    add += addStride;
    c30 = f32x4.add(v128.load(add), c30); c31 = f32x4.add(v128.load(add, 16), c31);
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  c += cStride;
  v128.store(c, c10); v128.store(c, c11, 16);
  c += cStride;
  v128.store(c, c20); v128.store(c, c21, 16);
  c += cStride;
  v128.store(c, c30); v128.store(c, c31, 16);
}

function storeEdge(rows: i32, columns: i32, c: usize, cStride: usize, add: usize, addStride: usize, bias: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let value = load<f32>(spill + <usize>((i * 8 + j) * 4));
      const at = <usize>(j * 4);
      if (bias) value += load<f32>(bias + at);
      if (add) value = load<f32>(add + <usize>i * addStride + at) + value;
      store<f32>(c + <usize>i * cStride + at, value);
    }
  }
}
