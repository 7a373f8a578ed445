import type { Phase, TimePhasesFrame } from "../../../engine/tasks/timePhases.ts";
import type { Description } from "../../widget/defineWidget.ts";

const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** Tokens a second of a phase, or … while it was not timed. */
export const perSecond = ({ tokens, time }: Phase): string => (time ? grouped((1000 * tokens) / time.median) : "…");

/** 104.3 million */
export const millions = (value: number): string => `${(value / 1e6).toFixed(1)} million`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
export const milliseconds = ({ time }: Phase): string => (time ? `${time.median.toFixed(2)} ms` : "not timed yet");
/** 9.35 to 9.81 ms: the fastest and the slowest block. */
export const spread = ({ time }: Phase): string => (time ? `${time.fastest.toFixed(2)} to ${time.slowest.toFixed(2)} ms` : "…");
/** Billions of multiply–adds a second. */
export const speed = ({ work, time }: Phase): string => (time ? (work / time.median / 1e6).toFixed(1) : "…");

/** The picture as a sentence and a table with the same numbers. */
export function describe({ read, write }: TimePhasesFrame): Description {
  const timed = read.time && write.time
    ? `they took ${milliseconds(read)} and ${milliseconds(write)}: ${perSecond(read)} tokens read a second, ${perSecond(write)} written`
    : "the clock has not been read yet";
  const row = (name: string, phase: Phase): string[] => [name, String(phase.tokens), String(phase.passes), millions(phase.work),
    megabytes(phase.fetched), milliseconds(phase), spread(phase), perSecond(phase), speed(phase)];
  return {
    sentence: `A prompt of ${read.tokens} tokens is ${millions(read.work)} multiply–adds in one pass, an answer of ${write.tokens} is ${
      millions(write.work)} in ${write.passes}; ${timed}.`,
    table: {
      columns: ["phase", "tokens", "passes", "multiply–adds", "weights fetched", "median time", "fastest to slowest", "tokens a second",
        "billion multiply–adds a second"],
      rows: [row("the prompt, read", read), row("the answer, written", write)],
    },
  };
}
