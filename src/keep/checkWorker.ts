/** A thread of its own for files that nobody here has seen before: it opens them to the last number, says what they are, and ends. */
import { type ModelFile } from "../../engine/checkpoint/byteSource.ts";
import { openModelFiles } from "../../engine/checkpoint/openModelFiles.ts";
import type { CheckAnswer } from "./checkFiles.ts";

const scope = self as unknown as { postMessage(answer: CheckAnswer): void; onmessage: ((event: MessageEvent<readonly ModelFile[]>) => void) | null };

scope.onmessage = ({ data }) => {
  let said = 0;
  const progress = (bytes: number, total: number): void => {
    if (performance.now() - said < 100) return;
    said = performance.now();
    scope.postMessage({ type: "progress", bytes, total });
  };
  openModelFiles(data, { precision: "packed", progress }).then(({ config, tokenizer, parameterCount, stored }) => {
    if (!tokenizer) throw new Error("there is no tokenizer that can be read beside it, and without one it cannot read a text");
    if (tokenizer.vocabSize !== config.vocabSize) {
      throw new Error(`its tokenizer has ${tokenizer.vocabSize} tokens and the model ${config.vocabSize}`);
    }
    const { vocabSize, nLayers: layers, nHeads: heads, contextLength: context } = config;
    scope.postMessage({ type: "sound", stored, shape: { vocabSize, layers, heads, context, parameters: parameterCount } });
  }).catch((error: unknown) => scope.postMessage({ type: "refused", message: error instanceof Error ? error.message : String(error) }));
};
