import { type ChipId, chips, type RealModelId, realModels } from "../data/configs.ts";
import { cacheRoom, requests, type Served, serve, type ServiceFacts, serviceFacts } from "../data/serving.ts";
import type { Task } from "./task.ts";

export interface ServeRequestsParams {
  readonly policy: "static" | "continuous";
  readonly rate: number;
  readonly slots: number;
  readonly prompt: number;
  readonly answer: number;
  readonly model: RealModelId;
  readonly chip: ChipId;
  readonly bits: string;
  readonly seed: number;
}

export interface ServeRequestsFrame {
  readonly served: readonly Served[];
  readonly slots: number;
  /** Of the policy that is shown, and of the other on the same requests; null where nothing fits. */
  readonly facts: ServiceFacts | null;
  readonly other: ServiceFacts | null;
  /** Requests whose keys and values do not fit on the card at all. */
  readonly refused: number;
  /** Tokens of cache that fit beside the weights. */
  readonly room: number;
  /** Requests that had come and not begun, at the times when that changed: [seconds, how many]. */
  readonly queue: readonly (readonly [number, number])[];
}

const COUNT = 60;

/** A service over one card: the same requests under static and under continuous batching. One frame for each change of the params. */
export const serveRequests: Task<ServeRequestsParams, ServeRequestsFrame> = async function* (run) {
  for (;;) {
    yield serviceOf(run.params);
    await run.changed();
  }
};

export function serviceOf({ policy, rate, slots, prompt, answer, model, chip, bits, seed }: ServeRequestsParams): ServeRequestsFrame {
  const machine = { model: realModels[model], chip: chips[chip], bits: Number(bits), slots };
  const all = requests({ seed, count: COUNT, rate, prompt, answer });
  const served = serve(all, machine, policy), others = serve(all, machine, policy === "static" ? "continuous" : "static");
  const changes = served.flatMap(({ arrives, starts }): [number, number][] => [[arrives, 1], [starts, -1]])
    .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let waiting = 0;
  return {
    served, slots, refused: COUNT - served.length, room: cacheRoom(machine),
    facts: served.length > 0 ? serviceFacts(served, slots) : null, other: others.length > 0 ? serviceFacts(others, slots) : null,
    queue: changes.map(([time, change]) => [time, (waiting += change)] as const),
  };
}
