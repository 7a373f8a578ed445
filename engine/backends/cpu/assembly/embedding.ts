// Table look-up, rotary positions, and the cache of keys and values: moving rows about.

/** y[row] = table[ids[row]] (+ positions[offset + row mod time]); positions is 0 when absent. d is a multiple of 4. */
export function embedding(table: usize, ids: usize, positions: usize, offset: usize, y: usize, batch: i32, time: i32, d: i32): void {
  const width = <usize>(d * 4);
  const first = positions ? load<i32>(offset) : 0;
  for (let row = 0; row < batch * time; row++) {
    const from = table + <usize>load<i32>(ids + <usize>(row * 4)) * width;
    if (!positions) memory.copy(y, from, width);
    else {
      const position = positions + <usize>(first + row % time) * width;
      for (let at: usize = 0; at < width; at += 16) v128.store(y + at, f32x4.add(v128.load(from + at), v128.load(position + at)));
    }
    y += width;
  }
}

/** dTable[ids[row]] += dOut[row], in order of the rows, onto zeros unless `accumulate`. */
export function embeddingGradient(ids: usize, dOut: usize, dTable: usize, rows: i32, d: i32, vocab: i32, accumulate: bool): void {
  const width = <usize>(d * 4);
  if (!accumulate) memory.fill(dTable, 0, <usize>vocab * width);
  for (let row = 0; row < rows; row++) {
    const to = dTable + <usize>load<i32>(ids + <usize>(row * 4)) * width;
    for (let at: usize = 0; at < width; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(dOut + at)));
    dOut += width;
  }
}

/** dPositions[t] = Σ over the batch of dOut[·, t], zeros beyond the window. */
export function positionsGradient(dOut: usize, dPositions: usize, batch: i32, time: i32, d: i32, context: i32, accumulate: bool): void {
  const width = <usize>time * <usize>(d * 4);
  if (!accumulate) memory.fill(dPositions, 0, <usize>context * <usize>(d * 4));
  for (let b = 0; b < batch; b++) {
    for (let at: usize = 0; at < width; at += 16) v128.store(dPositions + at, f32x4.add(v128.load(dPositions + at), v128.load(dOut + at)));
    dOut += width;
  }
}

/**
 * Turns pairs (j, j + d/2) of `turned` heads of each row by the angles of its position; the other `kept` heads are copied.
 * sign is −1 to turn back; offset is 0 where rows begin at position 0; y may be x.
 */
export function rope(
  x: usize, table: usize, offset: usize, y: usize, rows: i32, time: i32, turned: i32, kept: i32, d: i32, sign: f32,
): void {
  const half = <usize>(d * 2), width = <usize>(d * 4);
  const first = offset ? load<i32>(offset) : 0;
  for (let row = 0; row < rows; row++) {
    const angles = table + <usize>(first + row % time) * width;
    for (let head = 0; head < turned; head++) {
      let at: usize = 0;
      for (; at + 16 <= half; at += 16) {
        const c = v128.load(angles + at), s = f32x4.mul(v128.load(angles + half + at), f32x4.splat(sign));
        const a = v128.load(x + at), b = v128.load(x + half + at);
        v128.store(y + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
        v128.store(y + half + at, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
      }
      for (; at < half; at += 4) {
        const c = load<f32>(angles + at), s = load<f32>(angles + half + at) * sign;
        const a = load<f32>(x + at), b = load<f32>(x + half + at);
        store<f32>(y + at, a * c - b * s);
        store<f32>(y + half + at, b * c + a * s);
      }
      x += width;
      y += width;
    }
    if (x != y) memory.copy(y, x, <usize>kept * width);
    x += <usize>kept * width;
    y += <usize>kept * width;
  }
}

/** keys[head, offset + t] and values[head, offset + t] = the new rows of qkv. */
export function cacheAppend(
  qkv: usize, offset: usize, keys: usize, values: usize, time: i32, heads: i32, kvHeads: i32, capacity: i32, d: i32, sinks: i32,
): void {
  const width = <usize>(d * 4);
  const row = <usize>(heads + 2 * kvHeads) * width;
  const first = load<i32>(offset);
  for (let t = 0; t < time; t++) {
    for (let head = 0; head < kvHeads; head++) {
      // A full cache goes around the ring behind its sinks.
      const p = first + t;
      const to = <usize>(head * capacity + (p < sinks ? p : sinks + (p - sinks) % (capacity - sinks))) * width;
      const from = qkv + <usize>t * row + <usize>(heads + head) * width;
      memory.copy(keys + to, from, width);
      memory.copy(values + to, from + <usize>kvHeads * width, width);
    }
  }
}
