import type { Random } from "../random.ts";
import type { Cast } from "./cast.ts";
import type { Piece, Plot } from "./plotScript.ts";
import { MOODS } from "./words.ts";
import { type Character, type Fact, type Mention, type Span, type Thing, World } from "./world.ts";

export type Told = {
  readonly text: string;
  readonly sentences: readonly Span[];
  readonly facts: readonly Fact[];
  readonly mentions: readonly Mention[];
};

const PRONOUNS = { he: { he: "he", him: "him", his: "his" }, she: { he: "she", him: "her", his: "her" } } as const;
type Case = keyof (typeof PRONOUNS)["he"];
const isCase = (form: string): form is Case => form in PRONOUNS.he;

/** Whether a word takes "an": by its first sound, so "a useful thing" and "a unicorn" do not. */
const startsWithVowel = (word: string): boolean => /^[aeiou]/i.test(word) && !/^(use|uni|one)/i.test(word);

/**
 * Tells a plot. The rule of its pronouns, on which probes and tests rely: "he", "him", "his" stand for the male character mentioned
 * last, "she", "her" for the female one, and such a pronoun is used only where no other character of that gender has been mentioned in the
 * same sentence (the name is written otherwise); "they", "them", "their" stand for every character met so far, at least
 * two; "it" for a tracked thing is the tracked thing mentioned last.
 */
export class Teller {
  private text = "";
  private sentenceStart = 0;
  private inSpeech = false;
  private readonly sentences: Span[] = [];
  private readonly facts: { relation: Fact["relation"]; subject: string; value: string | null; sentence: number }[] = [];
  private readonly mentions: Mention[] = [];
  private readonly met: Character[] = [];
  private readonly lastOf: { he?: Character; she?: Character } = {};
  private lastThing: Thing | undefined;
  private readonly seen = new Set<string>();
  private readonly world: World;
  private readonly random: Random;
  private readonly cast: Cast;

  constructor(random: Random, cast: Cast) {
    this.random = random;
    this.cast = cast;
    this.world = new World((relation, subject, value) => this.facts.push({ relation, subject, value, sentence: this.sentences.length }));
  }

  /** Tells the plot's lines: one variant, and each optional line with probability `detail`. */
  tell(plot: Plot, detail: number): Told {
    const variant = 1 + this.random.integer(plot.variants);
    for (const line of plot.lines) {
      if (line.variant !== 0 && line.variant !== variant) continue;
      if (line.optional && this.random.uniform() >= detail) continue;
      if (this.text !== "") this.write(" ");
      for (const piece of this.random.choice(line.ways)) this.piece(piece);
      this.endSentence();
    }
    const facts = this.facts.map((fact) => ({ ...fact, ...this.sentences[fact.sentence]! }));
    return { text: this.text, sentences: this.sentences, facts, mentions: this.mentions };
  }

  private endSentence(): void {
    const end = this.text.trimEnd().length;
    if (end > this.sentenceStart) this.sentences.push({ start: this.sentenceStart, end });
    this.sentenceStart = this.text.length;
  }

  /** Appends text; capitals at the start of sentences and of speech, and the n of "an", are put in here. */
  private write(words: string, mention = false): void {
    for (let i = 0; i < words.length; i++) {
      let letter = words[i]!;
      const end = this.text.length;
      if (letter === " ") {
        if (this.text.endsWith(" ") || end === 0) continue;
      } else if (/[a-z"]/i.test(letter)) {
        // Subtle: a lower-case letter of the script after `!" ` goes on with the sentence ("Help!" said Tom); a mention starts one.
        const closed = /[.!?]"? $/.test(this.text);
        const goesOn = /[a-z]/.test(letter) && this.text.endsWith('" ') && !(mention && i === 0);
        if (closed && !this.inSpeech && !goesOn) {
          if (this.text.length > this.sentenceStart) this.endSentence();
          letter = letter.toUpperCase();
        } else if (end === 0 || (this.inSpeech && closed)) letter = letter.toUpperCase();
        if (letter === '"') this.inSpeech = !this.inSpeech;
      }
      this.text += letter;
    }
  }

  private note(referents: readonly string[], form: Mention["form"], words: string): void {
    // "a" before a vowel becomes "an" as soon as the next word is known.
    if (/(^|[ "])a $/i.test(this.text) && startsWithVowel(words)) this.text = `${this.text.trimEnd()}n `;
    this.write(words, true);
    const end = this.text.length;
    this.mentions.push({ referents, form, start: end - words.length, end, sentence: this.sentences.length });
  }

  private saw(character: Character): void {
    this.lastOf[character.gender] = character;
    if (!this.met.includes(character)) this.met.push(character);
  }

  /** Whether the pronoun of a character is clear here; see the rule above. */
  private clear(character: Character): boolean {
    if (this.lastOf[character.gender] !== character) return false;
    if (/[.!?]"? $/.test(this.text) && !this.inSpeech) return true;
    const rivals = this.cast.characters.filter((other) => other !== character && other.gender === character.gender);
    return !this.mentions.some((mention) =>
      mention.sentence === this.sentences.length && rivals.some((other) => mention.referents.includes(other.id)));
  }

  private piece(piece: Piece): void {
    switch (piece.type) {
      case "text": return this.write(piece.text);
      case "choice": {
        for (const inner of this.random.choice(piece.options)) this.piece(inner);
        return;
      }
      case "everyone": {
        if (this.met.length < 2) throw new Error(`story: "${piece.form}" with ${this.met.length} characters met`);
        this.note(this.met.map((character) => character.id), "pronoun", piece.form);
        return;
      }
      case "place": return this.write(this.cast.place(piece.role)[piece.form]);
      case "mood": {
        const phrase = this.random.choice(MOODS[piece.mood] ?? []);
        this.write(phrase);
        for (const role of piece.roles) this.world.note("feels", this.cast.character(role).id, phrase.split(" ").at(-1)!);
        return;
      }
      case "act": return this.act(piece.verb, piece.roles);
      case "introduction": return this.introduce(piece.role);
      case "mention": return this.mention(piece.role, piece.form);
    }
  }

  private act(verb: string, roles: readonly string[]): void {
    const [first = "", second = "", third = ""] = roles;
    const id = (role: string): string => this.cast.entity(role).id;
    if (verb === "has") this.world.take(id(first), id(second));
    else if (verb === "give") this.world.give(id(first), id(second), id(third));
    else if (verb === "drop") this.world.drop(id(first), id(second), null);
    else if (verb === "put") this.world.drop(id(first), id(second), this.cast.place(third).noun);
    else if (verb === "own") this.world.own(id(first), id(second));
    else for (const role of first) this.world.move(id(role), this.cast.place(second).noun);
  }

  private introduce(role: string): void {
    const entity = this.cast.entity(role);
    if (this.seen.has(entity.id)) throw new Error(`story: ${entity.id} is introduced twice`);
    this.seen.add(entity.id);
    if (entity.type === "thing") {
      this.note([entity.id], "thing", `${startsWithVowel(entity.name) ? "an" : "a"} ${entity.name}`);
      this.lastThing = entity;
      this.world.note("colour", entity.id, entity.colour);
      return;
    }
    const described = entity.adjective === "" ? entity.species : `${entity.adjective} ${entity.species}`;
    const link = this.random.integer(4) === 0 ? "called" : "named";
    this.note([entity.id], "introduction", `${startsWithVowel(described) ? "an" : "a"} ${described} ${link} ${entity.name}`);
    this.saw(entity);
  }

  private mention(role: string, form: string): void {
    const entity = this.cast.find(role);
    if (entity === undefined) return this.write(form === "n" ? this.cast.place(role).noun : this.cast.word(role));
    if (entity.type === "thing") return this.mentionThing(entity, form);
    if (entity.kind === "kin") return this.mentionKin(entity, form);
    if (!this.seen.has(entity.id)) throw new Error(`story: ${entity.id} is named before the introduction`);
    if (form === "the" && this.cast.characters.every((other) => other === entity || other.species !== entity.species)) {
      this.note([entity.id], "kind", `the ${entity.species}`);
    } else if (form === "species") this.write(entity.species);
    else if (isCase(form) && this.clear(entity)) this.note([entity.id], "pronoun", PRONOUNS[entity.gender][form]);
    else {
      this.note([entity.id], "name", entity.name);
      if (form === "s" || form === "his") this.write("'s");
    }
    this.saw(entity);
  }

  private mentionKin(kin: Character, form: string): void {
    if (form === "n") this.note([kin.id], "kin", kin.species);
    else if (isCase(form) && this.seen.has(kin.id) && this.clear(kin)) this.note([kin.id], "pronoun", PRONOUNS[kin.gender][form]);
    else {
      this.mention("a", "his");
      const start = this.mentions.at(-1)!.start;
      this.write(` ${kin.species}`);
      this.mentions.push({ referents: [kin.id], form: "kin", start, end: this.text.length, sentence: this.sentences.length });
      if (form === "s" || form === "his") this.write("'s");
    }
    this.seen.add(kin.id);
    this.saw(kin);
  }

  private mentionThing(thing: Thing, form: string): void {
    const bare = form === "np" || form === "n";
    if (!this.seen.has(thing.id)) {
      if (!bare) throw new Error(`story: the ${thing.id} is named before the introduction`);
      if (form === "np") this.world.note("colour", thing.id, thing.colour);
      this.seen.add(thing.id);
    }
    if (form === "it" && this.lastThing === thing) this.note([thing.id], "it", "it");
    else {
      const words = form === "np" || (form === "plain" && this.random.integer(3) === 0) ? thing.name : thing.noun;
      this.note([thing.id], "thing", bare ? words : `the ${words}`);
    }
    this.lastThing = thing;
  }
}
