// The logarithm and what is made of it, in plain arithmetic: the same bits on every machine.
import { put } from "./curves";
import { exp4, sigmoid4 } from "./exp";
import { load4, store4 } from "./lanes";

// ln 2 in two parts; the first has 9 bits, so its products with exponents are exact.
const ln2High: f32 = 0.693359375;
const ln2Low: f32 = -2.12194440054690583e-4;

/**
 * ln x of four numbers, to about 1 unit in the last place; −∞ of 0, NaN of what is negative.
 * x = 2ᵏ (1 + f) with √½ ≤ 1 + f < √2, and ln(1 + f) = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …) with s = f / (2 + f).
 */
function log4(x: v128): v128 {
  // Numbers below 2⁻¹²⁶ have no exponent of their own.
  const small = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const bits = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, small);
  const whole = i32x4.shr_s(i32x4.sub(bits, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(bits, i32x4.shl(whole, 23)), f32x4.splat(1));
  const k = f32x4.convert_i32x4_s(i32x4.sub(whole, v128.and(small, i32x4.splat(23))));
  const s = f32x4.div(f, f32x4.add(f32x4.splat(2), f));
  const z = f32x4.mul(s, s);
  let p = f32x4.add(f32x4.mul(f32x4.splat(2.0 / 11), z), f32x4.splat(2.0 / 9));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.0 / 7));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.0 / 5));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.0 / 3));
  // 2 s = f − s f = f − (f²/2 − s f²/2): written so, the largest part, f, is exact.
  const half = f32x4.mul(f32x4.mul(f32x4.splat(0.5), f), f);
  const rest = f32x4.add(f32x4.mul(s, f32x4.add(half, f32x4.mul(z, p))), f32x4.mul(k, f32x4.splat(ln2Low)));
  const y = f32x4.add(f32x4.mul(k, f32x4.splat(ln2High)), f32x4.sub(f, f32x4.sub(half, rest)));
  const edge = v128.bitselect(f32x4.splat(-Infinity), f32x4.splat(NaN), f32x4.eq(x, f32x4.splat(0)));
  const finite = v128.bitselect(y, edge, f32x4.gt(x, f32x4.splat(0)));
  return v128.bitselect(x, finite, f32x4.eq(x, f32x4.splat(Infinity)));
}

/** ln(1 + e) for 0 ≤ e ≤ 1: ln u with u the rounded 1 + e, and what the rounding lost over u. */
@inline
function log1p4(e: v128): v128 {
  const u = f32x4.add(f32x4.splat(1), e);
  return f32x4.add(log4(u), f32x4.div(f32x4.sub(e, f32x4.sub(u, f32x4.splat(1))), u));
}

export function log(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) store4(y, log4(load4(x, n, 1)), n);
}

export function logGradient(x: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, x += 16, dOut += 16, dX += 16) put(dX, f32x4.div(load4(dOut, n, 0), load4(x, n, 1)), n, accumulate);
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
export function softplus(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) {
    const value = load4(x, n, 0);
    store4(y, f32x4.add(f32x4.max(value, f32x4.splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(value))))), n);
  }
}

export function softplusGradient(x: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, x += 16, dOut += 16, dX += 16) put(dX, f32x4.mul(load4(dOut, n, 0), sigmoid4(load4(x, n, 0))), n, accumulate);
}
