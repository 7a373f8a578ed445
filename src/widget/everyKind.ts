import type { Schema } from "./params.ts";

/** A schema with a param of every kind: for tests. */
export const everyKind = {
  rate: { kind: "number", default: 0.1, min: 0, max: 1.2, step: 0.01, label: "rate", live: true },
  layers: { kind: "number", default: 2, min: 1, max: 12, step: 1, label: "layers", aliases: ["nLayers"] },
  decay: { kind: "number", default: 0.001, min: 1e-6, max: 1, scale: "log", label: "decay" },
  shape: { kind: "choice", default: "bowl", options: { bowl: "a bowl", ripples: "ripples" }, label: "shape" },
  causal: { kind: "toggle", default: true, label: "causal" },
  sentence: { kind: "text", default: "the cat sat", label: "sentence", maxLength: 120 },
  mask: { kind: "grid", rows: 3, columns: 3, min: 0, max: 1, step: 1, default: [1, 0, 0, 1, 1, 0, 1, 1, 1], label: "mask" },
  matrix: { kind: "grid", rows: 2, columns: 2, min: -2, max: 2, step: 0.01, default: [1, 0, 0, 1], label: "matrix" },
  model: { kind: "model", default: "shipped", label: "model" },
} as const satisfies Schema;
