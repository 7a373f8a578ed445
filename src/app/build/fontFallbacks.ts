/**
 * System fonts stretched to the metrics of ours, so that text set in them takes (nearly) the same lines. Widths are averages over
 * the letters of chapter 3 in units of the em; ascent and descent are those of our fonts, corrected for the stretch.
 */
interface Ours {
  readonly name: string;
  readonly width: number;
  readonly ascent: number;
  readonly descent: number;
}

const serif: Ours = { name: "Book serif", width: 0.4673, ascent: 1.036, descent: 0.335 };
const sans: Ours = { name: "Book sans", width: 0.4673, ascent: 0.96875, descent: 0.2412 };

const system: readonly { readonly ours: Ours; readonly local: string; readonly width: number }[] = [
  { ours: serif, local: "Georgia", width: 0.4325 },
  { ours: serif, local: "Times New Roman", width: 0.394 },
  { ours: serif, local: "Liberation Serif", width: 0.394 },
  { ours: sans, local: "Arial", width: 0.4373 },
  { ours: sans, local: "Helvetica Neue", width: 0.4373 },
  { ours: sans, local: "Liberation Sans", width: 0.4373 },
];

const percent = (value: number): string => `${(value * 100).toFixed(2)}%`;

export const fallbackFaces: readonly string[] = system.map(({ ours, local, width }) => {
  const stretch = ours.width / width;
  return `@font-face{font-family:"${ours.name} ${local}";src:local("${local}");size-adjust:${percent(stretch)};`
    + `ascent-override:${percent(ours.ascent / stretch)};descent-override:${percent(ours.descent / stretch)};line-gap-override:0%}`;
});
