import type { Backend } from "../backend.ts";
import { loadTask } from "../tasks/index.ts";
import type { Run, Task } from "../tasks/task.ts";
import { backendFactories, type BackendFactories, openBackend } from "./backends.ts";
import { fetchPack } from "./packs.ts";
import type { BackendChoice, BackendKind, FromWorker, TakeKind, ToWorker } from "./protocol.ts";
import { createTurns } from "./turns.ts";

type Params = Record<string, unknown>;
type Start = Extract<ToWorker, { type: "start" }>;

export interface HostOptions {
  post(message: FromWorker, transfer?: Transferable[]): void;
  readonly factories?: BackendFactories;
  readonly load?: (name: string) => Promise<Task<Readonly<Params>, unknown>>;
}

/** Thrown inside a task whose run was stopped, so that its `finally` blocks run. */
class Stopped extends Error {
  override readonly name = "Stopped";
}

interface Session {
  readonly start: Start;
  readonly params: Params;
  choice: BackendChoice;
  kind: BackendKind;
  note: string | undefined;
  frames: AsyncGenerator<unknown, void, void> | null;
  run: Run<Params> | null;
  /** Ends the frame being computed; set while there is one. */
  fail: ((error: Error) => void) | null;
  checkpoint: Uint8Array | undefined;
  busy: boolean;
  asked: boolean;
  single: boolean;
  stopped: boolean;
  changed: boolean;
  wake: (() => void) | null;
}

/** The device went away while a task was using it. */
class DeviceLost extends Error {
  override readonly name = "DeviceLost";
}

/**
 * Runs tasks for the figures of a page: takes the page's messages, answers through `post`. The same host works in a worker and,
 * where a sandbox denies workers, on the page's own thread.
 */
export function createHost({ post, factories = backendFactories, load = loadTask }: HostOptions): (message: ToWorker) => void {
  const sessions = new Map<string, Session>();
  const turns = createTurns();
  /** One backend of each kind for all figures of the page. */
  const open = new Map<BackendChoice, ReturnType<typeof openBackend>>();

  const chosen = (choice: BackendChoice): ReturnType<typeof openBackend> => {
    const known = open.get(choice);
    if (known) return known;
    const opening = openBackend(choice, factories);
    open.set(choice, opening);
    opening.catch(() => open.delete(choice));
    return opening;
  };

  const begin = async (session: Session): Promise<void> => {
    const { start } = session;
    const alive = (): void => {
      if (session.stopped) throw new Stopped("the run was stopped");
    };
    const run: Run<Params> = {
      params: session.params,
      get single() {
        return session.single;
      },
      async backend(): Promise<Backend> {
        const { backend, kind, note } = await chosen(session.choice);
        alive();
        session.kind = kind;
        session.note = note ?? session.note;
        void backend.lost.then((reason) => {
          open.delete("webgpu");
          session.fail?.(new DeviceLost(reason));
        });
        return backend;
      },
      async artefact(name, progress) {
        const own = start.artefacts?.[name];
        if (own) return own;
        return fetchPack(name, start.site, (received, total) => {
          progress?.(received, total);
          const note = `loading ${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`;
          if (!session.stopped) post({ type: "frame", figure: start.figure, run: start.run, ms: 0, backend: session.kind, note });
        });
      },
      async breathe() {
        alive();
        await turns.breathe(start.training);
        alive();
      },
      async changed() {
        if (!session.changed) await new Promise<void>((resolve) => { session.wake = resolve; });
        session.wake = null;
        session.changed = false;
        alive();
      },
      ...(session.checkpoint && { resume: session.checkpoint }),
    };
    session.run = run;
    session.frames = (await load(start.task))(run);
  };

  /** Computes one frame, on another backend if the device is lost meanwhile. */
  const compute = async (session: Session): Promise<IteratorResult<unknown, void>> => {
    if (!session.frames) await begin(session);
    try {
      return await endable(session, session.frames!.next());
    } catch (error) {
      if (session.kind !== "webgpu" || error instanceof Stopped) throw error;
      // A lost device shows itself as a loss or, when a call fails first, as that call's error; both go on on the CPU.
      const reason = error instanceof Error ? error.message : String(error);
      session.choice = "cpu";
      session.kind = "cpu";
      session.note = `The GPU was lost, so this goes on on the CPU (${reason}).`;
      await begin(session);
      return session.frames!.next();
    }
  };

  const advance = async (session: Session): Promise<void> => {
    const { figure, run } = session.start;
    if (session.busy) {
      session.asked = true;
      return;
    }
    session.busy = true;
    const begun = performance.now();
    try {
      await turns.take(session.start.training);
      if (session.stopped) return;
      const result = await compute(session);
      if (session.stopped) return;
      if (result.done) {
        post({ type: "done", figure, run });
      } else {
        const note = session.note === undefined ? {} : { note: session.note };
        post({ type: "frame", figure, run, frame: result.value, ms: performance.now() - begun, backend: session.kind, ...note });
        await keepCheckpoint(session);
      }
    } catch (error) {
      if (!session.stopped) post({ type: "error", figure, run, message: error instanceof Error ? error.message : String(error) });
    } finally {
      session.busy = false;
      if (session.asked && !session.stopped) {
        session.asked = false;
        void advance(session);
      }
    }
  };

  const stop = (session: Session | undefined): void => {
    if (!session) return;
    session.stopped = true;
    sessions.delete(session.start.figure);
    session.wake?.();
    void session.frames?.return().catch(() => undefined);
  };

  const take = async (session: Session, kind: TakeKind): Promise<void> => {
    const { figure, run } = session.start;
    const bytes = (await session.run?.take?.(kind).catch(() => null)) ?? null;
    post({ type: "taken", figure, run, kind, bytes }, bytes ? [bytes.buffer as ArrayBuffer] : []);
  };

  return (message) => {
    const session = sessions.get(message.figure);
    switch (message.type) {
      case "start":
        stop(session);
        sessions.set(message.figure, newSession(message));
        break;
      case "params":
        if (!session) return;
        Object.assign(session.params, message.params);
        session.changed = true;
        session.wake?.();
        break;
      case "next":
        if (!session) return;
        session.single = message.single === true;
        void advance(session);
        break;
      case "stop":
        stop(session);
        break;
      case "seek":
        session?.run?.seek?.(message.step);
        break;
      case "take":
        if (session) void take(session, message.kind);
        break;
      default:
        message satisfies never;
    }
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function newSession(start: Start): Session {
  return {
    start, params: { ...start.params }, choice: start.backend, kind: "cpu", note: undefined, frames: null, run: null, fail: null,
    checkpoint: undefined, busy: false, asked: false, single: false, stopped: false, changed: false, wake: null,
  };
}

/**
 * A promise that `session.fail` can end, because promises of a dead device may never settle.
 * Subtle: not Promise.race with a promise that lives as long as the device, which would keep every frame's reaction for ever.
 */
function endable<T>(session: Session, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    session.fail = reject;
    work.then(resolve, reject);
  }).finally(() => { session.fail = null; });
}

const CHECKPOINT_EVERY = 1000;
const checkpointed = new WeakMap<Session, number>();

/** On the GPU, keeps a copy of what a training task would need to go on elsewhere, at most a second old. */
async function keepCheckpoint(session: Session): Promise<void> {
  if (session.kind !== "webgpu" || !session.start.training || !session.run?.take) return;
  const now = performance.now();
  if (now - (checkpointed.get(session) ?? -Infinity) < CHECKPOINT_EVERY) return;
  checkpointed.set(session, now);
  session.checkpoint = await endable(session, session.run.take("checkpoint")).catch(() => session.checkpoint);
}
