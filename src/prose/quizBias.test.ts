import { expect, test } from "vitest";
import { quizBias } from "./quizBias.ts";

const quiz = (right: number, ...lengths: number[]) => ({ right, lengths });

test("answers that stand anywhere and are of any length give nothing away", () => {
  const fair = [quiz(0, 20, 25, 30), quiz(1, 20, 25, 30), quiz(2, 20, 25, 30), quiz(1, 30, 20, 25)];
  expect(quizBias([...fair, ...fair])).toEqual([]);
});

test("a right answer that usually stands second is found, and one that is usually the longest or the shortest", () => {
  const [second, longest, shortest] = [quiz(1, 20, 25, 30), quiz(0, 30, 20, 25), quiz(2, 30, 25, 20)];
  expect(quizBias(Array(8).fill(second))).toEqual([expect.stringContaining("number 2")]);
  expect(quizBias(Array(8).fill(longest))).toContainEqual(expect.stringContaining("longest"));
  expect(quizBias(Array(8).fill(shortest))).toContainEqual(expect.stringContaining("shortest"));
});

test("one answer much longer than the others is found at once, a habit only in many questions", () => {
  expect(quizBias([quiz(0, 90, 20, 30)])).toEqual([expect.stringContaining("twice as long")]);
  expect(quizBias([quiz(1, 20, 25, 30), quiz(1, 20, 25, 30)])).toEqual([]);
});
