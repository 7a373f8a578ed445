/** Habits of one head on one text: mean shares of attention, each over the queries that could follow the habit. */
export interface HeadScores {
  /** To the token before. */
  readonly before: number;
  /** To the very first place, from the third place on. */
  readonly first: number;
  /** To the query itself. */
  readonly itself: number;
  /** To the token after the last earlier copy of the query's own token (induction); null where no token comes twice. */
  readonly copy: number | null;
  /** To punctuation, from the first mark on; null where there is none. */
  readonly stops: number | null;
}

/** Marks and nothing else, with or without the visible space of a token before them. */
export const isStop = (piece: string): boolean => /^▁*\p{P}+$/u.test(piece);

/**
 * Measures what a head does on a text: score = mean over queries t of Σ pattern[t,s] over the keys s that the habit names.
 * A head that always looks one back has `before` 1.
 * Shapes: pattern [time,time], row t the query.
 * Source: Clark et al. 2019 (first and previous token, punctuation); Olsson et al. 2022 (induction).
 */
export function headScores(ids: readonly number[], pieces: readonly string[], pattern: ArrayLike<number>): HeadScores {
  const time = ids.length;
  const mean = (keys: (query: number) => readonly number[] | null): number | null => {
    let sum = 0, count = 0;
    for (let query = 1; query < time; query++) {
      const named = keys(query);
      if (named === null) continue;
      for (const key of named) sum += pattern[query * time + key]!;
      count++;
    }
    return count === 0 ? null : sum / count;
  };
  const stops = pieces.flatMap((piece, at) => (isStop(piece) ? [at] : []));
  return {
    before: mean((query) => [query - 1]) ?? 0,
    first: mean((query) => (query > 1 ? [0] : null)) ?? 0,
    itself: mean((query) => [query]) ?? 0,
    copy: mean((query) => {
      const copy = ids.lastIndexOf(ids[query]!, query - 1);
      return copy < 1 ? null : [copy + 1];
    }),
    stops: mean((query) => (stops[0] !== undefined && query >= stops[0] ? stops.filter((at) => at <= query) : null)),
  };
}

/** How many places `copy` is a mean over. */
export const copyPlaces = (ids: readonly number[]): number =>
  ids.filter((id, query) => query > 0 && ids.lastIndexOf(id, query - 1) >= 1).length;

/** What `stops` would be for a head that looks everywhere alike; null where there is no punctuation. */
export function evenStops(pieces: readonly string[]): number | null {
  const time = pieces.length;
  const even = Float64Array.from({ length: time * time }, (_, i) => {
    const query = Math.floor(i / time);
    return i % time <= query ? 1 / (query + 1) : 0;
  });
  return headScores(pieces.map((_, i) => i), pieces, even).stops;
}
