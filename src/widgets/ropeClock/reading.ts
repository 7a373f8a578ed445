import type { RopeClockFrame } from "../../../engine/tasks/ropeClock.ts";
import type { Description } from "../../widget/defineWidget.ts";

export interface Params {
  readonly query: number;
  readonly key: number;
  readonly stretch: number;
}

export const scoreText = (score: number): string => score.toFixed(3).replace("-", "−");

/** "57.3°" a position, with fewer digits the larger it is. */
export function turnText(frequency: number): string {
  const degrees = (frequency * 180) / Math.PI;
  return `${degrees.toFixed(degrees < 0.1 ? 3 : degrees < 1 ? 2 : 1)}°`;
}

/** "(0.52 + 1.30 − 0.11) ÷ √8 = 0.605" */
export function sumText({ pairs, score }: RopeClockFrame): string {
  const terms = pairs.map(({ product }, j) => `${j === 0 ? (product < 0 ? "−" : "") : product < 0 ? " − " : " + "}${Math.abs(product).toFixed(2)}`);
  return `score = (${terms.join("")}) ÷ √${2 * pairs.length} = ${scoreText(score)}`;
}

/** The picture as one sentence and as a table. */
export function describe(frame: RopeClockFrame, { query, key, stretch }: Params): Description {
  return {
    sentence: `A query at position ${query} and a key at ${key}, ${Math.abs(query - key)} ${Math.abs(query - key) === 1 ? "place" : "places"} apart`
      + `${stretch === 1 ? "" : `, positions divided by ${stretch}`}: after turning their score is ${scoreText(frame.score)}; without it, it would be ${scoreText(frame.plain)}.`,
    table: {
      columns: ["pair, or distance", "radians a position", "query after", "key after", "adds, or score"],
      rows: [
        ...frame.pairs.map(({ frequency, turnedQuery, turnedKey, product }, j) => [
          `pair ${j}`, frequency.toPrecision(3), `(${turnedQuery.map(scoreText).join(", ")})`, `(${turnedKey.map(scoreText).join(", ")})`, scoreText(product),
        ]),
        // Every third distance: the curve is smooth, and the crosshair reads the others.
        ...frame.byDistance.filter(([distance]) => distance % 3 === 0).map(([distance, score]) => [`distance ${distance}`, "", "", "", scoreText(score)]),
      ],
    },
  };
}
