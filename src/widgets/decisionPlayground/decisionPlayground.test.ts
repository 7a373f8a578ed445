import { expect, test } from "vitest";
import { classifyPlane, type ClassifyPlaneParams } from "../../../engine/tasks/classifyPlane.ts";
import { framesOf } from "../../../engine/testing/runTask.ts";
import { type AnyValues, valid } from "../../widget/params.ts";
import { drawFrame } from "../../widget/poster.ts";
import { decisionPlayground } from "../decisionPlayground.ts";
import { borderOf, tintsOf } from "./border.ts";

const paramsOf = (patch: AnyValues = {}) => valid(decisionPlayground.params, patch) as unknown as ClassifyPlaneParams & AnyValues;
const trained = async (scene: string) => {
  const params = paramsOf(decisionPlayground.scenes[scene]!.params);
  return { params, frame: (await framesOf(classifyPlane, params, 1)).at(-1)! };
};

test("the border lies where the value passes the level", () => {
  expect(borderOf([0, 1, 0, 1], 2, 0.5, 10)).toBe("M10,5L10,15");
  expect(borderOf([0, 1, 0, 1], 2, 0.25, 10)).toBe("M7.5,5L7.5,15");
  expect(borderOf([1, 1, 1, 1], 2, 0.5, 10)).toBe("");
});

test("tints cover each cell once, runs joined", () => {
  expect(tintsOf([0, 0, 1, 1], 2, 10, 2, (value) => value)).toEqual(["M0,0H20V10H0Z", "M0,10H20V20H0Z"]);
});

test.each([["bent", "no point lies"], ["linear", "the loss is 0.69"], ["moons", "no point lies"], ["spiral", "no point lies"], ["unlucky", "points lie"], ["shallow", "lie"]])(
  "the scene %s ends as it says: %s", async (scene, words) => {
    const { frame, params } = await trained(scene);
    const { sentence, table } = decisionPlayground.describe(frame, params);
    expect(sentence).toContain(words);
    expect(table.rows.flatMap((row) => row.slice(1)).every((share) => Number(share) >= 0 && Number(share) <= 1)).toBe(true);
    const svg = drawFrame(decisionPlayground, frame, params);
    expect(svg.match(/gb-point/g)).toHaveLength(160);
    expect(svg.match(/stroke-dasharray="5 4"/g) ?? []).toHaveLength(scene === "linear" ? 0 : frame.folds.length);
  });
