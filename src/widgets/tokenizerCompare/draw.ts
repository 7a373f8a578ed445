import type { CompareTokenizersFrame, Cut } from "../../../engine/tasks/compareTokenizers.ts";
import { formatNumber, root } from "../../charts/plot.ts";
import { tokenFlow, tokens, type TokenWord } from "../../charts/tokens.ts";
import type { Stage } from "../../widget/stage.ts";

interface CompareParams {
  readonly show: "pieces" | "ids";
}

export const SIZE = { wide: [720, 424], narrow: [360, 600] } as const;
const TINTS = 6;
/** Sizes of type, the largest with which all of the text has room in every block. */
const SCALES = [1.25, 1, 0.85];

/** A block a tokenizer: its name, what it makes of the text, and how long that is; below, the token that was pressed. */
export function drawCuts(stage: Stage<CompareParams>): (frame: CompareTokenizersFrame, params: CompareParams) => void {
  const { narrow, width, height } = stage;
  const svg = root(stage.svg);
  const rowHeight = (height - 24) / 4;
  const chips = { width, height: rowHeight - (narrow ? 56 : 40) };
  let last: readonly [CompareTokenizersFrame, CompareParams] | null = null;
  let chosen: { readonly cut: number; readonly at: number } | null = null;
  const blocks = Array.from({ length: 4 }, (_, cut) => {
    const group = svg.append("g").attr("transform", `translate(0,${cut * rowHeight})`);
    const title = group.append("text").attr("class", "gb-heading").attr("y", 14);
    const counted = group.append("text").attr("class", "gb-remark").attr("y", narrow ? 30 : 14)
      .attr("x", narrow ? 0 : width).attr("text-anchor", narrow ? "start" : "end");
    const flow = tokens(group.append("g").attr("transform", `translate(0,${narrow ? 40 : 24})`), {
      label: `Tokens of tokenizer ${cut + 1}`,
      activate: ({ key }) => {
        chosen = { cut, at: Number(key) };
        if (last) draw(...last);
      },
    });
    return { title, counted, flow };
  });
  const remark = svg.append("text").attr("class", "gb-reading").attr("y", height - 8);

  const draw = (frame: CompareTokenizersFrame, params: CompareParams): void => {
    last = [frame, params];
    const all = frame.cuts.map((cut) => cut.ids.map((_, at) => wordOf(cut, at, params.show)));
    const scale = SCALES.find((size) => all.every((words) => tokenFlow(words, { ...chips, scale: size }).hidden === 0)) ?? SCALES.at(-1)!;
    frame.cuts.forEach((cut, k) => {
      const { title, counted, flow } = blocks[k]!;
      const placed = tokenFlow(all[k]!, { ...chips, scale });
      flow(placed, scale);
      title.text(`${cut.title}: ${cut.ids.length} ${cut.ids.length === 1 ? "token" : "tokens"}`);
      const hidden = placed.hidden > 0 ? `${placed.hidden} not drawn · ` : "";
      counted.text(`${hidden}${formatNumber(cut.bytesPerToken, 3)} bytes a token · table of ${cut.vocabSize.toLocaleString("en")}`);
    });
    const cut = chosen && frame.cuts[chosen.cut];
    remark.text(cut && chosen!.at < cut.ids.length ? story(cut, chosen!.at) : "Press a token to read its id and length.");
  };
  return draw;
}

function wordOf(cut: Cut, at: number, show: "pieces" | "ids"): TokenWord {
  const text = show === "ids" ? String(cut.ids[at]) : cut.pieces[at]!;
  const isBroken = cut.pieces[at]!.includes("<0x");
  return {
    chips: [{
      key: String(at), text, label: story(cut, at), action: story(cut, at), className: `gb-tint-${cut.ids[at]! % TINTS}${isBroken ? " gb-broken" : ""}`,
    }],
  };
}

const story = (cut: Cut, at: number): string =>
  `${cut.title}: token ${cut.ids[at]} is ${cut.pieces[at]}, ${cut.bytes[at]} ${cut.bytes[at] === 1 ? "byte" : "bytes"}`;
