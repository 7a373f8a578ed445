import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import { chips, realModels } from "../../engine/data/configs.ts";
import { weightBytes } from "../../engine/data/modelCosts.ts";
import { scale } from "../../engine/ops/scale.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { type FloatFormatName, floatFormats, roundToFloat } from "../../engine/quantize/floatFormats.ts";
import { bitsPerNumber, dequantize, quantize, type QuantizationScheme } from "../../engine/quantize/quantize.ts";
import { quantizationError } from "../../engine/quantize/quantizationError.ts";
import { random } from "../../engine/random.ts";
import { tensor } from "../../engine/tensor.ts";
import { fixed, row, table, trimmed } from "../../src/prose/numbers.ts";

const weights = [-1.4271, 0.8103, 2.5546];
const absmax = (bits: number): QuantizationScheme => ({ bits, symmetric: true, per: "tensor" });
const list = (values: ArrayLike<number>, digits: number): string => Array.from(values, (value) => fixed(value, digits)).join(", ");
const percent = (share: number, digits = 1): string => `${fixed(share * 100, digits)} %`;

/** Three weights in whole numbers. The error is that of the four digits that are printed, so that it can be checked by hand. */
function inBits(bits: number): { scale: string; codes: string; restored: string; rmse: string } {
  const quantized = quantize(weights, absmax(bits));
  const restored = list(dequantize(quantized), 4);
  const printed = restored.replaceAll("−", "-").split(", ").map(Number);
  return {
    scale: fixed(quantized.scales[0]!, 6), codes: list(quantized.q, 0), restored,
    rmse: fixed(quantizationError(weights, printed).rmse, bits > 3 ? 4 : 3),
  };
}

/** Errors of 4,096 normal weights, relative to their size, without and with one outlier that is not counted itself. */
function normalErrors(): string {
  const draw = random(25);
  const values = Float64Array.from({ length: 4096 }, () => draw.normal());
  const spoilt = values.slice();
  const at = 77;
  spoilt[at] = 50;
  const others = (all: Float64Array): Float64Array => all.filter((_, i) => i !== at);
  const plain = (scheme: QuantizationScheme): string => percent(quantizationError(values, dequantize(quantize(values, scheme))).relative);
  const rest = (scheme: QuantizationScheme): string =>
    percent(quantizationError(others(spoilt), others(dequantize(quantize(spoilt, scheme)))).relative, 0);
  const group = (bits: number, size: number): QuantizationScheme => ({ bits, symmetric: true, per: "group", group: size });
  const schemes: readonly (readonly [string, QuantizationScheme])[] = [
    ["8 bits, one scale", absmax(8)], ["4 bits, one scale", absmax(4)], ["4 bits, groups of 128", group(4, 128)],
    ["4 bits, groups of 32", group(4, 32)], ["3 bits, one scale", absmax(3)],
  ];
  return table(["4,096 normal weights", "typical error", "beside one of 50 σ"], schemes.map(([name, scheme]) => [name, plain(scheme), rest(scheme)]));
}

/** Which chips hold a model, and how many tokens a second their memory can feed at most. */
function fits(): string {
  const kinds = [["16", 16], ["8", 8], ["4.5", 4.5]] as const;
  const models = [realModels["llama-3-8b"], realModels["llama-3-70b"]];
  const rows = [chips["rtx-4090"], chips["rtx-5090"], chips.desktop, chips.h100, chips["m2-ultra"]].map(({ name, memory, bandwidth }) => [
    `${name}, ${trimmed(memory / 1e9, 0)} GB`,
    ...models.flatMap((model) => kinds.map(([, bits]) => {
      const bytes = weightBytes(model, bits);
      return bytes > memory ? "–" : `${trimmed(bandwidth / bytes, bandwidth / bytes < 10 ? 1 : 0)}`;
    })),
  ]);
  return table(["", ...models.flatMap(({ name }) => kinds.map(([bits]) => `${name.replace("Llama 3.1 ", "")} in ${bits}`))], rows);
}

/** Every number of the chapter's boxes, computed by the quantizer of the figures. */
export async function worked() {
  const backend = createReferenceBackend();
  const soft = async (temperature: number): Promise<string> =>
    row(await backend.read(softmax(scale(tensor(backend, [1, 3], [6, 4, -1]), 1 / temperature)).buffer), 3);
  const gigabytes = (bits: number, parameters = 70e9): string => trimmed((parameters * bits) / 8 / 1e9, 1);
  const real = realModels["llama-3-70b"];
  const halves = (format: FloatFormatName): string => list(weights.map((w) => roundToFloat(w, format)), 5);
  const asymmetric = quantize([0.1, 0.5, 1.6], { bits: 4, symmetric: false, per: "tensor" });
  return {
    bits: table(["bits", "scale", "codes", "they come back as", "error"], [8, 4, 3, 2].map((bits) => {
      const { scale: s, codes, restored, rmse } = inBits(bits);
      return [String(bits), s, codes, restored, rmse];
    })),
    scale8: inBits(8).scale, scale4: inBits(4).scale, codes4: inBits(4).codes,
    quotient: trimmed(weights[0]! / Number(inBits(4).scale), 2),
    halfStep: trimmed(Number(inBits(4).scale) / 2, 3),
    fp16: halves("fp16"), bf16: halves("bf16"),
    fp16Max: floatFormats.fp16.max.toLocaleString("en"),
    bf16Max: `${(floatFormats.bf16.max / 1e38).toFixed(2)} · 10³⁸`,
    e4m3Max: String(floatFormats.e4m3.max), e5m2Max: floatFormats.e5m2.max.toLocaleString("en"),
    asymmetricScale: trimmed(asymmetric.scales[0]!, 4), asymmetricCodes: list(asymmetric.q, 0),
    symmetricScale: trimmed(quantize([0.1, 0.5, 1.6], absmax(4)).scales[0]!, 4),
    normal: normalErrors(),
    effective: trimmed(bitsPerNumber({ bits: 4, symmetric: true, group: 32 }), 3),
    effective128: trimmed(bitsPerNumber({ bits: 4, symmetric: true, group: 128 }), 3),
    effectiveZero: trimmed(bitsPerNumber({ bits: 4, symmetric: false, group: 32 }), 3),
    gigabytes: [32, 16, 8, 4].map((bits) => gigabytes(bits)).join(", "),
    gigabytes128: gigabytes(bitsPerNumber({ bits: 4, symmetric: true, group: 128 })),
    realParameters: trimmed(real.parameters / 1e9, 2),
    realGigabytes: gigabytes(4.5, real.parameters),
    realName: real.name, realDate: real.date, fits: fits(),
    cards: [chips["rtx-4090"], chips["rtx-5090"]].map(({ memory }) => trimmed(memory / 1e9, 0)).join(" or "),
    hard: await soft(1), soft: await soft(4),
    ternary: fixed(Math.log2(3), 2),
  };
}
