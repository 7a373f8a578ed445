/** How well answers are foretold. */
export interface SequenceScores {
  /** Share of the symbols asked for, and of rows without a fault. */
  readonly symbolsRight: number;
  readonly rowsRight: number;
  /** Share of right symbols at each place of a row where any row is asked for one. */
  readonly places: number[];
}

/** The likeliest id of each row of logits [rows,vocabSize], the first of equals. */
export function mostLikely(logits: ArrayLike<number>, vocabSize: number): Int32Array {
  return Int32Array.from({ length: logits.length / vocabSize }, (_, at) => {
    let best = 0;
    for (let j = 1; j < vocabSize; j++) if (logits[at * vocabSize + j]! > logits[at * vocabSize + best]!) best = j;
    return best;
  });
}

/** Compares guesses with targets, both [rows,time]; a target below 0 asks for nothing. */
export function scoreSequences(guesses: ArrayLike<number>, targets: ArrayLike<number>, time: number): SequenceScores {
  const asked = new Int32Array(time), right = new Int32Array(time);
  const rows = targets.length / time;
  let whole = 0;
  for (let row = 0; row < rows; row++) {
    let isWhole = true;
    for (let t = 0; t < time; t++) {
      const target = targets[row * time + t]!;
      if (target < 0) continue;
      asked[t]!++;
      if (guesses[row * time + t] === target) right[t]!++;
      else isWhole = false;
    }
    whole += Number(isWhole);
  }
  const sum = (counts: Int32Array): number => counts.reduce((a, b) => a + b, 0);
  return {
    symbolsRight: sum(right) / sum(asked), rowsRight: whole / rows,
    places: Array.from(asked, (count, t) => right[t]! / count).filter((_, t) => asked[t]! > 0),
  };
}
