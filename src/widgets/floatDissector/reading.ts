import type { DissectFloatFrame, StoredFloat } from "../../../engine/tasks/dissectFloat.ts";
import type { FloatFormatName } from "../../../engine/quantize/floatFormats.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const FORMATS = { fp32: "FP32", fp16: "FP16", bf16: "BF16", e4m3: "FP8 E4M3", e5m2: "FP8 E5M2" } as const satisfies Record<FloatFormatName, string>;

/** At most seven digits: as many as FP32 has. */
export const numberText = (value: number): string => formatNumber(value, Number.isInteger(value) && Math.abs(value) < 1e6 ? 7 : 6);
export const storedText = ({ stored }: Pick<StoredFloat, "stored">): string => numberText(stored);

/** How far the stored number is off, as a share of the number. */
export function offText(value: number, { stored }: StoredFloat): string {
  if (!Number.isFinite(value)) return "–";
  if (!Number.isFinite(stored)) return "overflow";
  if (stored === value) return "exact";
  if (stored === 0) return "lost";
  const share = Math.abs(stored / value - 1) * 100;
  return `${share < 0.001 ? share.toExponential(0).replace("-", "−") : formatNumber(share, 2)} %`;
}

/** (−1)^sign · 2^(exponent − bias) · 1.fraction, with the numbers put in. */
export function formulaText({ chosen, bits, exponent, bias, fraction, fractionBits }: DissectFloatFrame): string {
  const sign = bits[0] ? "−" : "+";
  const share = `${fraction.toLocaleString("en")} ÷ ${(2 ** fractionBits).toLocaleString("en")}`;
  switch (chosen.kind) {
    case "zero": return `${sign}0: exponent and fraction are 0`;
    case "infinite": return `${sign}∞: the exponent is all ones, the fraction 0`;
    case "not a number": return "not a number: the exponent is all ones, and the fraction is not 0";
    case "subnormal": return `${sign}1 × 2^(1 − ${bias}) × (0 + ${share}) = ${storedText(chosen)}, subnormal`;
    case "normal": return `${sign}1 × 2^(${exponent} − ${bias}) × (1 + ${share}) = ${storedText(chosen)}`;
  }
}

/** What a bit belongs to. */
export function partOf(index: number, exponentBits: number): { readonly name: "sign" | "exponent" | "fraction"; readonly role: string } {
  if (index === 0) return { name: "sign", role: "c-loss" };
  return index <= exponentBits ? { name: "exponent", role: "c-query" } : { name: "fraction", role: "c-key" };
}

/** The picture as one sentence and as a table. */
export function describe(frame: DissectFloatFrame, params: { readonly format: FloatFormatName }): Description {
  const { value, chosen, bits, all, neighbours } = frame;
  const [sign, ...rest] = bits.join("");
  const pattern = `${sign} ${rest.slice(0, frame.exponentBits).join("")} ${rest.slice(frame.exponentBits).join("")}`;
  return {
    sentence: `${Number.isNaN(value) ? "What is typed is no number" : numberText(value)} in ${FORMATS[params.format]} is stored as ${storedText(chosen)} `
      + `(${offText(value, chosen)}), bits ${pattern}; numbers there are ${numberText(chosen.spacing)} apart.`,
    table: {
      columns: ["format", "stored", "off by", "spacing", "largest", "smallest above 0"],
      rows: [
        ...all.map((one) => [FORMATS[one.format], storedText(one), offText(value, one), numberText(one.spacing), numberText(one.max), numberText(one.least)]),
        ...neighbours.map((one, i) => [`neighbour ${i + 1}`, numberText(one), "", "", "", ""]),
      ],
    },
  };
}
