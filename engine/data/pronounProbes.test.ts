import { describe, expect, test } from "vitest";
import { random } from "../random.ts";
import { pronounProbes } from "./pronounProbes.ts";
import { HELD_OUT_STREAM, vocabulary, wordsOf } from "./storyGrammar.ts";
import { GENDER_OF_NAME } from "./words.ts";

describe("pronoun probes", () => {
  const probes = pronounProbes(random(0, HELD_OUT_STREAM), 400);

  test("point at a pronoun and at two different names before it", () => {
    for (const probe of probes) {
      expect(probe.text.slice(probe.pronounOffset).split(" ")[0], probe.text).toBe(probe.pronoun);
      expect(probe.candidates).toHaveLength(2);
      for (const { name, start, end } of probe.candidates) {
        expect(probe.text.slice(start, end), probe.text).toBe(name);
        expect(end, probe.text).toBeLessThan(probe.pronounOffset);
      }
      expect(new Set(probe.candidates.map(({ name }) => name)).size).toBe(2);
    }
  });

  test("have a referent of the pronoun's gender, the only one unless the meaning decides", () => {
    for (const { candidates, referent, pronoun, rule, text } of probes) {
      const fitting = candidates.map(({ name }) => name).filter((name) => GENDER_OF_NAME.get(name) === pronoun);
      expect(fitting, text).toContain(referent);
      expect(fitting.length, text).toBe(rule === "gender" ? 1 : 2);
    }
  });

  test("let neither the first nor the last candidate win by position alone", () => {
    const first = probes.filter((probe) => probe.candidates[0]!.name === probe.referent).length / probes.length;
    expect(first).toBeGreaterThan(0.35);
    expect(first).toBeLessThan(0.65);
  });

  test("use words of the stories only", () => {
    const words = vocabulary();
    for (const probe of probes) for (const word of wordsOf(probe.text)) expect(words.has(word.toLowerCase()), word).toBe(true);
  });

  test("are the same for the same seed", () => {
    expect(pronounProbes(random(5), 20)).toEqual(pronounProbes(random(5), 20));
  });
});
