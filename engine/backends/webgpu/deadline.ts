/** A promise of the GPU did not settle in time. After a hang they stay pending for ever, so every one of them is raced with a clock. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Settles as `promise` does, or rejects after `milliseconds`. Throws: DeadlineError, saying what was awaited. */
export async function deadline<T>(promise: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`webgpu: ${what} took longer than ${Math.round(milliseconds)} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
