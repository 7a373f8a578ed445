import type { Grammar } from "./grammar.ts";

/** Brackets within brackets at most. A state is the stack of open brackets, a space, and what is being read. */
const DEEPEST = 8;
const numberEnds = new Set(["zero", "digits", "fraction", "power"]);

/**
 * The texts of JSON, without idle space except one after a comma or a colon, in printable ASCII, nested at most eight deep.
 * No finite automaton can check that brackets close; this one keeps a stack of the open ones.
 * Source: RFC 8259.
 */
export const jsonGrammar: Grammar = {
  start: " value",
  accepts: (state) => state === " after" || (state.startsWith(" ") && numberEnds.has(state.slice(1))),
  next(state, byte) {
    const [stack = "", reading = ""] = state.split(" ");
    return step(stack, reading, String.fromCharCode(byte));
  },
};

const go = (stack: string, reading: string): string => `${stack} ${reading}`;
const isDigit = (c: string): boolean => c >= "0" && c <= "9";

function step(stack: string, reading: string, c: string): string | null {
  if (reading.startsWith("rest:")) {
    const rest = reading.slice(5);
    return rest[0] === c ? go(stack, rest.length === 1 ? "after" : `rest:${rest.slice(1)}`) : null;
  }
  switch (reading) {
    case "spaced": return c === " " ? go(stack, "value") : value(stack, c);
    case "spacedKey": return c === " " ? go(stack, "key") : key(stack, c);
    case "value": return value(stack, c);
    case "item": return c === "]" ? close(stack, "[") : value(stack, c);
    case "member": return c === "}" ? close(stack, "{") : key(stack, c);
    case "key": return key(stack, c);
    case "colon": return c === ":" ? go(stack, "spaced") : null;
    case "text": case "name": return string(stack, reading, c);
    case "text\\": case "name\\": {
      const inside = reading.slice(0, -1);
      return c === "u" ? go(stack, `${inside}4`) : '"\\/bfnrt'.includes(c) ? go(stack, inside) : null;
    }
    case "after": return after(stack, c);
    case "minus": return c === "0" ? go(stack, "zero") : isDigit(c) ? go(stack, "digits") : null;
    case "point": return isDigit(c) ? go(stack, "fraction") : null;
    case "e": return c === "+" || c === "-" ? go(stack, "sign") : isDigit(c) ? go(stack, "power") : null;
    case "sign": return isDigit(c) ? go(stack, "power") : null;
    case "zero": case "digits": case "fraction": case "power": return number(stack, reading, c);
    default: return hexadecimal(stack, reading, c);
  }
}

function value(stack: string, c: string): string | null {
  switch (c) {
    case '"': return go(stack, "text");
    case "{": return stack.length < DEEPEST ? go(`${stack}{`, "member") : null;
    case "[": return stack.length < DEEPEST ? go(`${stack}[`, "item") : null;
    case "t": return go(stack, "rest:rue");
    case "f": return go(stack, "rest:alse");
    case "n": return go(stack, "rest:ull");
    case "-": return go(stack, "minus");
    case "0": return go(stack, "zero");
    default: return isDigit(c) ? go(stack, "digits") : null;
  }
}

const key = (stack: string, c: string): string | null => (c === '"' ? go(stack, "name") : null);

function string(stack: string, reading: string, c: string): string | null {
  if (c === '"') return go(stack, reading === "text" ? "after" : "colon");
  if (c === "\\") return go(stack, `${reading}\\`);
  return c >= " " && c <= "~" ? go(stack, reading) : null;
}

/** The four digits of \u00e9: "text4" needs four more, "text1" one. */
function hexadecimal(stack: string, reading: string, c: string): string | null {
  const left = Number(reading.at(-1)) - 1;
  const inside = reading.slice(0, -1);
  return /[0-9a-fA-F]/.test(c) ? go(stack, left === 0 ? inside : `${inside}${left}`) : null;
}

function number(stack: string, reading: string, c: string): string | null {
  if (isDigit(c)) return reading === "zero" ? null : go(stack, reading);
  if (c === "." && (reading === "zero" || reading === "digits")) return go(stack, "point");
  if ((c === "e" || c === "E") && reading !== "power") return go(stack, "e");
  return after(stack, c);
}

function after(stack: string, c: string): string | null {
  const open = stack.at(-1);
  if (c === "," && open !== undefined) return go(stack, open === "{" ? "spacedKey" : "spaced");
  return c === "}" ? close(stack, "{") : c === "]" ? close(stack, "[") : null;
}

const close = (stack: string, bracket: string): string | null => (stack.at(-1) === bracket ? go(stack.slice(0, -1), "after") : null);
