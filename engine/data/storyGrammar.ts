import { type Random, random } from "../random.ts";
import { castPlot } from "./cast.ts";
import { parsePlot, type Piece, type Plot } from "./plotScript.ts";
import { ADVENTURE_PLOTS } from "./plots/adventures.ts";
import { FRIEND_PLOTS } from "./plots/friends.ts";
import { HOME_PLOTS } from "./plots/home.ts";
import { SHARED } from "./plots/shared.ts";
import { SHORT_PLOTS } from "./plots/short.ts";
import { Teller, type Told } from "./teller.ts";
import { ADJECTIVES, COLOURS, GENDER_OF_NAME, KIN, MOODS, PLACES, SPECIES, THINGS, WORDS } from "./words.ts";
import type { Character, Thing } from "./world.ts";

/** A little story and everything that is true in it. Offsets count characters of `text`. */
export type Story = Told & {
  readonly plot: string;
  readonly characters: readonly Character[];
  readonly things: readonly Thing[];
  /** Nouns of the places, in the order of the plot's roles. */
  readonly places: readonly string[];
  /** The words that stand in the plot's other roles, by role letter. */
  readonly slots: Readonly<Record<string, string>>;
};

/** Training draws stories from stream 0 of a seed, tests and probes from stream 1: no story of one is among the other's. */
export const TRAINING_STREAM = 0;
export const HELD_OUT_STREAM = 1;

export const PLOTS: readonly Plot[] = [...FRIEND_PLOTS, ...ADVENTURE_PLOTS, ...HOME_PLOTS, ...SHORT_PLOTS]
  .map((script) => parsePlot(script, SHARED));

/** One story: a plot, its players, and one of the many ways to tell it. */
export function story(generator: Random, plot: Plot = generator.choice(PLOTS)): Story {
  const cast = castPlot(generator, plot);
  const detail = generator.choice([0, 0.3, 0.7]);
  const told = new Teller(generator, cast).tell(plot, detail);
  return {
    ...told, plot: plot.name, characters: cast.characters, things: cast.things,
    places: [...cast.places.values()].map((place) => place.noun), slots: Object.fromEntries(cast.words),
  };
}

/** The texts of `count` stories of a seed. A corpus is a prefix of every longer one; the caller joins the texts with its own separator. */
export function corpus(seed: number, count: number, stream = TRAINING_STREAM): string[] {
  const generator = random(seed, stream);
  return Array.from({ length: count }, () => story(generator).text);
}

/** The texts of `corpus`, each told, made into what is wanted and followed by a breath, so that others can work in between. */
export async function corpusOneByOne<T>(
  seed: number, count: number, stream: number, make: (text: string) => T, breathe?: () => Promise<void>,
): Promise<T[]> {
  const generator = random(seed, stream), made: T[] = [];
  while (made.length < count) {
    made.push(make(story(generator).text));
    await breathe?.();
  }
  return made;
}

/** Stories that training never sees: those of the held-out stream. */
export function heldOutStories(seed: number, count: number): Story[] {
  const generator = random(seed, HELD_OUT_STREAM);
  return Array.from({ length: count }, () => story(generator));
}

/** Runs of letters, apostrophes' tails cut: the words that vocabulary counts. */
export function wordsOf(text: string): string[] {
  return text.match(/[A-Za-z]+/g) ?? [];
}

/** Every word, in lower case, that a story can contain. */
export function vocabulary(): ReadonlySet<string> {
  const words = new Set("a an the named called s boy girl he she him her his it they them their".split(" "));
  const add = (text: string): void => wordsOf(text).forEach((word) => words.add(word.toLowerCase()));
  const walk = (pieces: readonly Piece[]): void => pieces.forEach((piece) => {
    if (piece.type === "text") add(piece.text);
    if (piece.type === "choice") piece.options.forEach(walk);
  });
  for (const plot of PLOTS) for (const line of plot.lines) line.ways.forEach(walk);
  for (const list of [ADJECTIVES, COLOURS, SPECIES, [...GENDER_OF_NAME.keys()]]) list.forEach(add);
  for (const lists of [THINGS, MOODS, WORDS]) Object.values(lists).flat().forEach(add);
  Object.values(KIN).flat().forEach(([noun]) => add(noun));
  Object.values(PLACES).flat().forEach((place) => add(`${place.at} ${place.to}`));
  return words;
}
