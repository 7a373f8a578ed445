/**
 * System fonts stretched to the metrics of ours, so that text set in them takes (nearly) the same lines. Widths are averages over
 * the letters of chapter 3 in units of the em; Georgia's are those of Gelasio, which has its metrics. Ascent and descent are those
 * of our fonts, corrected for the stretch.
 */
interface Ours {
  readonly name: string;
  readonly style: "normal" | "italic";
  readonly width: number;
  readonly ascent: number;
  readonly descent: number;
}

const serif: Ours = { name: "Book serif", style: "normal", width: 0.47, ascent: 1.036, descent: 0.335 };
const italic: Ours = { ...serif, style: "italic", width: 0.4331 };
const sans: Ours = { name: "Book sans", style: "normal", width: 0.4723, ascent: 0.96875, descent: 0.2412 };

/** The style sheet asks for them in this order; `width` is that of the font, `local` another name of its file where it has one. */
const system: readonly { readonly ours: Ours; readonly font: string; readonly local?: string; readonly width: number }[] = [
  { ours: serif, font: "Georgia", width: 0.438 },
  { ours: italic, font: "Georgia", local: "Georgia Italic", width: 0.4458 },
  { ours: serif, font: "Noto Serif", width: 0.4718 },
  { ours: italic, font: "Noto Serif", local: "Noto Serif Italic", width: 0.4605 },
  { ours: serif, font: "Times New Roman", width: 0.4007 },
  { ours: italic, font: "Times New Roman", local: "Times New Roman Italic", width: 0.4019 },
  { ours: serif, font: "Liberation Serif", width: 0.4007 },
  { ours: italic, font: "Liberation Serif", local: "Liberation Serif Italic", width: 0.4019 },
  { ours: serif, font: "DejaVu Serif", width: 0.5112 },
  { ours: italic, font: "DejaVu Serif", local: "DejaVu Serif Italic", width: 0.5112 },
  { ours: serif, font: "Open Sans", width: 0.4624 },
  { ours: italic, font: "Open Sans", local: "Open Sans Italic", width: 0.4374 },
  { ours: sans, font: "Arial", width: 0.4427 },
  { ours: sans, font: "Helvetica Neue", width: 0.4427 },
  { ours: sans, font: "Roboto", width: 0.4417 },
  { ours: sans, font: "Liberation Sans", width: 0.4427 },
  { ours: sans, font: "DejaVu Sans", width: 0.5051 },
  { ours: sans, font: "Open Sans", width: 0.4624 },
];

const percent = (value: number): string => `${(value * 100).toFixed(2)}%`;

export const fallbackFaces: readonly string[] = system.map(({ ours, font, local = font, width }) => {
  const stretch = ours.width / width;
  return `@font-face{font-family:"${ours.name} ${font}";font-style:${ours.style};src:local("${local}");size-adjust:${percent(stretch)};`
    + `ascent-override:${percent(ours.ascent / stretch)};descent-override:${percent(ours.descent / stretch)};line-gap-override:0%}`;
});
