/** 2,000 handwritten digits (MNIST, 14 × 14), made by scripts/data/digits.mjs. */
export const digitsPack = "data/digits.bin";
export const digitSide = 14;
export const digitClasses = 10;

export interface Digits {
  /** Row-major [count,14·14], from 0 (paper) to 1 (ink). */
  readonly pixels: Float32Array;
  /** Any ten neighbours are one of each digit. */
  readonly labels: Int32Array;
}

/**
 * Reads the pack: a byte a pixel, image after image, then a byte a label.
 * Throws: RangeError when the length fits no number of images, or a label is no digit.
 */
export function readDigits(bytes: Uint8Array): Digits {
  const area = digitSide ** 2;
  const count = bytes.length / (area + 1);
  if (!Number.isInteger(count)) throw new RangeError(`readDigits: ${bytes.length} bytes are no multiple of ${area + 1}`);
  const labels = Int32Array.from(bytes.subarray(count * area));
  const wrong = labels.findIndex((label) => label >= digitClasses);
  if (wrong >= 0) throw new RangeError(`readDigits: image ${wrong} has the label ${labels[wrong]}, and there are ${digitClasses} digits`);
  return { pixels: Float32Array.from(bytes.subarray(0, count * area), (grey) => grey / 255), labels };
}

/** A picture moved right by `dx` and down by `dy` pixels; what leaves is lost and what enters is paper. */
export function shiftDigit(picture: Float32Array, dx: number, dy: number, into: Float32Array): void {
  for (let y = 0; y < digitSide; y++) {
    for (let x = 0; x < digitSide; x++) {
      const fromX = x - dx, fromY = y - dy;
      const inside = fromX >= 0 && fromX < digitSide && fromY >= 0 && fromY < digitSide;
      into[y * digitSide + x] = inside ? picture[fromY * digitSide + fromX]! : 0;
    }
  }
}
