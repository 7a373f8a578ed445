// Convolutions as matrix products: the windows of one picture are laid out as columns, then multiplied.
import { gemm } from "./gemm";
import { packedA, panelDepth, panelHeight } from "./scratch";

/** Where the columns lie: behind the panels of the matrix product. */
const columns: usize = packedA + <usize>(panelDepth * panelHeight * 4);

/** columns[(c, i, j), place] = x[c, row·stride + i − padding, column·stride + j − padding], or 0 beyond the picture. */
function unfold(x: usize, channels: i32, height: i32, width: i32, kh: i32, kw: i32, stride: i32, padding: i32, outHeight: i32, outWidth: i32): void {
  let to = columns;
  for (let c = 0; c < channels; c++) {
    const plane = x + <usize>(c * height * width * 4);
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let row = 0; row < outHeight; row++) {
          const y = row * stride + i - padding;
          const line = plane + <usize>(y * width * 4);
          for (let column = 0; column < outWidth; column++, to += 4) {
            const at = column * stride + j - padding;
            const isInside = y >= 0 && y < height && at >= 0 && at < width;
            store<f32>(to, isInside ? load<f32>(line + <usize>(at * 4)) : 0);
          }
        }
      }
    }
  }
}

/** The other way: every number of the columns is added to the pixel it was taken from. */
function fold(x: usize, channels: i32, height: i32, width: i32, kh: i32, kw: i32, stride: i32, padding: i32, outHeight: i32, outWidth: i32): void {
  let from = columns;
  for (let c = 0; c < channels; c++) {
    const plane = x + <usize>(c * height * width * 4);
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let row = 0; row < outHeight; row++) {
          const y = row * stride + i - padding;
          const line = plane + <usize>(y * width * 4);
          for (let column = 0; column < outWidth; column++, from += 4) {
            const at = column * stride + j - padding;
            if (y < 0 || y >= height || at < 0 || at >= width) continue;
            const pixel = line + <usize>(at * 4);
            store<f32>(pixel, load<f32>(pixel) + load<f32>(from));
          }
        }
      }
    }
  }
}

export function conv2d(
  x: usize, weight: usize, bias: usize, y: usize, out: i32,
  batch: i32, channels: i32, height: i32, width: i32, kh: i32, kw: i32, stride: i32, padding: i32, outHeight: i32, outWidth: i32,
): void {
  const places = outHeight * outWidth, depth = channels * kh * kw;
  for (let b = 0; b < batch; b++) {
    unfold(x, channels, height, width, kh, kw, stride, padding, outHeight, outWidth);
    gemm(weight, columns, y, out, places, depth, false, false, false, 0, 0);
    if (bias) {
      let to = y;
      for (let o = 0; o < out; o++) {
        const value = load<f32>(bias + <usize>(o * 4));
        for (let p = 0; p < places; p++, to += 4) store<f32>(to, load<f32>(to) + value);
      }
    }
    x += <usize>(channels * height * width * 4);
    y += <usize>(out * places * 4);
  }
}

export function conv2dInputGradient(
  weight: usize, dOut: usize, dX: usize, out: i32,
  batch: i32, channels: i32, height: i32, width: i32, kh: i32, kw: i32, stride: i32, padding: i32, outHeight: i32, outWidth: i32, accumulate: bool,
): void {
  const places = outHeight * outWidth, depth = channels * kh * kw;
  const picture = <usize>(channels * height * width * 4);
  for (let b = 0; b < batch; b++) {
    gemm(weight, dOut, columns, depth, places, out, true, false, false, 0, 0);
    if (!accumulate) memory.fill(dX, 0, picture);
    fold(dX, channels, height, width, kh, kw, stride, padding, outHeight, outWidth);
    dX += picture;
    dOut += <usize>(out * places * 4);
  }
}

export function conv2dWeightGradient(
  x: usize, dOut: usize, dWeight: usize, dBias: usize, out: i32,
  batch: i32, channels: i32, height: i32, width: i32, kh: i32, kw: i32, stride: i32, padding: i32, outHeight: i32, outWidth: i32,
  addWeight: bool, addBias: bool,
): void {
  const places = outHeight * outWidth, depth = channels * kh * kw;
  if (dBias && !addBias) memory.fill(dBias, 0, <usize>(out * 4));
  for (let b = 0; b < batch; b++) {
    unfold(x, channels, height, width, kh, kw, stride, padding, outHeight, outWidth);
    gemm(dOut, columns, dWeight, out, depth, places, false, true, addWeight || b > 0, 0, 0);
    if (dBias) {
      for (let o = 0; o < out; o++) {
        let sum: f32 = 0;
        for (let p = 0; p < places; p++) sum += load<f32>(dOut + <usize>((o * places + p) * 4));
        const to = dBias + <usize>(o * 4);
        store<f32>(to, load<f32>(to) + sum);
      }
    }
    x += <usize>(channels * height * width * 4);
    dOut += <usize>(out * places * 4);
  }
}
