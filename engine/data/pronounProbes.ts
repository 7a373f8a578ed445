import type { Random } from "../random.ts";
import { ADJECTIVES, COLOURS, type Gender, NAMES, SPECIES, THINGS } from "./words.ts";
import type { Character, Span } from "./world.ts";

/**
 * A short text with two characters and one pronoun. `rule`: what decides. gender: only one candidate has the pronoun's gender.
 * meaning: both have, and the verb decides (one thanks the one who helped). Texts of the second kind do not occur in the stories,
 * whose pronouns are always clear by their rule.
 */
export type PronounProbe = {
  readonly text: string;
  readonly pronounOffset: number;
  readonly pronoun: string;
  /** Both names with the span of their last mention before the pronoun, in the order of mention. */
  readonly candidates: readonly (Span & { readonly name: string })[];
  readonly referent: string;
  readonly rule: "gender" | "meaning";
};

/** X and Y are the two, P the pronoun, T a thing; the second member says who P is. */
const FRAMES: readonly (readonly [frame: string, referent: "X" | "Y", rules: "both" | "gender"])[] = [
  ["X gave T to Y because P was sad.", "Y", "both"],
  ["X thanked Y because P had helped so much.", "Y", "both"],
  ["X said sorry to Y because P had told a lie.", "X", "both"],
  ["X hugged Y because P was sad and lonely.", "Y", "both"],
  ["X asked Y for help because P could not climb the tree.", "X", "both"],
  ["X helped Y because P was hurt.", "Y", "both"],
  ["X ran to Y because P was scared of the dark.", "X", "both"],
  ["X gave some bread to Y because P was hungry.", "Y", "both"],
  ["X lost T, so P asked Y to help.", "X", "gender"],
  ["X had T, and P gave some bread to Y.", "X", "gender"],
  ["X looked at Y, and P smiled.", "X", "gender"],
  ["X looked at Y, and P smiled.", "Y", "gender"],
  ["X played with Y until P was tired.", "X", "gender"],
  ["X played with Y until P was tired.", "Y", "gender"],
  ["X waved to Y, and then P went home.", "X", "gender"],
  ["X waved to Y, and then P went home.", "Y", "gender"],
];

function introduce(character: Character): string {
  return `${/^[aeiou]/.test(character.adjective) ? "an" : "a"} ${character.adjective} ${character.species} named ${character.name}`;
}

function player(random: Random, gender: Gender, child: boolean, other?: Character): Character {
  const pick = (items: readonly string[], not: string | undefined): string => random.choice(items.filter((item) => item !== not));
  const name = pick(NAMES[child ? "child" : "animal"][gender], other?.name);
  const species = child ? (gender === "he" ? "boy" : "girl") : pick(SPECIES, other?.species);
  const adjective = pick(ADJECTIVES, other?.adjective);
  return { id: name, type: "character", name, kind: child ? "child" : "animal", species, adjective, gender };
}

/** `n` probes; three of four are decided by gender, the others by meaning. Draw them from the held-out stream. */
export function pronounProbes(random: Random, n: number): PronounProbe[] {
  return Array.from({ length: n }, (_, index) => {
    const rule = index % 4 === 3 ? "meaning" : "gender";
    const [frame, who] = random.choice(rule === "gender" ? FRAMES : FRAMES.filter(([, , rules]) => rules === "both"));
    const child = random.integer(2) === 0;
    const gender = random.choice(["he", "she"] as const);
    const x = player(random, gender, child);
    const y = player(random, rule === "meaning" ? gender : gender === "he" ? "she" : "he", child, x);
    const thing = `the ${random.choice(COLOURS)} ${random.choice(THINGS.gift!)}`;
    const cast: Record<string, string> = { X: x.name, Y: y.name, T: thing, P: (who === "X" ? x : y).gender };
    let text = `One day, ${introduce(x)} met ${introduce(y)}. `;
    const offsets: Record<string, number> = {};
    for (const part of frame.split(/\b([XYTP])\b/)) {
      const word = cast[part];
      if (word !== undefined) offsets[part] = text.length;
      text += word ?? part;
    }
    const candidates = (["X", "Y"] as const).map((role) => {
      const name = cast[role]!;
      // "X lost T, so P asked Y": there Y's last mention before the pronoun is the introduction.
      const start = offsets[role]! < offsets.P! ? offsets[role]! : text.indexOf(`named ${name}`) + "named ".length;
      return { name, start, end: start + name.length };
    }).toSorted((a, b) => a.start - b.start);
    return { text, pronounOffset: offsets.P!, pronoun: cast.P!, candidates, referent: cast[who]!, rule };
  });
}
