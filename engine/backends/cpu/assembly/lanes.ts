// Helpers on four numbers at a time. Arrays need not be a multiple of four long: their last numbers are loaded and stored one by one.

/** Loads `count` ≤ 4 numbers; the missing ones are `filler`. */
export function loadPart(from: usize, count: i32, filler: f32): v128 {
  let x = f32x4.splat(filler);
  if (count > 0) x = f32x4.replace_lane(x, 0, load<f32>(from));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  if (count > 3) x = f32x4.replace_lane(x, 3, load<f32>(from, 12));
  return x;
}

export function storePart(to: usize, x: v128, count: i32): void {
  if (count > 0) store<f32>(to, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
  if (count > 3) store<f32>(to, f32x4.extract_lane(x, 3), 12);
}

@inline
export function load4(from: usize, left: i32, filler: f32): v128 {
  return left >= 4 ? v128.load(from) : loadPart(from, left, filler);
}

@inline
export function store4(to: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(to, x);
  else storePart(to, x, left);
}

/** (x₀ + x₁) + (x₂ + x₃): the order is part of the result. */
@inline
export function sum4(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

@inline
export function max4(x: v128): f32 {
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}
