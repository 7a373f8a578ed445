import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import type { Parameters } from "./parameters.ts";
import { plainTransformer, type Transformer } from "./plainTransformer.ts";

export { defaultInitialisation, initialWeights, type Probe, type Transformer } from "./plainTransformer.ts";

/**
 * A transformer over existing parameters that can do all that `ForwardOptions` asks for: scores and patterns can be looked at, and
 * masks be given. See `plainTransformer` for the formula.
 */
export const transformer = (config: DecoderConfig, parameters: Parameters): Transformer => plainTransformer(config, parameters, attentionWithPattern);
