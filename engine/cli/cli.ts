import { ModelFileError } from "../checkpoint/modelFileError.ts";
import { benchCommand } from "./bench.ts";
import { type Command, type Io, Refusal } from "./command.ts";
import { evalCommand } from "./eval.ts";
import { systemReason } from "./files.ts";
import { choice, helpOf, parseFlags, seed } from "./flags.ts";
import { generateCommand } from "./generate.ts";
import { packCommand } from "./pack.ts";
import { stepCommand } from "./step.ts";
import { tokenizeCommand } from "./tokenize.ts";
import { trainCommand } from "./train.ts";
import { trainTokenizerCommand } from "./trainTokenizer.ts";
import { oneLine, shown } from "./words.ts";

const commands: readonly Command[] = [
  trainTokenizerCommand, tokenizeCommand, trainCommand, packCommand, evalCommand, stepCommand, generateCommand, benchCommand,
];

/** The exit code of every refusal. */
const refused = 2;

/** Runs one command and returns the exit code. A refusal is one line through `io.note` and 2; nothing is thrown. */
export async function main(words: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = words;
  try {
    if (name === "--help" || name === "-h") {
      io.out(overview());
      return 0;
    }
    const command = commands.find((each) => each.name === name);
    if (!command) {
      const known = commands.map((each) => each.name).join(", ");
      throw new Refusal(`${name === "" ? "no command" : `${shown(name)} is no command`}; known are ${known}; COMMAND --help says more`);
    }
    const flags = parseFlags(command, rest);
    if (flags.has("help")) {
      io.out(helpOf(command));
      return 0;
    }
    choice(flags, "backend", ["cpu", "webgpu"]);
    seed(flags);
    await command.run(flags, io);
    return 0;
  } catch (error) {
    io.note(`${oneLine(reasonOf(error, name))}\n`);
    if (process.env.DEBUG) io.note(`${error instanceof Error ? error.stack : String(error)}\n`);
    return refused;
  }
}

/** The engine's own messages begin with the name of who speaks: `trainable: …`. Anything else is not for the caller to read. */
function reasonOf(error: unknown, command: string): string {
  const message = error instanceof Error ? error.message : "";
  if (error instanceof Refusal || error instanceof ModelFileError) return message;
  if (error instanceof Error && /^[a-z][A-Za-z]*: /.test(message) && !/Error/.test(message)) return message;
  const system = systemReason(error);
  return system ? `${command}: ${system}` : `${command}: something failed inside the engine; DEBUG=1 shows where`;
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const table = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n");
  return `The engine of Glassbox on the command line: npm run --silent engine -- COMMAND --help\n\n${table}\n`;
}
