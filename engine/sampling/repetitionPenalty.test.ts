import { expect, it } from "vitest";
import { repetitionPenalty } from "./repetitionPenalty.ts";

it("lowers the logits of ids that occurred, positive or negative, once each, and no other", () => {
  expect([...repetitionPenalty([2, -1, 3], [0, 1, 0], 2)]).toEqual([1, -2, 3]);
});

it("changes nothing at 1, and never the logits it was given", () => {
  const logits = [2, -1, 3];
  expect([...repetitionPenalty(logits, [0, 1, 2], 1)]).toEqual(logits);
  repetitionPenalty(logits, [0], 3);
  expect(logits).toEqual([2, -1, 3]);
});
