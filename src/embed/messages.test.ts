import fc from "fast-check";
import { expect, test } from "vitest";
import { rateLimit, readHostMessage } from "./messages.ts";

const address = { ns: "glass-box", v: 1, id: "glass-box-1" };
const read = (data: unknown) => readHostMessage(data, "glass-box-1");

test("the five messages of a host are read, and nothing but their known fields", () => {
  expect(read({ ...address, type: "set-state", params: "start=2", html: "<b>" })).toEqual({ type: "set-state", params: "start=2" });
  expect(read({ ...address, type: "theme", theme: "dark" })).toEqual({ type: "theme", theme: "dark" });
  expect(["get-state", "run", "pause"].map((type) => read({ ...address, type }))).toEqual([{ type: "get-state" }, { type: "run" }, { type: "pause" }]);
});

test("what is not addressed to this embed, of another version or unknown is ignored", () => {
  for (const wrong of [{ ns: "other" }, { v: 2 }, { v: "1" }, { id: "glass-box-2" }]) expect(read({ ...address, type: "run", ...wrong })).toBeNull();
  for (const type of ["eval", "constructor", "__proto__", "", null, 1]) expect(read({ ...address, type })).toBeNull();
});

test("a type that was renamed is understood by its former name, and no name of a prototype is one", () => {
  const former = { go: "run", "set-params": "set-state" } as const;
  expect(readHostMessage({ ...address, type: "go" }, "glass-box-1", former)).toEqual({ type: "run" });
  expect(readHostMessage({ ...address, type: "set-params", params: "start=2" }, "glass-box-1", former)).toEqual({ type: "set-state", params: "start=2" });
  for (const type of ["constructor", "__proto__", "toString"]) expect(readHostMessage({ ...address, type }, "glass-box-1", former)).toBeNull();
});

test("values outside their bounds are ignored", () => {
  expect(read({ ...address, type: "set-state", params: "x".repeat(10_000_000) })).toBeNull();
  expect(read({ ...address, type: "set-state", params: { toString: () => "start=2" } })).toBeNull();
  expect(read({ ...address, type: "theme", theme: "url(javascript:1)" })).toBeNull();
});

test("anything at all is read without throwing", () => {
  const cyclic: Record<string, unknown> = { ...address, type: "set-state" };
  cyclic.params = cyclic;
  for (const data of [cyclic, new Map([["ns", 1n]]), 1n, Symbol.iterator, [address], null]) expect(read(data)).toBeNull();
  fc.assert(fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (data) => {
    expect(read(data)).toBeNull();
  }));
});

test("twenty events pass in a second, however many come", () => {
  let now = 0;
  const pass = rateLimit(20, () => now);
  const count = (): number => Array.from({ length: 100_000 }, pass).filter(Boolean).length;
  expect(count()).toBe(20);
  now = 999;
  expect(count()).toBe(0);
  now = 1000;
  expect(count()).toBe(20);
});
