// The exponential and what is made of it, in plain multiplications and additions: the same bits on every machine.
import { load4, store4 } from "./lanes";

/** 1.5 · 2²³: adding it rounds a small number to an integer, which then stands in the low bits. */
const rounder: f32 = 12582912;
const log2e: f32 = 1.44269504088896340736;
// ln 2 in two parts; the first has 9 bits, so its products with the integers below are exact.
const ln2High: f32 = 0.693359375;
const ln2Low: f32 = -2.12194440054690583e-4;

/**
 * eˣ of four numbers, to about 1 unit in the last place; 0 below −104, infinite above 89, NaN of NaN.
 * x = n ln 2 + r with |r| ≤ ln 2 / 2; eʳ = 1 + r + r² p(r), p a minimax polynomial (relative error 3e-9); times 2ⁿ.
 */
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(90)), f32x4.splat(-105));
  const shifted = f32x4.add(f32x4.mul(clamped, f32x4.splat(log2e)), f32x4.splat(rounder));
  const n = f32x4.sub(shifted, f32x4.splat(rounder));
  const r = f32x4.sub(f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(ln2High))), f32x4.mul(n, f32x4.splat(ln2Low)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(0.001381453988108677), r), f32x4.splat(0.00836874512714658));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.04166839078964439));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.16666520398846382));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.4999999343209915));
  const y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r), f32x4.splat(1));
  // 2ⁿ as a product of two powers, so that n may leave the range of exponents at either end.
  const whole = i32x4.sub(shifted, i32x4.splat(reinterpret<i32>(rounder)));
  const half = i32x4.shr_s(whole, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(y, first), second);
}

/** 1 / (1 + e⁻ˣ). */
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

export function exp(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) store4(y, exp4(load4(x, n, 0)), n);
}
