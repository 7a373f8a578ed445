import { expect, test } from "vitest";
import { type Fact, World } from "./world.ts";

function world(): { now: World; notes: [Fact["relation"], string, string | null][] } {
  const notes: [Fact["relation"], string, string | null][] = [];
  return { now: new World((...note) => notes.push(note)), notes };
}

test("a thing passes from hand to hand and is noted once each time", () => {
  const { now, notes } = world();
  now.take("Tom", "red ball");
  now.give("Tom", "Mia", "red ball");
  now.drop("Mia", "red ball", "bush");
  expect(notes).toEqual([
    ["holds", "red ball", "Tom"], ["holds", "red ball", "Mia"], ["holds", "red ball", null], ["at", "red ball", "bush"],
  ]);
});

test("nobody can take what another holds, or give what they do not hold", () => {
  const { now } = world();
  now.take("Tom", "red ball");
  expect(() => now.take("Mia", "red ball")).toThrow("story: Mia takes the red ball that Tom holds");
  expect(() => now.give("Mia", "Tom", "red ball")).toThrow("story: Mia does not hold the red ball");
});

test("nobody can give a thing to someone who is elsewhere", () => {
  const { now } = world();
  now.take("Tom", "red ball");
  now.move("Tom", "park");
  now.move("Mia", "lake");
  expect(() => now.give("Tom", "Mia", "red ball")).toThrow("story: Tom is at park, Mia is at lake");
});

test("a thing that someone holds does not move by itself", () => {
  const { now } = world();
  now.take("Tom", "red ball");
  expect(() => now.move("red ball", "park")).toThrow("while Tom holds it");
});
