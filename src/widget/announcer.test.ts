// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announcer } from "./announcer.ts";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = "<figure><output data-announce></output></figure>";
});
afterEach(() => vi.useRealTimers());

const figure = (): HTMLElement => document.querySelector("figure")!;
const heard = (): string => figure().textContent;

test("a figure that changes all the time is heard at most once in 5 s, with the newest sentence", () => {
  const say = announcer(figure(), () => Date.now());
  const all: [at: number, sentence: string][] = [];
  const began = Date.now();
  for (let ms = 0; ms < 21_000; ms += 100) {
    say(() => `step ${ms}`, false);
    if (heard() !== (all.at(-1)?.[1] ?? "")) all.push([Date.now() - began, heard()]);
    vi.advanceTimersByTime(100);
  }
  expect(all).toEqual([[5000, "step 4900"], [10_000, "step 9900"], [15_000, "step 14900"], [20_000, "step 19900"]]);
});

test("an end is heard at once, but of many ends only one in 5 s", () => {
  const say = announcer(figure(), () => Date.now());
  say(() => "step 1", false);
  expect(heard()).toBe("");
  say(() => "done", true);
  expect(heard()).toBe("done");
  vi.advanceTimersByTime(1000);
  say(() => "done again", true);
  expect(heard()).toBe("done");
  vi.advanceTimersByTime(3999);
  expect(heard()).toBe("done");
  vi.advanceTimersByTime(1);
  expect(heard()).toBe("done again");
});
