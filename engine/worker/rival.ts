import type { Run, Task } from "../tasks/task.ts";
import type { GpuBackend } from "./backends.ts";
import { type Params, type Session, stepOf, Stopped } from "./session.ts";

export interface RivalOptions {
  readonly session: Session;
  readonly backend: GpuBackend;
  /** Where the rival sets out. */
  readonly checkpoint: Uint8Array;
  load(name: string): Promise<Task<Readonly<Params>, unknown>>;
  /** Called between pieces of work; throws when the rival is not wanted any more. */
  turn(): Promise<void>;
  now(): number;
}

/** A run of the same task beside the real one, on another backend: its steps are thrown away, only their pace matters. */
export interface Rival {
  /** The fewest milliseconds a step, the device's own work waited for. */
  pace(): Promise<number>;
  close(): void;
}

/** Steps between two waits for the device, as a training on it takes them. */
const group = 4;
const groups = 3;
/** A rival that is slow has shown it after this many milliseconds. */
const longest = 1_500;

/** Begins the rival and takes its first steps, so that kernels are chosen, plans captured and pipelines compiled. */
export async function openRival({ session, backend, checkpoint, load, turn, now }: RivalOptions): Promise<Rival> {
  const { start, params, run } = session;
  let closed = false;
  const alive = (): void => {
    if (closed) throw new Stopped("the rival was stopped");
  };
  const trial: Run<Params> = {
    params: { ...params },
    single: true,
    resume: checkpoint,
    backend: () => Promise.resolve(backend),
    artefact: (name) => run!.artefact(name),
    async breathe() {
      alive();
      await turn();
      alive();
    },
    changed: () => Promise.reject(new Stopped("a rival does not wait")),
  };
  const task = await load(start.task);
  let frames = task(trial);
  const close = (): void => {
    closed = true;
    void frames.return().catch(() => undefined);
  };
  let at: number | null = null;
  /** Goes on until the step has changed `count` times. */
  const steps = async (count: number): Promise<void> => {
    for (let taken = 0; taken < count; ) {
      const { done, value } = await frames.next();
      if (done) throw new Stopped("the rival has come to its end");
      const step = stepOf(value);
      if (step !== null && at !== null && step > at) taken += step - at;
      at = step;
      alive();
    }
    await backend.finish();
  };
  try {
    await steps(1);
    if (await backend.tune?.()) {
      // Plans keep the variants that they were captured with.
      await frames.return();
      frames = task(trial);
      at = null;
      await steps(1);
    }
    await steps(1);
  } catch (error) {
    close();
    throw error;
  }
  return {
    async pace() {
      const begun = now();
      let best = Infinity;
      for (let g = 0; g < groups && now() - begun < longest; g++) {
        const from = now();
        // One step first: if that alone takes long, four would stop the picture.
        const count = g === 0 ? 1 : group;
        await steps(count);
        best = Math.min(best, (now() - from) / count);
        if (best * group > longest) break;
      }
      return best;
    },
    close,
  };
}
