import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import { crossEntropy } from "../../engine/ops/crossEntropy.ts";
import { tensor } from "../../engine/tensor.ts";
import { fixed, grouped, table, trimmed } from "../../src/prose/numbers.ts";

/** The size `nano`, with a learned table of positions, biases and a tied output. */
const nano = { vocabSize: 512, dModel: 64, nLayers: 2, contextLength: 64 };

/** Parameters of a GPT-2-type decoder: embedding and positions, 12 d² + 13 d a block (two norms and all biases counted), a last norm. */
function parameterCount({ vocabSize, dModel: d, nLayers, contextLength }: typeof nano): number {
  return vocabSize * d + contextLength * d + nLayers * (12 * d * d + 13 * d) + 2 * d;
}

const gpt2 = 50_257;
const passages = 100_000;
/** Tokens of five short texts. */
const documents = [31, 12, 47, 22, 11];

/** Losses, counts and costs; the loss of a model that knows nothing is measured with the engine’s own loss. */
export async function worked() {
  const backend = createReferenceBackend();
  const ignorant = crossEntropy(tensor(backend, [1, nano.vocabSize], new Float64Array(nano.vocabSize)), tensor(backend, [1], [0], "i32"));
  const uniform = (await backend.read(ignorant.buffer))[0]!;
  const parameters = parameterCount(nano);
  const perToken = 6 * parameters;
  const beliefs = [["mat", 0.55], ["floor", 0.25], ["sofa", 0.15], ["banana", 0.05]] as const;
  return {
    uniform: fixed(uniform, 3),
    uniformGpt2: fixed(Math.log(gpt2), 3),
    gpt2: grouped(gpt2),
    perplexityOf3: fixed(Math.exp(3), 1),
    bits: fixed(uniform / Math.LN2, 0),
    guesses: table(
      ["if the word is", "the model had believed", "loss in nats"],
      beliefs.map(([word, belief]) => [word, belief.toFixed(2), fixed(-Math.log(belief), 3)]),
    ),
    gradient: table(
      ["token", "the model’s belief $p$", "slope of the loss, $p - y$"],
      beliefs.map(([word, belief], i) => [word, belief.toFixed(2), fixed(belief - (i === 1 ? 1 : 0), 2)]),
    ),
    documents: documents.join(", "),
    packed: String(documents.reduce((sum, length) => sum + length + 1, 0)),
    padded: trimmed((100 * documents.reduce((sum, length) => sum + length, 0)) / (documents.length * nano.contextLength), 0),
    labels: String(nano.contextLength),
    parameters: grouped(parameters),
    perToken: grouped(perToken),
    passages: grouped(passages),
    total: trimmed((perToken * passages) / 1e10, 1),
  };
}
