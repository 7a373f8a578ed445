import type { RaceBackendsFrame, RaceLane } from "../../../engine/tasks/raceBackends.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** The middle of the times; null before there is one. */
export function median({ times }: RaceLane): number | null {
  if (times.length === 0) return null;
  const sorted = times.toSorted((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export const formatMs = (ms: number): string => (ms >= 99.5 ? Math.round(ms).toLocaleString("en") : ms.toFixed(1));
const perSecond = (tokens: number, ms: number): string => Math.round((tokens * 1000) / ms).toLocaleString("en");

/** "GPU · acme blazing", or which processor plays it. */
export function nameOf({ backend, adapter, software }: RaceLane): string {
  if (backend === "cpu") return "CPU · WebAssembly";
  if (software) return "GPU · software adapter";
  return adapter === null ? "GPU · WebGPU" : `GPU · ${adapter}`;
}

/** What stands beside a bar: the middle of the times, the speed, and how far the times lie apart. */
export function resultOf(lane: RaceLane, { tokens, step }: RaceBackendsFrame): string {
  const middle = median(lane);
  if (lane.fault !== null) return `not here: ${lane.fault.replace(/^webgpu: /, "")}`;
  if (middle === null) return step === 0 && lane.losses.length === 0 ? "not measured yet" : "its first step compiles";
  const spread = lane.times.length > 1 ? `, ${formatMs(Math.min(...lane.times))} to ${formatMs(Math.max(...lane.times))}` : "";
  return `${formatMs(middle)} ms${spread} · ${perSecond(tokens, middle)} tokens a second`;
}

/** How often the GPU does a step in the time of one on the CPU; "–" before both are measured. */
export function ratioText({ lanes: [cpu, gpu] }: RaceBackendsFrame): string {
  const [c, g] = [median(cpu!), median(gpu!)];
  if (c === null || g === null) return "–";
  const ratio = c / g;
  return `${ratio >= 9.95 ? Math.round(ratio) : Number(ratio.toPrecision(2))} ×`;
}

/** "0.0000005": the difference to one digit. */
export const differenceText = ({ difference }: RaceBackendsFrame): string =>
  (difference === null ? "–" : difference === 0 ? "0" : difference.toFixed(Math.max(1, Math.ceil(-Math.log10(difference)))));

/** Who won, whether both computed the same, and what a software adapter is. */
export function verdictOf(frame: RaceBackendsFrame): readonly string[] {
  const [cpu, gpu] = frame.lanes as readonly [RaceLane, RaceLane];
  const [c, g] = [median(cpu), median(gpu)];
  const lines: string[] = [];
  if (c !== null && g !== null) {
    lines.push(g < c ? `On this machine the GPU does the step ${ratioText(frame)} as fast as the CPU.`
      : `On this machine the CPU is the faster: the GPU has ${ratioText(frame)} its speed.`);
  }
  if (gpu.software) lines.push("It is a software adapter: Chromium draws WebGPU on the processor.");
  if (frame.difference !== null) {
    lines.push(frame.difference <= 1e-4 ? `Both losses agree: they differ by at most ${differenceText(frame)} of themselves.`
      : `The losses differ by ${differenceText(frame)} of themselves, more than rounding explains.`);
  }
  if (gpu.fault !== null && c !== null) lines.push("There is no GPU to race against here: the whole book runs on the CPU.");
  return lines;
}

/** The picture as a sentence and a table. */
export function describe(frame: RaceBackendsFrame): Description {
  const lanes = frame.lanes.map((lane) => `${nameOf(lane)}: ${resultOf(lane, frame)}`);
  const setting = `One training step of ${frame.preset}, ${frame.parameters.toLocaleString("en")} parameters and ${frame.tokens.toLocaleString("en")} tokens`;
  const cell = (value: number | undefined | null): string => (value === undefined || value === null ? "–" : formatMs(value));
  return {
    sentence: [`${setting}. ${lanes.join("; ")}.`, ...verdictOf(frame)].join(" "),
    table: {
      columns: ["backend", "median ms", "least ms", "most ms", "tokens a second", "loss of the last step"],
      rows: frame.lanes.map((lane) => {
        const middle = median(lane);
        return [
          nameOf(lane), cell(middle), cell(middle && Math.min(...lane.times)), cell(middle && Math.max(...lane.times)),
          middle === null ? "–" : perSecond(frame.tokens, middle), lane.losses.at(-1)?.toFixed(6) ?? "–",
        ];
      }),
    },
  };
}
