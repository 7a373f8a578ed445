// Products with weights that stay in 8 or 4 bits. Each row of x is rounded to 16 bits once, so that the inner loop is one integer
// instruction for eight products; sums of a group are whole numbers, exact, and meet their scale once.
import { load4, max4, sum4 } from "./lanes";
import { work } from "./scratch";
import { expRow, rowMax } from "./softmax";

/** y[rows,n] = x[rows,k] · (codes·scales)ᵀ (+ bias) (+ added). k and group are multiples of 8, a group at most 512. */
export function linearInt8(
  x: usize, words: usize, scales: usize, y: usize, rows: i32, n: i32, k: i32, group: i32, bias: usize, added: usize,
): void {
  const steps = roundRows(x, rows, k);
  for (let j = 0; j < n; j++) {
    for (let row = 0; row < rows; row++) {
      const sum = rowInt8(work + <usize>(row * k * 2), words + <usize>j * <usize>k, scales, j * k, k, group);
      put(sum * load<f32>(steps + <usize>(row * 4)), row * n + j, j, y, bias, added);
    }
  }
}

/** The same with 4-bit codes, two to a byte, the first in the low half, offset by 8. */
export function linearInt4(
  x: usize, words: usize, scales: usize, y: usize, rows: i32, n: i32, k: i32, group: i32, bias: usize, added: usize,
): void {
  const steps = roundRows(x, rows, k);
  for (let j = 0; j < n; j++) {
    for (let row = 0; row < rows; row++) {
      const sum = rowInt4(work + <usize>(row * k * 2), words + <usize>j * <usize>(k >> 1), scales, j * k, k, group);
      put(sum * load<f32>(steps + <usize>(row * 4)), row * n + j, j, y, bias, added);
    }
  }
}

@inline
function put(value: f32, at: i32, j: i32, y: usize, bias: usize, added: usize): void {
  if (bias) value += load<f32>(bias + <usize>(j * 4));
  if (added) value += load<f32>(added + <usize>(at * 4));
  store<f32>(y + <usize>(at * 4), value);
}

/** Σ over a row of weights, the first of which is number `first` of the matrix: groups run across the ends of rows. */
@inline
function rowInt8(x: usize, codes: usize, scales: usize, first: i32, k: i32, group: i32): f32 {
  let total = f32x4.splat(0);
  let scale = scales + <usize>(first / group * 4);
  let left = group - first % group;
  const end = x + <usize>(k * 2);
  while (x < end) {
    const stop = min(x + <usize>(left * 2), end);
    let a = i32x4.splat(0), b = a;
    for (; x + 64 <= stop; x += 64, codes += 32) {
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x), v128.load8x8_s(codes)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(x, 16), v128.load8x8_s(codes, 8)));
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x, 32), v128.load8x8_s(codes, 16)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(x, 48), v128.load8x8_s(codes, 24)));
    }
    for (; x < stop; x += 16, codes += 8) a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x), v128.load8x8_s(codes)));
    total = f32x4.add(total, f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(a, b)), v128.load32_splat(scale)));
    scale += 4;
    left = group;
  }
  return (f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1)) + (f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3));
}

@inline
function rowInt4(x: usize, codes: usize, scales: usize, first: i32, k: i32, group: i32): f32 {
  const low = i8x16.splat(15), offset = i8x16.splat(8);
  let total = f32x4.splat(0);
  let scale = scales + <usize>(first / group * 4);
  let left = group - first % group;
  const end = x + <usize>(k * 2);
  while (x < end) {
    const stop = min(x + <usize>(left * 2), end);
    let a = i32x4.splat(0), b = a;
    for (; x + 64 <= stop; x += 64, codes += 16) {
      const bytes = v128.load(codes);
      const even = i8x16.sub(v128.and(bytes, low), offset), odd = i8x16.sub(i8x16.shr_u(bytes, 4), offset);
      const p = i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const q = i8x16.shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x), i16x8.extend_low_i8x16_s(p)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(x, 16), i16x8.extend_high_i8x16_s(p)));
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x, 32), i16x8.extend_low_i8x16_s(q)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(x, 48), i16x8.extend_high_i8x16_s(q)));
    }
    for (; x < stop; x += 16, codes += 4) {
      const bytes = v128.load32_zero(codes);
      const even = i8x16.sub(v128.and(bytes, low), offset), odd = i8x16.sub(i8x16.shr_u(bytes, 4), offset);
      const p = i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x), i16x8.extend_low_i8x16_s(p)));
    }
    total = f32x4.add(total, f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(a, b)), v128.load32_splat(scale)));
    scale += 4;
    left = group;
  }
  return (f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1)) + (f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3));
}

/** Leaves the rows of x as 16-bit numbers at `work`, and behind them the step of each row, whose address is returned. */
function roundRows(x: usize, rows: i32, k: i32): usize {
  const steps = work + <usize>((rows * k * 2 + 15) & ~15);
  for (let row = 0; row < rows; row++) {
    store<f32>(steps + <usize>(row * 4), roundRow(x + <usize>row * <usize>(k * 4), k, work + <usize>(row * k * 2)));
  }
  return steps;
}

/**
 * x ≈ q·step with |q| ≤ 2¹⁵, halves to even. The step is a power of two, so that dividing by it is exact. NaN and infinities make
 * the step NaN.
 */
function roundRow(x: usize, k: i32, q: usize): f32 {
  let most = f32x4.splat(0);
  for (let i = 0; i < k; i += 4) most = f32x4.max(most, f32x4.abs(load4(x + <usize>(i * 4), k - i, 0)));
  const exponent = <i32>((reinterpret<u32>(max4(most)) >> 23) & 255) - 127;
  // Below 2⁻¹⁰⁰ everything is 0: 1 / step would leave float32.
  const scale: f32 = exponent < -100 ? 0 : reinterpret<f32>(<u32>(14 - exponent + 127) << 23);
  const factor = f32x4.splat(exponent == 128 ? 0 : scale);
  for (let i = 0; i < k; i += 8) {
    const from = x + <usize>(i * 4);
    const a = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from), factor)));
    const b = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from, 16), factor)));
    v128.store(q + <usize>(i * 2), i16x8.narrow_i32x4_s(a, b));
  }
  return exponent == 128 ? NaN : exponent < -100 ? 0 : <f32>1 / scale;
}

/** Attention of new tokens over a cache of 8-bit keys and values [kvHeads, capacity, d] with a scale for each; d is a multiple of 8. */
export function attentionDecodeInt8(
  qkv: usize, keys: usize, values: usize, keyScales: usize, valueScales: usize, offset: usize, out: usize,
  time: i32, heads: i32, kvHeads: i32, capacity: i32, d: i32,
): void {
  const width = <usize>(d * 4);
  const factor = <f32>1 / sqrt<f32>(<f32>d);
  const first = load<i32>(offset);
  for (let t = 0; t < time; t++) {
    const visible = min(capacity, first + t + 1);
    for (let head = 0; head < heads; head++) {
      const shared = <usize>(head * kvHeads / heads * capacity);
      const query = qkv + <usize>head * width;
      for (let s = 0; s < visible; s++) {
        const at = <usize>(s * 4);
        const score = floatDot(query, keys + (shared + <usize>s) * <usize>d, d) * load<f32>(keyScales + shared * 4 + at);
        store<f32>(work + at, score * factor);
      }
      const sum = expRow(work, work, visible, rowMax(work, visible));
      const to = out + <usize>head * width;
      for (let j = 0; j < d; j += 8) mix(
        work, valueScales + shared * 4, values + shared * <usize>d + <usize>j, d, visible, <f32>1 / sum, to + <usize>(j * 4)
      );
    }
    qkv += <usize>(heads + 2 * kvHeads) * width;
    out += <usize>heads * width;
  }
}

@inline
function floatDot(x: usize, codes: usize, d: i32): f32 {
  let a = f32x4.splat(0), b = a;
  for (let j = 0; j < d; j += 8) {
    const wide = v128.load8x8_s(codes + <usize>j);
    const from = x + <usize>(j * 4);
    a = f32x4.add(a, f32x4.mul(v128.load(from), f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide))));
    b = f32x4.add(b, f32x4.mul(v128.load(from, 16), f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide))));
  }
  return sum4(f32x4.add(a, b));
}

/** Eight columns of Σ weights[s]·scales[s]·codes[s], times a factor. */
@inline
function mix(weights: usize, scales: usize, codes: usize, d: i32, count: i32, factor: f32, to: usize): void {
  let a = f32x4.splat(0), b = a;
  for (let s = 0; s < count; s++) {
    const weight = f32x4.splat(load<f32>(weights + <usize>(s * 4)) * load<f32>(scales + <usize>(s * 4)));
    const wide = v128.load8x8_s(codes + <usize>(s * d));
    a = f32x4.add(a, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide))));
    b = f32x4.add(b, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide))));
  }
  v128.store(to, f32x4.mul(a, f32x4.splat(factor)));
  v128.store(to, f32x4.mul(b, f32x4.splat(factor)), 16);
}
