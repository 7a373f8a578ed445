import { decoder } from "../nn/decoder.ts";
import { random } from "../random.ts";
import { advance, type Grammar, grammarMask as maskOf, type GrammarState } from "../sampling/grammar.ts";
import { jsonGrammar } from "../sampling/jsonGrammar.ts";
import { applyLogitRules } from "../sampling/logitRules.ts";
import { logProbabilities } from "../sampling/logProbabilities.ts";
import { regexGrammar } from "../sampling/regexGrammar.ts";
import { type Candidate, candidates, sample } from "../sampling/sample.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import type { Choice } from "./sampleBench.ts";
import type { Run, Task } from "./task.ts";

export interface GrammarMaskParams {
  /** The reader's own text, to be continued. */
  readonly text: string;
  readonly rule: "none" | "digits" | "record" | "json" | "regex";
  /** The regular expression of the rule `regex`. */
  readonly pattern: string;
  readonly temperature: number;
  /** Tokens at most. */
  readonly length: number;
  readonly seed: number;
  /** Which token's choice is looked at: 0 the one that the rule changed most, k the k-th. */
  readonly at: number;
}

/** A token that was drawn under the rule. */
export interface ForcedToken {
  readonly piece: string;
  readonly text: string;
  /** The probability that the model had given to all allowed tokens together. */
  readonly mass: number;
  /** How many tokens were allowed. */
  readonly allowed: number;
  /** −log p of this token under the model without the rule, in nats. */
  readonly surprise: number;
  /** The likeliest token of the model was forbidden. */
  readonly overruled: boolean;
}

export interface GrammarMaskFrame {
  readonly prompt: string;
  readonly tokens: readonly ForcedToken[];
  /** The text under the rule, and the model's own from the same seed. */
  readonly forced: string;
  readonly free: string;
  /** Mean surprise under the model without the rule, in nats a token; null for no tokens. */
  readonly forcedLoss: number | null;
  readonly freeLoss: number | null;
  /** The text is a whole one of the rule's; false when it ran out of tokens. */
  readonly whole: boolean;
  /** Whether JSON.parse reads the text; null where the rule is not about JSON. */
  readonly parses: boolean | null;
  /** The step that is looked at, from 1; 0 when nothing was written. */
  readonly at: number;
  /** The likeliest tokens of the model at that step, and the likeliest of those allowed. */
  readonly choices: readonly Choice[];
  readonly vocabSize: number;
  /** Whether anything is forbidden at all. */
  readonly ruled: boolean;
  /** What is wrong with the reader's pattern; the rule is then none. */
  readonly fault: string | null;
}

/** The schema of the rule `record`, as a regular expression. */
export const recordPattern = String.raw`\{"name": "[A-Z][a-z]{1,9}", "animal": "(fox|dog|bear|owl|duck|mole)", "brave": (true|false)\}`;
const tops = { model: 8, allowed: 6 };

/** The shipped model writes under a rule: at every step the tokens that would break it are taken away before one is drawn. */
export const grammarMask: Task<GrammarMaskParams, GrammarMaskFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    for (;;) {
      yield await obey(language, { ...run.params }, run);
      await run.changed();
    }
  } finally {
    language.close();
  }
};

interface Step {
  readonly id: number;
  readonly logits: Float32Array;
  readonly allowed: Uint8Array;
}

/** Writes one text under the rule and one without, from the same prompt and seed. */
export async function obey(
  { model, tokenizer, start }: LanguageModel, params: GrammarMaskParams, { breathe }: Pick<Run<unknown>, "breathe">,
): Promise<GrammarMaskFrame> {
  const { vocabSize, contextLength } = model.config;
  const { text, temperature, length, seed } = params;
  const { grammar, fault } = ruleOf(params);
  const prompt = [start, ...tokenizer.encode(text).slice(-(contextLength - 1 - length))];
  const options = { temperature, topK: 0, topP: 1 };
  const all = new Uint8Array(vocabSize).fill(1);
  const cache = decoder(model);
  const write = async (first: Float32Array, rule: Grammar | null): Promise<{ steps: Step[]; ended: boolean; state: GrammarState }> => {
    const draw = random(seed);
    const steps: Step[] = [];
    let logits = first, state = rule?.start ?? "";
    cache.rewind(prompt.length);
    for (;;) {
      const allowed = rule ? maskOf(rule, state, tokenizer, start) : all;
      // A rule that nothing can follow (the empty text was its only one) allows nothing but the end.
      if (!allowed.includes(1)) return { steps, ended: true, state };
      const id = sample(applyLogitRules(logits, [], { allowed }), options, draw);
      if (id === start) return { steps, ended: true, state };
      if (steps.length === length) return { steps, ended: false, state };
      steps.push({ id, logits, allowed });
      if (rule) state = advance(rule, state, tokenizer.piece(id))!;
      logits = await cache.push(id);
    }
  };
  try {
    for (const id of prompt.slice(0, -1)) cache.feed(id);
    const first = await cache.push(prompt.at(-1)!);
    const forced = await write(first, grammar);
    await breathe();
    const free = grammar ? await write(first, null) : forced;
    const rows = forced.steps.map(({ logits }) => candidates(logits, { temperature: 1, topK: 0, topP: 1 }));
    const tokens = forced.steps.map(({ id, allowed }, i): ForcedToken => ({
      piece: tokenizer.display(id), text: tokenizer.decode([id]),
      mass: rows[i]!.reduce((sum, one) => (allowed[one.id] ? sum + one.probability : sum), 0),
      allowed: allowed.reduce((sum, is) => sum + is, 0),
      surprise: -Math.log(rows[i]!.find((one) => one.id === id)!.probability),
      overruled: !allowed[rows[i]![0]!.id],
    }));
    const at = params.at === 0 ? hardest(tokens) : Math.min(params.at, tokens.length);
    const nameOf = (id: number) => (id === start ? { piece: "end", text: "" }
      : { piece: tokenizer.display(id), text: tokenizer.decode([id]) });
    const written = tokenizer.decode(forced.steps.map(({ id }) => id));
    return {
      prompt: tokenizer.decode(prompt.slice(1)), tokens, vocabSize, fault, at, ruled: grammar !== null,
      forced: written, free: tokenizer.decode(free.steps.map(({ id }) => id)),
      forcedLoss: meanOf(tokens.map(({ surprise }) => surprise)), freeLoss: meanOf(free.steps.map(({ logits, id }) =>
        -logProbabilities(logits)[id]!)),
      whole: grammar ? grammar.accepts(forced.state) : forced.ended,
      parses: params.rule === "json" || params.rule === "record" ? readable(written) : null,
      choices: at === 0 ? [] : choicesOf(rows[at - 1]!, forced.steps[at - 1]!, temperature).map(({ id, ...rest }) =>
        ({ ...nameOf(id), ...rest })),
    };
  } finally {
    cache.close();
  }
}

/** The grammar of a rule; a pattern that cannot be read or followed forbids nothing, and says why. */
function ruleOf({ rule, pattern }: GrammarMaskParams): { grammar: Grammar | null; fault: string | null } {
  if (rule === "none") return { grammar: null, fault: null };
  try {
    if (rule === "json") return { grammar: jsonGrammar, fault: null };
    return { grammar: regexGrammar(rule === "digits" ? "[0-9]{1,8}" : rule === "record" ? recordPattern : pattern), fault: null };
  } catch (error) {
    return { grammar: null, fault: error instanceof RangeError ? "it repeats too much" : error instanceof Error ? error.message
      : String(error) };
  }
}

/** The likeliest tokens, and below them the likeliest of those allowed where they are not among them. */
function choicesOf(row: readonly Candidate[], { logits, allowed }: Step,
  temperature: number): { id: number; before: number; after: number | null }[] {
  const drawn = new Map(candidates(applyLogitRules(logits, [], { allowed }),
    { temperature, topK: 0, topP: 1 }).map(({ id, probability }) => [id, probability]));
  const likeliest = row.slice(0, tops.model);
  const best = row.filter(({ id }) => allowed[id]).slice(0, tops.allowed).filter((one) => !likeliest.includes(one));
  return [...likeliest, ...best].map(({ id, probability }) => ({ id, before: probability, after: allowed[id] ? (drawn.get(id) ?? 0)
    : null }));
}

/** The step at which the rule took away most of the belief and still left a choice, from 1; 0 without steps. */
function hardest(tokens: readonly ForcedToken[]): number {
  const open = tokens.some(({ allowed }) => allowed > 1);
  let found = 0;
  tokens.forEach(({ mass, allowed }, i) => {
    if ((allowed > 1 || !open) && (found === 0 || mass < tokens[found - 1]!.mass)) found = i + 1;
  });
  return found;
}

function readable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const meanOf = (values: readonly number[]): number | null => (values.length === 0 ? null
  : values.reduce((a, b) => a + b, 0) / values.length);
