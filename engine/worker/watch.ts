import type { Backend, Buffer, BufferOperand, Plan } from "../backend.ts";
import type { Attributes, Kernel, Numbers } from "../kernel.ts";

/** A launch that a task issued, with the buffers it was given. */
export interface WatchedLaunch {
  readonly kernel: Kernel<never>;
  readonly inputs: readonly BufferOperand[];
  readonly outputs: readonly BufferOperand[];
  readonly attributes: Attributes;
}

/** A backend that notes what is launched on it, frame by frame. */
export interface Watched {
  readonly backend: Backend;
  /** Another frame begins. */
  frame(): void;
  /** The launches of the last frame that had any, the present one included. */
  launches(): readonly WatchedLaunch[];
  /** What stands in a buffer, where that is sure to be there still. */
  contents(buffer: Buffer): Promise<Numbers | null>;
}

/** A frame of so many launches is noted no further. */
const MOST = 20_000;

/** The same backend, watched: one entry in a list for each launch, and one for each replay of a plan. */
export function watch(backend: Backend): Watched {
  type Entry = readonly WatchedLaunch[];
  let now: Entry[] = [], last: Entry[] = [], count = 0;
  let captured: WatchedLaunch[] | null = null;
  const alive = new WeakSet<Buffer>();
  const note = (entry: Entry): void => {
    if ((count += entry.length) <= MOST) now.push(entry);
  };
  const own: Pick<Backend, "allocate" | "free" | "run" | "capture"> = {
    allocate(length, dtype) {
      const buffer = backend.allocate(length, dtype);
      // What lies in a plan's own memory may have been written over since.
      if (!captured) alive.add(buffer);
      return buffer;
    },
    free(buffer) {
      alive.delete(buffer);
      backend.free(buffer);
    },
    run<A extends Attributes>(kernel: Kernel<A>, inputs: readonly BufferOperand[], outputs: readonly BufferOperand[], attributes: A) {
      const launch = { kernel: kernel as unknown as Kernel<never>, inputs, outputs, attributes };
      if (captured) captured.push(launch);
      else note([launch]);
      backend.run(kernel, inputs, outputs, attributes);
    },
    capture(body): Plan {
      const mine: WatchedLaunch[] = (captured = []);
      let atStart = true;
      try {
        const plan = backend.capture(body);
        return {
          ...plan,
          replay(budget) {
            if (atStart) note(mine);
            return (atStart = plan.replay(budget));
          },
        };
      } finally {
        captured = null;
      }
    },
  };
  return {
    // Everything else is the backend's own.
    backend: Object.assign(Object.create(backend) as Backend, own),
    frame() {
      if (now.length > 0) last = now;
      now = [];
      count = 0;
    },
    launches: () => (now.length > 0 ? now : last).flat(),
    contents: async (buffer) => (alive.has(buffer) ? backend.read(buffer) : null),
  };
}
