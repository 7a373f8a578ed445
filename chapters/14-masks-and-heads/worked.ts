import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import type { Numbers } from "../../engine/kernel.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { attentionParameters, headWidthOf } from "../../engine/tasks/headWidths.ts";
import { tensor } from "../../engine/tensor.ts";
import { fixed, grouped, row, table } from "../../src/prose/numbers.ts";

const scores = [
  [2.1, 0.4, 1.1, 0.7, 1.5], [0.3, 2.4, 0.8, 1, 0.6], [0.9, 1.2, 2, 0.5, 1.3], [0.4, 0.6, 1.4, 2.2, 0.9], [0.7, 1.1, 0.5, 1.3, 2.5],
];
const size = scores.length;
const width = 4096, heads = 32, keyHeads = 8;

/** The worked examples, computed by the ops of the models in this book on their exact reference backend. */
export async function worked() {
  const backend = createReferenceBackend();
  const matrix = tensor(backend, [size, size], scores.flat());
  const read = async (causal: boolean): Promise<number[][]> => {
    const shares: Numbers = await backend.read(softmax(matrix, { causal }).buffer);
    return scores.map((_, query) => Array.from(shares.subarray(query * size, (query + 1) * size)));
  };
  const masked = await read(true), open = await read(false);
  const sumSeen = (query: number): number => open[query]!.slice(0, query + 1).reduce((sum, share) => sum + share, 0);
  const indices = scores.map((_, i) => String(i));
  const rowTable = (cell: (query: number, key: number) => string): string =>
    table(["query", ...indices], indices.map((name, query) => [`**${name}**`, ...indices.map((_, key) => cell(query, key))]));
  const dHead = headWidthOf("split", width, heads);
  return {
    scoreTable: rowTable((query, key) => (key > query ? "−∞" : fixed(scores[query]![key]!, 1))),
    maskedTable: rowTable((query, key) => (key > query ? "·" : fixed(masked[query]![key]!, 3))),
    rows: masked.map((shares, query) => row(shares.slice(0, query + 1), 3)),
    openRow: row(open[0]!, 3),
    powers: `${fixed(Math.exp(0.3), 3)} and ${fixed(Math.exp(2.4), 3)}`,
    powerSum: fixed(Math.exp(0.3) + Math.exp(2.4), 3),
    /** What multiplying by the mask after the softmax would leave of each row. */
    afterSums: row(scores.map((_, query) => sumSeen(query)), 3),
    dHead: String(dHead),
    parameters: grouped(attentionParameters(width, heads, dHead)),
    oneHead: grouped(attentionParameters(width, 1, width)),
    fixedWidth: grouped(attentionParameters(width, 2 * heads, dHead)),
    /** Key and value projections are narrower with shared keys: 2·d² + 2·d·g·dHead. */
    grouped: grouped(2 * width * width + 2 * width * keyHeads * dHead),
    saved: String(heads / keyHeads),
  };
}
