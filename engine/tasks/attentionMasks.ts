/** Rules of who may look at whom; `own` is drawn by hand. */
export type MaskName = "full" | "causal" | "prefix" | "window" | "dilated" | "block" | "own";

/** Side of the grids in which a figure keeps masks and scores. */
export const STORED = 8;
/** How many first tokens see each other under `prefix`, how many last ones `window` shows, every how many `dilated` takes. */
export const PREFIX = 3, WINDOW = 3, DILATION = 2;

const rules: Readonly<Record<Exclude<MaskName, "own">, (query: number, key: number, time: number) => boolean>> = {
  full: () => true,
  causal: (query, key) => key <= query,
  prefix: (query, key) => key <= query || (query < PREFIX && key < PREFIX),
  window: (query, key) => key <= query && query - key < WINDOW,
  dilated: (query, key) => key <= query && (query - key) % DILATION === 0,
  // Two texts packed into one row, each blind to the other.
  block: (query, key, time) => key <= query && key < Math.ceil(time / 2) === query < Math.ceil(time / 2),
};

/** Row-major [time,time], 1 where the query (row) may see the key (column). causal of 2: [1,0, 1,1]. */
export function maskOf(name: Exclude<MaskName, "own">, time: number): number[] {
  return Array.from({ length: time * time }, (_, i) => Number(rules[name](Math.floor(i / time), i % time, time)));
}

/** The first `time` rows and columns of a mask that is stored `stored` wide. */
export function cornerOf<T>(mask: readonly T[], stored: number, time: number): T[] {
  return Array.from({ length: time * time }, (_, i) => mask[Math.floor(i / time) * stored + (i % time)]!);
}

/**
 * Which positions can find out the token they have to predict: 1 where position t, through at most `layers` looks in a row, reaches
 * position t + 1. A position always keeps what it has, so reach = (mask ∨ identity)^layers. The last position has no successor here.
 * Two layers leak more than one: a mask in which 0 sees 2 and 2 sees 1 tells position 0 its answer in two looks.
 */
export function leaks(mask: readonly number[], time: number, layers: number): boolean[] {
  const one = (from: number): number[] => Array.from({ length: time }, (_, key) => key)
    .filter((key) => key === from || mask[from * time + key] === 1);
  return Array.from({ length: time - 1 }, (_, t) => {
    let reached = new Set([t]);
    for (let layer = 0; layer < layers; layer++) reached = new Set([...reached].flatMap(one));
    return reached.has(t + 1);
  });
}
