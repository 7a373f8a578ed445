// y = f(x) element by element, with or without adding to what y holds.
import { load4, store4 } from "./lanes";

@inline
function put(y: usize, value: v128, left: i32, accumulate: bool): void {
  store4(y, accumulate ? f32x4.add(load4(y, left, 0), value) : value, left);
}

export function copy(x: usize, y: usize, n: i32, accumulate: bool): void {
  if (!accumulate) {
    memory.copy(y, x, <usize>n * 4);
    return;
  }
  for (; n > 0; n -= 4, x += 16, y += 16) put(y, load4(x, n, 0), n, true);
}

export function fill(y: usize, n: i32, value: f32): void {
  for (; n > 0; n -= 4, y += 16) store4(y, f32x4.splat(value), n);
}

export function add(a: usize, b: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, a += 16, b += 16, y += 16) store4(y, f32x4.add(load4(a, n, 0), load4(b, n, 0)), n);
}

export function multiply(a: usize, b: usize, y: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, a += 16, b += 16, y += 16) put(y, f32x4.mul(load4(a, n, 0), load4(b, n, 0)), n, accumulate);
}

export function scale(x: usize, y: usize, n: i32, factor: f32, accumulate: bool): void {
  for (; n > 0; n -= 4, x += 16, y += 16) put(y, f32x4.mul(load4(x, n, 0), f32x4.splat(factor)), n, accumulate);
}

/** The product of two matrices by three plain loops: what the bench compares with. */
export function plainProduct(a: usize, b: usize, c: usize, m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let q = 0; q < k; q++) sum += load<f32>(a + <usize>((i * k + q) * 4)) * load<f32>(b + <usize>((q * n + j) * 4));
      store<f32>(c + <usize>((i * n + j) * 4), sum);
    }
  }
}
