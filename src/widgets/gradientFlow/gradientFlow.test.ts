import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createCpuBackend } from "../../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../../engine/backends/cpu/loadNode.ts";
import { gradientFlow as task, type GradientFlowFrame, type GradientFlowParams } from "../../../engine/tasks/gradientFlow.ts";
import { type AnyValues, valid } from "../../widget/params.ts";
import { drawFrame } from "../../widget/poster.ts";
import { gradientFlow as widget } from "../gradientFlow.ts";
import { formatRatio, verdict } from "./reading.ts";

const backend = await createCpuBackend({ wasm: await loadWasm() });
const paramsOf = (scene: string) => valid(widget.params, { ...widget.scenes[scene]!.params, steps: 60 }) as unknown as GradientFlowParams & AnyValues;

async function last(scene: string): Promise<GradientFlowFrame> {
  const frames = task({
    params: paramsOf(scene), backend: async () => backend, artefact: async (name) => new Uint8Array(readFileSync(`public/${name}`)),
    breathe: async () => undefined, changed: () => Promise.reject(new Error("nothing changes here")),
  });
  for await (const frame of frames) if (frame.finished) return frame;
  throw new Error("it ended before");
}

test.each([
  ["sigmoid", "Vanishing"], ["tanh", "Level"], ["small", "Vanished"], ["he", "Level"], ["burst", "Gone"], ["both", "Level"],
])("the scene %s ends as it is named: %s, and draws a bar for each layer that has one", async (scene, word) => {
  const frame = await last(scene), params = paramsOf(scene);
  expect(verdict(frame).word).toBe(word);
  const { sentence, table } = widget.describe(frame, params);
  expect(sentence).toContain(word);
  expect(table.rows).toHaveLength(params.depth);
  expect(Number(String(table.rows[0]![1]).replace("−", "-")) / frame.before[0]!).toBeCloseTo(1, 3);
  for (const narrow of [false, true]) {
    const svg = drawFrame(widget, frame, params, { narrow });
    expect(svg.match(/class="gb-print"/g) ?? []).toHaveLength(frame.norms.filter((norm) => norm !== null && norm > 0).length);
    expect(svg).not.toMatch(/NaN|Infinity/);
  }
});

test("ratios have two digits, and small ones are parts of one", () => {
  expect([null, 0, 0.352, 2.8e-6, 174_421.8, 1.5e-20, 5.1e14].map(formatRatio)).toEqual(["–", "0", "0.35", "1/360,000", "170,000", "1.5e−20", "5.1e+14"]);
});
