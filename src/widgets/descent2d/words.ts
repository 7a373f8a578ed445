import { type Racer, type RacerName, RACE_WON } from "../../../engine/tasks/raceOptimizers.ts";
import { formatNumber } from "../../charts/plot.ts";

const names: Readonly<Record<RacerName, string>> = {
  plain: "plain descent", momentum: "momentum", nesterov: "Nesterov", adaGrad: "AdaGrad", rmsProp: "RMSProp", adam: "Adam",
};

/** "2 momentum": its lane, then what runs there. */
export const named = ({ lane, name }: Racer): string => `${lane} ${names[name]}`;

/** What has become of a racer, for the table. */
export function standing({ divergedAt, arrivedAt }: Racer): string {
  if (divergedAt !== null) return `left all bounds at step ${divergedAt}`;
  return arrivedAt === null ? "on the way" : `below ${RACE_WON} at step ${arrivedAt}`;
}

/** The same for a sentence: "momentum arrived at step 60". */
export function verdict(racer: Racer): string {
  const name = names[racer.name];
  if (racer.divergedAt !== null) return `${name} left all bounds at step ${racer.divergedAt}`;
  if (racer.arrivedAt !== null) return `${name} came below ${RACE_WON} at step ${racer.arrivedAt}`;
  return `${name} is at loss ${formatNumber(racer.losses.at(-1)!, 3)}`;
}

/** The line of a legend: short, with the number that matters. */
export function short(racer: Racer): string {
  if (racer.divergedAt !== null) return `out at step ${racer.divergedAt}`;
  return racer.arrivedAt === null ? formatNumber(racer.losses.at(-1)!, 3) : `arrived, step ${racer.arrivedAt}`;
}
