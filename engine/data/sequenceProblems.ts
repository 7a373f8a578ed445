import { random, type Random } from "../random.ts";

/** Row-major ids and targets; a target of −100 does not count. */
export interface Sequences {
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

/**
 * Rows to copy from memory: `length` random symbols, the separator (id `symbols`), then the symbols again in order, each of which is to be foretold.
 * The last one need not be read. Shapes: ids and targets [rows, 2 · length].
 */
export function copyRows(rows: number, length: number, symbols: number, seed: number, step: number): Sequences {
  return rowsOf(rows, length, symbols, random(seed, step), (question) => question);
}

/** As `copyRows` with the ten digits, but they are to be said from last to first. */
export function reverseRows(rows: number, length: number, seed: number, step: number): Sequences {
  return rowsOf(rows, length, 10, random(seed, step), (question) => question.toReversed());
}

function rowsOf(rows: number, length: number, symbols: number, draw: Random, answer: (question: number[]) => number[]): Sequences {
  const time = 2 * length;
  const ids = new Int32Array(rows * time), targets = new Int32Array(rows * time).fill(-100);
  for (let row = 0; row < rows; row++) {
    const question = Array.from({ length }, () => draw.integer(symbols));
    const whole = [...question, symbols, ...answer(question)];
    ids.set(whole.slice(0, time), row * time);
    targets.set(whole.slice(length + 1), row * time + length);
  }
  return { ids, targets };
}
