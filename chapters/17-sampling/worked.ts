import { createReferenceBackend } from "../../engine/backends/reference/referenceBackend.ts";
import type { Numbers } from "../../engine/kernel.ts";
import { scale } from "../../engine/ops/scale.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { applyLogitRules } from "../../engine/sampling/logitRules.ts";
import { candidates } from "../../engine/sampling/sample.ts";
import { tensor } from "../../engine/tensor.ts";
import { fixed, row, table, trimmed } from "../../src/prose/numbers.ts";

/** The five scores of the attention chapter, now the logits of five tokens. */
const logits = [1.1, 4.7, 5.2, 2, 4.9];
const none = { temperature: 1, topK: 0, topP: 1 };

/** The worked examples, computed by the sampling rules and the ops of the models in this book. */
export async function worked() {
  const backend = createReferenceBackend();
  const at = async (temperature: number): Promise<Numbers> =>
    backend.read(softmax(scale(tensor(backend, [1, 5], logits), 1 / temperature)).buffer);
  const heats = [0.5, 1, 2, 4];
  const shares = await Promise.all(heats.map(at));
  const entropy = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, p) => sum - p * Math.log(p), 0);
  const kept = (rules: Partial<typeof none> & { readonly minP?: number }): string => {
    const left = candidates(logits, { ...none, ...rules });
    return row(logits.map((_, id) => left.find((one) => one.id === id)?.probability ?? 0), 3);
  };
  const greedyFirst = 0.5, greedySecond = 0.4, otherFirst = 0.4, otherSecond = 0.9;

  return {
    heats: table(["temperature", "shares of the five tokens", "entropy in nats"],
      shares.map((values, i) => [String(heats[i]), row(values, 3), fixed(entropy(values), 2)])),
    ratio: trimmed(shares[1]![2]! / shares[1]![4]!, 2),
    ratioHot: trimmed(shares[2]![2]! / shares[2]![4]!, 2),
    topK: kept({ topK: 2 }),
    topP: kept({ topP: 0.9 }),
    sum: fixed(shares[1]![1]! + shares[1]![2]! + shares[1]![4]!, 3),
    sumOfTwo: fixed(shares[1]![2]! + shares[1]![4]!, 3),
    minP: kept({ minP: 0.1 }),
    floor: fixed(0.1 * shares[1]![2]!, 4),
    penalised: trimmed(applyLogitRules(logits, [2], { repetitionPenalty: 1.3 })[2]!, 3),
    penalisedShare: fixed(candidates(applyLogitRules(logits, [2], { repetitionPenalty: 1.3 }), none).find(({ id }) =>
      id === 2)!.probability, 3),
    likeliest: fixed(shares[1]![2]!, 3),
    greedyText: fixed(greedyFirst * greedySecond, 2),
    otherText: fixed(otherFirst * otherSecond, 2),
    twenty: fixed(0.9 ** 20, 3),
    forty: fixed(0.9 ** 40, 3),
    votes: table(["votes", "each right 60 %", "each right 40 %"],
      [1, 5, 15, 51].map((n) => [String(n), ...[0.6, 0.4].map((p) => `${fixed(majority(n, p) * 100, 1)} %`)])),
    vote: `${fixed(majority(5, 0.6) * 100, 1)} %`,
    bestOfFive: `${fixed((1 - 0.4 ** 5) * 100, 1)} %`,
    texts: Math.floor(20 * Math.log10(1024)),
    leftFirst: String(0.1 + 0.2 + 0.3),
    rightFirst: String(0.1 + (0.2 + 0.3)),
  };
}

/** The probability that more than half of n independent votes are right: Σ C(n,k) p^k (1−p)^(n−k) over k > n/2. */
export function majority(n: number, p: number): number {
  let sum = 0;
  for (let k = 0, ways = 1; k <= n; ways = (ways * (n - k)) / (k + 1), k++) if (2 * k > n) sum += ways * p ** k * (1 - p) ** (n - k);
  return sum;
}
