import type { ToEmbed } from "./protocol.ts";

/** What an embed and its host say to each other. Only strings and numbers: no HTML, no functions, nothing to evaluate. */
export const NAMESPACE = "glass-box";
export const VERSION = 1;

/** The types that an embed understands, announced in `ready`. */
export const hears: readonly ToEmbed["type"][] = ["set-state", "get-state", "theme", "run", "pause", "step", "seek", "reset", "lock"];

const LONGEST_PARAMS = 2000;

/** What types of messages were called once: former name → name of today. None has been renamed so far. */
const renamed: Readonly<Record<string, ToEmbed["type"]>> = {};

/** A host's message if it is one, else null. Looks at known fields only, and at strings only up to their limit. Never throws. */
export function readHostMessage(data: unknown, id: string, formerly = renamed): ToEmbed | null {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return null;
  const { ns, v, id: to, type: said, params, theme, step, locked } = data as Readonly<Record<string, unknown>>;
  if (ns !== NAMESPACE || v !== VERSION || (to !== undefined && to !== id)) return null;
  const type = typeof said === "string" && Object.hasOwn(formerly, said) ? formerly[said] : said;
  switch (type) {
    case "set-state": return typeof params === "string" && params.length <= LONGEST_PARAMS ? { type, params } : null;
    case "theme": return theme === "auto" || theme === "light" || theme === "dark" ? { type, theme } : null;
    case "seek": return typeof step === "number" && step >= 0 && step <= 1e6 ? { type, step } : null;
    case "lock": return typeof locked === "boolean" ? { type, locked } : null;
    case "get-state":
    case "run":
    case "pause":
    case "step":
    case "reset": return { type };
    default: return null;
  }
}

/** Lets at most `most` events through in a second; a burst costs a comparison each. */
export function rateLimit(most: number, now: () => number = () => performance.now()): () => boolean {
  let second = -Infinity;
  let count = 0;
  return () => {
    const time = now();
    if (time - second >= 1000) {
      second = time;
      count = 0;
    }
    return ++count <= most;
  };
}
