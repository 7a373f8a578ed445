import type { HeadGalleryFrame } from "../../engine/tasks/headGallery.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawGallery } from "./headGallery/draw.ts";
import { changeOf, describe, lossText, MEASURES, TESTS, unneeded } from "./headGallery/reading.ts";

/** One bit a head; the corner of the model's own size counts. */
const ON = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] as const;
const without = (...heads: readonly number[]): readonly number[] => ON.map((_, i) => (heads.includes(i) ? 1 : 0));

/** All heads of the shipped model on the reader's text: what each looks at, and what the model loses without it. */
export const headGallery = defineWidget({
  id: "head-gallery",
  title: "Every head, and the model without it",
  params: {
    text: {
      kind: "text", default: "A frog named Patch had a friend named Dot. Dot had a pink shovel. One day, Patch asked Dot for the shovel.",
      label: "your text", maxLength: 1000, live: true,
    },
    model: { kind: "model", default: "shipped", label: "model", most: { layers: 4, heads: 4 } },
    measure: { kind: "choice", default: "loss", options: MEASURES, label: "rank by", live: true },
    test: { kind: "choice", default: "yours", options: TESTS, label: "loss on", live: true },
    layer: { kind: "number", default: 1, min: 0, max: 3, step: 1, label: "layer", live: true, hidden: true },
    head: { kind: "number", default: 0, min: 0, max: 3, step: 1, label: "head", live: true, hidden: true },
    off: { kind: "grid", rows: 4, columns: 4, min: 0, max: 1, step: 1, default: ON, label: "switched off", live: true },
  },
  scenes: {
    stories: { title: "on stories", params: { test: "stories", layer: 2, head: 1 },
      watch: "Each bar is what stories cost more without that head. How many of the heads could go and hardly be missed?" },
    twice: { title: "nonsense twice", params: { test: "twice", layer: 1, head: 0 },
      watch: "Copying nonsense needs other heads than stories do: which ones are indispensable now?" },
    circuit: { title: "a circuit of two", params: { test: "twice", layer: 1, head: 0, off: without(0) },
      watch: "Only layer 0, head 0 is off, and yet the pattern of layer 1, head 0 has fallen apart: it was built on the other." },
    three: { title: "three heads off", params: { test: "stories", layer: 1, head: 1, off: without(5, 6, 7) },
      watch: "Three of the four heads of layer 1 are silent, and stories cost a little more. Switch off the fourth, then one of layer 0." },
    before: { title: "who looks back one?", params: { measure: "before", layer: 0, head: 0 },
      watch: "One head stands out, because it was taught. The others look back one place a little, as they look everywhere a little." },
  },
  task: tasks.headGallery,
  uses: shippedModel,
  size: { wide: [720, 600], narrow: [360, 932] },
  start: "auto",
  draw: drawGallery,
  describe,
  readouts: {
    unneeded: (frame: HeadGalleryFrame) => String(unneeded(frame, "yours") ?? "…"),
    heads: ({ layers, heads }) => String(layers * heads),
    lossNow: ({ tests }, { test }) => lossText(tests[test].now),
    lossWhole: ({ tests }, { test }) => lossText(tests[test].whole),
    change: (frame, { test, layer, head }) => changeOf(frame, test, layer * frame.heads + head),
  },
});
