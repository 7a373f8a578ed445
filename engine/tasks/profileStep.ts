import type { Backend } from "../backend.ts";
import { type Batch, trainer, type TrainerOptions, type TrainerState } from "../nn/trainer.ts";
import { profileOf } from "../profile.ts";

/**
 * The next step of a training under a clock, as JSON bytes of a `Profile`. It is taken on a copy of the weights: whoever looks does
 * not change what is looked at.
 */
export async function profileStep(backend: Backend, options: TrainerOptions, state: TrainerState, batch: Batch): Promise<Uint8Array> {
  const copy = trainer(backend, options, state);
  try {
    // The first one compiles and fills caches.
    copy.begin(batch);
    await copy.ready();
    copy.advance();
    await backend.finish();
    copy.begin(batch);
    const { records, timing } = await copy.timed();
    return new TextEncoder().encode(JSON.stringify(profileOf(backend, records, timing)));
  } finally {
    copy.close();
  }
}
