// Functions of one number, and what their gradients do with it.
import { exp4, sigmoid4 } from "./exp";
import { load4, store4 } from "./lanes";

@inline
export function put(y: usize, value: v128, left: i32, accumulate: bool): void {
  store4(y, accumulate ? f32x4.add(load4(y, left, 0), value) : value, left);
}

/** tanh x = 1 − 2 / (e²ˣ + 1); near 0, where that cancels, its series to x⁹ (relative error 1e-8 below ¼). */
@inline
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(x, x)), one)));
  const square = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(f32x4.splat(0.021869488536155203), square), f32x4.splat(-0.05396825396825397));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(0.13333333333333333));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(-0.3333333333333333));
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(x, square), p));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.25)));
}

export function relu(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) store4(y, f32x4.max(load4(x, n, 0), f32x4.splat(0)), n);
}

export function reluGradient(x: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, x += 16, dOut += 16, dX += 16) {
    put(dX, v128.and(load4(dOut, n, 0), f32x4.gt(load4(x, n, 0), f32x4.splat(0))), n, accumulate);
  }
}

export function tanh(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) store4(y, tanh4(load4(x, n, 0)), n);
}

export function tanhGradient(y: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, y += 16, dOut += 16, dX += 16) {
    const value = load4(y, n, 0);
    put(dX, f32x4.mul(load4(dOut, n, 0), f32x4.sub(f32x4.splat(1), f32x4.mul(value, value))), n, accumulate);
  }
}

export function sigmoid(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) store4(y, sigmoid4(load4(x, n, 0)), n);
}

export function sigmoidGradient(y: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, y += 16, dOut += 16, dX += 16) {
    const value = load4(y, n, 0);
    put(dX, f32x4.mul(load4(dOut, n, 0), f32x4.mul(value, f32x4.sub(f32x4.splat(1), value))), n, accumulate);
  }
}

export function silu(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) {
    const value = load4(x, n, 0);
    store4(y, f32x4.mul(value, sigmoid4(value)), n);
  }
}

export function siluGradient(x: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, x += 16, dOut += 16, dX += 16) {
    const value = load4(x, n, 0);
    const s = sigmoid4(value);
    const slope = f32x4.mul(s, f32x4.add(f32x4.splat(1), f32x4.mul(value, f32x4.sub(f32x4.splat(1), s))));
    put(dX, f32x4.mul(load4(dOut, n, 0), slope), n, accumulate);
  }
}
