import { tickStep, ticks } from "d3-array";

/**
 * Values of the data to places on the stage and back, as d3-scale's continuous scales do it. They would bring the interpolation of
 * colours and the formats of every locale along: 8 KB of each page's 110.
 */
export interface Scale {
  (value: number): number;
  invert(place: number): number;
  domain(): readonly [number, number];
  domain(shown: readonly [number, number]): void;
  /** About `count` round values in the domain. */
  ticks(count: number): number[];
  /** Prints the ticks of `ticks(count)` with as many decimals as tell them apart. */
  tickFormat(count: number): (tick: number) => string;
}

/** Equal steps of the value are equal steps on the stage. */
export function linearScale(range: readonly [number, number]): Scale {
  return scale(range, {
    forward: (value) => value, back: (value) => value, first: [0, 1],
    ticks: (low, high, count) => ticks(low, high, count),
    format(low, high, count) {
      const step = Math.abs(tickStep(low, high, count));
      return (tick) => printed(tick, Math.max(0, -exponentOf(step)));
    },
  });
}

/** Equal factors of the value are equal steps on the stage. What is not positive has no place: it is not a finite number. */
export function logScale(range: readonly [number, number]): Scale {
  return scale(range, {
    forward: Math.log10, back: (power) => 10 ** power, first: [1, 10],
    ticks(low, high, count) {
      const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
      if (to - from > count) return ticks(Math.log10(low), Math.log10(high), count).filter(Number.isInteger).map((power) => Number(`1e${power}`));
      const digits = (to - from) * 3 <= count ? [1, 2, 5] : [1];
      return Array.from({ length: to - from + 1 }, (_, k) => digits.map((digit) => Number(`${digit}e${from + k}`))).flat().filter((tick) => tick >= low && tick <= high);
    },
    format: () => (tick) => printed(tick, Math.max(0, -exponentOf(tick))),
  });
}

interface Kind {
  forward(value: number): number;
  back(value: number): number;
  readonly first: readonly [number, number];
  ticks(low: number, high: number, count: number): number[];
  format(low: number, high: number, count: number): (tick: number) => string;
}

function scale([start, end]: readonly [number, number], { forward, back, first, ticks: ticksOf, format }: Kind): Scale {
  let shown = first;
  let low = forward(first[0]), span = forward(first[1]) - low;
  const place = (value: number): number => start + (end - start) * (span === 0 ? 0.5 : (forward(value) - low) / span);
  function domain(): readonly [number, number];
  function domain(next: readonly [number, number]): void;
  function domain(next?: readonly [number, number]): readonly [number, number] | undefined {
    if (!next) return shown;
    shown = next;
    low = forward(next[0]);
    span = forward(next[1]) - low;
    return undefined;
  }
  return Object.assign(place, {
    domain,
    invert: (at: number): number => back(low + ((at - start) / (end - start)) * span),
    ticks: (count: number): number[] => ticksOf(...shown, count),
    tickFormat: (count: number) => format(...shown, count),
  });
}

/** 2 for 500, −1 for 0.3. */
const exponentOf = (value: number): number => Number(value.toExponential().split("e")[1]);

/** A true minus sign, thousands in groups; adding 0 turns −0 into 0. */
const printed = (value: number, decimals: number): string =>
  (value + 0).toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace("-", "−");
