/** What the runtime itself reads from a frame, if it is there. */
export function facts(frame: unknown): { step: number | null; loss: number | null; finished: boolean; diverged: boolean } {
  const known = typeof frame === "object" && frame !== null ? (frame as { step?: unknown; loss?: unknown; finished?: unknown; diverged?: unknown }) : {};
  return {
    step: typeof known.step === "number" ? known.step : null,
    loss: typeof known.loss === "number" ? known.loss : null,
    finished: known.finished === true,
    diverged: Boolean(known.diverged),
  };
}
