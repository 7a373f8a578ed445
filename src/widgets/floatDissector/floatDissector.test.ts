import { Window } from "happy-dom";
import { expect, test } from "vitest";
import { dissect } from "../../../engine/tasks/dissectFloat.ts";
import type { AnyValues } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { floatDissector } from "../floatDissector.ts";
import { formulaText, offText } from "./reading.ts";

test("the formula of a normal, a subnormal and an infinite number", () => {
  const formula = (value: string, format: "fp16" | "bf16"): string => formulaText(dissect({ value, format }));
  expect(formula("-1.5", "fp16")).toBe("−1 × 2^(15 − 15) × (1 + 512 ÷ 1,024) = −1.5");
  expect(formula("3e-5", "fp16")).toContain("1 × 2^(1 − 15) × (0 + 503 ÷ 1,024)");
  expect(formula("1e6", "fp16")).toBe("+∞: the exponent is all ones, the fraction 0");
});

test("what is off is said in words where a share makes no sense", () => {
  const off = (value: string): string => {
    const { value: number, chosen } = dissect({ value, format: "fp16" });
    return offText(number, chosen);
  };
  expect(["1", "1e-8", "70000", "two"].map(off)).toEqual(["exact", "lost", "overflow", "–"]);
});

test("a bit that is pressed gives the number that it makes; any text is drawn", () => {
  const window = new Window();
  const patches: AnyValues[] = [];
  const stage = createStage({ document: window.document as unknown as Document, prefix: "f", title: "t", size: floatDissector.size.wide, narrow: false,
    set: (patch) => patches.push(patch) });
  const update = floatDissector.draw(stage);
  for (const value of ["", "two", "inf", "-inf", "nan", "1e-320", "0", "-0", "-1.5"]) {
    for (const format of ["fp32", "fp16", "bf16", "e4m3", "e5m2"] as const) {
      update(dissect({ value, format }), { value, format });
      expect(/NaN|undefined/.test(stage.svg.outerHTML), `${value} in ${format}`).toBe(false);
    }
  }
  update(dissect({ value: "-1.5", format: "fp16" }), { value: "-1.5", format: "fp16" });
  const bits = [...stage.svg.querySelectorAll<SVGGElement>(".gb-bit-cell")];
  expect(bits.map((bit) => bit.textContent).join("")).toBe("1011111000000000");
  bits[0]!.onclick!(new window.MouseEvent("click") as never);
  bits[6]!.onclick!(new window.MouseEvent("click") as never);
  expect(patches).toEqual([{ value: "1.5" }, { value: "-1" }]);
});
