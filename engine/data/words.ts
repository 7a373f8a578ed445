/**
 * The words that the story grammar chooses from. Small and closed on purpose: a byte-pair vocabulary of 1,024 tokens then holds
 * nearly every word whole, and a model of a million weights can learn them all.
 */
export type Gender = "he" | "she";
export type Place = { readonly noun: string; readonly at: string; readonly to: string };

/** Forty names, each always with the same pronoun. Every name is one common word, so it tends to be one token. */
export const NAMES: Readonly<Record<"animal" | "child", Readonly<Record<Gender, readonly string[]>>>> = {
  animal: {
    he: ["Snow", "Patch", "Max", "Rusty", "Bruno", "Oscar", "Pip", "Moss", "Teddy", "Felix"],
    she: ["Daisy", "Ruby", "Poppy", "Dot", "Luna", "Hazel", "Penny", "Coco", "Willow", "Bella"],
  },
  child: {
    he: ["Tom", "Ben", "Sam", "Jack", "Leo", "Tim", "Finn", "Noah", "Hugo", "Dan"],
    she: ["Lily", "Mia", "Anna", "Rose", "Emma", "Lucy", "Nora", "Ella", "Clara", "Kate"],
  },
};

/** The pronoun of every name of the grammar. */
export const GENDER_OF_NAME: ReadonlyMap<string, Gender> = new Map(
  [NAMES.animal, NAMES.child].flatMap((kind) =>
    (["he", "she"] as const).flatMap((gender) => kind[gender].map((name) => [name, gender] as const))),
);

export const SPECIES = [
  "fox", "rabbit", "bear", "mouse", "hedgehog", "cat", "dog", "duck", "owl", "frog", "squirrel", "pig", "goat", "turtle", "deer",
  "badger", "lamb", "pony", "mole", "otter",
] as const;

export const ADJECTIVES = [
  "brave", "kind", "shy", "clever", "little", "funny", "gentle", "quiet", "curious", "small", "young", "cheerful", "friendly", "silly",
] as const;

export const COLOURS = [
  "red", "blue", "green", "yellow", "purple", "orange", "pink", "white", "black", "brown", "golden", "silver",
] as const;

/** Relatives who need no name: "his mother". The owner is always role a of the plot. */
export const KIN: Readonly<Record<string, readonly (readonly [noun: string, gender: Gender])[]>> = {
  kin: [["mother", "she"], ["father", "he"], ["grandmother", "she"], ["grandfather", "he"]],
  parent: [["mother", "she"], ["father", "he"]],
  old: [["grandmother", "she"], ["grandfather", "he"]],
  sibling: [["brother", "he"], ["sister", "she"]],
};

const toy = ["ball", "drum", "doll", "kite", "train", "puppet", "wagon", "boat"] as const;
const clothes = ["hat", "scarf", "coat", "cap", "ribbon"] as const;

/** Nouns of the things whose holder, owner and colour a story keeps track of, by what a plot can do with them. */
export const THINGS: Readonly<Record<string, readonly string[]>> = {
  toy,
  clothes,
  warm: ["hat", "scarf", "coat", "cap"],
  small: ["key", "ring", "coin", "button", "shell", "stone", "feather", "bell", "marble"],
  gift: [...toy, "book", "cup", "hat", "scarf", "bell", "flower", "shell", "basket", "ribbon"],
  lost: [...toy, ...clothes, "key", "ring", "book", "bell", "bag"],
  breakable: ["kite", "drum", "doll", "train", "puppet", "wagon", "boat", "cup", "lamp", "clock"],
  box: ["box", "basket", "bag", "chest"],
  kite: ["kite"],
  drum: ["drum"],
  boat: ["boat"],
  lamp: ["lamp"],
  key: ["key"],
  coin: ["coin"],
  hat: ["hat"],
  flower: ["flower"],
  tool: ["bucket", "rope", "lamp", "basket", "umbrella", "book", "shovel"],
};

const place = (noun: string, at: string, to = "to"): Place => ({ noun, at: `${at} the ${noun}`, to: `${to} the ${noun}` });
const garden = place("garden", "in", "into"), forest = place("forest", "in", "into"), hill = place("hill", "on", "up");
const park = place("park", "in"), field = place("field", "in"), meadow = place("meadow", "in");
const river = place("river", "by"), lake = place("lake", "by"), pond = place("pond", "by");
const beach = place("beach", "at"), farm = place("farm", "at"), market = place("market", "at"), school = place("school", "at");
/** A place to hide: at = the first time it is named, to = later. */
const spot = (phrase: string, noun: string): Place => ({ noun, at: phrase, to: phrase.replace(/ an? /, " the ") });

export const PLACES: Readonly<Record<string, readonly Place[]>> = {
  outside: [park, garden, forest, beach, river, lake, hill, field, meadow, farm, pond],
  wild: [forest, beach, river, lake, hill, field, meadow],
  open: [park, field, meadow, beach, hill],
  park: [park],
  meadow: [meadow],
  lake: [lake],
  water: [river, lake, pond],
  muddy: [forest, field, meadow, farm],
  forest: [forest],
  hill: [hill],
  garden: [garden],
  beach: [beach],
  river: [river],
  pond: [pond],
  market: [market],
  school: [school],
  spot: [
    spot("under a bush", "bush"), spot("behind a big tree", "tree"), spot("in the tall grass", "grass"), spot("behind a rock", "rock"),
    spot("in a hollow log", "log"), spot("under a bench", "bench"),
  ],
  nook: [
    spot("under the bed", "bed"), spot("behind the door", "door"), spot("under the table", "table"), spot("behind a chair", "chair"),
    spot("on a high shelf", "shelf"),
  ],
};

/** How someone may feel: a phrase of the mood; its last word is what the fact records. */
export const MOODS: Readonly<Record<string, readonly string[]>> = {
  glad: ["happy", "glad", "very happy", "so happy"],
  sad: ["sad", "very sad", "unhappy"],
  scared: ["scared", "afraid", "very scared"],
  angry: ["angry", "cross", "very angry"],
  tired: ["tired", "very tired", "so tired"],
  proud: ["proud", "very proud", "so proud"],
  worried: ["worried", "very worried"],
  surprised: ["surprised", "very surprised"],
  excited: ["excited", "very excited"],
  sorry: ["sorry", "very sorry"],
  lonely: ["lonely", "sad and lonely"],
  hungry: ["hungry", "very hungry"],
  cold: ["cold", "very cold"],
  calm: ["calm", "safe", "warm and safe"],
  jealous: ["jealous", "a little jealous"],
};

/** Plain words that a plot picks once and then keeps. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  food: ["bread", "cheese", "soup", "cake", "pie", "jam", "honey"],
  fruit: ["apples", "berries", "cherries", "pears", "plums", "nuts"],
  bake: ["cake", "pie", "tart"],
  crop: ["beans", "carrots", "pumpkins", "peas", "flowers", "tomatoes"],
  vegetable: ["beans", "carrots", "peas", "tomatoes", "onions"],
  giant: ["pumpkin", "carrot", "turnip"],
  skill: ["swim", "read", "dance", "whistle", "skate", "climb"],
  baby: ["bird", "kitten", "lamb", "duckling"],
  crunch: ["bread", "apple", "carrot", "pie"],
  game: ["catch", "tag", "chess", "cards"],
  noise: ["scratching", "tapping", "rustling", "knocking"],
  creature: ["bee", "butterfly", "snail", "beetle"],
  day: ["Monday", "Tuesday", "Wednesday", "Friday", "Saturday", "Sunday"],
};
