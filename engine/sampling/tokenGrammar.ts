import type { Tokenizer } from "../tokenizer/bpe.ts";
import type { Grammar, GrammarState } from "./grammar.ts";

/** A grammar seen from tokens: which of them may come next, and where each leads. */
export interface TokenGrammar {
  readonly start: GrammarState;
  /**
   * 1 for every id whose bytes the text may go on with; `stop` is allowed where the text is whole. The array is kept: do not write
   * to it.
   */
  allowed(state: GrammarState): Uint8Array;
  /** The state after a token; null when it may not stand there. */
  next(state: GrammarState, id: number): GrammarState | null;
}

interface Branch {
  readonly ids: number[];
  readonly children: Map<number, Branch>;
}

/**
 * Lays a grammar over a vocabulary; `grammarMask` for many steps. The tokens form a tree of bytes, so that a byte that cannot come next
 * rules out all tokens under it at once, and the mask of a state is made once. Special tokens are never part of the text; `stop` is
 * the id that ends it.
 */
export function tokenGrammar(
  grammar: Grammar, tokenizer: Pick<Tokenizer, "vocabSize" | "piece" | "specials">, stop?: number,
): TokenGrammar {
  const special = new Set(tokenizer.specials.values());
  const root: Branch = { ids: [], children: new Map() };
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    if (special.has(id) || tokenizer.piece(id).length === 0) continue;
    let branch = root;
    for (const byte of tokenizer.piece(id)) {
      let child = branch.children.get(byte);
      if (!child) branch.children.set(byte, child = { ids: [], children: new Map() });
      branch = child;
    }
    branch.ids.push(id);
  }
  const walk = (branch: Branch, state: GrammarState, mask: Uint8Array): void => {
    for (const id of branch.ids) mask[id] = 1;
    for (const [byte, child] of branch.children) {
      const next = grammar.next(state, byte);
      if (next !== null) walk(child, next, mask);
    }
  };
  const masks = new Map<GrammarState, Uint8Array>();
  return {
    start: grammar.start,
    allowed(state) {
      const known = masks.get(state);
      if (known) return known;
      const mask = new Uint8Array(tokenizer.vocabSize);
      walk(root, state, mask);
      if (stop !== undefined && grammar.accepts(state)) mask[stop] = 1;
      masks.set(state, mask);
      return mask;
    },
    next(state, id) {
      if (special.has(id) || tokenizer.piece(id).length === 0) return null;
      let now: GrammarState | null = state;
      for (const byte of tokenizer.piece(id)) now = now === null ? null : grammar.next(now, byte);
      return now;
    },
  };
}
