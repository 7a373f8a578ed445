import { parseArgs } from "node:util";
import { type Command, type Flags, type Option, Refusal } from "./command.ts";
import { shown } from "./words.ts";

/** The options that every command has. */
export const common: Readonly<Record<string, Option>> = {
  backend: { kind: "text", value: "cpu|webgpu", summary: "where the numbers are computed", default: "cpu" },
  seed: { kind: "text", value: "N", summary: "start of everything random", default: "1" },
  json: { kind: "switch", summary: "JSON alone on standard output" },
  help: { kind: "switch", summary: "this text" },
};

/**
 * Reads the words after the command's name.
 *
 * Throws: Refusal for an unknown flag, one given twice, a missing or empty value, a required flag that is absent, a word without a flag.
 */
export function parseFlags(command: Command, words: readonly string[]): Flags {
  const options = new Map(Object.entries({ ...command.options, ...common }));
  const isOption = (word: string): boolean => word.startsWith("--") && options.has(word.slice(2).split("=", 1)[0]!);
  const kinds = [...options].map(([name, { kind }]) => [name, { type: kind === "switch" ? "boolean" : "string" }] as const);
  // Not strict: its refusals run over several lines, so each token is judged here.
  const known = Object.fromEntries([...kinds, ["h", { type: "boolean" }] as const]);
  const { tokens } = parseArgs({ args: [...words], options: known, strict: false, tokens: true });
  const flags = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") throw new Refusal(`${shown(token.value)} belongs to no flag`);
    if (token.kind === "option-terminator") continue;
    const name = token.rawName === "-h" ? "help" : token.name;
    const option = token.rawName === "-h" || token.rawName.startsWith("--") ? options.get(name) : undefined;
    if (!option) {
      const list = [...options.keys()].map((each) => `--${each}`).join(" ");
      throw new Refusal(`${shown(token.rawName)} is no flag of ${command.name}; known are ${list}`);
    }
    if (flags.has(name)) throw new Refusal(`--${name} is given twice`);
    if (option.kind === "switch") {
      if (token.value !== undefined) throw new Refusal(`--${name} takes no value, got ${shown(token.value)}`);
      flags.set(name, true);
      continue;
    }
    const { value, inlineValue } = token;
    if (value === undefined) throw new Refusal(`--${name} needs a value, ${option.value ?? "TEXT"}`);
    // `--model --batch x` forgot the directory; a text that looks like a flag is still possible as `--text=--batch`.
    if (inlineValue !== true && isOption(value)) throw new Refusal(`--${name} needs a value, got the flag ${shown(value)}`);
    if (value === "" && option.value !== "TEXT") throw new Refusal(`--${name} is empty, expected ${option.value}`);
    flags.set(name, value);
  }
  if (flags.has("help")) return flags;
  for (const [name, option] of options) {
    if (flags.has(name)) continue;
    if (option.required) throw new Refusal(`--${name} ${option.value ?? ""} is missing; ${command.name} --help says what it is`);
    if (option.default !== undefined) flags.set(name, option.default);
  }
  return flags;
}

/** The text of a flag that is required or has a default. */
export function text(flags: Flags, name: string): string {
  const value = flags.get(name);
  if (typeof value !== "string") throw new Refusal(`--${name} is missing`);
  return value;
}

/** The text of a flag, or undefined when it was not given. */
export function optionalText(flags: Flags, name: string): string | undefined {
  return flags.has(name) ? text(flags, name) : undefined;
}

/** One of a list of words. Throws: Refusal naming the list. */
export function choice<T extends string>(flags: Flags, name: string, known: readonly T[]): T {
  const value = text(flags, name);
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Refusal(`--${name} is ${shown(value)}, known are ${known.join(", ")}`);
  return found;
}

export interface Range {
  readonly least: number;
  readonly most: number;
  /** The bounds themselves are refused: `least < x`. */
  readonly above?: boolean;
  readonly below?: boolean;
}

/** A decimal number in a range: `0.1`, `.1`, `1e-3`. Throws: Refusal for anything else, `0x10`, `1e309` and `NaN` included. */
export function number(flags: Flags, name: string, range: Range): number {
  return numberIn(text(flags, name), `--${name}`, range);
}

/** `number` for one part of a list. */
export function numberIn(word: string, what: string, { least, most, above = false, below = false }: Range): number {
  const value = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(word) ? Number(word) : NaN;
  const fits = Number.isFinite(value) && (above ? value > least : value >= least) && (below ? value < most : value <= most);
  if (fits) return value;
  const range = `${above ? "above" : "from"} ${least} ${below ? "and below" : "to"} ${most}`;
  throw new Refusal(`${what} is ${shown(word)}, expected a number ${range}`);
}

/** A whole number written in digits. Throws: Refusal for anything else. */
export function integer(flags: Flags, name: string, range: Range): number {
  return integerIn(text(flags, name), `--${name}`, range);
}

export function integerIn(word: string, what: string, { least, most }: Range): number {
  const value = /^[0-9]{1,16}$/.test(word) ? Number(word) : NaN;
  if (!(value >= least && value <= most)) throw new Refusal(`${what} is ${shown(word)}, expected a whole number from ${least} to ${most}`);
  return value;
}

/** Ids as `1,2,3`. Throws: Refusal for an empty list or anything that is no whole number. */
export function idList(flags: Flags, name: string): number[] {
  const range = { least: 0, most: 2 ** 31 - 1 };
  return text(flags, name).split(",").map((word, i) => integerIn(word.trim(), `--${name}, number ${i + 1},`, range));
}

/** `--seed`: a whole number of 32 bits. */
export const seed = (flags: Flags): number => integer(flags, "seed", { least: 0, most: 2 ** 32 - 1 });

/** What `COMMAND --help` prints. */
export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, ...common }).map(([name, option]) => {
    const left = option.kind === "switch" ? `--${name}` : `--${name} ${option.value ?? "TEXT"}`;
    const right = option.required ? " (required)" : option.default === undefined ? "" : ` (default ${option.default})`;
    return { left, summary: option.summary + right };
  });
  const width = Math.max(...rows.map(({ left }) => left.length));
  const table = rows.map(({ left, summary }) => `  ${left.padEnd(width)}  ${summary}`).join("\n");
  return `${command.name}: ${command.summary}\n\n${table}\n${command.details ? `\n${command.details}\n` : ""}`;
}
