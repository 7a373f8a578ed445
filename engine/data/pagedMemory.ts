import { random } from "../random.ts";

/** Who holds a token's place in the memory of a card. */
export interface Place {
  /** Index of the conversation; of a shared block the first that wrote it. */
  readonly owner: number;
  /** `used` holds a key and a value, `reserved` is set aside and empty, `idle` belongs to a conversation that is over and may come back. */
  readonly state: "used" | "reserved" | "idle";
  /** Several conversations read it. */
  readonly shared: boolean;
}

export interface MemoryMap {
  /** A place for every token; null where nothing is. */
  readonly places: readonly (Place | null)[];
  /** Conversations that are being written. */
  readonly running: number;
  /** Conversations that were begun, and those that have ended. */
  readonly begun: number;
  readonly ended: number;
  /** Idle conversations whose blocks were taken, and running ones that had to be put off. */
  readonly evicted: number;
  readonly putOff: number;
  /** Tokens that the running conversations have; a shared one counts for each. */
  readonly tokens: number;
}

export interface PagingOptions {
  readonly policy: "contiguous" | "paged" | "shared";
  /** Tokens of a block. */
  readonly block: number;
  /** Places of the memory. */
  readonly memory: number;
  /** What a contiguous place is reserved for: the longest conversation that is allowed. */
  readonly longest: number;
  /** Tokens that every conversation begins with: instructions, examples. */
  readonly prefix: number;
  readonly seed: number;
}

interface Conversation {
  readonly index: number;
  readonly prompt: number;
  readonly length: number;
  tokens: number;
  /** First place of each block; a contiguous one has a single block as long as `longest`. */
  blocks: number[];
  /** Blocks at the front that belong to everybody. */
  shared: number;
  over: boolean;
}

/** Tokens that each running conversation grows in a step. */
const GROWTH = 4;

/**
 * A card's cache after so many steps. There is always somebody waiting: a conversation begins as soon as it finds room, grows by four
 * tokens a step and ends at a length nobody knew before. `contiguous` sets the longest length aside for each at once. `paged` takes a block
 * when the last is full, and leaves the blocks of those that ended until somebody needs them, the longest idle first. `shared` also keeps
 * whole blocks of the common beginning only once.
 * Source: Kwon et al. 2023 (PagedAttention), sections 3 and 4.
 */
export function memoryAfter(steps: number, options: PagingOptions): MemoryMap {
  const { policy, memory, longest, prefix, seed } = options;
  const block = policy === "contiguous" ? longest : options.block;
  const draw = random(seed);
  const blocks = Math.floor(memory / block);
  // Any place may begin a contiguous stretch; blocks begin at their multiples.
  const [count, step] = policy === "contiguous" ? [memory, 1] : [blocks, block];
  const free = new Set(Array.from({ length: count }, (_, i) => i * step));
  const owners = new Map<number, number>();
  const idle: Conversation[] = [];
  let running: Conversation[] = [], begun = 0, ended = 0, evicted = 0, putOff = 0;
  const next = () => {
    const prompt = prefix + 4 + draw.integer(24);
    // Most answers are short and a few as long as they may be: the longer, the rarer.
    return { prompt, length: prompt + 8 + Math.floor((longest - prompt - 8) * draw.uniform() ** 3) };
  };
  const queue = [next()];
  const common: number[] = [];
  const commonBlocks = policy === "shared" ? Math.floor(prefix / block) : 0;

  const release = ({ blocks: held, shared }: Conversation): void => {
    for (const at of held.slice(shared)) {
      owners.delete(at);
      for (let i = 0; i < (policy === "contiguous" ? block : 1); i++) free.add(at + i);
    }
  };
  /** Takes one block, from who is idle if there is no other; undefined when there is none. */
  const take = (owner: number): number | undefined => {
    while (free.size === 0 && idle.length > 0) {
      release(idle.shift()!);
      evicted++;
    }
    const at = free.values().next().value;
    if (at === undefined) return undefined;
    free.delete(at);
    owners.set(at, owner);
    return at;
  };
  const takeStretch = (owner: number): number | undefined => {
    for (let at = 0, length = 0; at < memory; at++) {
      length = free.has(at) ? length + 1 : 0;
      if (length < block) continue;
      const first = at - block + 1;
      for (let i = first; i <= at; i++) free.delete(i);
      owners.set(first, owner);
      return first;
    }
    return undefined;
  };
  const begin = (): boolean => {
    const one: Conversation = { index: begun, ...queue[0]!, tokens: queue[0]!.prompt, blocks: [], shared: 0, over: false };
    if (policy === "contiguous") {
      const first = takeStretch(begun);
      if (first === undefined) return false;
      one.blocks.push(first);
    } else {
      const needs = Math.ceil(one.prompt / block);
      const own = needs - (common.length > 0 ? commonBlocks : 0);
      const room = free.size + idle.reduce((sum, each) => sum + each.blocks.length - each.shared, 0);
      // A block to grow into for everybody who runs: else whoever came last would be put off at once.
      if (own + running.length + 1 > room) return false;
      if (common.length === 0) for (let i = 0; i < commonBlocks; i++) common.push(take(-1)!);
      one.shared = commonBlocks;
      one.blocks = [...common, ...Array.from({ length: needs - commonBlocks }, () => take(begun)!)];
    }
    running.push(one);
    begun++;
    queue.shift();
    if (queue.length === 0) queue.push(next());
    return true;
  };
  const grow = (one: Conversation): void => {
    if (!running.includes(one)) return;
    const tokens = Math.min(one.length, one.tokens + GROWTH);
    while (policy !== "contiguous" && one.blocks.length * block < tokens) {
      const at = take(one.index);
      if (at !== undefined) {
        one.blocks.push(at);
        continue;
      }
      // The youngest gives way and is read again from the start when there is room.
      const last = running.pop()!;
      release(last);
      queue.unshift({ prompt: last.prompt, length: last.length });
      putOff++;
      if (last === one) return;
    }
    one.tokens = tokens;
    one.over = tokens === one.length;
  };

  // At step 0 the first conversations have begun.
  while (begin());
  for (let passed = 0; passed < steps; passed++) {
    for (const one of running) grow(one);
    for (const one of running.filter(({ over }) => over)) {
      ended++;
      if (policy === "contiguous") release(one);
      else idle.push(one);
    }
    running = running.filter(({ over }) => !over);
    while (begin());
  }

  const places: (Place | null)[] = Array.from({ length: memory }, () => null);
  const fill = (one: Conversation, state: "used" | "idle"): void => one.blocks.forEach((first, nth) => {
    const isShared = nth < one.shared;
    for (let i = 0; i < block; i++) {
      const holds = nth * block + i < one.tokens;
      places[first + i] = { owner: isShared ? -1 : one.index, state: holds ? (isShared ? "used" : state) : "reserved", shared: isShared };
    }
  });
  for (const one of idle) fill(one, "idle");
  for (const one of running) fill(one, "used");
  return { places, running: running.length, begun, ended, evicted, putOff, tokens: running.reduce((sum, { tokens }) => sum + tokens, 0) };
}
