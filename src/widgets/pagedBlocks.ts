import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawBlocks } from "./pagedBlocks/draw.ts";
import { describe, percent } from "./pagedBlocks/reading.ts";

/** The cache of one little card, place by place, while conversations come, grow and end. */
export const pagedBlocks = defineWidget({
  id: "paged-blocks",
  title: "Who holds the memory",
  params: {
    policy: {
      kind: "choice", default: "contiguous", label: "memory", live: true,
      options: { contiguous: "stretches", paged: "blocks", shared: "shared" },
    },
    block: { kind: "number", default: 16, min: 4, max: 64, step: 4, label: "block", unit: "tokens", live: true },
    prefix: { kind: "number", default: 32, min: 0, max: 96, step: 8, label: "beginning", unit: "tokens", live: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
  },
  scenes: {
    stretches: {
      title: "whole stretches", params: { policy: "contiguous" },
      watch: "Room for the longest answer is set aside for everybody. How much of the card holds a token, and how many conversations fit?",
    },
    blocks: {
      title: "blocks", params: { policy: "paged" },
      watch: "A block is taken when the last one is full. What is left empty now, and where?",
    },
    shared: {
      title: "shared", params: { policy: "shared" },
      watch: "The common beginning is stored once, top left, and everybody reads it. How many conversations run now?",
    },
    large: {
      title: "large blocks", params: { policy: "shared", block: 64 },
      watch: "Blocks longer than the common beginning: nothing can be shared any more, and every last block is half empty.",
    },
  },
  task: tasks.pageMemory,
  size: { wide: [720, 410], narrow: [360, 516] },
  start: "auto",
  pace: 220,
  goals: { running: { label: "conversations at once", value: ({ running }) => running } },
  draw: drawBlocks,
  describe,
  readouts: {
    running: ({ running }) => String(running),
    used: ({ used, memory }) => percent(used / memory),
    reserved: ({ reserved, memory }) => percent(reserved / memory),
    ended: ({ ended }) => String(ended),
  },
});
