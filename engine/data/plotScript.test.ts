import { expect, test } from "vitest";
import { random } from "../random.ts";
import { parseLine, parsePlot } from "./plotScript.ts";
import { story } from "./storyGrammar.ts";

const told = (script: string, seed = 1): string => story(random(seed), parsePlot(script, {})).text;

test("a line is parsed into text, choices, marks and acts", () => {
  expect(parseLine("{a} ran [far|].<at a p>")).toEqual([
    { type: "mention", role: "a", form: "plain" },
    { type: "text", text: " ran " },
    { type: "choice", options: [[{ type: "text", text: "far" }], []] },
    { type: "text", text: "." },
    { type: "act", verb: "at", roles: ["a", "p"] },
  ]);
});

test("a plot's variants exclude each other, and another way to tell a line takes its place", () => {
  const script = "test a\n{+a} ran.\n|{+a} sat.\n1 One.\n2 Two.";
  const texts = new Set(Array.from({ length: 100 }, (_, seed) => told(script, seed).replace(/^.* (ran|sat)\. /, "$1 ")));
  expect([...texts].toSorted()).toEqual(["ran One.", "ran Two.", "sat One.", "sat Two."]);
});

test("a pronoun becomes the name where another of that gender would be meant", () => {
  const names = /^.* (?:named|called) (\w+) .* (?:named|called) (\w+)\. (\w+) laughed\.$/;
  for (let seed = 0; seed < 50; seed++) {
    const text = told("test a:child b:child\n{+a} met {+b}. {a.he} laughed.", seed);
    const [, first, , subject] = names.exec(text)!;
    expect([first, "He", "She"], text).toContain(subject);
    if (/boy.*boy|girl.*girl/.test(text)) expect(subject, text).toBe(first);
    else expect(subject, text).not.toBe(first);
  }
});

test("a plot that contradicts itself cannot be told", () => {
  expect(() => told("test a b\n{+a} saw {+b}.\n{b} and {b} sat.\n{+b} came.")).toThrow("introduced twice");
  expect(() => told("test a\n{a} ran.")).toThrow("before the introduction");
  expect(() => told("test a o:toy\n{+a} saw {o}.")).toThrow("before the introduction");
  expect(() => told("test a b o:toy\n{+a} gave {+o} to {+b}.<give a b o>")).toThrow("does not hold");
  expect(() => told("test a\n{+a} ran. Then {they} ran.")).toThrow("characters met");
});

test("a mistake in the notation is refused with its place", () => {
  expect(() => parseLine("{a ran")).toThrow("unclosed {");
  expect(() => parseLine("[a|b")).toThrow("unclosed [");
  expect(() => parseLine("{a.b.c}")).toThrow("unknown mark {a.b.c}");
  expect(() => parseLine("<give a b>")).toThrow("unknown act <give a b>");
  expect(() => parsePlot('test a\n"Run!" {a} said.', {})).toThrow("the speaker comes after the verb");
  expect(() => parsePlot("test a\n%nothing", {})).toThrow("no shared lines %nothing");
});
