/** The models that are trained and run: sizes, seeded weights, a seeded batch. All contestants get the same. */
import { defaultInitialisation, initialWeights, random } from "../../engine/index.ts";
import type { DecoderConfig } from "../../engine/index.ts";

type Sizes = Pick<DecoderConfig, "vocabSize" | "contextLength" | "dModel" | "nLayers" | "nHeads">;

/** GPT-2-type: learned positions, LayerNorm, GELU by tanh, biases, tied embedding. */
export const gpt = (sizes: Sizes): DecoderConfig => ({
  ...sizes, nKvHeads: sizes.nHeads, dHead: sizes.dModel / sizes.nHeads, dMlp: 4 * sizes.dModel,
  position: "learned", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
});

export const gptFour = gpt({ vocabSize: 256, contextLength: 64, dModel: 128, nLayers: 4, nHeads: 4 });
export const gptTwo = gpt({ vocabSize: 64, contextLength: 32, dModel: 64, nLayers: 2, nHeads: 2 });
/** The shape of GPT-2 small: 124 million parameters. */
export const gptSmall = gpt({ vocabSize: 50_257, contextLength: 1024, dModel: 768, nLayers: 12, nHeads: 12 });

export const weightsOf = (config: DecoderConfig): Map<string, Float32Array> => initialWeights(config, defaultInitialisation(config, 1));

/** Ids and the ids to be predicted, row-major [rows,time]. */
export function batchOf({ vocabSize }: DecoderConfig, rows: number, time: number): { ids: Int32Array; targets: Int32Array } {
  const draw = random(1, 2);
  const ids = (): Int32Array => Int32Array.from({ length: rows * time }, () => draw.integer(vocabSize));
  return { ids: ids(), targets: ids() };
}

/** The training all contestants do: clip to norm 1, then AdamW whose decay touches matrices alone. */
export const recipe = { learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 1 } as const;
