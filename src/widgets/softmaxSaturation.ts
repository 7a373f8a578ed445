import { tasks } from "../../engine/tasks/index.ts";
import type { Saturation, SoftmaxSaturationFrame } from "../../engine/tasks/softmaxSaturation.ts";
import { formatNumber } from "../charts/plot.ts";
import { type Description, defineWidget } from "../widget/defineWidget.ts";
import { drawSaturation } from "./softmaxSaturation/draw.ts";

/** What the division by √d_k is for: scores, shares and the slope that softmax lets through, at any size of a head. */
export const softmaxSaturation = defineWidget({
  id: "softmax-saturation",
  title: "When softmax stops learning",
  params: {
    dHead: { kind: "number", default: 128, min: 1, max: 1024, scale: "log", step: 1, label: "d_k", live: true },
    scaled: { kind: "toggle", default: false, label: "÷ √d_k", live: true },
    keys: { kind: "number", default: 16, min: 2, max: 64, step: 1, label: "keys", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
  },
  scenes: {
    unscaled: { title: "128, not divided", params: { dHead: 128, scaled: false },
      watch: "Scores of ±11 are common. One token takes nearly the whole row, and hardly any slope comes back." },
    scaled: { title: "128, divided", params: { dHead: 128, scaled: true },
      watch: "The same numbers divided by √128: scores of about ±1, shares for everyone, and a slope to learn from." },
    small: { title: "four, not divided", params: { dHead: 4, scaled: false },
      watch: "A small head hardly needs the division. That is why leaving it out goes unnoticed in small experiments." },
    huge: { title: "1,024, not divided", params: { dHead: 1024, scaled: false },
      watch: "Scores of ±32. In most rows the slope is so small that a step of training changes nothing." },
  },
  task: tasks.softmaxSaturation,
  size: { wide: [720, 372], narrow: [360, 640] },
  start: "auto",
  draw: drawSaturation,
  describe,
  readouts: {
    spread: ({ spread }) => formatNumber(spread, 3),
    entropy: ({ entropy }) => entropy.toFixed(2),
    slope: ({ slope }) => formatNumber(slope, 2),
    top: ({ shares }) => `${((shares[0] ?? 0) * 100).toFixed(0)} %`,
  },
});

function describe(frame: SoftmaxSaturationFrame): Description {
  const { dHead, scaled, spread, entropy, slope, shares, keys, sweep } = frame;
  const row = ({ dHead: size, scaled: isDivided, ...one }: Saturation): (string | number)[] =>
    [`${size}, ${isDivided ? "divided" : "not divided"}`, formatNumber(one.spread, 3), one.entropy.toFixed(3), formatNumber(one.slope, 3)];
  return {
    sentence: `Queries and keys of ${dHead} numbers, ${scaled ? `divided by √${dHead}` : "not divided"}: the typical score is ${formatNumber(spread, 3)}, the largest of ${keys} `
      + `shares ${((shares[0] ?? 0) * 100).toFixed(0)} % on average, the entropy ${entropy.toFixed(2)} of ${Math.log(keys).toFixed(2)} nats, and the slope that softmax lets through ${formatNumber(slope, 2)}.`,
    table: { columns: ["size", "typical score", "entropy, nats", "slope"], rows: [row(frame), ...sweep.map(row)] },
  };
}
