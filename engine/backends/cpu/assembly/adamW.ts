// The optimizer on flat buffers.
import { sum4 } from "./lanes";

/** The bits of an exponent that is all ones: infinite, or not a number. */
const exponentBits: i32 = 0x7f800000;

/** partials[c] = (Σ g², number of non-finite g) of each chunk. */
export function squaredNorm(g: usize, partials: usize, n: i32, chunk: i32): void {
  for (let start = 0; start < n; start += chunk) {
    const length = min(chunk, n - start);
    let s0 = f32x4.splat(0), s1 = s0, broken = i32x4.splat(0);
    let i = 0;
    for (; i + 8 <= length; i += 8) {
      const a = v128.load(g), b = v128.load(g, 16);
      const badA = notFinite(a), badB = notFinite(b);
      s0 = f32x4.add(s0, v128.andnot(f32x4.mul(a, a), badA));
      s1 = f32x4.add(s1, v128.andnot(f32x4.mul(b, b), badB));
      // A true lane is −1.
      broken = i32x4.sub(i32x4.sub(broken, badA), badB);
      g += 32;
    }
    let sum = sum4(f32x4.add(s0, s1));
    let count = i32x4.extract_lane(broken, 0) + i32x4.extract_lane(broken, 1);
    count += i32x4.extract_lane(broken, 2) + i32x4.extract_lane(broken, 3);
    for (; i < length; i++, g += 4) {
      const value = load<f32>(g);
      if ((reinterpret<i32>(value) & exponentBits) == exponentBits) count++;
      else sum += value * value;
    }
    store<f32>(partials, sum);
    store<f32>(partials, <f32>count, 4);
    partials += 8;
  }
}

@inline
function notFinite(x: v128): v128 {
  return i32x4.eq(v128.and(x, i32x4.splat(exponentBits)), i32x4.splat(exponentBits));
}

/** One step in place. hyper holds the learning rate and the two corrections; a clip factor of 0 leaves everything as it was. */
export function adamW(
  g: usize, clip: usize, hyper: usize, w: usize, m: usize, v: usize, n: i32, beta1: f32, rest1: f32, beta2: f32, rest2: f32,
  epsilon: f32, weightDecay: f32, decayLength: i32,
): void {
  const factor = load<f32>(clip);
  if (factor == 0) return;
  const decayed = min(n, decayLength);
  const rate = load<f32>(hyper), correction1 = load<f32>(hyper, 4), correction2 = load<f32>(hyper, 8);
  let i = 0;
  // Decay reaches the first numbers only; where it ends need not be a multiple of four.
  for (; i + 4 <= decayed; i += 4) {
    const at = <usize>(i * 4);
    const x = v128.load(w + at);
    const kept = f32x4.sub(x, f32x4.mul(f32x4.splat(rate * weightDecay), x));
    const change = step4(g + at, m + at, v + at, factor, rate, correction1, correction2, beta1, rest1, beta2, rest2, epsilon);
    v128.store(w + at, f32x4.sub(kept, change));
  }
  for (; i < decayed; i++) {
    const at = <usize>(i * 4);
    const x = load<f32>(w + at);
    const kept = x - rate * weightDecay * x;
    store<f32>(w + at, kept - step1(g + at, m + at, v + at, factor, rate, correction1, correction2, beta1, rest1, beta2, rest2, epsilon));
  }
  for (; i + 4 <= n; i += 4) {
    const at = <usize>(i * 4);
    const change = step4(g + at, m + at, v + at, factor, rate, correction1, correction2, beta1, rest1, beta2, rest2, epsilon);
    v128.store(w + at, f32x4.sub(v128.load(w + at), change));
  }
  for (; i < n; i++) {
    const at = <usize>(i * 4);
    const change = step1(g + at, m + at, v + at, factor, rate, correction1, correction2, beta1, rest1, beta2, rest2, epsilon);
    store<f32>(w + at, load<f32>(w + at) - change);
  }
}

@inline
function step4(
  g: usize, m: usize, v: usize, factor: f32, rate: f32, correction1: f32, correction2: f32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32,
): v128 {
  const gradient = f32x4.mul(f32x4.splat(factor), v128.load(g));
  const mean = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(m)), f32x4.mul(f32x4.splat(rest1), gradient));
  const square = f32x4.add(f32x4.mul(f32x4.splat(beta2), v128.load(v)), f32x4.mul(f32x4.mul(f32x4.splat(rest2), gradient), gradient));
  v128.store(m, mean);
  v128.store(v, square);
  const size = f32x4.add(f32x4.sqrt(f32x4.div(square, f32x4.splat(correction2))), f32x4.splat(epsilon));
  return f32x4.mul(f32x4.splat(rate), f32x4.div(f32x4.div(mean, f32x4.splat(correction1)), size));
}

@inline
function step1(
  g: usize, m: usize, v: usize, factor: f32, rate: f32, correction1: f32, correction2: f32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32,
): f32 {
  const gradient = factor * load<f32>(g);
  const mean = beta1 * load<f32>(m) + rest1 * gradient;
  const square = beta2 * load<f32>(v) + rest2 * gradient * gradient;
  store<f32>(m, mean);
  store<f32>(v, square);
  return rate * (mean / correction1 / (sqrt<f32>(square / correction2) + epsilon));
}
