/**
 * Reads a plot from its script, a small notation that keeps the plots readable as prose.
 *
 * The first line names the plot and its roles, one letter each: `gift a b o:gift p:outside` (a character may carry `:animal` or `:child`).
 * Every other line is an event. `?` before a line: it may be left out. `|`: another way to tell the line before. `1`, `2`: told only in
 * that variant of the story. `%name`: one of the shared lines of that name. Inside a line:
 *   [warm|sunny|]   one of these           {+a} {+o}        an introduction: "a brave fox named Snow", "a red ball"
 *   {a} {a's}       the name               {a.he .him .his} a pronoun where it is clear, else the name;  {a.the} "the fox"
 *   {they them their} everyone met so far  {o} {o.it} {o.np} {o.n}  "the red ball", "it", "red ball", "ball"
 *   {to p} {at p}   "to the park", "in the park"            {feel a glad}    a word for that mood, noted as a fact
 *   <has a o> <give a b o> <drop a o> <put a o s> <own a o> <at ab p>        what the sentence makes true
 */
export type Piece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "choice"; readonly options: readonly (readonly Piece[])[] }
  | { readonly type: "introduction"; readonly role: string }
  | { readonly type: "mention"; readonly role: string; readonly form: string }
  | { readonly type: "everyone"; readonly form: "they" | "them" | "their" }
  | { readonly type: "place"; readonly role: string; readonly form: "at" | "to" }
  | { readonly type: "mood"; readonly roles: string; readonly mood: string }
  | { readonly type: "act"; readonly verb: Verb; readonly roles: readonly string[] };

export type Verb = "has" | "give" | "drop" | "put" | "own" | "at";
export type Line = { readonly variant: number; readonly optional: boolean; readonly ways: readonly (readonly Piece[])[] };
export type Role = { readonly letter: string; readonly kind: string };
export type Plot = { readonly name: string; readonly roles: readonly Role[]; readonly variants: number; readonly lines: readonly Line[] };

const VERBS: Readonly<Record<Verb, number>> = { has: 2, give: 3, drop: 2, put: 3, own: 2, at: 2 };
const isVerb = (word: string): word is Verb => word in VERBS;

function mark(body: string): Piece {
  const [first = "", second = "", third = ""] = body.split(" ");
  if (body === "they" || body === "them" || body === "their") return { type: "everyone", form: body };
  if (first === "feel") return { type: "mood", roles: second, mood: third };
  if (first === "at" || first === "to") return { type: "place", form: first, role: second };
  const match = /^(\+?)([a-z])('s|\.\w+)?$/.exec(body);
  if (!match) throw new SyntaxError(`parsePlot: unknown mark {${body}}`);
  if (match[1]) return { type: "introduction", role: match[2]! };
  return { type: "mention", role: match[2]!, form: (match[3] ?? ".plain").replace(/^[.']/, "") };
}

function act(body: string): Piece {
  const [verb = "", ...roles] = body.split(" ");
  if (!isVerb(verb) || roles.length !== VERBS[verb]) throw new SyntaxError(`parsePlot: unknown act <${body}>`);
  return { type: "act", verb, roles };
}

/** The pieces of one line. Throws: SyntaxError for a mark or an act that is not known, or an unclosed bracket. */
export function parseLine(source: string): readonly Piece[] {
  let position = 0;
  const sequence = (nested: boolean): Piece[] => {
    const pieces: Piece[] = [];
    while (position < source.length && !(nested && (source[position] === "|" || source[position] === "]"))) {
      const opener = source[position]!;
      if (opener === "[") {
        const options: Piece[][] = [];
        do {
          position++;
          options.push(sequence(true));
        } while (source[position] === "|");
        if (source[position++] !== "]") throw new SyntaxError(`parsePlot: unclosed [ in "${source}"`);
        pieces.push({ type: "choice", options });
      } else if (opener === "{" || opener === "<") {
        const end = source.indexOf(opener === "{" ? "}" : ">", position);
        if (end < 0) throw new SyntaxError(`parsePlot: unclosed ${opener} in "${source}"`);
        const body = source.slice(position + 1, end);
        pieces.push(opener === "{" ? mark(body) : act(body));
        position = end + 1;
      } else {
        const stop = /[[{<]|$/.exec(source.slice(position))!.index + position;
        const ends = nested ? Math.min(...["|", "]"].map((c) => source.indexOf(c, position)).filter((i) => i >= 0), stop) : stop;
        pieces.push({ type: "text", text: source.slice(position, ends) });
        position = ends;
      }
    }
    return pieces;
  };
  return sequence(false);
}

/** A plot from its script. `shared` holds the lines that `%name` stands for. */
export function parsePlot(script: string, shared: Readonly<Record<string, readonly string[]>>): Plot {
  const [header = "", ...body] = script.trim().split("\n").map((line) => line.trim());
  const [name = "", ...roles] = header.split(" ");
  const lines: { variant: number; optional: boolean; ways: (readonly Piece[])[] }[] = [];
  for (const source of body) {
    const [, variant, sign, text] = /^([1-9])?\s*([?|])?\s*(.*)$/.exec(source)!;
    const group = text!.startsWith("%") ? shared[text!.slice(1)] : [text!];
    if (!group) throw new SyntaxError(`parsePlot: no shared lines ${text!} in plot ${name}`);
    // Subtle: `?" Tom said` would look like the start of a new sentence; plots write `?" said Tom`.
    const told = group.find((line) => /[.!?]" \{[^}]*\} (said|asked|cried|called|shouted|told|began)/.test(line));
    if (told !== undefined) throw new SyntaxError(`parsePlot: the speaker comes after the verb in "${told}"`);
    const ways = group.map(parseLine);
    if (sign === "|") lines.at(-1)!.ways.push(...ways);
    else lines.push({ variant: Number(variant ?? 0), optional: sign === "?", ways });
  }
  return {
    name, lines,
    roles: roles.map((role) => ({ letter: role[0]!, kind: role.slice(2) || "any" })),
    variants: Math.max(1, ...lines.map((line) => line.variant)),
  };
}
