import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../random.ts";
import { ask } from "./ask.ts";
import { corpus, HELD_OUT_STREAM, heldOutStories, PLOTS, story, type Story, vocabulary, wordsOf } from "./storyGrammar.ts";
import { GENDER_OF_NAME, NAMES } from "./words.ts";
import { factAt, placeAt, referentsAt } from "./world.ts";

/** Every plot about forty times, from a stream that nothing trains on. */
const sweep: readonly Story[] = (() => {
  const generator = random(11, HELD_OUT_STREAM);
  return Array.from({ length: 40 }, () => PLOTS.map((plot) => story(generator, plot))).flat();
})();

const spanText = (told: Story, span: { start: number; end: number }): string => told.text.slice(span.start, span.end);
const where = (told: Story): string => `[${told.plot}] ${told.text}`;

/** Sentences by punctuation alone: an end mark, perhaps a closing quote, a space, and a capital or an opening quote, outside speech. */
function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let start = 0, quotes = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quotes++;
    const end = text.slice(text[i] === '"' ? i - 1 : i, i + 1);
    if (quotes % 2 === 0 && /^[.!?]"?$/.test(end) && /^ ["A-Z]|^$/.test(text.slice(i + 1, i + 3))) {
      sentences.push(text.slice(start, i + 1));
      start = i + 2;
    }
  }
  return sentences;
}

describe("a story", () => {
  test("is the same for the same seed, and has been since it was pinned", () => {
    const texts = Array.from({ length: 10 }, (_, seed) => story(random(seed)).text);
    expect(Array.from({ length: 10 }, (_, seed) => story(random(seed)).text)).toEqual(texts);
    expect(createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 16)).toBe("de30c3510fc9a3e8");
  });

  test("can be told with at least forty plots, and all of them occur", () => {
    expect(PLOTS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(PLOTS.map((plot) => plot.name)).size).toBe(PLOTS.length);
    const generator = random(3);
    expect(new Set(Array.from({ length: 2000 }, () => story(generator).plot)).size).toBe(PLOTS.length);
  });

  test("is told without a contradiction for any seed", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(7), (seed, stream) => story(random(seed, stream)).text.length > 100), { numRuns: 2000 });
  });

  test("has between 35 and 175 words, and usually fits a context of 128 tokens", () => {
    const lengths = sweep.map((told) => wordsOf(told.text).length).toSorted((a, b) => a - b);
    expect(lengths[0]).toBeGreaterThanOrEqual(35);
    expect(lengths.at(-1)).toBeLessThanOrEqual(175);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(105);
    expect(lengths.filter((length) => length <= 60).length / lengths.length).toBeGreaterThan(0.05);
  });

  test("is plain ASCII with single spaces, balanced quotes and no mark of the notation left", () => {
    for (const told of sweep) {
      expect(told.text, where(told)).toMatch(/^[A-Za-z ,.!?"':-]+$/);
      expect(told.text, where(told)).not.toMatch(/ {2}|^ | $| [,.!?]|[,.]{2}|[.!?],|,"$|\.\?/);
      expect((told.text.match(/"/g) ?? []).length % 2, where(told)).toBe(0);
    }
  });

  test("consists of sentences that begin with a capital and end with a mark, just as its spans say", () => {
    for (const told of sweep) {
      const sentences = told.sentences.map((span) => spanText(told, span));
      expect(sentences.join(" "), where(told)).toBe(told.text);
      expect(sentences, where(told)).toEqual(sentencesOf(told.text));
      for (const sentence of sentences) expect(sentence, where(told)).toMatch(/^"?[A-Z].*[.!?]"?$/);
    }
  });

  test("says an before a vowel and a before a consonant", () => {
    for (const told of sweep) expect(told.text, where(told)).not.toMatch(/\b[Aa] [aeiouAEIOU]|\b[Aa]n [^aeiouAEIOU]/);
  });

  test("uses only words of its closed vocabulary, which is small", () => {
    const words = vocabulary();
    for (const told of sweep) expect(wordsOf(told.text).filter((word) => !words.has(word.toLowerCase())), where(told)).toEqual([]);
    expect(words.size).toBeGreaterThanOrEqual(800);
    expect(words.size).toBeLessThanOrEqual(1300);
  });

  test("draws on at least 300 content words", () => {
    const functionWords = new Set((
      "a an the and but or so because when while until if that then than as at in on by to for from with of into up down out off over "
      + "under behind along alone about after before back around again he she him her his it its they them their i you we me my your "
      + "our us who what which this these those there here was were is are be been am had has have do did does not no yes can could "
      + "will would may must shall all both each every everyone everybody everything nobody nothing somebody something anyone any "
      + "some one two three four six ten too very more most much many only also just s").split(" "));
    const said = new Set(sweep.flatMap((told) => wordsOf(told.text.replaceAll("'s", "")).map((word) => word.toLowerCase())));
    const names = new Set([...GENDER_OF_NAME.keys()].map((name) => name.toLowerCase()));
    const content = [...said].filter((word) => !functionWords.has(word) && !names.has(word));
    expect(content.length).toBeGreaterThanOrEqual(300);
  });
});

describe("names and pronouns", () => {
  test("give each of forty names one gender", () => {
    const all = Object.values(NAMES).flatMap((kind) => Object.values(kind).flat());
    expect(all.length).toBe(40);
    expect(GENDER_OF_NAME.size).toBe(40);
  });

  test("never mention a name before its introduction", () => {
    for (const told of sweep) {
      for (const match of told.text.matchAll(/[A-Z][a-z]+/g)) {
        if (!GENDER_OF_NAME.has(match[0])) continue;
        const introduction = new RegExp(`\\b(named|called) ${match[0]}\\b`).exec(told.text);
        expect(introduction, where(told)).not.toBeNull();
        expect(match.index, where(told)).toBeGreaterThanOrEqual(introduction!.index);
      }
    }
  });

  test("cover every he, she, they of the text by a mention", () => {
    for (const told of sweep) {
      for (const match of told.text.matchAll(/\b(he|she|him|her|his|they|them|their)\b/gi)) {
        const at = told.mentions.some((mention) => mention.form === "pronoun" && mention.start === match.index);
        expect(at, `${match[0]} at ${match.index} of ${where(told)}`).toBe(true);
      }
    }
  });

  test("agree with the referent, who is the last mentioned of that gender and alone of it in the sentence", () => {
    for (const told of sweep) {
      const gender = new Map(told.characters.map((character) => [character.id, character.gender]));
      told.mentions.forEach((mention, index) => {
        if (mention.form !== "pronoun") return;
        const word = spanText(told, mention).toLowerCase();
        const met = new Set(told.mentions.slice(0, index).flatMap((earlier) => earlier.referents).filter((id) => gender.has(id)));
        if (/^the[ym]|^their/.test(word)) {
          expect(met.size, where(told)).toBeGreaterThanOrEqual(2);
          expect(new Set(mention.referents), where(told)).toEqual(met);
          return;
        }
        const expected = /^(she|her)$/.test(word) ? "she" : "he";
        const candidates = told.mentions.slice(0, index)
          .filter((earlier) => earlier.referents.length === 1 && gender.get(earlier.referents[0]!) === expected);
        expect(mention.referents, `${word} at ${mention.start} of ${where(told)}`).toEqual(candidates.at(-1)!.referents);
        const rivals = candidates
          .filter((earlier) => earlier.sentence === mention.sentence && earlier.referents[0] !== mention.referents[0]);
        expect(rivals, where(told)).toEqual([]);
      });
    }
  });

  test("find the referent of a pronoun from its offset", () => {
    const told = story(random(2), PLOTS.find((plot) => plot.name === "butterfly")!);
    const offset = /\b(he|she)\b/.exec(told.text)?.index ?? told.text.search(/\b[A-Z]\w+'s nose/);
    expect(referentsAt(told, offset)).toEqual([told.characters[0]!.id]);
    expect(referentsAt(told, told.text.indexOf("butterfly"))).toBeUndefined();
  });

  test("write the name, the kind or the noun exactly where a mention says", () => {
    for (const told of sweep) {
      for (const mention of told.mentions) {
        const words = spanText(told, mention);
        const character = told.characters.find((candidate) => candidate.id === mention.referents[0]);
        const thing = told.things.find((candidate) => candidate.id === mention.referents[0]);
        if (mention.form === "name" || mention.form === "introduction") expect(words.endsWith(character!.name), where(told)).toBe(true);
        if (mention.form === "kin") expect(words.endsWith(character!.species), where(told)).toBe(true);
        if (mention.form === "thing") expect(words.endsWith(thing!.noun), where(told)).toBe(true);
        if (mention.form === "it") expect(words.toLowerCase(), where(told)).toBe("it");
      }
    }
  });
});

describe("facts", () => {
  test("lie in the sentence that makes them true, and that sentence names what they say", () => {
    for (const told of sweep) {
      for (const fact of told.facts) {
        expect({ start: fact.start, end: fact.end }, where(told)).toEqual(told.sentences[fact.sentence]);
        const words = spanText(told, fact);
        const mentioned = told.mentions.filter((mention) => mention.sentence === fact.sentence).flatMap((mention) => mention.referents);
        const label = `${fact.relation} ${fact.subject} ${String(fact.value)} in "${words}" of ${where(told)}`;
        expect(mentioned, label).toContain(fact.subject);
        if (fact.relation === "holds" && fact.value !== null) expect(mentioned, label).toContain(fact.value);
        if (fact.relation === "feels" || fact.relation === "colour") expect(words, label).toContain(fact.value!);
      }
    }
  });

  test("never give one thing two holders or two owners, and let only its holder give it away", () => {
    for (const told of sweep) {
      for (const thing of told.things) {
        const holds = told.facts.filter((fact) => fact.relation === "holds" && fact.subject === thing.id);
        const owns = told.facts.filter((fact) => fact.relation === "owns" && fact.subject === thing.id);
        for (const facts of [holds, owns]) facts.slice(1).forEach((fact, i) => expect(fact.value, where(told)).not.toBe(facts[i]!.value));
        // Whoever passes a thing on, or loses it, is named (or meant by a pronoun) in or before that sentence.
        const known = new Set(told.characters.map((character) => character.id));
        for (const fact of [...holds, ...owns]) if (fact.value !== null) expect(known.has(fact.value), where(told)).toBe(true);
      }
    }
  });

  test("are told by the words 'gave X to Y': the next holder is Y", () => {
    let checked = 0;
    for (const told of sweep) {
      told.sentences.forEach((span, sentence) => {
        const match = /gave the (\w+ )?(\w+) to (\w+)/.exec(spanText(told, span));
        const thing = match && told.things.find((candidate) => candidate.noun === match[2]);
        if (!match || !thing || !GENDER_OF_NAME.has(match[3]!)) return;
        const now = told.facts.filter((fact) => fact.relation === "holds" && fact.subject === thing.id && fact.sentence === sentence);
        expect(now.map((fact) => fact.value), where(told)).toContain(match[3]);
        checked++;
      });
    }
    expect(checked).toBeGreaterThan(300);
  });

  test("answer who has a thing after a given sentence", () => {
    const told = story(random(4), PLOTS.find((plot) => plot.name === "borrowed")!);
    const [owner, borrower] = [told.characters[1]!.id, told.characters[0]!.id];
    const thing = told.things[0]!.id;
    const history = told.sentences.map((_, sentence) => factAt(told, "holds", thing, sentence));
    expect([...new Set(history)].filter((value) => value !== undefined)).toEqual([owner, borrower]);
    expect(history.at(-1)).toBe(owner);
    expect(factAt(told, "owns", thing)).toBe(owner);
  });

  test("place a thing that is held where its holder is", () => {
    const facts = [
      { relation: "at", subject: "Tom", value: "park", sentence: 0, start: 0, end: 1 },
      { relation: "holds", subject: "red ball", value: "Tom", sentence: 1, start: 2, end: 3 },
      { relation: "holds", subject: "red ball", value: null, sentence: 2, start: 4, end: 5 },
      { relation: "at", subject: "red ball", value: "bush", sentence: 2, start: 4, end: 5 },
    ] as const;
    expect([0, 1, 2].map((sentence) => placeAt({ facts }, "red ball", sentence))).toEqual([undefined, "park", "bush"]);
  });
});

describe("questions", () => {
  test("are answered by a word that the story has said by then", () => {
    let asked = 0;
    for (const told of sweep) {
      for (const sentence of [2, told.sentences.length - 1]) {
        const heard = told.text.slice(0, told.sentences[Math.min(sentence, told.sentences.length - 1)]!.end);
        for (const { question, answer } of ask(told, sentence)) {
          expect(question).toMatch(/^[A-Z].*\?$/);
          expect(heard, `${question} ${answer} ${where(told)}`).toContain(answer);
          asked++;
        }
      }
    }
    expect(asked).toBeGreaterThan(sweep.length * 3);
  });

  test("know who has what in the end", () => {
    const told = story(random(9), PLOTS.find((plot) => plot.name === "gift")!);
    const thing = told.things[0]!;
    const answers = Object.fromEntries(ask(told).map(({ question, answer }) => [question, answer]));
    expect(answers[`Who has the ${thing.name}?`]).toBe(told.characters[1]!.name);
    expect(answers[`What colour is the ${thing.noun}?`]).toBe(thing.colour);
  });
});

describe("the corpus", () => {
  test("of a seed is a prefix of every longer one, and other seeds tell other stories", () => {
    expect(corpus(1, 5)).toEqual(corpus(1, 20).slice(0, 5));
    expect(corpus(1, 5)).not.toEqual(corpus(2, 5));
  });

  test("holds no held-out story among its first 20,000", () => {
    const training = new Set(corpus(0, 20000));
    for (const told of heldOutStories(0, 1000)) expect(training.has(told.text)).toBe(false);
    expect(training.size).toBeGreaterThan(19990);
  });
});
