// One step of recurrent networks, forward and backward, row by row.
import { put, tanh4 } from "./curves";
import { sigmoid4 } from "./exp";
import { load4, store4 } from "./lanes";

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

/** Gates of rows [r | z | n]: n = tanh(x_n + r h_n), h′ = (1 − z) n + z h. Saves r, z, n. */
export function gruCell(fromInput: usize, fromState: usize, state: usize, next: usize, saved: usize, rows: i32, hidden: i32): void {
  const h = <usize>(hidden * 4);
  for (let row = 0; row < rows; row++) {
    for (let left = hidden; left > 0; left -= 4) {
      const r = sigmoid4(f32x4.add(load4(fromInput, left, 0), load4(fromState, left, 0)));
      const z = sigmoid4(f32x4.add(load4(fromInput + h, left, 0), load4(fromState + h, left, 0)));
      const n = tanh4(f32x4.add(load4(fromInput + 2 * h, left, 0), f32x4.mul(r, load4(fromState + 2 * h, left, 0))));
      store4(next, f32x4.add(f32x4.mul(f32x4.sub(f32x4.splat(1), z), n), f32x4.mul(z, load4(state, left, 0))), left);
      store4(saved, r, left);
      store4(saved + h, z, left);
      store4(saved + 2 * h, n, left);
      const step = <usize>(min(4, left) * 4);
      fromInput += step; fromState += step; state += step; next += step; saved += step;
    }
    fromInput += 2 * h; fromState += 2 * h; saved += 2 * h;
  }
}

export function gruCellGradient(
  saved: usize, fromState: usize, state: usize, dNext: usize, dInput: usize, dFromState: usize, dState: usize, rows: i32, hidden: i32,
  addInput: bool, addFromState: bool, addState: bool,
): void {
  const h = <usize>(hidden * 4);
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    for (let left = hidden; left > 0; left -= 4) {
      const r = load4(saved, left, 0), z = load4(saved + h, left, 0), n = load4(saved + 2 * h, left, 0), d = load4(dNext, left, 0);
      const dN = f32x4.mul(f32x4.mul(d, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
      const dZ = f32x4.mul(f32x4.mul(d, f32x4.sub(load4(state, left, 0), n)), f32x4.mul(z, f32x4.sub(one, z)));
      const dR = f32x4.mul(f32x4.mul(dN, load4(fromState + 2 * h, left, 0)), f32x4.mul(r, f32x4.sub(one, r)));
      put(dInput, dR, left, addInput);
      put(dInput + h, dZ, left, addInput);
      put(dInput + 2 * h, dN, left, addInput);
      put(dFromState, dR, left, addFromState);
      put(dFromState + h, dZ, left, addFromState);
      put(dFromState + 2 * h, f32x4.mul(dN, r), left, addFromState);
      put(dState, f32x4.mul(d, z), left, addState);
      const step = <usize>(min(4, left) * 4);
      saved += step; fromState += step; state += step; dNext += step; dInput += step; dFromState += step; dState += step;
    }
    saved += 2 * h; fromState += 2 * h; dInput += 2 * h; dFromState += 2 * h;
  }
}
