import type { Random } from "../random.ts";
import type { Plot, Role } from "./plotScript.ts";
import { ADJECTIVES, COLOURS, type Gender, KIN, NAMES, type Place, PLACES, SPECIES, THINGS, WORDS } from "./words.ts";
import type { Character, Thing } from "./world.ts";

/** Who and what plays the roles of one telling of a plot. */
export class Cast {
  readonly characters: readonly Character[];
  readonly things: readonly Thing[];
  private readonly entities: ReadonlyMap<string, Character | Thing>;
  readonly places: ReadonlyMap<string, Place>;
  readonly words: ReadonlyMap<string, string>;

  constructor(entities: ReadonlyMap<string, Character | Thing>, places: ReadonlyMap<string, Place>, words: ReadonlyMap<string, string>) {
    this.entities = entities;
    this.places = places;
    this.words = words;
    this.characters = [...entities.values()].filter((entity) => entity.type === "character");
    this.things = [...entities.values()].filter((entity) => entity.type === "thing");
  }

  find(role: string): Character | Thing | undefined {
    return this.entities.get(role);
  }
  entity(role: string): Character | Thing {
    return known(this.entities.get(role), role);
  }
  character(role: string): Character {
    const entity = this.entity(role);
    if (entity.type !== "character") throw new Error(`story: role ${role} is not a character`);
    return entity;
  }
  place(role: string): Place {
    return known(this.places.get(role), role);
  }
  word(role: string): string {
    return known(this.words.get(role), role);
  }
}

function known<T>(value: T | undefined, role: string): T {
  if (value === undefined) throw new Error(`story: no role ${role}`);
  return value;
}

/** One of `items` for which `taken` is false. */
function fresh<T>(random: Random, items: readonly T[], taken: (item: T) => boolean): T {
  const free = items.filter((item) => !taken(item));
  if (free.length === 0) throw new Error("story: nothing left to choose from");
  return random.choice(free);
}

/** Chooses the players of a plot: no name, species, noun, colour or place twice, and mixed genders twice as often as equal ones. */
export function castPlot(random: Random, plot: Plot): Cast {
  const entities = new Map<string, Character | Thing>();
  const places = new Map<string, Place>();
  const words = new Map<string, string>();
  const characters: Character[] = [];
  const things: Thing[] = [];
  const company = random.choice(["animal", "animal", "animal", "child", "child", "mixed"] as const);

  const person = (role: Role): Character => {
    const wanted = role.kind === "any" ? company : role.kind as "animal" | "child";
    const kind = wanted === "mixed" ? random.choice(["animal", "child"] as const) : wanted;
    const previous = characters.at(-1)?.gender;
    let gender: Gender = random.choice(["he", "she"] as const);
    if (previous !== undefined) gender = random.integer(3) < 2 ? (previous === "he" ? "she" : "he") : previous;
    const name = fresh(random, NAMES[kind][gender], (item) => characters.some((other) => other.name === item));
    const child = gender === "he" ? "boy" : "girl";
    const species = kind === "child" ? child : fresh(random, SPECIES, (item) => characters.some((other) => other.species === item));
    const plain = random.integer(8) === 0;
    const adjective = plain ? "" : fresh(random, ADJECTIVES, (item) => characters.some((other) => other.adjective === item));
    return { id: name, type: "character", name, kind, species, adjective, gender };
  };

  for (const role of plot.roles) {
    const { letter, kind } = role;
    const relatives = KIN[kind], nouns = THINGS[kind], sites = PLACES[kind], list = WORDS[kind];
    if (kind === "any" || kind === "animal" || kind === "child") {
      const character = person(role);
      characters.push(character);
      entities.set(letter, character);
    } else if (relatives) {
      // Mostly the other gender than the hero's, so that "his mother" stays clear where "his father" would not.
      const other = relatives.filter(([, gender]) => gender !== characters[0]?.gender);
      const [noun, gender] = random.choice(other.length > 0 && random.integer(4) > 0 ? other : relatives);
      entities.set(letter, { id: noun, type: "character", name: noun, kind: "kin", species: noun, adjective: "", gender });
    } else if (nouns) {
      const noun = fresh(random, nouns, (item) => things.some((other) => other.noun === item));
      const colour = fresh(random, COLOURS, (item) => things.some((other) => other.colour === item));
      const thing: Thing = { id: `${colour} ${noun}`, type: "thing", noun, colour, name: `${colour} ${noun}` };
      things.push(thing);
      entities.set(letter, thing);
    } else if (sites) {
      places.set(letter, fresh(random, sites, (item) => [...places.values()].includes(item)));
    } else if (list) words.set(letter, fresh(random, list, (item) => [...words.values()].includes(item)));
    else throw new Error(`story: role ${letter} of ${plot.name} is of no known kind ${kind}`);
  }
  return new Cast(entities, places, words);
}
