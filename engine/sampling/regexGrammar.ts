import type { Grammar } from "./grammar.ts";

/** Sets of bytes: one bit a byte. */
type ByteSet = readonly boolean[];
/** A nondeterministic automaton being built: `steps` read a byte, `jumps` read none. */
interface Automaton {
  readonly steps: { readonly from: number; readonly bytes: ByteSet; readonly to: number }[];
  readonly jumps: Set<number>[];
}

const MOST_STATES = 4000;
const MOST_REPEATS = 99;
/** What `.` and negated sets range over: the printable bytes of ASCII, so that no half character can arise. */
const printable = range(0x20, 0x7e);
const classes: Readonly<Record<string, ByteSet>> = {
  d: range(0x30, 0x39), w: union(range(0x30, 0x39), range(0x41, 0x5a), range(0x61, 0x7a), range(0x5f, 0x5f)),
  s: union(range(0x20, 0x20), range(0x09, 0x0a), range(0x0d, 0x0d)), n: range(0x0a, 0x0a), t: range(0x09, 0x09),
};

/**
 * The texts that a regular expression matches as a whole: characters, `.`, `[a-z]`, `[^a]`, `\d \w \s`, `( )`, `|`, `* + ?` and `{2,5}`.
 * Read by subsets of a Thompson automaton, made as they are met.
 * Throws: SyntaxError that says what is wrong where, RangeError when the pattern grows too large.
 * Source: Thompson 1968.
 */
export function regexGrammar(pattern: string): Grammar {
  const automaton: Automaton = { steps: [], jumps: [] };
  const { from, to } = parse(pattern, automaton);
  const stepsOf: { readonly bytes: ByteSet; readonly to: number }[][] = automaton.jumps.map(() => []);
  for (const { from: state, ...step } of automaton.steps) stepsOf[state]!.push(step);
  const closed = (states: Iterable<number>): string => {
    const seen = new Set(states);
    for (const state of seen) for (const next of automaton.jumps[state]!) seen.add(next);
    return [...seen].sort((a, b) => a - b).join();
  };
  const known = new Map<string, (string | null)[]>();
  return {
    start: closed([from]),
    accepts: (state) => state.split(",").includes(String(to)),
    next(state, byte) {
      let row = known.get(state);
      if (!row) known.set(state, row = []);
      const found = row[byte];
      if (found !== undefined) return found;
      const reached = state.split(",").flatMap((one) => stepsOf[Number(one)]!.filter(({ bytes }) => bytes[byte]).map((step) => step.to));
      return row[byte] = reached.length === 0 ? null : closed(reached);
    },
  };
}

interface Part {
  readonly from: number;
  readonly to: number;
}

/** Recursive descent: alternatives of sequences of repeated atoms. */
function parse(pattern: string, { steps, jumps }: Automaton): Part {
  const source = [...pattern];
  let at = 0;
  const wrong = (what: string): never => { throw new SyntaxError(`${what} at character ${at + 1}`); };
  const state = (): number => {
    if (jumps.length >= MOST_STATES) throw new RangeError("the pattern repeats too much to be followed");
    return jumps.push(new Set()) - 1;
  };
  const jump = (from: number, to: number): void => void jumps[from]!.add(to);
  const empty = (): Part => {
    const only = state();
    return { from: only, to: only };
  };
  const one = (bytes: ByteSet): Part => {
    const part = { from: state(), to: state() };
    steps.push({ ...part, bytes });
    return part;
  };
  const chain = (parts: readonly Part[]): Part => {
    for (let i = 1; i < parts.length; i++) jump(parts[i - 1]!.to, parts[i]!.from);
    return parts.length === 0 ? empty() : { from: parts[0]!.from, to: parts.at(-1)!.to };
  };

  const alternatives = (): Part => {
    const all = [sequence()];
    while (source[at] === "|") {
      at++;
      all.push(sequence());
    }
    if (all.length === 1) return all[0]!;
    const whole = { from: state(), to: state() };
    for (const part of all) {
      jump(whole.from, part.from);
      jump(part.to, whole.to);
    }
    return whole;
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(repeated());
    return chain(parts);
  };
  const repeated = (): Part => {
    const began = at;
    const first = atom();
    const ended = at;
    const bounds = count();
    if (!bounds) return first;
    const [least, most] = bounds;
    const after = at;
    // A copy is made by reading the atom again.
    const again = (): Part => {
      at = began;
      const part = atom();
      if (at !== ended) wrong("unexpected end of a repetition");
      at = after;
      return part;
    };
    const parts = Array.from({ length: least }, (_, i) => (i === 0 ? first : again()));
    if (most === Infinity) {
      const loop = least === 0 ? first : again();
      const around = { from: state(), to: state() };
      for (const [a, b] of [[around.from, loop.from], [loop.to, around.to], [around.from, around.to],
        [around.to, around.from]] as const) jump(a, b);
      parts.push(around);
    } else {
      const end = state();
      for (let i = least; i < most; i++) {
        const part = i === 0 ? first : again();
        const gate = state();
        jump(gate, part.from);
        jump(gate, end);
        parts.push({ from: gate, to: part.to });
      }
      parts.push({ from: end, to: end });
    }
    return chain(parts);
  };
  const count = (): readonly [number, number] | null => {
    const sign = source[at];
    if (sign === "*" || sign === "+" || sign === "?") {
      at++;
      return [sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity];
    }
    if (sign !== "{") return null;
    const [whole, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at).join("")) ?? [];
    if (whole === undefined) return wrong("a count like {2} or {2,5} is missing");
    at += whole.length;
    const bounds = [Number(least), comma === "" ? Number(least) : most === "" ? Infinity : Number(most)] as const;
    if (bounds[0] > MOST_REPEATS
      || (bounds[1] > MOST_REPEATS && bounds[1] !== Infinity)) return wrong(`more than ${MOST_REPEATS} repetitions`);
    return bounds[0] > bounds[1] ? wrong("a count from large to small") : bounds;
  };
  const atom = (): Part => {
    const sign = source[at++]!;
    if (sign === "(") {
      const inner = alternatives();
      if (source[at] !== ")") wrong("a closing ) is missing");
      at++;
      return inner;
    }
    if (sign === "[") return one(set());
    if (sign === ".") return one(printable);
    if ("*+?{".includes(sign)) {
      at--;
      wrong(`nothing to repeat before ${sign}`);
    }
    return sign === "\\" ? one(escaped()) : chain([...new TextEncoder().encode(sign)].map((byte) => one(range(byte, byte))));
  };
  const escaped = (): ByteSet => {
    const sign = source[at++] ?? wrong("nothing follows the last \\");
    const byte = sign.codePointAt(0)!;
    if (Object.hasOwn(classes, sign)) return classes[sign]!;
    return byte < 0x80 ? range(byte, byte) : wrong("\\ before a letter that is not of ASCII");
  };
  const set = (): ByteSet => {
    const negated = source[at] === "^";
    if (negated) at++;
    const bytes = range(1, 0).slice();
    for (let first = true; first || source[at] !== "]"; first = false) {
      if (at >= source.length) wrong("a closing ] is missing");
      const low = member();
      if (source[at] === "-" && source[at + 1] !== "]" && at + 1 < source.length) {
        at++;
        const high = member();
        const [a, b] = [low.indexOf(true), high.indexOf(true)];
        if (a > b) wrong("a range from large to small");
        for (let byte = a; byte <= b; byte++) bytes[byte] = true;
      } else {
        low.forEach((is, byte) => { if (is) bytes[byte] = true; });
      }
    }
    at++;
    const chosen = negated ? printable.map((is, byte) => is && !bytes[byte]) : bytes;
    return chosen.includes(true) ? chosen : wrong("a set of no characters");
  };
  const member = (): ByteSet => {
    const sign = source[at++]!;
    if (sign === "\\") return escaped();
    const byte = sign.codePointAt(0)!;
    return byte < 0x80 ? range(byte, byte) : wrong("a set may hold characters of ASCII only");
  };

  const whole = alternatives();
  if (at < source.length) wrong("a ) without its (");
  return whole;
}

function range(from: number, to: number): ByteSet {
  return Array.from({ length: 256 }, (_, byte) => byte >= from && byte <= to);
}

function union(...sets: readonly ByteSet[]): ByteSet {
  return Array.from({ length: 256 }, (_, byte) => sets.some((set) => set[byte]));
}
