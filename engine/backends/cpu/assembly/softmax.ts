// Softmax of rows, and the cross-entropy that ends in one.
import { exp4 } from "./exp";
import { load4, loadPart, max4, store4, sum4 } from "./lanes";

/** The greatest of n ≥ 1 numbers. */
export function rowMax(x: usize, n: i32): f32 {
  let most = f32x4.splat(-Infinity);
  for (; n >= 4; n -= 4, x += 16) most = f32x4.pmax(most, v128.load(x));
  let result = max4(most);
  for (; n > 0; n--, x += 4) result = max(result, load<f32>(x));
  return result;
}

/** y[j] = exp(x[j] − shift); returns their sum. y may be x. */
export function expRow(x: usize, y: usize, n: i32, shift: f32): f32 {
  const shifts = f32x4.splat(shift);
  let sum = f32x4.splat(0);
  for (; n >= 4; n -= 4, x += 16, y += 16) {
    const value = exp4(f32x4.sub(v128.load(x), shifts));
    sum = f32x4.add(sum, value);
    v128.store(y, value);
  }
  if (n > 0) {
    const value = exp4(f32x4.sub(loadPart(x, n, -Infinity), shifts));
    sum = f32x4.add(sum, value);
    store4(y, value, n);
  }
  return sum4(sum);
}

export function scaleRow(y: usize, n: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (; n >= 4; n -= 4, y += 16) v128.store(y, f32x4.mul(v128.load(y), factors));
  for (; n > 0; n--, y += 4) store<f32>(y, load<f32>(y) * factor);
}

/** Rows of `columns` numbers; row r of each group of `rows` sees the first r + 1 when causal, and where mask[r] is not 0. mask may be absent: 0. */
export function softmax(x: usize, mask: usize, y: usize, total: i32, rows: i32, columns: i32, causal: bool): void {
  const width = <usize>(columns * 4);
  for (let row = 0; row < total; row++) {
    const query = row % rows;
    const visible = causal ? min(query + 1, columns) : columns;
    if (mask) {
      const bits = mask + <usize>query * width;
      for (let j = 0; j < visible; j++) {
        const at = <usize>(j * 4);
        store<f32>(y + at, load<i32>(bits + at) != 0 ? load<f32>(x + at) : -Infinity);
      }
    } else if (x != y) memory.copy(y, x, <usize>visible * 4);
    memory.fill(y + <usize>visible * 4, 0, width - <usize>visible * 4);
    const most = rowMax(y, visible);
    // A row that sees nothing is all zeros: e^(−∞ − 0).
    const sum = expRow(y, y, visible, most == -Infinity ? 0 : most);
    scaleRow(y, visible, sum == 0 ? 0 : <f32>1 / sum);
    x += width;
    y += width;
  }
}

/** dX[j] = y[j] (dOut[j] − Σₖ dOut[k] y[k]). */
export function softmaxGradient(y: usize, dOut: usize, dX: usize, total: i32, columns: i32): void {
  for (let row = 0; row < total; row++) {
    let dot = f32x4.splat(0);
    for (let left = columns, at: usize = 0; left > 0; left -= 4, at += 16) {
      dot = f32x4.add(dot, f32x4.mul(load4(y + at, left, 0), load4(dOut + at, left, 0)));
    }
    const dots = f32x4.splat(sum4(dot));
    for (let left = columns, at: usize = 0; left > 0; left -= 4, at += 16) {
      store4(dX + at, f32x4.mul(load4(y + at, left, 0), f32x4.sub(load4(dOut + at, left, 0), dots)), left);
    }
    y += <usize>(columns * 4);
    dOut += <usize>(columns * 4);
    dX += <usize>(columns * 4);
  }
}

/** Σ exp(x[j] − shift), without keeping them. */
function expSum(x: usize, n: i32, shift: f32): f32 {
  const shifts = f32x4.splat(shift);
  let sum = f32x4.splat(0);
  for (; n >= 4; n -= 4, x += 16) sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(x), shifts)));
  if (n > 0) sum = f32x4.add(sum, exp4(f32x4.sub(loadPart(x, n, -Infinity), shifts)));
  return sum4(sum);
}

export function crossEntropy(logits: usize, targets: usize, losses: usize, logSumExp: usize, rows: i32, vocab: i32): void {
  for (let row = 0; row < rows; row++) {
    const most = rowMax(logits, vocab);
    const total = <f32>(<f64>most + Math.log(<f64>expSum(logits, vocab, most)));
    const target = load<i32>(targets);
    store<f32>(logSumExp, total);
    store<f32>(losses, target < 0 ? 0 : total - load<f32>(logits + <usize>(target * 4)));
    logits += <usize>(vocab * 4);
    targets += 4;
    losses += 4;
    logSumExp += 4;
  }
}

/** dLogits = dRow (exp(logits − logSumExp) − onehot(target)); 0 in rows whose target is negative. */
export function crossEntropyGradient(
  logits: usize, logSumExp: usize, targets: usize, dRows: usize, dLogits: usize, rows: i32, vocab: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const target = load<i32>(targets + <usize>(row * 4));
    const width = <usize>(vocab * 4);
    if (target < 0) memory.fill(dLogits, 0, width);
    else {
      const shifts = f32x4.splat(load<f32>(logSumExp + <usize>(row * 4)));
      const d = load<f32>(dRows + <usize>(row * 4));
      for (let left = vocab, at: usize = 0; left > 0; left -= 4, at += 16) {
        const probability = exp4(f32x4.sub(load4(logits + at, left, 0), shifts));
        store4(dLogits + at, f32x4.mul(f32x4.splat(d), probability), left);
      }
      // Subtle: d (p − 1), not d p − d, for the last bits of a nearly certain target.
      const hit = dLogits + <usize>(target * 4);
      const certain = f32x4.extract_lane(exp4(f32x4.sub(f32x4.splat(load<f32>(logits + <usize>(target * 4))), shifts)), 0);
      store<f32>(hit, d * (certain - 1));
    }
    logits += width;
    dLogits += width;
  }
}
