import { ropeFrequencies, type RopeScaling } from "../ops/rope.ts";
import { logarithm } from "../portable.ts";

/** What a config.json says of YaRN; 0 stands for an mscale that is not given. */
export interface Yarn {
  readonly factor: number;
  readonly originalContext: number;
  /** Pairs that turn more often than `fast` within the original context stay as they are, those that turn less than `slow` are stretched. */
  readonly fast: number;
  readonly slow: number;
  /** Whether the two ends of the ramp between them are whole pairs. */
  readonly truncate: boolean;
  readonly mscale: number;
  readonly mscaleAllDim: number;
  /** Absent: what the paper recommends for the factor. */
  readonly magnitude?: number;
}

/**
 * YaRN: pair j's frequency is divided by 1 / (γ/factor + 1 − γ), where γ rises from 0 to 1 between the pair that turns `fast` times within the
 * original context and the one that turns `slow` times; queries and keys are lengthened by 0.1 ln(factor) + 1.
 * Returns a sentence instead where the numbers make no sense.
 * Source: Peng et al. 2023 (arXiv:2309.00071), section 3; _compute_yarn_parameters of huggingface/transformers.
 */
export function yarn(dHead: number, base: number, { factor, originalContext, fast, slow, truncate, mscale, mscaleAllDim, magnitude }: Yarn): RopeScaling | string {
  if (!(factor >= 1 && factor <= 1e6)) return `the factor of yarn is ${factor}, expected 1 to 1e6`;
  if (!(slow >= 1e-6 && slow <= fast && fast <= 1e6)) return `beta_slow ${slow} and beta_fast ${fast}: expected two rising positive numbers`;
  if (!(originalContext >= 1 && originalContext <= 1e9)) return `original_max_position_embeddings is ${originalContext}, expected 1 to 1e9`;
  if (!(base > 1 && base <= 1e9) || !(dHead >= 2 && dHead <= 65_536 && dHead % 2 === 0)) return `yarn needs a base above 1 and an even head, got ${base} and ${dHead}`;
  const lengthened = (scale: number): number => (factor <= 1 ? 1 : 0.1 * scale * logarithm(factor) + 1);
  const size = magnitude ?? (mscale && mscaleAllDim ? lengthened(mscale) / lengthened(mscaleAllDim) : lengthened(1));
  if (!(size >= 1e-3 && size <= 1e3)) return `the attention_factor of yarn is ${size}, expected 0.001 to 1000`;
  /** The pair that turns so often within the original context, as a fraction. */
  const pairAt = (turns: number): number => (dHead * logarithm(originalContext / (turns * 2 * Math.PI))) / (2 * logarithm(base));
  const first = Math.max(truncate ? Math.floor(pairAt(fast)) : pairAt(fast), 0);
  let last = Math.min(truncate ? Math.ceil(pairAt(slow)) : pairAt(slow), dHead - 1);
  if (last === first) last += 0.001;
  const factors = Array.from(ropeFrequencies(dHead, base), (_, j) => {
    const stretched = Math.min(1, Math.max(0, (j - first) / (last - first)));
    return 1 / (stretched / factor + (1 - stretched));
  });
  const config = {
    rope_type: "yarn", factor, original_max_position_embeddings: originalContext, beta_fast: fast, beta_slow: slow, truncate, attention_factor: size,
  };
  return { type: "factors", factors, magnitude: size, config };
}
