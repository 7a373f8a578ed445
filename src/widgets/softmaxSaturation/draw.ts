import type { Saturation, SoftmaxSaturationFrame } from "../../../engine/tasks/softmaxSaturation.ts";
import { barsPath, histogram } from "../../charts/histogram.ts";
import { formatNumber, type Group, root } from "../../charts/plot.ts";
import { logScale } from "../../charts/scale.ts";
import type { Stage } from "../../widget/stage.ts";

interface Params { readonly dHead: number }

const layouts = {
  wide: { scores: [8, 44, 300, 96], shares: [8, 214, 300, 96], slope: [384, 44, 322, 266] },
  narrow: { scores: [8, 44, 340, 84], shares: [8, 200, 340, 84], slope: [44, 362, 304, 216] },
} as const;
/** Slopes below this are drawn on the floor. */
const FLOOR = 1e-5;
const TOP = 1;
const SIZES = [4, 16, 64, 256, 1024];

/** Left the scores and what softmax makes of them; right the slope it lets through, at every size with and without the division. */
export function drawSaturation(stage: Stage<Params>): (frame: SoftmaxSaturationFrame) => void {
  const svg = root(stage.svg) as unknown as Group;
  const layout = stage.narrow ? layouts.narrow : layouts.wide;
  const part = ([left, top]: readonly [number, number, number, number], title: string) => {
    const group = svg.append("g").attr("transform", `translate(${left},${top})`);
    group.append("text").attr("class", "gb-axis").attr("y", -26).text(title);
    return { group, note: group.append("text").attr("class", "gb-small").attr("y", -9) };
  };
  const scores = part(layout.scores, "scores of all pairs");
  const showScores = histogram(scores.group, { left: 0, top: 0, width: layout.scores[2], height: layout.scores[3], role: "c-query" });
  const shares = part(layout.shares, "the shares of a row, largest first");
  const bars = shares.group.append("path").attr("class", "gb-bar-mark c-output");
  shares.group.append("line").attr("class", "gb-base").attr("x2", layout.shares[2]).attr("y1", layout.shares[3]).attr("y2", layout.shares[3]);
  const even = shares.group.append("line").attr("class", "gb-line gb-thin c-baseline").attr("stroke-dasharray", "4 4").attr("x2", layout.shares[2]);
  const evenLabel = shares.group.append("text").attr("class", "gb-small gb-halo").attr("x", layout.shares[2]).attr("text-anchor", "end");

  const [, , width, height] = layout.slope;
  const slope = part(layout.slope, "slope that softmax lets through");
  const x = logScale([0, width]);
  x.domain([4, 1024]);
  const y = logScale([height, 0]);
  y.domain([FLOOR, TOP]);
  for (let power = -4; power <= 0; power++) {
    const at = round(y(10 ** power));
    slope.group.append("g").attr("class", "gb-hairlines").append("line").attr("x2", width).attr("y1", at).attr("y2", at);
    slope.group.append("g").attr("class", "gb-ticks").append("text").attr("x", -6).attr("y", at + 4).attr("text-anchor", "end").text(String(Number(`1e${power}`)));
  }
  const ticks = slope.group.append("g").attr("class", "gb-ticks");
  for (const size of SIZES) ticks.append("text").attr("x", round(x(size))).attr("y", height + 18).attr("text-anchor", "middle").text(String(size));
  slope.group.append("text").attr("class", "gb-axis").attr("x", width).attr("y", height + 36).attr("text-anchor", "end").text("d_k, numbers in a query");
  const lines = ([[true, "divided by √d_k", "c-train"], [false, "not divided", "c-loss"]] as const).map(([scaled, name, role]) => ({
    scaled,
    path: slope.group.append("path").attr("class", `gb-line ${role}`).attr("stroke-dasharray", scaled ? null : "6 3"),
    label: slope.group.append("text").attr("class", `gb-small gb-halo ${role}`).text(name),
  }));
  const now = slope.group.append("circle").attr("r", 5);

  return (frame) => {
    const { counts, reach, shares: all, keys, spread, entropy, sweep } = frame;
    showScores(counts, [{ at: 0, text: `−${reach}` }, { at: 0.25, text: `−${reach / 2}` }, { at: 0.5, text: "0" }, { at: 0.75, text: String(reach / 2) }, { at: 1, text: String(reach) }]);
    scores.note.text(`typical size ${formatNumber(spread, 3)}`);
    // Heights are shares of 1: two states can be compared by eye.
    const [, , wide, tall] = layout.shares;
    bars.attr("d", barsPath(all, { width: wide, height: tall * (all[0] ?? 0) })).attr("transform", `translate(0,${round(tall * (1 - (all[0] ?? 0)))})`);
    even.attr("y1", round(tall * (1 - 1 / keys))).attr("y2", round(tall * (1 - 1 / keys)));
    evenLabel.attr("y", round(tall * (1 - 1 / keys)) - 5).text(`evenly: 1/${keys}`);
    shares.note.text(`largest ${((all[0] ?? 0) * 100).toFixed(0)} % · entropy ${entropy.toFixed(2)} of ${Math.log(keys).toFixed(2)} nats`);
    const at = ({ dHead, slope: size }: Saturation): [number, number] => [round(x(Math.max(4, dHead))), round(y(Math.min(TOP, Math.max(FLOOR, size))))];
    for (const { scaled, path, label } of lines) {
      const points = sweep.filter((one) => one.scaled === scaled).map(at);
      path.attr("d", `M${points.map(([px, py]) => `${px},${py}`).join("L")}`);
      const [px, py] = points[scaled ? 6 : 7]!;
      label.attr("x", scaled ? px : px - 12).attr("y", scaled ? py - 9 : py + 4).attr("text-anchor", scaled ? "middle" : "end");
    }
    const [px, py] = at(frame);
    now.attr("cx", px).attr("cy", py).attr("class", `gb-now ${frame.scaled ? "c-train" : "c-loss"}`);
    slope.note.text(`here ${formatNumber(frame.slope, 2)}, typical row`);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
