import type { CountLanguagesFrame, LanguageCount } from "../../../engine/tasks/countLanguages.ts";
import { root } from "../../charts/plot.ts";
import { roving } from "../../charts/roving.ts";
import type { Stage } from "../../widget/stage.ts";
import { vocabularyNames } from "./tables.ts";
import { chosenLanguages, figureOf, type LanguageParams, measures } from "./measure.ts";

export const SIZE = { wide: [720, 430], narrow: [360, 470] } as const;
const ROW = 30;
const NAME = 84;
/** Room that a value takes. */
const VALUE = 46;

/** A bar a language in the chosen table, and a thin mark where each of the other two tables ends. */
export function drawLanguages(stage: Stage<LanguageParams>): (frame: CountLanguagesFrame, params: LanguageParams) => void {
  const { width, narrow, height } = stage;
  const svg = root(stage.svg);
  const title = svg.append("text").attr("class", "gb-heading").attr("y", 14);
  const rows = svg.append("g").attr("class", "gb-languages").attr("role", "group").attr("aria-label", "Languages").attr("transform", "translate(0,28)");
  const reading = svg.append("text").attr("class", "gb-reading").attr("y", height - 30);
  const key = svg.append("text").attr("class", "gb-soft").attr("y", height - 10);
  const full = width - NAME - 64;
  let chosen: string | null = null;
  let last: readonly [CountLanguagesFrame, LanguageParams] | null = null;
  let shown: readonly LanguageCount[] = [];
  const walk = roving((index) => {
    chosen = shown[index]!.name;
    if (last) draw(...last);
  });
  const draw = (frame: CountLanguagesFrame, params: LanguageParams): void => {
    last = [frame, params];
    shown = chosenLanguages(frame, params);
    title.text(`${measures[params.measure].title}${narrow ? "" : `: ${frame.titles[params.vocabulary]}`}`);
    // One scale for all three tables, so that changing the table changes the bars and not the ruler.
    const longest = Math.max(...shown.flatMap((one) => vocabularyNames.map((vocabulary) => figureOf(one, { ...params, vocabulary }).value)));
    const long = (value: number): number => Math.round((value / longest) * full * 10) / 10;
    const row = rows.selectAll<SVGGElement, LanguageCount>("g").data(shown, ({ name }) => name).join((enter) => {
      const one = enter.append("g").attr("class", "gb-language");
      one.append("rect").attr("class", "gb-target").attr("width", width).attr("height", ROW - 2).attr("rx", 4);
      one.append("text").attr("class", "gb-name").attr("x", NAME - 8).attr("y", ROW / 2 + 4).attr("text-anchor", "end").text(({ name }) => name);
      one.append("rect").attr("class", "gb-bar-mark").attr("x", NAME).attr("y", 5).attr("height", ROW - 12).attr("rx", 2);
      one.append("path").attr("class", "gb-others");
      one.append("text").attr("class", "gb-value gb-halo").attr("y", ROW / 2 + 4);
      return one;
    });
    row.order();
    row.attr("transform", (_, i) => `translate(0,${i * ROW})`).attr("aria-label", (one) => `${one.name}: ${wordsOf(one, frame)}`)
      .attr("aria-pressed", ({ name }) => String(name === chosen));
    row.select(".gb-bar-mark").attr("width", (one) => long(figureOf(one, params).value));
    const marksOf = (one: LanguageCount): number[] => vocabularyNames.filter((vocabulary) => vocabulary !== params.vocabulary)
      .map((vocabulary) => long(figureOf(one, { ...params, vocabulary }).value));
    row.select(".gb-others").attr("d", (one) => marksOf(one).map((at) => `M${NAME + at},2v${ROW - 6}`).join(""));
    row.select(".gb-value").attr("x", (one) => NAME + 6 + freeOf(long(figureOf(one, params).value), marksOf(one))).text((one) => figureOf(one, params).text);
    walk(row.nodes());
    const one = shown.find(({ name }) => name === chosen) ?? shown[0]!;
    reading.text(`${one.name}: ${wordsOf(one, frame)}`);
    key.text(narrow ? "Upright lines: the two other tables." : `Upright lines: the same text in the two other tables. English is ${frame.english[params.vocabulary].toLocaleString("en")} tokens long.`);
  };
  return draw;
}

/** Where a value can stand behind the end of its bar without a mark running through it. */
function freeOf(end: number, marks: readonly number[]): number {
  return [...marks].sort((a, b) => a - b).reduce((from, mark) => (mark > from - 2 && mark < from + VALUE ? mark : from), end);
}

/** "21.5, 14.8 and 3.98 times English": the three tables, oldest first. */
function wordsOf(one: LanguageCount, { languages }: CountLanguagesFrame): string {
  const [a, b, c] = vocabularyNames.map((vocabulary) => one.ratios[vocabulary].toPrecision(3));
  return languages.length === 0 ? "" : `${a}, then ${b}, now ${c} times English`;
}
