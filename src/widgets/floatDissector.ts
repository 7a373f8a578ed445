import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawDissector } from "./floatDissector/draw.ts";
import { describe, FORMATS, numberText, storedText } from "./floatDissector/reading.ts";

/** A number in a floating-point format, bit by bit. */
export const floatDissector = defineWidget({
  id: "float-dissector",
  title: "A number, bit by bit",
  params: {
    value: { kind: "text", default: "-1.4271", label: "number", maxLength: 40, live: true },
    format: { kind: "choice", default: "fp16", options: FORMATS, label: "format", live: true },
  },
  scenes: {
    brain: { title: "the same in BF16", params: { value: "-1.4271", format: "bf16" },
      watch: "Also sixteen bits, but three of the fraction’s have gone to the exponent: the neighbours stand eight times as far apart." },
    eight: { title: "in 8 bits", params: { value: "-1.4271", format: "e4m3" }, watch: "Three bits of fraction are left: eight numbers between 1 and 2." },
    tenth: { title: "a tenth", params: { value: "0.1", format: "fp32" },
      watch: "No format has it: in binary a tenth goes on for ever, as a third does in decimal." },
    overflow: { title: "too large", params: { value: "70000", format: "fp16" },
      watch: "FP16 ends at 65,504: beyond it comes infinity. BF16 has the number, roughly." },
    tiny: { title: "too small", params: { value: "1e-8", format: "fp16" },
      watch: "Less than half of FP16’s smallest step from zero: the number is lost. A gradient can look like this." },
    subnormal: { title: "nearly too small", params: { value: "3e-5", format: "fp16" },
      watch: "The exponent is at its end, so the leading 1 is given up, and precision with it: a subnormal number." },
  },
  task: tasks.dissectFloat,
  size: { wide: [720, 470], narrow: [360, 720] },
  start: "auto",
  draw: drawDissector,
  describe,
  readouts: {
    stored: ({ chosen }) => storedText(chosen),
    spacing: ({ chosen }) => numberText(chosen.spacing),
  },
});
