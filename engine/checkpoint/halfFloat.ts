/**
 * Rounds to the nearest whole number, halves to the even one: 0.5 gives 0, 1.5 and 2.5 give 2.
 *
 * The rule of IEEE 754; `Math.round` sends all halves upward, which shifts the mean of what it rounds.
 */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest > 0.5) return below + 1;
  return rest === 0.5 && below % 2 !== 0 ? below + 1 : below;
}

/**
 * The 16 bits of the half float nearest to a number, ties to even: `toHalf(1)` is 0x3c00, `toHalf(65520)` is infinity, 0x7c00.
 *
 * It rounds once, from float64; going through float32 first would round twice. Source: IEEE 754-2019, binary16.
 */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Below 2⁻¹⁴ the spacing is 2⁻²⁴. A value that rounds up to 2⁻¹⁴ becomes 0x0400, rightly the first normal number.
  if (size < 2 ** -14) return sign | roundHalfEven(size * 2 ** 24);
  const exponent = 17 - Math.clz32(size * 2 ** 14); // floor(log2(size)), from −14 to 15
  // Subtle: a fraction that rounds up to 1024 carries into the exponent by plain addition, as it should.
  return sign | (((exponent + 15) << 10) + roundHalfEven((size / 2 ** exponent - 1) * 1024));
}

/** The number that 16 bits of a half float stand for: (−1)^s · 2^(e−15) · (1 + f/1024), subnormal when e = 0. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

let allHalves: Float32Array | undefined;

/** Widens half floats to float32; every half float is a float32, so nothing is lost. */
export function widenHalf(bits: Uint16Array): Float32Array {
  // A loop, because Float32Array.from would first list all values as an ordinary array.
  const values = new Float32Array(bits.length);
  if (bits.length > 0xffff) {
    // There are only so many half floats: for a large tensor it pays to work each of them out once.
    allHalves ??= Float32Array.from({ length: 0x10000 }, (_, half) => fromHalf(half));
    for (let i = 0; i < bits.length; i++) values[i] = allHalves[bits[i]!]!;
    return values;
  }
  for (let i = 0; i < bits.length; i++) values[i] = fromHalf(bits[i] ?? 0);
  return values;
}

/** Widens bfloat16 to float32: its 16 bits are the upper half of the float32. */
export function widenBfloat(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(words.buffer);
}
