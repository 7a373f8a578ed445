import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import { readPack } from "../../engine/data/readPackNode.ts";
import type { Numbers } from "../../engine/kernel.ts";
import { matmul } from "../../engine/ops/matmul.ts";
import { scale } from "../../engine/ops/scale.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { tensor, type Tensor } from "../../engine/tensor.ts";
import { fixed, grouped, row, table, trimmed } from "../../src/prose/numbers.ts";

/** Three invented numbers for each token: enough to compute with by hand. */
const toy = { How: [0.2, -0.7, 0.5], are: [-0.3, 0.1, 0.8], you: [0.9, -0.4, 0.2], "?": [-0.5, 0.9, 0] };
const words = Object.keys(toy);
const firstScores = [1.1, 4.7, 5.2, 2, 4.9];

/** Width of a layer of GPT-2 small. */
const layerWidth = 768;

const bytesText = (bytes: number): string => (bytes < 1e9 ? `${trimmed(bytes / 1e6, 1)} MB` : `${trimmed(bytes / 1e9, 1)} GB`);

interface Pack {
  readonly name: string;
  readonly steps: number;
  readonly measured: { readonly heldOutLoss: number; readonly firstCopy: number; readonly secondCopy: number };
}

/** What was measured of the shipped model, and of the run of the same recipe whose heads nobody taught. */
async function runs() {
  const { packs } = JSON.parse(new TextDecoder().decode(await readPack("models/manifest.json"))) as { readonly packs: readonly Pack[] };
  const told = (name: string) => {
    const { steps, measured } = packs.find((pack) => pack.name === name)!;
    return {
      first: measured.firstCopy, second: measured.secondCopy,
      says: { steps: grouped(steps), loss: fixed(measured.heldOutLoss, 2), first: fixed(measured.firstCopy, 1), second: fixed(measured.secondCopy, 1) },
    };
  };
  const taught = told("story"), untaught = told("story-untaught");
  return {
    taught: taught.says, untaught: untaught.says,
    // More than a nat saved on tokens without rhyme or reason: somebody looks them up.
    verdict: untaught.first - untaught.second > 1 ? "so its heads found out by themselves how to copy" : "so none of its sixteen heads looks for a copy",
  };
}

/** The worked examples, computed by the ops of the models in this book on their exact reference backend. */
export async function worked() {
  const backend = createReferenceBackend();
  const matrix = (rows: readonly (readonly number[])[]): Tensor => tensor(backend, [rows.length, rows[0]!.length], rows.flat());
  const read = (x: Tensor): Promise<Numbers> => backend.read(x.buffer);
  const rowOf = (values: Numbers, columns: number, at: number): number[] => Array.from(values.subarray(at * columns, (at + 1) * columns));

  const shares = await read(softmax(matrix([firstScores])));
  const shifted = await read(softmax(matrix([firstScores.map((score) => score + 100)])));
  const tenfold = await read(softmax(matrix([firstScores.map((score) => score * 10)])));

  const identity = matrix([[1, 0], [0, 1]]);
  const scaledPair = await read(softmax(scale(matmul(identity, identity, { b: true }), Math.SQRT1_2)));
  const unscaledPair = await read(softmax(matmul(identity, identity, { b: true })));

  const projected = await read(matmul(matrix([toy.How]), matrix([[1, 0, 1], [0, 1, 1], [1, 0, 0]])));

  const X = matrix(Object.values(toy));
  const scores = scale(matmul(X, X, { b: true }), 1 / Math.sqrt(3));
  const pattern = softmax(scores, { causal: true });
  const [scoreValues, patternValues, mixed] = await Promise.all([read(scores), read(pattern), read(matmul(pattern, X))]);
  const you = words.indexOf("you");
  const are = words.indexOf("are");

  return {
    runs: await runs(),
    shares: row(shares, 4),
    largest: `${fixed(Math.max(...shares) * 100, 1)} %`,
    sum: trimmed(Array.from(shares).reduce((sum, share) => sum + share, 0), 6),
    shiftedSame: row(shifted, 4) === row(shares, 4),
    tenfold: row(tenfold, 3),
    pair: row(rowOf(scaledPair, 2, 0), 3),
    pairFull: row(rowOf(scaledPair, 2, 0), 5),
    pairScale: fixed(Math.SQRT1_2, 4),
    unscaled: row(rowOf(unscaledPair, 2, 0), 3),
    projected: row(projected, 1),
    vectors: table(["token", "1", "2", "3"], Object.entries(toy).map(([word, values]) => [word, ...values.map((value) => fixed(value, 1))])),
    patternTable: table(
      ["looks at →", ...words],
      words.map((word, query) => [
        `**${word}**`, ...words.map((_, key) => (key > query ? "·" : fixed(patternValues[query * words.length + key]!, 3))),
      ]),
    ),
    youScores: row(rowOf(scoreValues, words.length, you).slice(0, you + 1), 3),
    youRow: row(rowOf(patternValues, words.length, you).slice(0, you + 1), 3),
    youOut: row(rowOf(mixed, 3, you), 3),
    areRow: row(rowOf(patternValues, words.length, are).slice(0, are + 1), 3),
    // A layer of width d: 4 n d² multiply–adds in its four projections, 2 n² d in scores and mixing; they are equal at n = 2 d.
    even: grouped(2 * layerWidth),
    square: table(
      ["tokens", "scores of one head", "stored in 16 bits"],
      [1024, 8192, 131_072].map((tokens) => [grouped(tokens), grouped(tokens ** 2), bytesText(2 * tokens ** 2)]),
    ),
    spread: table(
      ["size of a head $d_k$", "typical size of $q \\cdot k$"],
      [4, 64, 128, 1024].map((size) => [String(size), trimmed(Math.sqrt(size), 1)]),
    ),
  };
}
