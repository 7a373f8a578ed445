/** Both losses at one step: means over training examples and over held-out ones, of the same weights, with nothing dropped. */
export interface Look {
  readonly step: number;
  readonly training: number;
  readonly validation: number;
}

/**
 * What two loss curves say.
 * - `early`: too few looks to tell;
 * - `flat`: the training loss has hardly left that of guessing;
 * - `falling`: both still fall;
 * - `wellFit`: both low, close together, and at rest;
 * - `overfit`: validation has turned and risen while training went on falling;
 * - `gap`: validation rests far above training;
 * - `underfit`: both at rest, and both high;
 * - `unsteady`: they jump about so much that no level can be told;
 * - `diverged`: the training ran away.
 */
export type CurveShape = "early" | "flat" | "falling" | "wellFit" | "overfit" | "gap" | "underfit" | "unsteady" | "diverged";

export interface CurveReading {
  readonly shape: CurveShape;
  /** Where validation, smoothed, was lowest. */
  readonly best: { readonly step: number; readonly validation: number };
  /** Levels now: medians of the last five looks. */
  readonly training: number;
  readonly validation: number;
  /** Validation now minus its best. */
  readonly rise: number;
  /** Validation now minus training now. */
  readonly gap: number;
}

/** Looks that a median is taken over, and the fewest that anything is said of. */
const window = 5, fewest = 8;
/** Validation has risen when it is so much worse than its best: relatively (Prechelt's generalization loss), in guesses, in jumps. */
const risen = { relative: 0.05, absolute: 0.02, noises: 3 };
/** In parts of the loss of guessing evenly: a wide gap, a high training loss, one that never fell, a fall that still counts, a jump. */
const wide = 0.15, high = 0.25, nothing = 0.9, fall = 0.03, jump = 0.03;

/**
 * Reads the shape of two loss curves. `guess` is the loss of guessing evenly, ln(classes): what is high or wide is measured by it.
 * Source: Prechelt 1998 for when a validation loss counts as risen.
 * Throws: RangeError without any look.
 */
export function readCurves(
  looks: readonly Look[], { guess, diverged = false }: { readonly guess: number; readonly diverged?: boolean },
): CurveReading {
  if (looks.length === 0) throw new RangeError("readCurves: there is no look to read");
  const validations = looks.map((look) => look.validation), trainings = looks.map((look) => look.training);
  const smooth = validations.map((_, i) => median(around(validations, i)));
  const bestAt = smooth.indexOf(Math.min(...smooth));
  const now = { training: median(trainings.slice(-window)), validation: median(validations.slice(-window)) };
  // A median is the same for several neighbours: the step is that of the lowest look among them.
  const lowest = validations.indexOf(Math.min(...around(validations, bestAt)));
  const best = { step: looks[lowest]!.step, validation: smooth[bestAt]! };
  const rise = now.validation - best.validation, gap = now.validation - now.training;
  return { shape: diverged ? "diverged" : shapeOf(), best, ...now, rise, gap };

  function shapeOf(): CurveShape {
    if (looks.length < fewest) return "early";
    const noise = median(jumpsOf(validations).slice(-Math.ceil(looks.length / 2)));
    const hasRisen = rise > Math.max(risen.relative * best.validation, risen.absolute * guess, risen.noises * noise);
    if (hasRisen && median(around(trainings, bestAt)) > now.training) return "overfit";
    if (now.training > nothing * guess) return "flat";
    if (median(jumpsOf(trainings).slice(-2 * fewest)) > jump * guess && now.training > (high / 2) * guess) return "unsteady";
    const before = Math.floor((2 * looks.length) / 3);
    const fell = median(around(trainings, before)) - now.training, validationFell = smooth[before]! - now.validation;
    if (fell > fall * guess && validationFell > fall * guess) return "falling";
    if (gap > wide * guess) return "gap";
    return now.training > high * guess ? "underfit" : "wellFit";
  }
}

/** Five neighbouring values, with `i` in the middle but for the ends, where single looks would count too much. */
function around(values: readonly number[], i: number): readonly number[] {
  const first = Math.max(0, Math.min(i - (window - 1) / 2, values.length - window));
  return values.slice(first, first + window);
}

/** From each value to the next, without sign. */
const jumpsOf = (values: readonly number[]): number[] => values.slice(1).map((value, i) => Math.abs(value - values[i]!));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
