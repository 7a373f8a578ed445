// Matrix products. a and b are packed in blocks that fit the caches, then multiplied tile by tile.
import { sum4 } from "./lanes";
import { packColumns, packRows, transposeInto } from "./pack";
import { packedA, packedB, panelDepth, panelHeight, panelWidth, spill } from "./scratch";
import { finishTile, finishTileAtEdge, tile, tileColumns, tileRows } from "./tile";

/**
 * c[m,n] = op(a) op(b) (+ bias[n]) (+ residual[m,n]), or c += … when `accumulate`. All matrices are dense, rows first.
 * a is [m,k], or [k,m] when transposeA; b is [k,n], or [n,k] when transposeB. bias and residual are 0 when absent.
 */
export function gemm(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, transposeA: bool, transposeB: bool, accumulate: bool, bias: usize, residual: usize,
): void {
  const cStride = <usize>(n * 4), aStride = <usize>((transposeA ? m : k) * 4), bStride = <usize>((transposeB ? k : n) * 4);
  if (m < tileRows && !transposeA) {
    for (let i = 0; i < m; i++) {
      const row = <usize>i * cStride;
      const x = a + <usize>i * aStride;
      const added = accumulate ? c + row : residual ? residual + row : 0;
      if (transposeB) rowTimesRows(x, b, bStride, c + row, n, k, bias, added);
      else rowTimesMatrix(x, b, bStride, c + row, n, k, bias, added);
    }
    return;
  }
  product(a, aStride, transposeA, b, bStride, transposeB, c, cStride, m, n, k, 1, accumulate, bias, residual);
}

/** c = factor · op(a) op(b) (+ c when `accumulate`) (+ bias) (+ residual, laid out as c). Strides of rows in bytes. */
export function product(
  a: usize, aStride: usize, transposeA: bool, b: usize, bStride: usize, transposeB: bool, c: usize, cStride: usize,
  m: i32, n: i32, k: i32, factor: f32, accumulate: bool, bias: usize, residual: usize,
): void {
  // Even blocks: 344 is split as 172 + 172, not as 256 + 88.
  const depth = evenBlock(k, panelDepth, 4), width = evenBlock(n, panelWidth, tileColumns), height = evenBlock(m, panelHeight, tileRows);
  // A tile reads five rows of a. With fewer than that there may be no memory behind them, so they are copied too.
  const packs = transposeA || m < tileRows;
  for (let j0 = 0; j0 < n; j0 += width) {
    const columns = min(width, n - j0);
    for (let k0 = 0; k0 < k; k0 += depth) {
      const inner = min(depth, k - k0);
      if (transposeB) packColumns(b + <usize>j0 * bStride + <usize>(k0 * 4), bStride, inner, columns, packedB);
      else packRows(b + <usize>k0 * bStride + <usize>(j0 * 4), bStride, inner, columns, packedB);
      for (let i0 = 0; i0 < m; i0 += height) {
        const rows = min(height, m - i0);
        let block = a + <usize>i0 * aStride + <usize>(k0 * 4), blockStride = aStride;
        if (packs) {
          blockStride = <usize>(depth * 4);
          if (transposeA) transposeInto(a + <usize>k0 * aStride + <usize>(i0 * 4), aStride, inner, rows, packedA, blockStride);
          else for (let i = 0; i < rows; i++) memory.copy(packedA + <usize>i * blockStride, block + <usize>i * aStride, <usize>(inner * 4));
          block = packedA;
        }
        const corner = <usize>i0 * cStride + <usize>(j0 * 4);
        const isLast = k0 + depth >= k;
        const adds = accumulate || k0 > 0;
        const blockBias = isLast && bias ? bias + <usize>(j0 * 4) : 0;
        multiplyBlock(block, blockStride, rows, !packs, packedB, inner, c + corner, cStride, columns, factor, blockBias, adds);
        if (isLast && residual) addRows(residual + corner, c + corner, rows, columns, cStride);
      }
    }
  }
}

/**
 * One packed block: c[rows, columns] = factor · block · panels (+ bias) (+ c when `adds`).
 * `overlap` says that rows before the block may be read: when a is not packed, and has five rows at least.
 */
function multiplyBlock(
  block: usize, aStride: usize, rows: i32, overlap: bool, panels: usize, inner: i32, c: usize, cStride: usize, columns: i32,
  factor: f32, bias: usize, adds: bool,
): void {
  const plain = !bias && !adds && factor == 1;
  for (let j = 0; j < columns; j += tileColumns) {
    const width = min(tileColumns, columns - j);
    const tileBias = bias ? bias + <usize>(j * 4) : 0;
    let to = c + <usize>(j * 4), from = block;
    for (let i = 0; i < rows; i += tileRows) {
      const height = min(tileRows, rows - i);
      const whole = width == tileColumns && height == tileRows;
      if (plain && whole) {
        tile(from, aStride, panels, inner, to, cStride);
      } else {
        // Past the end of a there may be no memory, so the last tile starts early and its first rows are thrown away.
        const skip = overlap ? tileRows - height : 0;
        tile(from - <usize>skip * aStride, aStride, panels, inner, spill, 32);
        if (whole) finishTile(to, cStride, factor, tileBias, adds);
        else finishTileAtEdge(to, cStride, factor, tileBias, adds, skip, height, width);
      }
      from += <usize>tileRows * aStride;
      to += <usize>tileRows * cStride;
    }
    panels += <usize>(inner * tileColumns * 4);
  }
}

/** c += x, on a block of rows with one stride. */
function addRows(x: usize, c: usize, rows: i32, columns: i32, stride: usize): void {
  for (let i = 0; i < rows; i++) {
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const at = <usize>(j * 4);
      v128.store(c + at, f32x4.add(v128.load(c + at), v128.load(x + at)));
    }
    for (; j < columns; j++) store<f32>(c + <usize>(j * 4), load<f32>(c + <usize>(j * 4)) + load<f32>(x + <usize>(j * 4)));
    x += stride;
    c += stride;
  }
}

@inline
function evenBlock(size: i32, most: i32, multiple: i32): i32 {
  const blocks = (size + most - 1) / most;
  return ((size + blocks - 1) / blocks + multiple - 1) / multiple * multiple;
}

/**
 * y[n] = x[k] · b[n,k]ᵀ (+ bias) (+ added); rows of b are `stride` bytes apart.
 * One pass over b, as decoding one token needs it. A row is taken from each quarter of b at a time, a cache line from each: four long
 * streams, which prefetchers keep up with (four neighbouring rows read half as fast).
 */
export function rowTimesRows(x: usize, b: usize, stride: usize, y: usize, n: i32, k: i32, bias: usize, added: usize): void {
  const quarter = n >> 2, apart = <usize>quarter * stride;
  for (let j = 0; j < quarter; j++) fourRows(x, b + <usize>j * stride, apart, y, j, quarter, k, bias, added);
  for (let j = 4 * quarter; j < n; j++) fourRows(x, b + <usize>j * stride, 0, y, j, 0, k, bias, added);
}

/** Rows of b `apart` bytes from each other; they make the numbers j, j + step, j + 2 step, j + 3 step of y. */
function fourRows(x: usize, b0: usize, apart: usize, y: usize, j: i32, step: i32, k: i32, bias: usize, added: usize): void {
  const b1 = b0 + apart, b2 = b1 + apart, b3 = b2 + apart;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let at: usize = 0;
  for (const whole = <usize>(k & ~15) * 4; at < whole; at += 64) {
    const x0 = v128.load(x + at), x1 = v128.load(x + at, 16), x2 = v128.load(x + at, 32), x3 = v128.load(x + at, 48);
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(b0 + at))); t0 = f32x4.add(t0, f32x4.mul(x1, v128.load(b0 + at, 16)));
    s0 = f32x4.add(s0, f32x4.mul(x2, v128.load(b0 + at, 32))); t0 = f32x4.add(t0, f32x4.mul(x3, v128.load(b0 + at, 48)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(b1 + at))); t1 = f32x4.add(t1, f32x4.mul(x1, v128.load(b1 + at, 16)));
    s1 = f32x4.add(s1, f32x4.mul(x2, v128.load(b1 + at, 32))); t1 = f32x4.add(t1, f32x4.mul(x3, v128.load(b1 + at, 48)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(b2 + at))); t2 = f32x4.add(t2, f32x4.mul(x1, v128.load(b2 + at, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x2, v128.load(b2 + at, 32))); t2 = f32x4.add(t2, f32x4.mul(x3, v128.load(b2 + at, 48)));
    s3 = f32x4.add(s3, f32x4.mul(x0, v128.load(b3 + at))); t3 = f32x4.add(t3, f32x4.mul(x1, v128.load(b3 + at, 16)));
    s3 = f32x4.add(s3, f32x4.mul(x2, v128.load(b3 + at, 32))); t3 = f32x4.add(t3, f32x4.mul(x3, v128.load(b3 + at, 48)));
  }
  if (k & 8) {
    const x0 = v128.load(x + at), x1 = v128.load(x + at, 16);
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(b0 + at))); t0 = f32x4.add(t0, f32x4.mul(x1, v128.load(b0 + at, 16)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(b1 + at))); t1 = f32x4.add(t1, f32x4.mul(x1, v128.load(b1 + at, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(b2 + at))); t2 = f32x4.add(t2, f32x4.mul(x1, v128.load(b2 + at, 16)));
    s3 = f32x4.add(s3, f32x4.mul(x0, v128.load(b3 + at))); t3 = f32x4.add(t3, f32x4.mul(x1, v128.load(b3 + at, 16)));
    at += 32;
  }
  let r0 = sum4(f32x4.add(s0, t0)), r1 = sum4(f32x4.add(s1, t1)), r2 = sum4(f32x4.add(s2, t2)), r3 = sum4(f32x4.add(s3, t3));
  for (; at < <usize>(k * 4); at += 4) {
    const value = load<f32>(x + at);
    r0 += value * load<f32>(b0 + at);
    r1 += value * load<f32>(b1 + at);
    r2 += value * load<f32>(b2 + at);
    r3 += value * load<f32>(b3 + at);
  }
  put(r0, j, y, bias, added);
  if (step == 0) return;
  put(r1, j + step, y, bias, added);
  put(r2, j + 2 * step, y, bias, added);
  put(r3, j + 3 * step, y, bias, added);
}

@inline
function put(value: f32, j: i32, y: usize, bias: usize, added: usize): void {
  const at = <usize>(j * 4);
  if (bias) value += load<f32>(bias + at);
  if (added) value = load<f32>(added + at) + value;
  store<f32>(y + at, value);
}

/** y[n] = x[k] · b[k,n] (+ bias) (+ added), without packing b. Eight columns at a time. */
export function rowTimesMatrix(x: usize, b: usize, stride: usize, y: usize, n: i32, k: i32, bias: usize, added: usize): void {
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    let from = b + <usize>(j * 4);
    let s0 = f32x4.splat(0), s1 = s0;
    for (let i = 0; i < k; i++) {
      const value = v128.load32_splat(x + <usize>(i * 4));
      s0 = f32x4.add(s0, f32x4.mul(value, v128.load(from)));
      s1 = f32x4.add(s1, f32x4.mul(value, v128.load(from, 16)));
      from += stride;
    }
    const at = <usize>(j * 4);
    if (bias) { s0 = f32x4.add(s0, v128.load(bias + at)); s1 = f32x4.add(s1, v128.load(bias + at, 16)); }
    if (added) { s0 = f32x4.add(v128.load(added + at), s0); s1 = f32x4.add(v128.load(added + at, 16), s1); }
    v128.store(y + at, s0);
    v128.store(y + at, s1, 16);
  }
  for (; j < n; j++) {
    let sum: f32 = 0;
    for (let i = 0; i < k; i++) sum += load<f32>(x + <usize>(i * 4)) * load<f32>(b + <usize>i * stride + <usize>(j * 4));
    put(sum, j, y, bias, added);
  }
}

/** y[n] = Σ over the rows of x[m,n], in order of the rows; y += … when `accumulate`. */
export function columnSums(x: usize, y: usize, m: i32, n: i32, accumulate: bool): void {
  const stride = <usize>(n * 4);
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const at = <usize>(j * 4);
    let sum = f32x4.splat(0);
    for (let i = 0, from = x + at; i < m; i++, from += stride) sum = f32x4.add(sum, v128.load(from));
    v128.store(y + at, accumulate ? f32x4.add(v128.load(y + at), sum) : sum);
  }
  for (; j < n; j++) {
    const at = <usize>(j * 4);
    let sum: f32 = 0;
    for (let i = 0, from = x + at; i < m; i++, from += stride) sum += load<f32>(from);
    store<f32>(y + at, accumulate ? load<f32>(y + at) + sum : sum);
  }
}
