import type { Gender } from "./words.ts";

export type Character = {
  readonly id: string;
  readonly type: "character";
  /** The name; for a relative the noun ("mother"). */
  readonly name: string;
  readonly kind: "animal" | "child" | "kin";
  /** "fox", "boy"; for a relative the noun again. */
  readonly species: string;
  readonly adjective: string;
  readonly gender: Gender;
};
export type Thing = { readonly id: string; readonly type: "thing"; readonly noun: string; readonly colour: string; readonly name: string };
export type Span = { readonly start: number; readonly end: number };

/**
 * Something that becomes true with a sentence and stays so until a later fact of the same relation and subject.
 * holds and owns: subject is a thing ("red ball"), value a character or null (nobody). at: subject is a character or a thing, value
 * a place ("park") or null (not known). feels: value a mood ("happy"). colour: subject a thing, value its colour.
 */
export type Fact = Span & {
  readonly relation: "holds" | "owns" | "at" | "feels" | "colour";
  readonly subject: string;
  readonly value: string | null;
  readonly sentence: number;
};

/** Words that stand for characters or things. `form` tells how; a pronoun of several ("they") lists them all. */
export type Mention = Span & {
  readonly referents: readonly string[];
  readonly form: "introduction" | "name" | "kind" | "kin" | "pronoun" | "thing" | "it";
  readonly sentence: number;
};

/**
 * What is true now. Each setter checks that the event is possible and says so in an error otherwise: one can only give what one
 * holds, to someone who stands in the same place, and a thing has one holder and one owner at a time.
 */
export class World {
  readonly holder = new Map<string, string>();
  readonly owner = new Map<string, string>();
  readonly place = new Map<string, string>();
  readonly note: (relation: Fact["relation"], subject: string, value: string | null) => void;

  constructor(note: World["note"]) {
    this.note = note;
  }

  take(who: string, thing: string): void {
    const holder = this.holder.get(thing);
    if (holder !== undefined) throw new Error(`story: ${who} takes the ${thing} that ${holder} holds`);
    this.holder.set(thing, who);
    this.place.delete(thing);
    this.note("holds", thing, who);
  }

  give(from: string, to: string, thing: string): void {
    const here = this.place.get(from), there = this.place.get(to);
    if (here !== undefined && there !== undefined && here !== there) throw new Error(`story: ${from} is at ${here}, ${to} is at ${there}`);
    this.release(from, thing);
    this.take(to, thing);
  }

  drop(who: string, thing: string, where: string | null): void {
    this.release(who, thing);
    this.note("holds", thing, null);
    if (where !== null) this.place.set(thing, where);
    this.note("at", thing, where);
  }

  own(who: string, thing: string): void {
    this.owner.set(thing, who);
    this.note("owns", thing, who);
  }

  move(who: string, where: string): void {
    const holder = this.holder.get(who);
    if (holder !== undefined) throw new Error(`story: the ${who} moves to ${where} while ${holder} holds it`);
    this.place.set(who, where);
    this.note("at", who, where);
  }

  private release(who: string, thing: string): void {
    if (this.holder.get(thing) !== who) throw new Error(`story: ${who} does not hold the ${thing}`);
    this.holder.delete(thing);
  }
}

type Known = { readonly facts: readonly Fact[] };

/** What a relation's value is after a sentence: undefined = never told, null = told to be nobody or nowhere known. */
export function factAt(story: Known, relation: Fact["relation"], subject: string, sentence = Infinity): string | null | undefined {
  return story.facts.findLast((fact) => fact.relation === relation && fact.subject === subject && fact.sentence <= sentence)?.value;
}

/** Where a character or thing is after a sentence; a thing that is held is where its holder is. */
export function placeAt(story: Known, subject: string, sentence = Infinity): string | null | undefined {
  const holder = factAt(story, "holds", subject, sentence);
  return holder ? factAt(story, "at", holder, sentence) : factAt(story, "at", subject, sentence);
}

/** Whom the word at a character offset stands for; undefined where no tracked mention covers it. */
export function referentsAt(story: { readonly mentions: readonly Mention[] }, offset: number): readonly string[] | undefined {
  // Subtle: "his mother" is one mention that contains another ("his"); the shortest one is the word itself.
  const covering = story.mentions.filter((mention) => mention.start <= offset && offset < mention.end);
  return covering.toSorted((a, b) => a.end - a.start - (b.end - b.start))[0]?.referents;
}
