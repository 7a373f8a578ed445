import { chips, realModels } from "../../engine/data/configs.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawService } from "./servingSimulator/draw.ts";
import { describe, gain, seconds } from "./servingSimulator/reading.ts";

const names = <K extends string>(rows: Readonly<Record<K, { readonly name: string }>>): Record<K, string> =>
  Object.fromEntries(Object.entries<{ readonly name: string }>(rows).map(([id, { name }]) => [id, name])) as Record<K, string>;

/** Requests come to one card; who is served when, and how long everybody waits. */
export const servingSimulator = defineWidget({
  id: "serving-simulator",
  title: "Many readers, one model",
  params: {
    policy: { kind: "choice", default: "static", options: { static: "static", continuous: "continuous" }, label: "batches", live: true },
    rate: { kind: "number", default: 6, min: 0.5, max: 40, step: 0.5, label: "arrivals", unit: "a second", live: true },
    slots: { kind: "number", default: 8, min: 1, max: 24, step: 1, label: "places", live: true },
    prompt: { kind: "number", default: 400, min: 20, max: 8000, step: 20, label: "mean prompt", unit: "tokens", live: true, more: true },
    answer: { kind: "number", default: 200, min: 10, max: 1000, step: 10, label: "mean answer", unit: "tokens", live: true, more: true },
    model: { kind: "choice", default: "llama-3-8b", options: names(realModels), label: "model", live: true, more: true },
    bits: { kind: "choice", default: "16", options: { 16: "16", 8: "8", 4: "4" }, label: "bits of its weights", live: true, more: true },
    chip: { kind: "choice", default: "h100", options: names(chips), label: "card", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
  },
  scenes: {
    static: {
      title: "static", params: { policy: "static" },
      watch: "A batch ends with its longest answer. Pale stretches are places that have finished and stay taken: how much is pale?",
    },
    continuous: {
      title: "continuous", params: { policy: "continuous" },
      watch: "The same requests. Whoever finishes leaves, and the next one takes the place before the next token.",
    },
    alone: {
      title: "one at a time", params: { policy: "continuous", slots: 1 },
      watch: "One place: the card fetches all its weights for a single token of a single reader. What becomes of the waiting line?",
    },
    rush: {
      title: "a rush", params: { policy: "continuous", rate: 40, slots: 24 },
      watch: "Many come at once, and many are served at once. Does anybody’s answer come much slower for it?",
    },
    smallCard: {
      title: "a small card", params: { policy: "continuous", chip: "rtx-4090", prompt: 8000, slots: 24 },
      watch: "Long prompts on 24 GB. There are 24 places, but the cache is full long before they are.",
    },
  },
  task: tasks.serveRequests,
  size: { wide: [720, 500], narrow: [360, 640] },
  start: "auto",
  draw: drawService,
  describe,
  readouts: {
    throughput: ({ facts }) => (facts ? facts.throughput.toFixed(0) : "0"),
    otherThroughput: ({ other }) => (other ? other.throughput.toFixed(0) : "0"),
    gain,
    wait: ({ facts }) => (facts ? seconds(facts.firstToken[1]) : "…"),
  },
});
