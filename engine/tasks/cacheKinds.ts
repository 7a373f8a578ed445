/** How many key and value heads a model is left with, by the name of the scheme. */
export const cacheHeads = {
  mha: { count: (all: number) => all },
  gqa: { count: (all: number) => (all % 2 === 0 ? all / 2 : all) },
  mqa: { count: () => 1 },
} as const;

export type CacheHeads = keyof typeof cacheHeads;

/** What a cache keeps. A window gives up the oldest, all but the first `sinks`. Apart from the task, so that pages do not load its code. */
export const cacheKinds = {
  all: { store: "float32", window: null, sinks: 0 },
  int8: { store: "int8", window: null, sinks: 0 },
  window: { store: "float32", window: 32, sinks: 0 },
  sinks: { store: "float32", window: 32, sinks: 4 },
  window8: { store: "int8", window: 32, sinks: 0 },
} as const;

export type CacheKind = keyof typeof cacheKinds;
