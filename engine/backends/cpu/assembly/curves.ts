// Functions of one number, and what their gradients do with it.
import { exp4, sigmoid4 } from "./exp";
import { load4, store4 } from "./lanes";

@inline
function put(y: usize, value: v128, left: i32, accumulate: bool): void {
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

/** Gates of rows [i | f | g | o] before their functions, states [h | c]: c′ = σ(f) c + σ(i) tanh(g), h′ = σ(o) tanh(c′). Saves i, f, g, o, tanh c′. */
export function lstmCell(gates: usize, state: usize, next: usize, saved: usize, rows: i32, hidden: i32): void {
  const h = <usize>(hidden * 4);
  for (let row = 0; row < rows; row++) {
    for (let left = hidden; left > 0; left -= 4) {
      const i = sigmoid4(load4(gates, left, 0)), f = sigmoid4(load4(gates + h, left, 0));
      const g = tanh4(load4(gates + 2 * h, left, 0)), o = sigmoid4(load4(gates + 3 * h, left, 0));
      const c = f32x4.add(f32x4.mul(f, load4(state + h, left, 0)), f32x4.mul(i, g));
      const t = tanh4(c);
      store4(next, f32x4.mul(o, t), left);
      store4(next + h, c, left);
      store4(saved, i, left);
      store4(saved + h, f, left);
      store4(saved + 2 * h, g, left);
      store4(saved + 3 * h, o, left);
      store4(saved + 4 * h, t, left);
      const step = <usize>(min(4, left) * 4);
      gates += step; state += step; next += step; saved += step;
    }
    gates += 3 * h; state += h; next += h; saved += 4 * h;
  }
}

/** dC = dC′ + dH′ o (1 − t²); gates' gradients from it; the previous h is met only through the gates, so its part is 0. */
export function lstmCellGradient(saved: usize, state: usize, dNext: usize, dGates: usize, dState: usize, rows: i32, hidden: i32, addGates: bool, addState: bool): void {
  const h = <usize>(hidden * 4);
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    for (let left = hidden; left > 0; left -= 4) {
      const i = load4(saved, left, 0), f = load4(saved + h, left, 0), g = load4(saved + 2 * h, left, 0), o = load4(saved + 3 * h, left, 0);
      const t = load4(saved + 4 * h, left, 0);
      const dH = load4(dNext, left, 0);
      const dC = f32x4.add(load4(dNext + h, left, 0), f32x4.mul(f32x4.mul(dH, o), f32x4.sub(one, f32x4.mul(t, t))));
      put(dGates, f32x4.mul(f32x4.mul(dC, g), f32x4.mul(i, f32x4.sub(one, i))), left, addGates);
      put(dGates + h, f32x4.mul(f32x4.mul(dC, load4(state + h, left, 0)), f32x4.mul(f, f32x4.sub(one, f))), left, addGates);
      put(dGates + 2 * h, f32x4.mul(f32x4.mul(dC, i), f32x4.sub(one, f32x4.mul(g, g))), left, addGates);
      put(dGates + 3 * h, f32x4.mul(f32x4.mul(dH, t), f32x4.mul(o, f32x4.sub(one, o))), left, addGates);
      put(dState, f32x4.splat(0), left, addState);
      put(dState + h, f32x4.mul(dC, f), left, addState);
      const step = <usize>(min(4, left) * 4);
      saved += step; state += step; dNext += step; dGates += step; dState += step;
    }
    saved += 4 * h; state += h; dNext += h; dGates += 3 * h; dState += h;
  }
}
