import type { Backend } from "../backend.ts";

/** One flag of a command. Values arrive as text and are read by the helpers of `flags.ts`, which refuse them in one line. */
export interface Option {
  /** A switch has no value; `text` takes one. */
  readonly kind: "text" | "switch";
  /** What stands for the value in the help: `N`, `FILE`, `DIR`. */
  readonly value?: string;
  readonly summary: string;
  /** Written when the flag is absent; without it the flag has no value then. */
  readonly default?: string;
  readonly required?: boolean;
}

/** What a command was asked: text by flag name, `true` for a switch that was given. */
export type Flags = ReadonlyMap<string, string | true>;

/** Everything a command touches outside the engine, so that tests can run it in their own process. */
export interface Io {
  /** Writes to standard output as is: the caller adds line breaks. With `--json` only the JSON goes there. */
  out(text: string): void;
  /** Writes notices and progress to standard error. */
  note(text: string): void;
  /** Whether standard error is a terminal, where a progress bar may redraw its line. */
  readonly isTerminal: boolean;
  /** Aborted on Ctrl-C, so that a long run can write its checkpoint. */
  readonly signal: AbortSignal;
  /** Opens the backend that `--backend` names. Throws: Refusal when it is not there. */
  openBackend(kind: "cpu" | "webgpu"): Promise<Backend>;
}

/** One command of `npm run --silent engine -- COMMAND`. `backend`, `seed`, `json` and `help` are options of every command. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Lines that follow the options in the help: what is written where. */
  readonly details?: string;
  /** Throws: Refusal for anything the caller can put right; it becomes one line on standard error and exit code 2. */
  run(flags: Flags, io: Io): Promise<void>;
}

/** Something was asked that cannot be done: one plain clause that names the flag or file and what is wrong with it. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Refusal";
  }
}
