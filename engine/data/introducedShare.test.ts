import { expect, test } from "vitest";
import { introducedShare } from "./introducedShare.ts";
import { corpus } from "./storyGrammar.ts";

test("the share is 1 for every story of the grammar", () => {
  for (const text of corpus(7, 500)) expect(introducedShare(text).share, text).toBe(1);
});

test("a name that was never introduced counts against the text", () => {
  const drifting = "Once there was a fox named Snow. Snow met a duck called Daisy. Patch gave Daisy a ball. Snow was happy.";
  expect(introducedShare(drifting)).toEqual({ introduced: 3, mentions: 4, share: 0.75 });
});

test("an introduction after the first mention comes too late, and a text without names is faultless", () => {
  expect(introducedShare("Tom ran. He met a boy named Tom. His name was Leo. Leo ran.").share).toBeCloseTo(1 / 2);
  expect(introducedShare("It rained all day.")).toEqual({ introduced: 0, mentions: 0, share: 1 });
});
