import { existsSync, readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCpuBackend } from "../../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../../engine/backends/cpu/loadNode.ts";
import { openHeldOutModel } from "../../../engine/tasks/heldOutModel.ts";
import { openLanguageModel } from "../../../engine/tasks/languageModel.ts";
import { type Lab, openLab, type QuantizationLabFrame, type QuantizationLabParams } from "../../../engine/tasks/quantizationLab.ts";
import { type AnyValues, defaults } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { quantizationErrorLab } from "../quantizationErrorLab.ts";

const shipped = new URL("../../../public/", import.meta.url);
const isShipped = existsSync(new URL("models/story/model.safetensors", shipped));
const base = defaults(quantizationErrorLab.params) as unknown as QuantizationLabParams;

describe.skipIf(!isShipped && process.env.CI !== "true")("on the shipped model", () => {
  let lab: Lab;
  const window = new Window();
  beforeAll(async () => {
    const backend = await createCpuBackend({ wasm: await loadWasm() });
    const language = await openLanguageModel({ artefact: async (name) => new Uint8Array(readFileSync(new URL(name, shipped))) }, backend);
    lab = openLab(await openHeldOutModel(language), language.model.config.vocabSize, { breathe: () => Promise.resolve() });
  }, 60_000);
  afterAll(() => window.happyDOM.close());

  const whole = async (scene: string): Promise<[QuantizationLabFrame, QuantizationLabParams]> => {
    const params = { ...base, ...quantizationErrorLab.scenes[scene]!.params } as QuantizationLabParams;
    while (lab.missing(params) > 0) await lab.measure(params);
    return [lab.frame(params), params];
  };
  const show = (frame: QuantizationLabFrame, params: QuantizationLabParams, narrow = false): [SVGSVGElement, AnyValues[]] => {
    const patches: AnyValues[] = [];
    const stage = createStage({ document: window.document as unknown as Document, prefix: "f", title: "t",
      size: quantizationErrorLab.size[narrow ? "narrow" : "wide"], narrow, set: (patch) => patches.push(patch) });
    window.document.body.append(stage.svg as never);
    quantizationErrorLab.draw(stage as never)(frame, params as unknown as AnyValues);
    return [stage.svg, patches];
  };

  test("every scene is drawn in both widths, its map with at most 64 paths and no broken number", async () => {
    for (const scene of Object.keys(quantizationErrorLab.scenes)) {
      const [frame, params] = await whole(scene);
      for (const narrow of [false, true]) {
        const [svg] = show(frame, params, narrow);
        expect(svg.querySelectorAll(".gb-heatmap path").length, scene).toBeLessThanOrEqual(64);
        expect(/NaN|undefined|Infinity/.test(svg.outerHTML), scene).toBe(false);
      }
    }
  }, 120_000);

  test("the table has the errors of the map, a row a row, and the losses of the curve", async () => {
    const [frame, params] = await whole("groups");
    const { rows } = quantizationErrorLab.describe(frame, params as unknown as AnyValues).table;
    expect(rows).toHaveLength(32 + 9);
    const { errors, columns } = frame.window;
    expect(Number(String(rows[5]![8]).replace("−", "-"))).toBeCloseTo(errors[5 * columns + 7]!, 4);
    expect(rows[32]!.slice(1, 3)).toEqual([frame.full.loss!.toFixed(3), frame.rounded.loss!.toFixed(3)]);
    expect(rows[36]![1]).toBe(frame.byBits[3]!.toFixed(3));
  }, 60_000);

  test("the three weights of the worked box stand on their rungs", async () => {
    const [frame, params] = await whole("byHand");
    const [svg] = show(frame, params);
    expect(svg.textContent).toContain("−1.427 ÷ 0.3649 = −3.91 → code −4 → −1.46, off by −0.033");
    expect(svg.textContent).toContain("your 3 numbers: 15 rungs");
  }, 60_000);

  test("Enter on a cell of the map moves that weight", async () => {
    const [frame, params] = await whole("four");
    const [svg, patches] = show(frame, params);
    const cells = svg.querySelector(".gb-cells")!;
    const key = (name: string): unknown => cells.dispatchEvent(new window.KeyboardEvent("keydown", { key: name, bubbles: true }) as never);
    cells.dispatchEvent(new window.Event("focus") as never);
    key("ArrowDown");
    key("ArrowRight");
    key("Enter");
    expect(patches).toEqual([{ row: 4, column: 18 }]);
    expect(svg.querySelector(".gb-cursor")!.getAttribute("aria-label")).toMatch(/^row 4, column 18: weight .+, error /);
  }, 60_000);

  test("the text that is marked begins where the two texts part", async () => {
    const [frame, params] = await whole("four");
    const [svg] = show(frame, params);
    const full = frame.full.tokens!, rounded = frame.rounded.tokens!;
    const apart = rounded.findIndex((token, i) => token !== full[i]);
    expect(apart).toBeGreaterThanOrEqual(0);
    const marked = [...svg.querySelectorAll(".gb-differs")].map((span) => span.textContent).join(" ").replace(/\s+/g, " ").trim();
    expect(rounded.slice(apart).join("").replace(/\s+/g, " ").trim().startsWith(marked.slice(0, 30))).toBe(true);
  }, 60_000);
});
