// The normal distribution function Φ and the exact GELU made of it.
import { put } from "./curves";
import { exp4 } from "./exp";
import { load4, store4 } from "./lanes";

/**
 * Φ(−|x|), to a few units in the last place as far as it is a normal number.
 * With z = |x|/√2 and t = 1/(1 + z/2): erfc z = t e^(−z² + P(t)). P is a polynomial fitted at 400 Chebyshev points of t for z ≤ 9.5
 * (error 5e-8).
 */
function lowerTail4(x: v128): v128 {
  // Beyond 20 both factors below are 0. Written so that NaN stays NaN.
  const a = f32x4.min(f32x4.abs(x), f32x4.splat(20));
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(0.35355339059327373), a)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(0.14050713399072642), t), f32x4.splat(-0.6566158319287072));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.099438464507481));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.6195233314645063));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.14417350408850896));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.03546786353773658));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.02287414282758691));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.38911714672287256));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.998341448930882));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.2654334892482066));
  // Subtle: −x²/2 in one rounding would cost the tail dozens of units. The 12 upper bits of x have an exact square.
  const high = v128.and(a, i32x4.splat(0xfffff000));
  const low = f32x4.mul(f32x4.mul(f32x4.splat(-0.5), f32x4.sub(a, high)), f32x4.add(a, high));
  const rest = exp4(f32x4.add(p, low));
  return f32x4.mul(f32x4.mul(f32x4.mul(f32x4.splat(0.5), t), rest), exp4(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(high, high))));
}

@inline
function normal4(x: v128): v128 {
  const tail = lowerTail4(x);
  return v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
}

export function geluErf(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) {
    const value = load4(x, n, 0);
    store4(y, f32x4.mul(value, normal4(value)), n);
  }
}

export function geluErfGradient(x: usize, dOut: usize, dX: usize, n: i32, accumulate: bool): void {
  for (; n > 0; n -= 4, x += 16, dOut += 16, dX += 16) {
    const value = load4(x, n, 0);
    const density = f32x4.mul(f32x4.splat(0.3989422804014327), exp4(f32x4.mul(f32x4.mul(f32x4.splat(-0.5), value), value)));
    put(dX, f32x4.mul(load4(dOut, n, 0), f32x4.add(normal4(value), f32x4.mul(value, density))), n, accumulate);
  }
}
