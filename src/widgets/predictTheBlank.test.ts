import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Window } from "happy-dom";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCpuBackend } from "../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../engine/backends/cpu/loadNode.ts";
import type { PredictBlankFrame } from "../../engine/tasks/predictBlank.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { type AnyValues, defaults } from "../widget/params.ts";
import { renderPosters } from "../widget/poster.ts";
import { createStage } from "../widget/stage.ts";
import { predictTheBlank } from "./predictTheBlank.ts";

const packs = join(import.meta.dirname, "../../public");
const built = shippedModel.every((name) => existsSync(join(packs, name)));
const shown = async (params: AnyValues = {}) => renderPosters(predictTheBlank, params, {
  backend: async () => createCpuBackend({ wasm: await loadWasm() }), getArtefact: async (name) =>
    new Uint8Array(readFileSync(join(packs, name))),
});

describe.skipIf(!built && !process.env.CI)("on the shipped model", () => {
  test("is sure after ‘Once upon a’, open after ‘there was a’, and stumbles over the window", async () => {
    const of = async (scene: string) => (await shown(predictTheBlank.scenes[scene]!.params)).wide.frame as PredictBlankFrame;
    const [certain, open, odd] = await Promise.all([of("certain"), of("open"), of("odd")]);
    expect(certain.top[0]).toMatchObject({ piece: "▁time" });
    expect(certain.entropy).toBeLessThan(0.2);
    expect(open.entropy).toBeGreaterThan(2.5);
    expect(odd.tokens.reduce((a, b) => (a.surprise > b.surprise ? a : b)).piece).toBe("▁window");
  });

  test("a wide picture has a bar for each row of the table, a narrow one for the likeliest", async () => {
    const { wide, narrow } = await shown();
    const { tokens, top } = wide.frame as PredictBlankFrame;
    expect(wide.table.rows).toHaveLength(tokens.length + top.length);
    for (const [{ svg }, bars] of [[wide, 20], [narrow, 12]] as const) {
      expect(svg.match(/class="gb-surprise"/g)).toHaveLength(tokens.length);
      expect(svg.match(/class="gb-bar-mark"/g)).toHaveLength(bars);
    }
  });

  test.each([["nothing", ""], ["markup", "<script>1</script>"], ["emoji", "👩‍👩‍👧".repeat(9)], ["half a character", "\ud800"],
    ["much", "Snow ran. ".repeat(90)]])(
    "%s is looked at and drawn", async (_, text) => {
      const { wide, narrow } = await shown({ text });
      for (const { svg } of [wide, narrow]) expect(svg).not.toMatch(/NaN|undefined|Infinity|<script/);
    });
});

let window: Window;
beforeEach(() => { window = new Window(); });
afterEach(() => window.happyDOM.close());

test("a chip leads to its place by key or press, the blank back to the end, and a bar writes its token", () => {
  const patches: AnyValues[] = [];
  const stage = createStage({
    document: window.document as unknown as Document, prefix: "f", title: "t", size: predictTheBlank.size.wide, narrow: false,
    set: (patch) => patches.push(patch),
  });
  window.document.body.append(stage.svg as never);
  const token = (piece: string) => ({ piece, probability: 0.5, surprise: 0.69, rank: 1, entropy: 0.7 });
  const frame: PredictBlankFrame = {
    tokens: [token("a"), token("▁b")], clipped: false, at: 2, before: "a", entropy: 0.7, vocabSize: 9, read: "letters",
    top: [{ piece: "▁c", text: " c", probability: 0.6 }, { piece: "end", text: "", probability: 0.4 }],
  };
  predictTheBlank.draw(stage as never)(frame, defaults(predictTheBlank.params) as AnyValues);
  const key = (element: Element, name: string): void => void element.dispatchEvent(new window.KeyboardEvent("keydown",
    { key: name, bubbles: true }) as never);
  const chips = [...stage.svg.querySelectorAll<SVGElement>(".gb-piece-chip")];
  expect(chips.map((chip) => chip.getAttribute("tabindex"))).toEqual(["0", "-1", "-1"]);
  key(chips[0]!, "ArrowRight");
  expect(window.document.activeElement).toBe(chips[1]);
  key(chips[1]!, "Enter");
  key(chips[2]!, " ");
  const [bar, end] = [...stage.svg.querySelectorAll(".gb-bars > g")];
  key(bar!, "Enter");
  expect(patches).toEqual([{ at: 2 }, { at: 0 }, { text: "a c", at: 0 }]);
  expect(end!.getAttribute("role")).toBe("img");
  expect(predictTheBlank.describe(frame, {}).sentence).toBe(
    "In place of ‘▁b’, which came and had 50.0 %, it expected ‘▁c’ at 60.0 % most; its entropy there is 0.70 nats; "
      + "the most surprising token is ‘a’, 0.69 nats.",
  );
});
