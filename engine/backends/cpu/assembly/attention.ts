// Fused attention: five queries at a time against packed keys and values; scores never leave the first cache.
import { exp4 } from "./exp";
import { rowTimesMatrix, rowTimesRows } from "./gemm";
import { load4, store4, sum4 } from "./lanes";
import { packColumns, packRows } from "./pack";
import { spill, work } from "./scratch";
import { expRow, rowMax, scaleRow } from "./softmax";
import { finishTile, finishTileAtEdge, tile, tileColumns, tileRows, tileUpdate } from "./tile";

// Subtle: one head's panels must fit in the 8 MiB of `work`; the `wasm` rules in engine/ops/attention.ts ask that first.

@inline
function roundUp(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Copies `rows` rows of d numbers times `factor` to five dense rows; the missing ones become zeros. */
function takeRows(from: usize, stride: usize, rows: i32, d: i32, factor: f32, to: usize): void {
  for (let r = 0; r < tileRows; r++) {
    for (let left = d, at: usize = 0; left > 0; left -= 4, at += 16) {
      store4(to + at, r < rows ? f32x4.mul(load4(from + at, left, 0), f32x4.splat(factor)) : f32x4.splat(0), left);
    }
    from += stride;
    to += <usize>(d * 4);
  }
}

/** c[rows, columns] = factor · a[5, k] · panels, where a is dense scratch. */
function fromPanels(
  a: usize, aStride: usize, panels: usize, panelSize: usize, k: i32, c: usize, cStride: usize, rows: i32, columns: i32, factor: f32,
): void {
  for (let j = 0; j < columns; j += tileColumns) {
    tile(a, aStride, panels, k, spill, 32);
    if (rows == tileRows && j + tileColumns <= columns) finishTile(c, cStride, factor, 0, false);
    else finishTileAtEdge(c, cStride, factor, 0, false, 0, rows, min(tileColumns, columns - j));
    panels += panelSize;
    c += 32;
  }
}

/** s[5, columns rounded up to 8] = a[5, d] · panels. */
function scoresFromPanels(a: usize, panels: usize, d: i32, s: usize, sStride: usize, columns: i32): void {
  for (let j = 0; j < columns; j += tileColumns) {
    tile(a, <usize>(d * 4), panels, d, s, sStride);
    panels += <usize>(d * 32);
    s += 32;
  }
}

/** out = softmax(q kᵀ / √d) v for every head, and logSumExp of the scores of each query. */
export function attention(
  qkv: usize, out: usize, logSumExp: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32, causal: bool,
): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, outRow = <usize>heads * width;
  const paddedTime = roundUp(time), sStride = <usize>(paddedTime * 4);
  const keys = work, values = keys + <usize>d * sStride;
  const queries = values + <usize>(time * roundUp(d) * 4), s = queries + <usize>tileRows * width;
  const factor = <f32>1 / sqrt<f32>(<f32>d);
  const group = heads / kvHeads;
  for (let b = 0; b < batch; b++) {
    for (let shared = 0; shared < kvHeads; shared++) {
      packColumns(qkv + <usize>(heads + shared) * width, row, d, time, keys);
      packRows(qkv + <usize>(heads + kvHeads + shared) * width, row, time, d, values);
      for (let head = shared * group; head < (shared + 1) * group; head++) {
        const lse = logSumExp + <usize>((b * heads + head) * time * 4);
        for (let i = 0; i < time; i += tileRows) {
          const rows = min(tileRows, time - i);
          const seen = causal ? i + rows : time;
          takeRows(qkv + <usize>i * row + <usize>head * width, row, rows, d, factor, queries);
          scoresFromPanels(queries, keys, d, s, sStride, seen);
          for (let r = 0; r < rows; r++) {
            const x = s + <usize>r * sStride;
            const visible = causal ? i + r + 1 : time;
            const most = rowMax(x, visible);
            const sum = expRow(x, x, visible, most);
            scaleRow(x, visible, <f32>1 / sum);
            memory.fill(x + <usize>(visible * 4), 0, <usize>((seen - visible) * 4));
            store<f32>(lse + <usize>((i + r) * 4), <f32>(<f64>most + Math.log(<f64>sum)));
          }
          const to = out + <usize>i * outRow + <usize>head * width;
          fromPanels(s, sStride, values, <usize>(time * 32), seen, to, outRow, rows, d, 1);
        }
      }
    }
    qkv += <usize>time * row;
    out += <usize>time * outRow;
  }
}

/**
 * With P the pattern and D = Σ dOut ∘ out: dV = Pᵀ dOut, dS = P ∘ (dOut vᵀ − D), dQ = dS k / √d, dK = dSᵀ q / √d.
 * The pattern is made again from the scores and their logSumExp.
 */
export function attentionGradient(
  qkv: usize, out: usize, logSumExp: usize, dOut: usize, dQkv: usize, batch: i32, time: i32, heads: i32, kvHeads: i32, d: i32, causal: bool,
): void {
  const width = <usize>(d * 4), row = <usize>(heads + 2 * kvHeads) * width, outRow = <usize>heads * width;
  const paddedTime = roundUp(time), paddedD = roundUp(d), sStride = <usize>(paddedTime * 4), dStride = <usize>(paddedD * 4);
  const panel = <usize>(time * 32), columns = <usize>d * sStride, rowsSize = <usize>time * dStride;
  const keyColumns = work, valueColumns = keyColumns + columns, keyRows = valueColumns + columns;
  const dKeys = keyRows + rowsSize, dValues = dKeys + rowsSize;
  // Five rows each: queries and dOut (dense for the scores, padded for the updates), scores, dScores.
  const queries = dValues + rowsSize, gradients = queries + <usize>tileRows * width;
  const paddedQueries = gradients + <usize>tileRows * width, paddedGradients = paddedQueries + <usize>tileRows * dStride;
  const p = paddedGradients + <usize>tileRows * dStride, dS = p + <usize>tileRows * sStride;
  const factor = <f32>1 / sqrt<f32>(<f32>d);
  const group = heads / kvHeads;
  memory.fill(paddedQueries, 0, 2 * <usize>tileRows * dStride);
  for (let b = 0; b < batch; b++) {
    for (let shared = 0; shared < kvHeads; shared++) {
      const key = <usize>(heads + shared) * width, value = <usize>(heads + kvHeads + shared) * width;
      packColumns(qkv + key, row, d, time, keyColumns);
      packColumns(qkv + value, row, d, time, valueColumns);
      packRows(qkv + key, row, time, d, keyRows);
      memory.fill(dKeys, 0, 2 * rowsSize);
      for (let head = shared * group; head < (shared + 1) * group; head++) {
        const lse = logSumExp + <usize>((b * heads + head) * time * 4);
        for (let i = 0; i < time; i += tileRows) {
          const rows = min(tileRows, time - i);
          const seen = causal ? i + rows : time;
          const at = <usize>i * outRow + <usize>head * width;
          takeRows(qkv + <usize>i * row + <usize>head * width, row, rows, d, factor, queries);
          takeRows(dOut + at, outRow, rows, d, 1, gradients);
          for (let r = 0; r < tileRows; r++) {
            memory.copy(paddedQueries + <usize>r * dStride, queries + <usize>r * width, width);
            memory.copy(paddedGradients + <usize>r * dStride, gradients + <usize>r * width, width);
          }
          scoresFromPanels(queries, keyColumns, d, p, sStride, seen);
          scoresFromPanels(gradients, valueColumns, d, dS, sStride, seen);
          for (let r = 0; r < tileRows; r++) {
            const scores = p + <usize>r * sStride, dScores = dS + <usize>r * sStride;
            const visible = r >= rows ? 0 : causal ? i + r + 1 : time;
            if (visible > 0) {
              const delta = dot(gradients + <usize>r * width, out + at + <usize>r * outRow, d);
              patternGradient(scores, dScores, visible, load<f32>(lse + <usize>((i + r) * 4)), delta);
            }
            memory.fill(scores + <usize>(visible * 4), 0, <usize>((seen - visible) * 4));
            memory.fill(dScores + <usize>(visible * 4), 0, <usize>((seen - visible) * 4));
          }
          fromPanels(dS, sStride, keyRows, panel, seen, dQkv + <usize>i * row + <usize>head * width, row, rows, d, factor);
          for (let j = 0; j < paddedD; j += tileColumns) {
            const from = <usize>(j * 4), to = <usize>(j / tileColumns) * panel;
            tileUpdate(p, sStride, paddedGradients + from, dStride, seen, dValues + to);
            // The queries carry the factor 1/√d already.
            tileUpdate(dS, sStride, paddedQueries + from, dStride, seen, dKeys + to);
          }
        }
      }
      unpackRows(dKeys, time, d, dQkv + key, row);
      unpackRows(dValues, time, d, dQkv + value, row);
    }
    qkv += <usize>time * row;
    dQkv += <usize>time * row;
    out += <usize>time * outRow;
    dOut += <usize>time * outRow;
  }
}

function dot(a: usize, b: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  for (; n > 0; n -= 4, a += 16, b += 16) sum = f32x4.add(sum, f32x4.mul(load4(a, n, 0), load4(b, n, 0)));
  return sum4(sum);
}

/** scores → pattern = exp(scores − lse); dScores → pattern · (dScores − delta). */
function patternGradient(scores: usize, dScores: usize, n: i32, lse: f32, delta: f32): void {
  for (; n > 0; n -= 4, scores += 16, dScores += 16) {
    const weight = exp4(f32x4.sub(load4(scores, n, 0), f32x4.splat(lse)));
    store4(scores, weight, n);
    store4(dScores, f32x4.mul(weight, f32x4.sub(load4(dScores, n, 0), f32x4.splat(delta))), n);
  }
}

/** The reverse of `packRows`. */
function unpackRows(panels: usize, rows: i32, columns: i32, to: usize, stride: usize): void {
  for (let j = 0; j < columns; j += tileColumns) {
    let at = to + <usize>(j * 4);
    const left = columns - j;
    for (let i = 0; i < rows; i++) {
      store4(at, v128.load(panels), left);
      if (left > 4) store4(at + 16, v128.load(panels, 16), left - 4);
      panels += 32;
      at += stride;
    }
  }
}

/** Attention of new tokens over the cache [kvHeads, capacity, d]: query t sees offset + t + 1 positions. */
export function attentionDecode(
  qkv: usize, keys: usize, values: usize, offset: usize, out: usize, time: i32, heads: i32, kvHeads: i32, capacity: i32, d: i32,
): void {
  const width = <usize>(d * 4);
  const factor = <f32>1 / sqrt<f32>(<f32>d);
  const first = load<i32>(offset);
  for (let t = 0; t < time; t++) {
    const visible = min(capacity, first + t + 1);
    for (let head = 0; head < heads; head++) {
      const shared = <usize>(head * kvHeads / heads * capacity) * width;
      rowTimesRows(qkv + <usize>head * width, keys + shared, width, work, visible, d, 0, 0);
      scaleRow(work, visible, factor);
      const sum = expRow(work, work, visible, rowMax(work, visible));
      scaleRow(work, visible, <f32>1 / sum);
      rowTimesMatrix(work, values + shared, width, out + <usize>head * width, d, visible, 0, 0);
    }
    qkv += <usize>(heads + 2 * kvHeads) * width;
    out += <usize>heads * width;
  }
}
