import type { Backend } from "../backend.ts";
import { loadTask } from "../tasks/loadTask.ts";
import type { Run, Task } from "../tasks/task.ts";
import { backendFactories, type BackendFactories } from "./backends.ts";
import type { GpuDesk } from "./gpuDesk.ts";
import type { FromWorker, TakeKind, ToWorker } from "./protocol.ts";
import { endable, leave, Left, newSession, type Params, type Session, stepOf, Stopped } from "./session.ts";
import { createTurns } from "./turns.ts";
import { watch } from "./watch.ts";

/** Pages without packs do not load how they are fetched. */
const fetchPack: typeof import("./packs.ts").fetchPack = async (...asked) => (await import("./packs.ts")).fetchPack(...asked);

export interface HostOptions {
  post(message: FromWorker, transfer?: Transferable[]): void;
  readonly factories?: BackendFactories;
  readonly load?: (name: string) => Promise<Task<Readonly<Params>, unknown>>;
  /** Milliseconds by which steps are measured and waits are counted. */
  readonly now?: () => number;
}

/**
 * Runs tasks for the figures of a page: takes the page's messages, answers through `post`. The same host works in a worker and,
 * where a sandbox denies workers, on the page's own thread.
 */
export function createHost({ post, factories = backendFactories, load = loadTask, now = () => performance.now() }: HostOptions): (message: ToWorker) => void {
  const sessions = new Map<string, Session>();
  const turns = createTurns();
  let opening: Promise<Backend> | null = null;
  /** One CPU backend for all figures of the page. */
  const cpu = (): Promise<Backend> => {
    if (!opening) {
      opening = factories.cpu();
      opening.catch(() => { opening = null; });
    }
    return opening;
  };
  let desk: Promise<GpuDesk> | null = null;
  /** The GPU's side of it all is code of its own: a page that stays on the CPU never loads it before its first frame. */
  const gpu = (): Promise<GpuDesk> => (desk ??= import("./gpuDesk.ts").then(({ createGpuDesk }) =>
    createGpuDesk({ factories, sessions: () => sessions.values(), onTuned: (text) => post({ type: "tuned", text }), load, breathe: () => turns.breathe(true), now })));

  const begin = async (session: Session): Promise<void> => {
    const { start } = session;
    const mine = ++session.generation;
    session.watched = [];
    /** For a task that compares backends. */
    const another = async (opened: Promise<Backend>): Promise<Backend> => {
      const watched = watch(await opened);
      session.watched = [...session.watched, watched];
      return watched.backend;
    };
    const alive = (): void => {
      if (session.stopped) throw new Stopped("the run was stopped");
      if (session.generation !== mine) throw new Left("the run went to another step");
    };
    const run: Run<Params> = {
      params: session.params,
      get single() {
        return session.single || session.target !== null;
      },
      async backend(): Promise<Backend> {
        // Where a GPU is to compute, the CPU stands ready: when there is none, or it is lost, nothing is fetched or compiled first.
        if (session.place === "webgpu") cpu().catch(() => undefined);
        const backend = (session.place === "webgpu" ? await (await gpu()).enter(session) : null) ?? (await cpu());
        alive();
        session.kind = session.place;
        session.tensors = { tensors: true };
        session.watched = [watch(backend)];
        return session.watched[0]!.backend;
      },
      async artefact(name, progress) {
        const own = start.artefacts?.[name];
        if (own) return own instanceof Uint8Array ? own : new Uint8Array(await own.arrayBuffer());
        return fetchPack(name, start.site, (received, total) => {
          progress?.(received, total);
          const note = `loading ${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`;
          if (!session.stopped) post({ type: "frame", figure: start.figure, run: start.run, ms: 0, backend: session.kind, note });
        });
      },
      files: (folder) => Object.entries(start.artefacts ?? {}).filter(([name]) => name.startsWith(`${folder}/`))
        .map(([name, data]) => ({ name: name.slice(folder.length + 1), data })),
      async breathe() {
        alive();
        await turns.breathe(start.training);
        while (session.resting) await session.resting;
        alive();
      },
      async changed() {
        alive();
        session.arrive?.();
        if (!session.changed) await new Promise<void>((resolve) => { session.wake = resolve; });
        session.wake = null;
        session.changed = false;
        alive();
      },
      ...(session.resume && { resume: session.resume }),
      backends: { cpu: () => another(cpu()), webgpu: () => another(gpu().then((desk) => desk.open())) },
      get seams() {
        return session.seams;
      },
    };
    session.run = run;
    session.frames = (await load(start.task))(run);
  };

  const next = (session: Session): Promise<IteratorResult<unknown, void>> => {
    const frames = session.frames!;
    if (!session.pending) for (const watched of session.watched) watched.frame();
    const pending = session.pending ?? frames.next();
    session.pending = pending;
    const settled = (): void => {
      if (session.pending === pending) session.pending = null;
    };
    pending.then(settled, settled);
    return pending;
  };

  /** Computes one frame, on another backend if the device is lost meanwhile. */
  const compute = async (session: Session): Promise<IteratorResult<unknown, void>> => {
    if (!session.frames) await begin(session);
    try {
      return await endable(session, next(session));
    } catch (error) {
      if (error instanceof Left && !session.stopped) return compute(session);
      if (session.kind !== "webgpu" || error instanceof Stopped) throw error;
      // A lost device shows itself as a loss or, when a call fails first, as that call's error; both go on on the CPU, as does what is too large.
      (await gpu()).failed(session, error);
      await begin(session);
      return next(session);
    }
  };

  /** Computes frames up to the step that was asked for; the last one it can get where the task waits for something before it. */
  const travel = async (session: Session): Promise<IteratorResult<unknown, void>> => {
    const { figure, run, training } = session.start;
    let last: IteratorResult<unknown, void> | null = null;
    let said = performance.now();
    for (;;) {
      const from = session.at, began = now();
      const stuck = new Promise<null>((resolve) => { session.arrive = () => resolve(null); });
      const result: IteratorResult<unknown, void> | null = last ? await Promise.race([compute(session), stuck]) : await compute(session);
      session.arrive = null;
      if (!result) {
        session.target = null;
        return last!;
      }
      session.at = stepOf(result.value) ?? 0;
      if (session.kind === "cpu" && session.at > from) session.pace = Math.min(session.pace, (now() - began) / (session.at - from));
      if (result.done || session.target === null || stepOf(result.value) === null || session.at >= session.target) {
        session.target = null;
        return result;
      }
      last = result;
      await keepCheckpoint(session, now());
      if (session.stopped) throw new Stopped("the run was stopped");
      if (performance.now() - said > 250) {
        said = performance.now();
        post({ type: "frame", figure, run, ms: 0, backend: session.kind, note: `going to step ${session.target}, now at ${session.at}` });
      }
      await turns.take(training);
    }
  };

  /** The next frame will be the one at `step`: from the nearest checkpoint before it, or from the start. */
  const seek = (session: Session, step: number): void => {
    if (session.run?.seek) {
      session.run.seek(step);
      session.changed = true;
      session.wake?.();
      return;
    }
    session.target = Math.max(0, Math.round(step));
    if (!session.frames || (session.target > session.at && !session.wake)) return;
    session.resume = session.checkpoints.before(session.target);
    session.at = 0;
    const { target } = session;
    session.seams = session.seams.filter((seam) => seam.step <= target);
    leave(session);
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
      const result = await travel(session);
      if (session.stopped) return;
      if (result.done) {
        post({ type: "done", figure, run });
      } else {
        const note = session.note === undefined ? {} : { note: session.note };
        const standing = session.gpu && { gpu: session.gpu };
        post({ type: "frame", figure, run, frame: result.value, ms: performance.now() - begun, backend: session.kind, ...note, ...standing, ...session.tensors });
        await keepCheckpoint(session, now());
        if (wantsGpu(session, now())) await (await gpu()).consider(session);
      }
    } catch (error) {
      if (!session.stopped) post({ type: "error", figure, run, message: error instanceof Error ? error.message : String(error) });
    } finally {
      session.busy = false;
      session.answeredAt = now();
      if (session.asked && !session.stopped) {
        session.asked = false;
        void advance(session);
      }
    }
  };

  const stop = (session: Session | undefined): void => {
    if (!session) return;
    session.stopped = true;
    session.rouse?.();
    session.contest?.close();
    sessions.delete(session.start.figure);
    session.wake?.();
    void session.frames?.return().catch(() => undefined);
  };

  const take = async (session: Session, kind: TakeKind): Promise<void> => {
    const { figure, run, training } = session.start;
    const profile = async () => (await import("./profileSession.ts")).profileSession(session, () => turns.take(training));
    const taken = kind === "profile" ? profile() : session.run?.take?.(kind);
    const bytes = (await taken?.catch(() => null)) ?? null;
    post({ type: "taken", figure, run, kind, bytes }, bytes ? [bytes.buffer as ArrayBuffer] : []);
  };

  return (message) => {
    const session = sessions.get(message.figure);
    if (session?.resting && message.type !== "rest") {
      session.resting = null;
      session.rouse?.();
    }
    switch (message.type) {
      case "start":
        stop(session);
        sessions.set(message.figure, newSession(message));
        // On a slow line a model is most of the wait: it need not wait for the task's code and the backend as well.
        for (const name of message.uses ?? []) if (!message.artefacts?.[name]) fetchPack(name, message.site).catch(() => undefined);
        break;
      case "params":
        if (!session) return;
        Object.assign(session.params, message.params);
        session.checkpoints.forgetAfter(session.at);
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
      case "rest":
        if (session) session.resting ??= new Promise((resolve) => { session.rouse = resolve; });
        break;
      case "rouse":
        break;
      case "seek":
        if (session && Number.isFinite(message.step)) seek(session, message.step);
        break;
      case "backend":
        if (session) void gpu().then((desk) => desk.choose(session, message.choice));
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

/** Whether a training that stands on the CPU might be better on the GPU, as far as is known without asking. */
const wantsGpu = ({ start, kind, choice, target, at, retryAt }: Session, now: number): boolean =>
  start.training && kind === "cpu" && choice !== "cpu" && target === null && at > 0 && now >= retryAt;

const CHECKPOINT_EVERY = 1000;
const checkpointed = new WeakMap<Session, number>();

/** Keeps a copy of what a training would need to go on from here: to be rewound to, and for a GPU that is lost, at most a second old. */
async function keepCheckpoint(session: Session, now: number): Promise<void> {
  if (!session.start.training || !session.run?.take) return;
  const old = session.kind === "webgpu" && now - (checkpointed.get(session) ?? -Infinity) >= CHECKPOINT_EVERY;
  if (!old && !session.checkpoints.wants(session.at)) return;
  checkpointed.set(session, now);
  const { generation, at } = session;
  const bytes = await endable(session, session.run.take("checkpoint")).catch(() => null);
  if (!bytes || session.generation !== generation) return;
  session.checkpoints.forgetAfter(at - 1);
  session.checkpoints.keep(at, bytes);
}
