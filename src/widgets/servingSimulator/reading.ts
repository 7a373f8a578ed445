import { PROMISE, type ServiceFacts } from "../../../engine/data/serving.ts";
import type { ServeRequestsFrame } from "../../../engine/tasks/serveRequests.ts";
import type { Description } from "../../widget/defineWidget.ts";

export interface ServiceParams {
  readonly policy: "static" | "continuous";
}

/** 12.3 s, 0.45 s, 12 ms */
export const seconds = (value: number): string =>
  (value < 0.1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} s`);
const rate = ({ throughput }: ServiceFacts): string => throughput.toLocaleString("en-US", { maximumFractionDigits: 0 });
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
export const otherPolicy = (policy: ServiceParams["policy"]): ServiceParams["policy"] => (policy === "static" ? "continuous" : "static");

/** How many times the throughput of static batches continuous ones reach. */
export function gain({ facts, other }: ServeRequestsFrame, { policy }: ServiceParams): string {
  if (!facts || !other) return "…";
  return (policy === "continuous" ? facts.throughput / other.throughput : other.throughput / facts.throughput).toFixed(1);
}

/** What is told of a service, a line each, with how it is printed. */
export const metrics: readonly { readonly name: string; readonly text: (facts: ServiceFacts) => string }[] = [
  { name: "tokens a second, all answers", text: (facts) => rate(facts) },
  { name: "to the first token, median", text: ({ firstToken }) => seconds(firstToken[0]) },
  { name: "to the first token, 95th of 100", text: ({ firstToken }) => seconds(firstToken[1]) },
  { name: "between two tokens", text: ({ perToken }) => seconds(perToken) },
  { name: "whole answer, median", text: ({ whole }) => seconds(whole[0]) },
  { name: "whole answer, 95th of 100", text: ({ whole }) => seconds(whole[1]) },
  { name: `goodput: begun within ${PROMISE} s`, text: ({ kept }) => percent(kept) },
  { name: "places at work", text: ({ busy }) => percent(busy) },
];

/** The picture as a sentence and a table with the same numbers. */
export function describe(frame: ServeRequestsFrame, params: ServiceParams): Description {
  const { facts, other, served, refused } = frame;
  const columns = ["what", `${params.policy} batches`, `${otherPolicy(params.policy)} batches`];
  if (!facts || !other) {
    const sentence = "The weights leave no room for the cache of any of these requests.";
    return { sentence, table: { columns, rows: [["requests served", "0", "0"]] } };
  }
  const left = refused > 0 ? ` ${refused} more do not fit on the card at all.` : "";
  return {
    sentence: `In ${params.policy} batches ${served.length} requests are served at ${rate(facts)} tokens a second; the median waits ${
      seconds(facts.firstToken[0])} for the first token. In ${otherPolicy(params.policy)} batches it would be ${
      rate(other)} tokens a second and ${seconds(other.firstToken[0])}.${left}`,
    table: { columns, rows: metrics.map(({ name, text }) => [name, text(facts), text(other)]) },
  };
}
