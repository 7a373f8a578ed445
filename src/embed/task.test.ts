import fc from "fast-check";
import { expect, test } from "vitest";
import { inWords, judge, readTask } from "./task.ts";

const goals = {
  validationLoss: { label: "held-out loss", value: (frame: unknown) => (frame as { loss: number | null }).loss },
  step: { label: "step", value: (frame: unknown) => (frame as { step: number }).step },
};

test("a task is bounds to declared numbers", () => {
  expect(readTask("validationLoss<2.5, step <= 5e2", goals)).toEqual([{ goal: "validationLoss", sign: "<", bound: 2.5 }, { goal: "step", sign: "<=", bound: 500 }]);
});

test("anything else is left out, and nothing is evaluated", () => {
  for (const text of ["alert(1)", "constructor<1", "__proto__>0", "validationLoss<alert(1)", "validationLoss<0x10", "validationLoss<1e999", "validationLoss", "<2", "validationLoss<١", "validationLoss==2"]) {
    expect(readTask(text, goals), text).toEqual([]);
  }
  fc.assert(fc.property(fc.string({ maxLength: 2000 }), (text) => readTask(text, goals).length <= 4));
});

test("it is met by numbers that are known and finite alone", () => {
  const bounds = readTask("validationLoss<2.5,step>=100", goals);
  const met = (frame: unknown): boolean[] => judge(bounds, goals, frame, {}).map((one) => one.met);
  expect(met({ loss: 2.4999, step: 100 })).toEqual([true, true]);
  expect(met({ loss: 2.5, step: 99 })).toEqual([false, false]);
  expect(met({ loss: null, step: NaN })).toEqual([false, false]);
  expect(met(null)).toEqual([false, false]);
});

test("it is said with its numbers", () => {
  const [report] = judge(readTask("validationLoss<2.5", goals), goals, { loss: 2.31234 }, {});
  expect(inWords(report!, goals)).toBe("held-out loss below 2.5: now 2.312, met");
  expect(inWords(judge(readTask("validationLoss<2.5", goals), goals, null, {})[0]!, goals)).toBe("held-out loss below 2.5: not known yet");
});
