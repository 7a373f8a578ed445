import type { Backend } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { tokenStream, windows } from "../data/batches.ts";
import { introducedShare } from "../data/introducedShare.ts";
import { pronounProbes } from "../data/pronounProbes.ts";
import { corpus, HELD_OUT_STREAM } from "../data/storyGrammar.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { continueText } from "../nn/generate.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import { int4Recipe, packModel, unpackModel } from "../nn/packedParameters.ts";
import { frozen } from "../nn/parameters.ts";
import { repeatScores, withoutHead } from "../nn/repeatScores.ts";
import { type Transformer, transformer } from "../nn/transformer.ts";
import { random } from "../random.ts";
import { greedy } from "../sampling/sample.ts";
import { read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";

/** What is promised of a story model, as numbers: the manifest holds them, and a test measures them again from the shipped file. */
export interface StoryMeasures {
  /** Nats a token on stories that training never saw. */
  readonly heldOutLoss: number;
  /** Scores of the two taught heads, and the best of all others. */
  readonly previousToken: number;
  readonly induction: number;
  readonly nextPreviousToken: number;
  readonly nextInduction: number;
  /** Loss on the first and second copy of random sequences written twice, and on the second without each of the taught heads. */
  readonly firstCopy: number;
  readonly secondCopy: number;
  readonly secondCopyWithoutPrevious: number;
  readonly secondCopyWithoutInduction: number;
  /** Over 100 greedy stories: the share of name mentions whose name was introduced before. */
  readonly introducedShare: number;
  /** Perplexity with 4-bit weights (groups of 32; the embedding stays at 8 bits) over perplexity as shipped. */
  readonly int4Factor: number;
  /** Of 200 held-out sentences with two candidates: in how many does the best head attend more to the pronoun's referent than to the other. */
  readonly pronoun: { readonly layer: number; readonly head: number; readonly share: number };
}

type Weights = ReadonlyMap<string, Float32Array>;

/** Measures a model with one previous-token head and one induction head at the named places. */
export async function measureStoryModel(
  backend: Backend, config: DecoderConfig, weights: Weights, tokenizer: Tokenizer, seed: number,
  heads = { previous: { layer: 0, head: 0 }, induction: { layer: 1, head: 0 } },
): Promise<StoryMeasures> {
  const start = tokenizer.vocabSize - 1;
  const time = 128;
  const run = async <T>(parameters: Weights, body: (model: Transformer) => Promise<T>): Promise<T> => {
    const set = frozen(backend, parameterShapes(config), parameters);
    const model = transformer(config, set);
    try {
      return await body(model);
    } finally {
      model.close();
      set.close();
    }
  };
  // The embedding stays as the file has it, in 8 bits.
  const int4 = unpackModel(packModel(config, weights, (name) => (name.startsWith("blocks.") ? int4Recipe(name) : null)));
  const heldOut = tokenStream(corpus(seed, 500, HELD_OUT_STREAM).map((text) => tokenizer.encode(text)), start);
  const languageLoss = (model: Transformer): Promise<number> => meanLoss(model, windows(heldOut, 16, time, 16));
  const secondCopyWithout = ({ layer, head }: { layer: number; head: number }): Promise<number> =>
    run(withoutHead(weights, config, layer, head), async (model) => (await repeatScores(model, { time })).secondCopy);

  const whole = await run(weights, async (model) => ({
    heldOutLoss: await languageLoss(model), scores: await repeatScores(model, { time }),
    introducedShare: await greedyIntroducedShare(model, tokenizer, start, seed), pronoun: await pronounHead(model, tokenizer, start, seed),
  }));
  const { previousToken, induction, firstCopy, secondCopy } = whole.scores;
  const of = (scores: number[][], { layer, head }: { layer: number; head: number }): number => scores[layer]![head]!;
  const best = (scores: number[][], but: { layer: number; head: number }): number =>
    Math.max(...scores.flatMap((row, layer) => row.filter((_, head) => layer !== but.layer || head !== but.head)));
  return {
    heldOutLoss: whole.heldOutLoss,
    previousToken: of(previousToken, heads.previous), induction: of(induction, heads.induction),
    nextPreviousToken: best(previousToken, heads.previous), nextInduction: best(induction, heads.induction),
    firstCopy, secondCopy,
    secondCopyWithoutPrevious: await secondCopyWithout(heads.previous),
    secondCopyWithoutInduction: await secondCopyWithout(heads.induction),
    introducedShare: whole.introducedShare,
    int4Factor: Math.exp(await run(int4, languageLoss) - whole.heldOutLoss),
    pronoun: whole.pronoun,
  };
}

/** Greedy continuations of the first words of 100 held-out stories. */
async function greedyIntroducedShare(model: Transformer, tokenizer: Tokenizer, start: number, seed: number): Promise<number> {
  let introduced = 0, mentions = 0;
  for (const text of corpus(seed + 1, 100, HELD_OUT_STREAM)) {
    const opening = text.split(" ").slice(0, 6).join(" ");
    const continuation = await continueText(model, tokenizer, [start, ...tokenizer.encode(opening)], { ...greedy, maxTokens: 120 }, seed);
    const count = introducedShare(opening + continuation);
    introduced += count.introduced;
    mentions += count.mentions;
  }
  return introduced / mentions;
}

/** The head that most often attends more to the last mention of a pronoun's referent than to that of the other candidate. */
async function pronounHead(model: Transformer, tokenizer: Tokenizer, start: number, seed: number): Promise<StoryMeasures["pronoun"]> {
  const { nLayers, nHeads } = model.config;
  const wins = Array.from({ length: nLayers * nHeads }, () => 0);
  const probes = pronounProbes(random(seed, HELD_OUT_STREAM), 200);
  for (const { text, pronounOffset, pronoun, candidates, referent } of probes) {
    const ids = [start, ...tokenizer.encode(text)];
    const time = ids.length;
    /** The last token of the span that ends at a character; the text is ASCII, so characters are bytes. */
    const tokenAt = (end: number): number => {
      for (let t = 1, at = 0; t < time; t++) {
        at += tokenizer.piece(ids[t]!).length;
        if (at >= end) return t;
      }
      return time - 1;
    };
    const query = tokenAt(pronounOffset + pronoun.length);
    const patterns = scope(() => {
      const found: Tensor[] = [];
      model.forward(tensor(model.parameters.backend, [1, time], ids, "i32"), { probe: (name, x) => { if (name.endsWith(".pattern")) found.push(x); } });
      return found;
    });
    const right = tokenAt(candidates.find(({ name }) => name === referent)!.end);
    const wrong = tokenAt(candidates.find(({ name }) => name !== referent)!.end);
    for (const [layer, pattern] of patterns.entries()) {
      const values = await read(pattern);
      for (let head = 0; head < nHeads; head++) {
        const row = (head * time + query) * time;
        if (values[row + right]! > values[row + wrong]!) wins[layer * nHeads + head]!++;
      }
      model.parameters.backend.free(pattern.buffer);
    }
  }
  const most = wins.indexOf(Math.max(...wins));
  return { layer: Math.floor(most / nHeads), head: most % nHeads, share: wins[most]! / probes.length };
}
