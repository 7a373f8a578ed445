import { expect, test } from "vitest";
import { random } from "../random.ts";
import { adding, addingModulo, balancing, copying, problemRows, reversing, type SequenceProblem, sorting, timeOf } from "./sequenceProblems.ts";

const written = (problem: SequenceProblem, seed: number): string => {
  const { question, answer } = problem.draw(random(seed));
  return [...question, problem.symbols.length - 1, ...answer].map((id) => problem.symbols[id]).join("");
};
const many = (problem: SequenceProblem): string[] => Array.from({ length: 300 }, (_, seed) => written(problem, seed));

test("answers are right: copies, reversals, sorted digits and sums written backwards", () => {
  for (const row of many(copying(5, 8))) expect(row).toMatch(/^([a-h]{5})\|\1$/);
  for (const row of many(reversing(6))) expect(row.slice(7)).toBe(Array.from(row.slice(0, 6)).toReversed().join(""));
  for (const row of many(sorting(6))) expect(row.slice(7)).toBe(Array.from(row.slice(0, 6)).toSorted().join(""));
  for (const row of many(adding(3))) {
    const [question, answer] = row.split("=") as [string, string];
    const [a, b] = question.split("+").map(Number) as [number, number];
    expect(Number([...answer].toReversed().join(""))).toBe(a + b);
  }
});

test("brackets are called balanced exactly when pairs can be taken out until nothing is left, and both kinds are common", () => {
  const rows = many(balancing(16));
  for (const row of rows) {
    let left = row.slice(0, 16);
    while (left.includes("()")) left = left.replace("()", "");
    expect(row.at(-1)).toBe(left === "" ? "y" : "n");
  }
  const balanced = rows.filter((row) => row.endsWith("y")).length;
  expect(balanced).toBeGreaterThan(120);
  expect(balanced).toBeLessThan(220);
});

test("the table of sums modulo 7 holds each pair once, with its sum", () => {
  const { table, symbols } = addingModulo(7);
  expect(new Set(table.map(({ question }) => question.join())).size).toBe(49);
  for (const { question: [a, b], answer } of table) expect(answer).toEqual([(a! + b!) % 7]);
  expect(symbols).toBe("0123456=");
});

test("rows hold question, separator and all of the answer but its last symbol; targets begin at the separator", () => {
  const problem = reversing(3);
  const { ids, targets } = problemRows(problem, 2, 1, 0);
  expect(ids).toHaveLength(2 * timeOf(problem));
  expect(ids[3]).toBe(10);
  expect([...targets.subarray(0, 6)]).toEqual([-100, -100, -100, ids[2], ids[1], ids[0]]);
  expect([...ids.subarray(4, 6)]).toEqual([ids[2], ids[1]]);
  expect(problemRows(problem, 2, 1, 1).ids).not.toEqual(ids);
});
