// Copies of matrices in the order in which the tile loop reads them.

/** Transposes a block of 4×4 numbers: rows at `from` (stride in bytes) become columns at `to`. */
@inline
function transpose4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStride);
  const r2 = v128.load(from + 2 * fromStride), r3 = v128.load(from + 3 * fromStride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** to[columns, rows] = from[rows, columns]ᵀ. Strides in bytes. */
export function transposeInto(from: usize, fromStride: usize, rows: i32, columns: i32, to: usize, toStride: usize): void {
  const wholeRows = rows & ~3, wholeColumns = columns & ~3;
  for (let j = 0; j < wholeColumns; j += 4) {
    for (let i = 0; i < wholeRows; i += 4) {
      transpose4(from + <usize>i * fromStride + <usize>(j * 4), fromStride, to + <usize>j * toStride + <usize>(i * 4), toStride);
    }
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i < wholeRows ? wholeColumns : 0; j < columns; j++) {
      store<f32>(to + <usize>j * toStride + <usize>(i * 4), load<f32>(from + <usize>i * fromStride + <usize>(j * 4)));
    }
  }
}

/** Packs b[k, n] (rows contiguous, stride in bytes) into panels of 8 columns: panel[k][8], zeros beyond n. */
export function packRows(b: usize, bStride: usize, k: i32, n: i32, to: usize): void {
  const whole = n & ~7;
  for (let j = 0; j < whole; j += 8) {
    let from = b + <usize>(j * 4);
    for (let i = 0; i < k; i++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += bStride;
      to += 32;
    }
  }
  if (whole == n) return;
  let from = b + <usize>(whole * 4);
  const rest = n - whole;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < 8; j++) store<f32>(to + <usize>(j * 4), j < rest ? load<f32>(from + <usize>(j * 4)) : 0);
    from += bStride;
    to += 32;
  }
}

/** Packs the transpose of b[n, k] (rows contiguous, stride in bytes) into panels of 8 columns: panel[k][8], zeros beyond n. */
export function packColumns(b: usize, bStride: usize, k: i32, n: i32, to: usize): void {
  const size = <usize>(k * 32);
  for (let j = 0; j < n; j += 8) {
    const from = b + <usize>j * bStride;
    if (j + 8 <= n) {
      transposeInto(from, bStride, 4, k, to, 32);
      transposeInto(from + 4 * bStride, bStride, 4, k, to + 16, 32);
    } else {
      memory.fill(to, 0, size);
      transposeInto(from, bStride, n - j, k, to, 32);
    }
    to += size;
  }
}
