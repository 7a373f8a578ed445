/** How many key and value heads a model is left with, by the name of the scheme. */
export const cacheHeads = {
  mha: { label: "one for each query head (MHA)", count: (all: number) => all },
  gqa: { label: "one for two (GQA)", count: (all: number) => (all % 2 === 0 ? all / 2 : all) },
  mqa: { label: "one for all (MQA)", count: () => 1 },
} as const;

export type CacheHeads = keyof typeof cacheHeads;

/** What a cache keeps. A window gives up the oldest, all but the first `sinks`. Apart from the task, so that pages do not load its code. */
export const cacheKinds = {
  all: { label: "everything, 32 bits", store: "float32", window: null, sinks: 0 },
  int8: { label: "everything, 8 bits", store: "int8", window: null, sinks: 0 },
  window: { label: "the last 32", store: "float32", window: 32, sinks: 0 },
  sinks: { label: "the first 4 and last 28", store: "float32", window: 32, sinks: 4 },
} as const;

export type CacheKind = keyof typeof cacheKinds;
