/** How far rounded numbers lie from the originals. */
export interface QuantizationError {
  /** √(mean of squared errors). */
  readonly rmse: number;
  /** rmse over the root mean square of the originals: 0.01 is an error of 1 %. */
  readonly relative: number;
  /** Signal to quantization noise in decibels, 10·log₁₀(Σ w² / Σ e²); Infinity without error. */
  readonly sqnr: number;
  /** The largest single error. */
  readonly max: number;
}

/** Throws: RangeError when the lengths differ. */
export function quantizationError(values: ArrayLike<number>, restored: ArrayLike<number>): QuantizationError {
  if (values.length !== restored.length) {
    throw new RangeError(`quantizationError: ${values.length} values and ${restored.length} restored ones`);
  }
  let signal = 0, noise = 0, max = 0;
  for (let i = 0; i < values.length; i++) {
    const error = restored[i]! - values[i]!;
    signal += values[i]! ** 2;
    noise += error ** 2;
    max = Math.max(max, Math.abs(error));
  }
  const rmse = Math.sqrt(noise / Math.max(1, values.length));
  if (noise === 0) return { rmse, relative: 0, sqnr: Infinity, max };
  return { rmse, relative: Math.sqrt(noise / signal), sqnr: 10 * Math.log10(signal / noise), max };
}
