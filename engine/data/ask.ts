import { factAt, placeAt } from "./world.ts";
import type { Story } from "./storyGrammar.ts";

/** A question about a story, its answer in words of the story, and the sentence after which it is asked (the last one by default). */
export type Question = {
  readonly question: string;
  readonly answer: string;
  readonly relation: "holds" | "owns" | "at" | "feels" | "colour" | "kind";
  readonly sentence: number;
};

/**
 * Questions that the facts of a story answer: who has a thing or owns it, where someone is, what colour something is, how someone
 * feels, what kind of animal a name is. Relatives ("his mother") are left out as subjects, because their name depends on who speaks.
 * @param sentence ask about the state after this sentence (counted from 0)
 */
export function ask(story: Story, sentence = story.sentences.length - 1): Question[] {
  const questions: Question[] = [];
  const add = (relation: Question["relation"], question: string, answer: string | null | undefined): void => {
    if (answer) questions.push({ question, answer, relation, sentence });
  };
  for (const thing of story.things) {
    add("holds", `Who has the ${thing.name}?`, factAt(story, "holds", thing.id, sentence));
    add("owns", `Whose is the ${thing.name}?`, factAt(story, "owns", thing.id, sentence));
    add("at", `Where is the ${thing.name}?`, placeAt(story, thing.id, sentence));
    add("colour", `What colour is the ${thing.noun}?`, factAt(story, "colour", thing.id, sentence));
  }
  for (const character of story.characters) {
    if (character.kind === "kin") continue;
    const met = story.mentions.some((mention) => mention.sentence <= sentence && mention.referents.includes(character.id));
    if (!met) continue;
    add("at", `Where is ${character.name}?`, placeAt(story, character.id, sentence));
    add("feels", `How does ${character.name} feel?`, factAt(story, "feels", character.id, sentence));
    add("kind", `What is ${character.name}?`, character.species);
  }
  return questions;
}
