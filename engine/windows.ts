import type { Shape } from "./kernel.ts";
import { expectShapes } from "./shapes.ts";

/** How a window moves over a picture: `stride` pixels at a time, over a frame of `padding` pixels that hold nothing. */
export interface Steps {
  readonly stride: number;
  readonly padding: number;
}

/** The sizes of everything that moves a window over planes of pictures. */
export interface Windows extends Steps {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * Sizes of a window [windowHeight, windowWidth] over pictures [batch,channels,height,width]: ⌊(extent + 2 padding − window) / stride⌋ + 1
 * places along each side.
 * Throws: ShapeError when x is no stack of pictures, when the window does not fit, or when the padding is as wide as the window.
 */
export function windowsOf(name: string, x: Shape, window: Shape, { stride, padding }: Steps): Windows {
  expectShapes(x.length === 4, name, "x must be [batch,channels,height,width]", { x, window });
  const [batch, channels, height, width] = x as [number, number, number, number];
  const [windowHeight, windowWidth] = window as [number, number];
  const places = (extent: number, size: number): number => Math.floor((extent + 2 * padding - size) / stride) + 1;
  const outHeight = places(height, windowHeight), outWidth = places(width, windowWidth);
  const isWhole = Number.isInteger(stride) && stride >= 1 && Number.isInteger(padding) && padding >= 0;
  expectShapes(
    isWhole && outHeight >= 1 && outWidth >= 1, name, "the window does not fit", { x, window, "stride and padding": [stride, padding] },
  );
  expectShapes(padding < Math.max(windowHeight, windowWidth), name, "the padding is as wide as the window", { window, padding: [padding] });
  return { batch, channels, height, width, windowHeight, windowWidth, outHeight, outWidth, stride, padding };
}

/**
 * Calls `visit(inside, outside)` for each pixel of the window at place (row, column): its place in the window and in the plane. Padding
 * is left out.
 */
export function eachPixel(
  { height, width, windowHeight, windowWidth, stride, padding }: Windows, row: number, column: number,
  visit: (inside: number, outside: number) => void,
): void {
  for (let i = 0; i < windowHeight; i++) {
    const y = row * stride + i - padding;
    if (y < 0 || y >= height) continue;
    for (let j = 0; j < windowWidth; j++) {
      const x = column * stride + j - padding;
      if (x >= 0 && x < width) visit(i * windowWidth + j, y * width + x);
    }
  }
}

/**
 * WGSL that runs `body` for every pixel of the window at (`row`, `column`), all u32, with the names `inside` (its place in the window) and
 * `outside` (its place in the plane).
 */
export function eachPixelInWgsl({ height, width, windowHeight, windowWidth, stride, padding }: Windows, body: string): string {
  // Subtle: unsigned numbers wrap below zero, so one comparison tells both sides of the frame.
  return `for (var wi = 0u; wi < ${windowHeight}u; wi++) {
    let py = row * ${stride}u + wi - ${padding}u;
    if (py >= ${height}u) { continue; }
    for (var wj = 0u; wj < ${windowWidth}u; wj++) {
      let px = column * ${stride}u + wj - ${padding}u;
      if (px >= ${width}u) { continue; }
      let inside = wi * ${windowWidth}u + wj;
      let outside = py * ${width}u + px;
      ${body}
    }
  }`;
}

/**
 * WGSL that runs `body` for every window that covers the pixel (`py`, `px`): `inside` as above, `place` is the window's number in its
 * plane.
 */
export function eachWindowInWgsl({ windowHeight, windowWidth, outHeight, outWidth, stride, padding }: Windows, body: string): string {
  return `for (var wi = 0u; wi < ${windowHeight}u; wi++) {
    let fromTop = py + ${padding}u - wi;
    if (fromTop % ${stride}u != 0u || fromTop / ${stride}u >= ${outHeight}u) { continue; }
    for (var wj = 0u; wj < ${windowWidth}u; wj++) {
      let fromLeft = px + ${padding}u - wj;
      if (fromLeft % ${stride}u != 0u || fromLeft / ${stride}u >= ${outWidth}u) { continue; }
      let inside = wi * ${windowWidth}u + wj;
      let place = fromTop / ${stride}u * ${outWidth}u + fromLeft / ${stride}u;
      ${body}
    }
  }`;
}

/** The sizes in the order in which the WebAssembly functions take them. */
export const windowNumbers = (w: Windows): number[] =>
  [w.batch, w.channels, w.height, w.width, w.windowHeight, w.windowWidth, w.stride, w.padding, w.outHeight, w.outWidth];
