// Layer and root-mean-square normalisation of rows of d numbers, d a multiple of 4.
import { sum4 } from "./lanes";

export function layerNorm(x: usize, weight: usize, bias: usize, y: usize, stats: usize, rows: i32, d: i32, epsilon: f32): void {
  const width = <usize>(d * 4);
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) sum = f32x4.add(sum, v128.load(x + at));
    const mean = sum4(sum) / <f32>d;
    const means = f32x4.splat(mean);
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const centred = f32x4.sub(v128.load(x + at), means);
      squares = f32x4.add(squares, f32x4.mul(centred, centred));
    }
    const inverse = <f32>1 / sqrt<f32>(sum4(squares) / <f32>d + epsilon);
    const inverses = f32x4.splat(inverse);
    for (let at: usize = 0; at < width; at += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), means), inverses);
      v128.store(y + at, f32x4.add(f32x4.mul(n, v128.load(weight + at)), v128.load(bias + at)));
    }
    store<f32>(stats, mean);
    store<f32>(stats, inverse, 4);
    x += width;
    y += width;
    stats += 8;
  }
}

export function layerNormGradient(
  x: usize, weight: usize, stats: usize, dOut: usize, dX: usize, dWeight: usize, dBias: usize, rows: i32, d: i32,
  accumulateX: bool, accumulateWeight: bool, accumulateBias: bool,
): void {
  const width = <usize>(d * 4);
  if (!accumulateWeight) memory.fill(dWeight, 0, width);
  if (!accumulateBias) memory.fill(dBias, 0, width);
  for (let row = 0; row < rows; row++) {
    const means = f32x4.splat(load<f32>(stats)), inverses = f32x4.splat(load<f32>(stats, 4));
    let sumG = f32x4.splat(0), sumGn = sumG;
    for (let at: usize = 0; at < width; at += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), means), inverses);
      const dy = v128.load(dOut + at);
      const dyn = f32x4.mul(dy, n);
      const w = v128.load(weight + at);
      sumG = f32x4.add(sumG, f32x4.mul(dy, w));
      sumGn = f32x4.add(sumGn, f32x4.mul(dyn, w));
      v128.store(dWeight + at, f32x4.add(v128.load(dWeight + at), dyn));
      v128.store(dBias + at, f32x4.add(v128.load(dBias + at), dy));
    }
    const meanG = f32x4.splat(sum4(sumG) / <f32>d), meanGn = f32x4.splat(sum4(sumGn) / <f32>d);
    for (let at: usize = 0; at < width; at += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + at), means), inverses);
      const g = f32x4.mul(v128.load(dOut + at), v128.load(weight + at));
      const value = f32x4.mul(inverses, f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(n, meanGn)));
      v128.store(dX + at, accumulateX ? f32x4.add(v128.load(dX + at), value) : value);
    }
    x += width;
    dOut += width;
    dX += width;
    stats += 8;
  }
}

export function rmsNorm(x: usize, weight: usize, y: usize, stats: usize, rows: i32, d: i32, epsilon: f32): void {
  const width = <usize>(d * 4);
  for (let row = 0; row < rows; row++) {
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const value = v128.load(x + at);
      squares = f32x4.add(squares, f32x4.mul(value, value));
    }
    const inverse = <f32>1 / sqrt<f32>(sum4(squares) / <f32>d + epsilon);
    const inverses = f32x4.splat(inverse);
    for (let at: usize = 0; at < width; at += 16) {
      v128.store(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), inverses), v128.load(weight + at)));
    }
    store<f32>(stats, inverse);
    x += width;
    y += width;
    stats += 4;
  }
}

export function rmsNormGradient(
  x: usize, weight: usize, stats: usize, dOut: usize, dX: usize, dWeight: usize, rows: i32, d: i32,
  accumulateX: bool, accumulateWeight: bool,
): void {
  const width = <usize>(d * 4);
  if (!accumulateWeight) memory.fill(dWeight, 0, width);
  for (let row = 0; row < rows; row++) {
    const inverses = f32x4.splat(load<f32>(stats));
    let sumGn = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const dyn = f32x4.mul(v128.load(dOut + at), f32x4.mul(v128.load(x + at), inverses));
      sumGn = f32x4.add(sumGn, f32x4.mul(dyn, v128.load(weight + at)));
      v128.store(dWeight + at, f32x4.add(v128.load(dWeight + at), dyn));
    }
    const meanGn = f32x4.splat(sum4(sumGn) / <f32>d);
    for (let at: usize = 0; at < width; at += 16) {
      const n = f32x4.mul(v128.load(x + at), inverses);
      const g = f32x4.mul(v128.load(dOut + at), v128.load(weight + at));
      const value = f32x4.mul(inverses, f32x4.sub(g, f32x4.mul(n, meanGn)));
      v128.store(dX + at, accumulateX ? f32x4.add(v128.load(dX + at), value) : value);
    }
    x += width;
    dOut += width;
    dX += width;
    stats += 4;
  }
}
