import { expect, test } from "vitest";
import { frameBytes, toCsv } from "./exportData.ts";

test("a table becomes CSV with quotes where they are needed", () => {
  expect(toCsv({ columns: ["token", "count"], rows: [['say "a"', 2], ["a, b", -1.5], ["line\nbreak", 0]] }))
    .toBe('token,count\r\n"say ""a""",2\r\n"a, b",-1.5\r\n"line\nbreak",0\r\n');
});

test("what a spreadsheet would run as a formula is kept from running, and negative numbers stay numbers", () => {
  const csv = toCsv({ columns: ["x"], rows: [["=HYPERLINK(1)"], ["+1"], ["@a"], ["-a"], ["-0.5"], ["−1"], [-3]] });
  expect(csv.split("\r\n").slice(1, -1)).toEqual(["'=HYPERLINK(1)", "'+1", "'@a", "'-a", "-0.5", "−1", "-3"]);
});

test("a frame is counted as eight bytes a number, two a letter, and typed arrays as they are", () => {
  expect(frameBytes({ step: 1, losses: [1, 2], name: "ab", grid: new Float32Array(10) })).toBe(8 * 3 + 4 + 40);
});
