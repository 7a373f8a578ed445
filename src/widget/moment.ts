import { hasSteps, type Widget } from "./defineWidget.ts";
import type { Moment } from "./permalink.ts";
import type { FigureState } from "./store.ts";

/**
 * What a link must name beside the params to lead to what is on the screen: the step of a training, or the step at which a walk was
 * halted. Null where the params alone lead there.
 */
export function momentOf(widget: Widget, { step, playing, finished, weights, target }: FigureState): Moment | null {
  const at = target ?? step;
  if (at === null || at === 0 || !hasSteps(widget)) return null;
  return widget.task.training || (!playing && !finished) ? { step: at, weights } : null;
}

/** Eight hexadecimal digits that name the weights of a model file (safetensors): SHA-256 of its numbers, names and notes apart. */
export async function fingerprint(model: Uint8Array): Promise<string | null> {
  // Pages without a secure origin have no `subtle`; they then say nothing about weights.
  if (!globalThis.crypto?.subtle || model.length < 8) return null;
  const header = Number(new DataView(model.buffer, model.byteOffset).getBigUint64(0, true));
  const hash = await crypto.subtle.digest("SHA-256", model.slice(8 + header));
  return [...new Uint8Array(hash, 0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
