// GELU and SwiGLU. ½ (1 + tanh u) is the sigmoid of 2u, which keeps its accuracy where 1 + tanh u cancels.
import { sigmoid4 } from "./exp";
import { load4, store4 } from "./lanes";

/** 2 √(2/π). */
const twoRoot: f32 = 1.5957691216057308;
const cubic: f32 = 0.044715;

/** sigmoid(2u) with u = √(2/π) (x + 0.044715 x³). */
@inline
function gate(x: v128): v128 {
  const inner = f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(cubic), f32x4.mul(x, x)));
  return sigmoid4(f32x4.mul(f32x4.mul(f32x4.splat(twoRoot), x), inner));
}

export function gelu(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) {
    const value = load4(x, n, 0);
    store4(y, f32x4.mul(value, gate(value)), n);
  }
}

/** dX = dOut (s + x s (1 − s) 2u′), with s = sigmoid(2u). */
export function geluGradient(x: usize, dOut: usize, dX: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, dOut += 16, dX += 16) {
    const value = load4(x, n, 0);
    const s = gate(value);
    const slope = f32x4.mul(f32x4.splat(twoRoot), f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(3 * cubic), f32x4.mul(value, value))));
    const change = f32x4.mul(f32x4.mul(value, slope), f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)));
    store4(dX, f32x4.mul(load4(dOut, n, 0), f32x4.add(s, change)), n);
  }
}

/** Rows of 2m numbers, gate then up, to rows of m. */
export function swiglu(gateUp: usize, y: usize, rows: i32, m: i32): void {
  const offset = <usize>(m * 4);
  for (let row = 0; row < rows; row++) {
    for (let left = m; left > 0; left -= 4) {
      const g = load4(gateUp, left, 0), up = load4(gateUp + offset, left, 0);
      store4(y, f32x4.mul(f32x4.mul(g, sigmoid4(g)), up), left);
      const step = <usize>(min(4, left) * 4);
      gateUp += step;
      y += step;
    }
    gateUp += offset;
  }
}

/** dGate = dOut · up · s (1 + gate (1 − s)), dUp = dOut · gate · s. */
export function swigluGradient(gateUp: usize, dOut: usize, dGateUp: usize, rows: i32, m: i32): void {
  const offset = <usize>(m * 4);
  for (let row = 0; row < rows; row++) {
    for (let left = m; left > 0; left -= 4) {
      const g = load4(gateUp, left, 0), up = load4(gateUp + offset, left, 0), d = load4(dOut, left, 0);
      const s = sigmoid4(g);
      const slope = f32x4.add(f32x4.splat(1), f32x4.mul(g, f32x4.sub(f32x4.splat(1), s)));
      store4(dGateUp, f32x4.mul(f32x4.mul(d, up), f32x4.mul(s, slope)), left);
      store4(dGateUp + offset, f32x4.mul(d, f32x4.mul(g, s)), left);
      const step = <usize>(min(4, left) * 4);
      gateUp += step;
      dGateUp += step;
      dOut += step;
    }
    gateUp += offset;
    dGateUp += offset;
  }
}
