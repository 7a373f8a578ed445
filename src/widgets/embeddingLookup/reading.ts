import type { EmbeddingLookupFrame } from "../../../engine/tasks/embeddingLookup.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
export const cosineText = (cosine: number): string => cosine.toFixed(2).replace("-", "−");
export const numberText = (value: number): string => value.toFixed(3).replace("-", "−");

/** Both ways to the same rows, and what they cost. */
export function costLines({ ids, width, vocabSize, copied, multiplyAdds, difference }: EmbeddingLookupFrame): readonly [string, string][] {
  return [
    ["pick the rows", `copies ${ids.length} × ${width} = ${grouped(copied)} numbers`],
    ["one-hot × E", `${ids.length} × ${grouped(vocabSize)} × ${width} = ${grouped(multiplyAdds)} multiply–adds`],
    ["difference", difference === 0 ? "exactly 0" : difference.toExponential(1).replace("-", "−")],
  ];
}

/** The product of a one-hot vector with the table, written out. */
export function productText({ ids, chosen, vocabSize }: EmbeddingLookupFrame): string {
  const id = ids[chosen]!;
  const before = id === 0 ? "" : id === 1 ? "0·E[0] + " : `0·E[0] + … + `;
  return `${before}1·E[${id}]${id < vocabSize - 1 ? ` + … + 0·E[${grouped(vocabSize - 1)}]` : ""}`;
}

/** The picture as one sentence and as a table. */
export function describe(frame: EmbeddingLookupFrame): Description {
  const { ids, pieces, chosen, vocabSize, width, rows, shown, nearest } = frame;
  return {
    sentence: `${ids.length} tokens pick ${new Set(ids).size} of the ${grouped(vocabSize)} rows of a table of width ${width}; the row of “${pieces[chosen]}”, number ${ids[chosen]}, `
      + `lies nearest to that of “${nearest[0]?.piece ?? ""}”, cosine ${cosineText(nearest[0]?.cosine ?? 0)}.`,
    table: {
      columns: ["token", "id", ...Array.from({ length: 8 }, (_, j) => `number ${j}`)],
      rows: [
        ...pieces.map((piece, t) => [piece, ids[t]!, ...rows.slice(t * shown, t * shown + 8).map(numberText)]),
        ...nearest.map(({ piece, id, cosine }) => [`near ${pieces[chosen]}: ${piece}`, id, cosineText(cosine), "", "", "", "", "", "", ""]),
      ],
    },
  };
}
