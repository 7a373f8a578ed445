/** What a run may be rewound to: checkpoints by step, thinned out as they grow many. */
export interface Checkpoints {
  /** Whether a checkpoint at this step would be far enough from the last one to be worth its bytes. */
  wants(step: number): boolean;
  keep(step: number, bytes: Uint8Array): void;
  /** The latest checkpoint at or before a step. */
  before(step: number): Uint8Array | undefined;
  /** The step of the latest checkpoint of all; undefined where there is none. */
  last(): number | undefined;
  /** Forgets what lies after a step: another future begins there. */
  forgetAfter(step: number): void;
}

const MOST_BYTES = 48e6;
const MOST = 32;

/**
 * At first one checkpoint every 20 steps; whenever they come to more than 32, or to 48 MB, every second one goes and the distance
 * doubles, so that a long run keeps a bounded number, evenly spread.
 */
export function createCheckpoints(): Checkpoints {
  let kept: { readonly step: number; readonly bytes: Uint8Array }[] = [];
  let stride = 20;
  const bytes = (): number => kept.reduce((sum, one) => sum + one.bytes.length, 0);
  return {
    wants: (step) => step > 0 && step - (kept.at(-1)?.step ?? 0) >= stride,
    keep(step, checkpoint) {
      kept.push({ step, bytes: checkpoint });
      while (kept.length > 1 && (kept.length > MOST || bytes() > MOST_BYTES)) {
        kept = kept.filter((_, i) => i % 2 === 1);
        stride *= 2;
      }
    },
    before: (step) => kept.findLast((one) => one.step <= step)?.bytes,
    last: () => kept.at(-1)?.step,
    forgetAfter(step) {
      kept = kept.filter((one) => one.step <= step);
    },
  };
}
