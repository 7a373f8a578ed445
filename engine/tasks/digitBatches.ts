import { type Digits, digitSide, shiftDigit } from "../data/digits.ts";
import { random } from "../random.ts";

const area = digitSide ** 2;

export interface DigitBatches {
  /** Of the pack's first images, so many are trained on. */
  readonly examples: number;
  readonly batch: number;
  /** Moves each picture by up to a pixel each way, anew each time it is seen. */
  readonly shifts?: boolean;
  readonly seed: number;
}

/** The batch of a step, as a pure function of the step: every image once an epoch, in another order each. The arrays are written anew at the next call. */
export function digitBatches(digits: Digits, { examples, batch, shifts = false, seed }: DigitBatches) {
  const pictures = new Float32Array(batch * area), labels = new Int32Array(batch);
  let epoch = -1, order: Int32Array = new Int32Array();
  return (step: number): { readonly pictures: Float32Array; readonly labels: Int32Array } => {
    const draw = random(seed, 2e9 + step);
    for (let row = 0; row < batch; row++) {
      const seen = step * batch + row;
      if (Math.floor(seen / examples) !== epoch) {
        epoch = Math.floor(seen / examples);
        order = shuffled(examples, seed, epoch);
      }
      const image = order[seen % examples]!;
      const picture = digits.pixels.subarray(image * area, (image + 1) * area), place = pictures.subarray(row * area, (row + 1) * area);
      if (shifts) shiftDigit(picture, draw.integer(3) - 1, draw.integer(3) - 1, place);
      else place.set(picture);
      labels[row] = digits.labels[image]!;
    }
    return { pictures, labels };
  };
}

/** The images 0 … count − 1 in a random order, another one each epoch. */
export function shuffled(count: number, seed: number, epoch: number): Int32Array {
  const draw = random(seed, 1e9 + epoch);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = draw.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
