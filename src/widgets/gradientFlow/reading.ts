import type { GradientFlowFrame } from "../../../engine/tasks/gradientFlow.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** 0.35, 1/360,000, 170,000: in two digits, the small as a fraction of one. */
export function formatRatio(value: number | null): string {
  if (value === null) return "–";
  const whole = (size: number): string => Number(size.toPrecision(2)).toLocaleString("en");
  if (value > 0 && value < 0.001) return value > 1e-13 ? `1/${whole(1 / value)}` : formatNumber(value, 2);
  return value < 1000 ? formatNumber(value, 2) : value < 1e13 ? whole(value) : formatNumber(value, 2);
}

/** A loss in nats, however large. */
export const formatLoss = (loss: number): string => (loss < 1000 ? loss.toFixed(3) : formatRatio(loss));

/** All gradients below are nothing, above are too much; a first layer that gets so much less, or more, than the last is unlike it. */
const tiny = 1e-5, huge = 1e3, unlike = 1e3;

/** What the bars say. */
export function verdict({ norms, ratio, broken, step }: GradientFlowFrame): { readonly word: string; readonly text: string } {
  const finite = norms.filter((norm) => norm !== null);
  const most = Math.max(...finite), least = Math.min(...finite);
  if (broken !== null) {
    return { word: "Gone", text: `after step ${broken} numbers left the range that the machine can hold. What is drawn is the step before.` };
  }
  if (finite.length < norms.length) return { word: "Gone", text: "some gradients are no finite numbers." };
  if (most === 0) return { word: "Vanished", text: "no layer gets any gradient at all." };
  if (most < tiny) return { word: "Vanished", text: `no layer’s gradient is larger than ${formatRatio(most)}: there is nothing to learn from.` };
  if (least === 0) return { word: "Vanished", text: "some layers get no gradient at all." };
  if (ratio !== null && ratio < 1 / unlike) {
    return { word: "Vanishing", text: `the first layer’s gradient is ${formatRatio(ratio)} of the last layer’s: the front hardly learns.` };
  }
  if (most > huge || (ratio !== null && ratio > unlike)) {
    return { word: "Exploding", text: `the largest gradient is ${formatRatio(most)}, in layer ${norms.indexOf(most) + 1}.` };
  }
  const when = step === 0 ? ", before the first step" : "";
  return { word: "Level", text: `all layers’ gradients are within a factor of ${formatRatio(most / least)}${when}.` };
}

export function describe(frame: GradientFlowFrame): Description {
  const cell = (value: number | null | undefined): string => (value == null ? "–" : formatNumber(value));
  const { word, text } = verdict(frame);
  const loss = formatLoss(frame.loss);
  return {
    sentence: `Step ${frame.step} of ${Math.max(frame.step, frame.steps)}, loss ${loss} where guessing evenly gives `
      + `${frame.guess.toFixed(3)}. ${word}: ${text}`,
    table: {
      columns: ["hidden layer", "gradient norm before training", "gradient norm now"],
      rows: frame.norms.map((norm, i) => [i + 1, cell(frame.before[i]), cell(norm)]),
    },
  };
}
