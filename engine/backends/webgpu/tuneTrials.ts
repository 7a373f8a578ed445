import { squaredNormKernel } from "../../ops/adamW.ts";
import { layerNormGradientKernel } from "../../ops/layerNorm.ts";
import { linearKernel, linearWeightGradientKernel } from "../../ops/linear.ts";
import { linearInt4Kernel } from "../../ops/linearInt4.ts";
import { linearInt8Kernel } from "../../ops/linearInt8.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { rmsNormGradientKernel } from "../../ops/rmsNorm.ts";
import type { Kernel } from "../../kernel.ts";
import type { Trial } from "./autotune.ts";

const trial = (kernel: unknown, shapes: readonly (readonly number[])[], attributes: Trial["attributes"], words?: number): Trial => ({
  kernel: kernel as Kernel<never>, attributes, inputs: shapes.map((shape, i) => ({ shape, dtype: i === words ? "i32" as const : "f32" as const })),
});

/**
 * What the command line measures when it opens a GPU (pages measure what they run): kernels of which there are several variants, at shapes of a small language model: 1,024 tokens of width 256,
 * decoding one token of width 512.
 */
export const tuneTrials: readonly Trial[] = [
  trial(matmulKernel, [[512, 512], [512, 512]], { transposeA: false, transposeB: false }),
  trial(linearKernel, [[1024, 256], [512, 256], [512]], { bias: true, residual: false }),
  trial(linearWeightGradientKernel, [[1024, 256], [1024, 256]], { bias: true }),
  trial(layerNormGradientKernel, [[1024, 256], [256], [1024, 2], [1024, 256]], {}),
  trial(rmsNormGradientKernel, [[1024, 256], [256], [1024], [1024, 256]], {}),
  trial(squaredNormKernel, [[1_048_576]], {}),
  trial(linearInt8Kernel, [[1, 512], [2048, 128], [16_384]], { group: 64, bias: false, residual: false }, 1),
  trial(linearInt4Kernel, [[1, 512], [2048, 64], [16_384]], { group: 64, bias: false, residual: false }, 1),
];
