/** How many numbers each command takes. */
const TAKES: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, z: 0 };
const PART = /([a-z])|-?(?:\d+\.?\d*|\.\d+)/gi;

/**
 * The same path with every place counted from the one before: a step is a shorter number than a place, and steps repeat where
 * places do not. No number loses a digit, and no error adds up: steps are differences of whole multiples of the finest digit.
 * A path with arcs, or one that is not sound, stays as it is.
 */
export function shortPath(d: string): string {
  if (/[^mlhvcsqtz\d\s.,-]/i.test(d)) return d;
  const digits = Math.max(0, ...[...d.matchAll(/\.(\d+)/g)].map(([, after]) => after!.length));
  if (digits > 6) return d;
  const unit = 10 ** digits;
  const write = (steps: number): string => String(Math.round(steps) / unit).replace(/^(-?)0\./, "$1.");
  const parts = [...d.matchAll(PART)];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  let out = "";
  let command = "";
  for (let i = 0; i < parts.length;) {
    if (parts[i]![1] !== undefined) command = parts[i++]![0];
    const kind = command.toLowerCase();
    const takes = TAKES[kind];
    const given = parts.slice(i, i + (takes ?? 0)).map(([text]) => Math.round(Number(text) * unit));
    if (takes === undefined || given.length < takes || given.some(Number.isNaN)) return d;
    i += takes;
    const isStep = command === kind;
    const steps = given.map((value, n) => (isStep ? value : value - (kind === "v" || (kind !== "h" && n % 2 === 1) ? y : x)));
    out += kind + steps.map((step, n) => (n > 0 && step >= 0 ? " " : "") + write(step)).join("");
    if (kind === "z") [x, y] = [startX, startY];
    else {
      if (kind !== "v") x += steps[kind === "h" ? 0 : takes - 2]!;
      if (kind !== "h") y += steps.at(-1)!;
    }
    if (kind === "m") [startX, startY, command] = [x, y, isStep ? "l" : "L"];
    // Nothing may follow the end of a figure without a letter of its own.
    if (kind === "z") command = "";
  }
  return out;
}

/** An SVG text whose paths are written as steps: what a page holds of curves becomes a third shorter. */
export const withShortPaths = (svg: string): string => svg.replace(/ d="([^"]+)"/g, (_, d: string) => ` d="${shortPath(d)}"`);
