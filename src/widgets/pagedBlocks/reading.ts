import type { PageMemoryFrame } from "../../../engine/tasks/pageMemory.ts";
import type { Description } from "../../widget/defineWidget.ts";

export interface BlockParams {
  readonly policy: "contiguous" | "paged" | "shared";
}

export const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/** What a part of the memory is called, in the order of the bar. */
export const parts = [
  { name: "tokens of running conversations", of: (frame: PageMemoryFrame) => frame.used },
  { name: "set aside and empty", of: (frame: PageMemoryFrame) => frame.reserved },
  { name: "left by conversations that are over", of: (frame: PageMemoryFrame) => frame.idle },
  { name: "free", of: (frame: PageMemoryFrame) => frame.free },
] as const;

export const policyText = ({ policy }: BlockParams, { block, longest }: PageMemoryFrame): string =>
  (policy === "contiguous" ? `Each conversation has a stretch of ${longest} tokens to itself`
    : `Memory is given out in blocks of ${block} tokens${
      policy === "shared" ? ", and whole blocks of the common beginning are shared" : ""}`);

/** The picture as a sentence and a table with the same numbers. */
export function describe(frame: PageMemoryFrame, params: BlockParams): Description {
  const { step, running, ended, used, reserved, memory, evicted, putOff, tokens } = frame;
  return {
    sentence: `${policyText(params, frame)}. At step ${step}, ${running} conversations run; ${
      percent(used / memory)} of the memory holds their tokens and ${
      percent(reserved / memory)} is set aside and empty; ${ended} conversations have ended.`,
    table: {
      columns: ["what", "number"],
      rows: [
        ["conversations running", running], ["tokens they have", tokens],
        ...parts.map(({ name, of }): [string, number] => [`places: ${name}`, of(frame)]),
        ["conversations ended", ended], ["idle ones whose blocks were taken", evicted], ["put off for want of room", putOff],
      ],
    },
  };
}
