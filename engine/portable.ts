/**
 * Exponential, logarithm, sine and cosine in plain IEEE arithmetic, so that what enters a model's state has the same bits on every machine;
 * Math.exp and its kin may differ in the last one. Accurate to about 2e-16 relative (absolute for sine and cosine up to |x| = 1e6).
 */
const ln2High = 0.6931471803691238; // ln 2 with its last 20 bits zero: k · ln2High is exact
const ln2Low = 1.9082149292705877e-10;
const halfPiHigh = 1.5707963267341256; // π/2 likewise
const halfPiLow = 6.077100506506192e-11;

const powerOf2 = (k: number): number => {
  let result = 1;
  for (let factor = k < 0 ? 0.5 : 2, n = Math.abs(k); n > 0; n = Math.floor(n / 2), factor *= factor) if (n % 2 === 1) result *= factor;
  return result;
};

/** eˣ for |x| < 700. */
export function exponential(x: number): number {
  const k = Math.round(x / (ln2High + ln2Low));
  const r = x - k * ln2High - k * ln2Low;
  let term = 1, sum = 1;
  for (let n = 1; n <= 17; n++) {
    term *= r / n;
    sum += term;
  }
  return sum * powerOf2(k);
}

/** ln x for positive normal x. */
export function logarithm(x: number): number {
  let k = 0, m = x;
  while (m >= Math.SQRT2) { m *= 0.5; k++; }
  while (m < Math.SQRT1_2) { m *= 2; k--; }
  const s = (m - 1) / (m + 1);
  let power = s, sum = 0;
  for (let n = 1; n <= 23; n += 2) {
    sum += power / n;
    power *= s * s;
  }
  return k * ln2High + (2 * sum + k * ln2Low);
}

export function sine(x: number): number {
  return cosine(x, 3);
}

/** cos(x + quarters · π/2). */
export function cosine(x: number, quarters = 0): number {
  const k = Math.round(x / (halfPiHigh + halfPiLow));
  const r = x - k * halfPiHigh - k * halfPiLow;
  const quarter = (((k + quarters) % 4) + 4) % 4;
  const odd = quarter % 2 === 1;
  let term = odd ? r : 1, sum = term;
  for (let n = odd ? 2 : 1; n <= 20; n += 2) {
    term *= (-r * r) / (n * (n + 1));
    sum += term;
  }
  // cos, −sin, −cos, sin of the reduced angle.
  return quarter === 1 || quarter === 2 ? -sum : sum;
}
