import { random, type Random } from "../random.ts";

/** Row-major ids and targets; a target of −100 does not count. */
export interface Sequences {
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

/** Something to be learnt from examples: a question, a separator, an answer of which each symbol is to be foretold. */
export interface SequenceProblem {
  /** One character for each id. */
  readonly symbols: string;
  readonly questionLength: number;
  readonly answerLength: number;
  draw(random: Random): Example;
}

/** A question and its answer, both as ids. */
interface Example {
  readonly question: readonly number[];
  readonly answer: readonly number[];
}

/** Ids in a row: the last symbol of the answer need not be read. */
export const timeOf = ({ questionLength, answerLength }: SequenceProblem): number => questionLength + answerLength;

/** Batch number `step` of a problem. The separator is the last symbol. Shapes: ids and targets [rows, questionLength + answerLength]. */
export function problemRows(problem: SequenceProblem, rows: number, seed: number, step: number): Sequences {
  const draw = random(seed, step);
  return exampleRows(problem, Array.from({ length: rows }, () => problem.draw(draw)));
}

/** The same for given examples. */
export function exampleRows(problem: SequenceProblem, examples: readonly Example[]): Sequences {
  const time = timeOf(problem);
  const ids = new Int32Array(examples.length * time), targets = new Int32Array(examples.length * time).fill(-100);
  examples.forEach(({ question, answer }, row) => {
    const whole = [...question, problem.symbols.length - 1, ...answer];
    ids.set(whole.slice(0, time), row * time);
    targets.set(answer, row * time + problem.questionLength);
  });
  return { ids, targets };
}

const digits = "0123456789";
const drawn = (count: number, below: number, draw: Random): number[] => Array.from({ length: count }, () => draw.integer(below));

/** Symbols to be said again in order, the first `kinds` letters of the alphabet. */
export const copying = (length: number, kinds: number): SequenceProblem => ({
  symbols: `${"abcdefghijklmnopqrstuvwxyz".slice(0, kinds)}|`, questionLength: length, answerLength: length,
  draw(random) {
    const question = drawn(length, kinds, random);
    return { question, answer: question };
  },
});

/** Digits to be said from last to first. */
export const reversing = (length: number): SequenceProblem => ({
  symbols: `${digits}|`, questionLength: length, answerLength: length,
  draw(random) {
    const question = drawn(length, 10, random);
    return { question, answer: question.toReversed() };
  },
});

/** Digits to be said from smallest to largest. */
export const sorting = (length: number): SequenceProblem => ({
  symbols: `${digits}|`, questionLength: length, answerLength: length,
  draw(random) {
    const question = drawn(length, 10, random);
    return { question, answer: question.toSorted((a, b) => a - b) };
  },
});

/** Whether round brackets are balanced: y or n. Half of the rows are balanced ones with one bracket turned over or two exchanged. */
export const balancing = (length: number): SequenceProblem => ({
  symbols: "()yn|", questionLength: length, answerLength: 1,
  draw(random) {
    const question = balancedBrackets(length, random);
    if (random.integer(2) === 1) {
      const [i, j] = [random.integer(length), random.integer(length)];
      if (random.integer(2) === 1) question[i] = 1 - question[i]!;
      else [question[i], question[j]] = [question[j]!, question[i]!];
    }
    return { question, answer: [isBalanced(question) ? 2 : 3] };
  },
});

/** Two numbers of `size` digits to be added; the sum is said from its last digit on, as one carries. */
export const adding = (size: number): SequenceProblem => ({
  symbols: `${digits}+=`, questionLength: 2 * size + 1, answerLength: size + 1,
  draw(random) {
    const [a, b] = [random.integer(10 ** size), random.integer(10 ** size)];
    const written = (value: number, length: number): number[] => [...String(value).padStart(length, "0")].map(Number);
    return { question: [...written(a, size), 10, ...written(b, size)], answer: written(a + b, size + 1).toReversed() };
  },
});

/** Two residues to be added modulo `modulus`, at most 36, each a symbol of its own that says nothing of its size. */
export const addingModulo = (modulus: number): SequenceProblem & { readonly table: readonly Example[] } => {
  const sum = (a: number, b: number): Example => ({ question: [a, b], answer: [(a + b) % modulus] });
  return {
    symbols: `${`${digits}abcdefghijklmnopqrstuvwxyz`.slice(0, modulus)}=`, questionLength: 2, answerLength: 1,
    draw: (random) => sum(random.integer(modulus), random.integer(modulus)),
    table: Array.from({ length: modulus * modulus }, (_, i) => sum(Math.floor(i / modulus), i % modulus)),
  };
};

/**
 * Opens while it must or may: after each bracket, an opening one with the share of opening ones among those left, if nothing is open
 * always.
 */
function balancedBrackets(length: number, draw: Random): number[] {
  let opening = length / 2, open = 0;
  return Array.from({ length }, (_, i) => {
    const opens = open === 0 || (opening > 0 && draw.integer(length - i) < opening);
    open += opens ? 1 : -1;
    opening -= Number(opens);
    return opens ? 0 : 1;
  });
}

function isBalanced(brackets: readonly number[]): boolean {
  let open = 0;
  return brackets.every((bracket) => (open += bracket === 0 ? 1 : -1) >= 0) && open === 0;
}
