// Attention step by step, with its score matrix and pattern [batch, heads, time, time] laid open.
import { product } from "./gemm";

/** scores = q kᵀ / √d. */
export function attentionScores(qkv: usize, scores: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, square = <usize>(time * time * 4);
  const factor = <f32>1 / sqrt<f32>(<f32>d);
  for (let b = 0; b < batch; b++, qkv += <usize>time * row) {
    for (let head = 0; head < heads; head++, scores += square) {
      const key = qkv + <usize>(heads + head * kvHeads / heads) * width;
      product(qkv + <usize>head * width, row, false, key, row, true, scores, <usize>(time * 4), time, time, d, factor, false, 0, 0);
    }
  }
}

/** dQ += dScores k / √d, dK += dScoresᵀ q / √d, onto zeros unless `accumulate`. */
export function attentionScoresGradient(
  qkv: usize, dScores: usize, dQkv: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32, accumulate: bool,
): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, stride = <usize>(time * 4);
  const factor = <f32>1 / sqrt<f32>(<f32>d);
  if (!accumulate) memory.fill(dQkv, 0, <usize>(batch * time) * row);
  for (let b = 0; b < batch; b++, qkv += <usize>time * row, dQkv += <usize>time * row) {
    for (let head = 0; head < heads; head++, dScores += <usize>time * stride) {
      const query = <usize>head * width, key = <usize>(heads + head * kvHeads / heads) * width;
      product(dScores, stride, false, qkv + key, row, false, dQkv + query, row, time, d, time, factor, true, 0, 0);
      product(dScores, stride, true, qkv + query, row, false, dQkv + key, row, time, d, time, factor, true, 0, 0);
    }
  }
}

/** out = pattern v. */
export function attentionMix(pattern: usize, qkv: usize, out: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, outRow = <usize>heads * width, stride = <usize>(time * 4);
  for (let b = 0; b < batch; b++, qkv += <usize>time * row, out += <usize>time * outRow) {
    for (let head = 0; head < heads; head++, pattern += <usize>time * stride) {
      const value = qkv + <usize>(heads + kvHeads + head * kvHeads / heads) * width;
      product(pattern, stride, false, value, row, false, out + <usize>head * width, outRow, time, d, time, 1, false, 0, 0);
    }
  }
}

/** dPattern = dOut vᵀ. */
export function attentionMixPatternGradient(
  qkv: usize, dOut: usize, dPattern: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32, accumulate: bool,
): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, outRow = <usize>heads * width, stride = <usize>(time * 4);
  for (let b = 0; b < batch; b++, qkv += <usize>time * row, dOut += <usize>time * outRow) {
    for (let head = 0; head < heads; head++, dPattern += <usize>time * stride) {
      const value = qkv + <usize>(heads + kvHeads + head * kvHeads / heads) * width;
      product(dOut + <usize>head * width, outRow, false, value, row, true, dPattern, stride, time, time, d, 1, accumulate, 0, 0);
    }
  }
}

/** dV += patternᵀ dOut, onto zeros unless `accumulate`. */
export function attentionMixValueGradient(
  pattern: usize, dOut: usize, dQkv: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32, accumulate: bool,
): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, outRow = <usize>heads * width, stride = <usize>(time * 4);
  if (!accumulate) memory.fill(dQkv, 0, <usize>(batch * time) * row);
  for (let b = 0; b < batch; b++, dQkv += <usize>time * row, dOut += <usize>time * outRow) {
    for (let head = 0; head < heads; head++, pattern += <usize>time * stride) {
      const value = dQkv + <usize>(heads + kvHeads + head * kvHeads / heads) * width;
      product(pattern, stride, true, dOut + <usize>head * width, outRow, false, value, row, time, d, time, 1, true, 0, 0);
    }
  }
}
