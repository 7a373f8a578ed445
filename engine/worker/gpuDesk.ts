import { deadline } from "../backends/webgpu/deadline.ts";
import type { BackendFactories, GpuBackend } from "./backends.ts";
import type { BackendChoice, BackendKind } from "./protocol.ts";
import { openRival, type Rival } from "./rival.ts";
import { type Contest, DeviceLost, endable, leave, Left, type Session, Stopped } from "./session.ts";

/** How much faster than the CPU a GPU has to be before a run goes over to it. */
export const worthMoving = 1.3;
/** After two crashes within this many milliseconds browsers give no adapter for as long. */
const crashLoop = 120_000;
/** A GPU that was slow to answer is asked again after so many milliseconds, then after twice as many. */
const soon = 5_000;
/** A run that was to begin on the GPU waits this long for it, then begins on the CPU. */
const interactive = 2_000;

export interface GpuDeskOptions {
  readonly factories: Pick<BackendFactories, "webgpu" | "survey">;
  sessions(): Iterable<Session>;
  /** Tells the page what was measured on this adapter, for another time. */
  onTuned(text: string): void;
  load(name: string): ReturnType<Parameters<typeof openRival>[0]["load"]>;
  /** Waits for a turn of the thread. */
  breathe(): Promise<void>;
  readonly now?: () => number;
}

/** Owns the one GPU device of a page, and decides which runs are on it. */
export interface GpuDesk {
  /** The page's device, for a task that compares backends. */
  open(): Promise<GpuBackend>;
  /** The backend on which a run that wants the GPU begins: null where it is to be the CPU, and `note` and `place` say so. */
  enter(session: Session): Promise<GpuBackend | null>;
  /** A run on the GPU failed: it goes on on the CPU from its last checkpoint. */
  failed(session: Session, error: unknown): void;
  /** Looks between two frames of a training whether it should be on the GPU. */
  consider(session: Session): Promise<void>;
  /** The reader's choice. */
  choose(session: Session, choice: BackendChoice): Promise<void>;
}

export function createGpuDesk({ factories, sessions, onTuned, load, breathe, now = () => performance.now() }: GpuDeskOptions): GpuDesk {
  let opening: Promise<GpuBackend> | null = null;
  let losses: number[] = [];

  /** The device, made at most once at a time however many runs ask for it. */
  const device = (): Promise<GpuBackend> => {
    if (opening) return opening;
    const tuned = [...sessions()].find(({ start }) => start.tuned)?.start.tuned ?? null;
    const mine = factories.webgpu(tuned, onTuned);
    opening = mine;
    mine.then((backend) => backend.lost.then((reason) => {
      if (opening === mine) opening = null;
      losses.push(now());
      backend.close();
      // Each run is told once, here: a promise of the device held by every run would keep all of them for as long as it lives.
      for (const session of sessions()) {
        if (session.kind !== "webgpu") continue;
        session.fail?.(new DeviceLost(reason));
        if (session.pending) continue;
        fall(session, reason);
        leave(session);
      }
    }), () => { if (opening === mine) opening = null; });
    return mine;
  };

  const fall = (session: Session, reason: string): void => {
    session.place = "cpu";
    session.kind = "cpu";
    session.resume = session.checkpoints.before(Infinity);
    session.pending = null;
    losses = losses.filter((at) => now() - at < crashLoop);
    const loop = losses.length > 1;
    session.retryAt = loop ? now() + crashLoop : now();
    // The next step follows the checkpoint at once: the page, which waits for a repaint before it asks, gets none while a GPU process starts anew.
    session.asked ||= session.start.training && session.target === null;
    session.note = `The GPU was lost, so this goes on on the CPU (${reason}).${loop ? " It is tried again in two minutes." : ""}`;
    session.seams = [...session.seams, { step: session.checkpoints.last() ?? 0, to: "cpu", why: "lost" }];
  };

  /** What was only slow, on a busy machine, is tried again soon, then ever later; what was refused, when a browser may allow it again. */
  const tryLater = (session: Session, error: unknown): void => {
    const slow = error instanceof Error && error.name === "DeadlineError";
    session.retryAt = now() + (slow ? Math.min(crashLoop, soon * 2 ** session.late++) : crashLoop);
  };

  const standing = (backend: GpuBackend, speedup: number | null): NonNullable<Session["gpu"]> => ({
    speedup,
    get description() {
      const errors = backend.uncapturedErrors ?? 0;
      return `${describe(backend)}${errors > 0 ? `, ${errors} errors reported` : ""}`;
    },
  });

  const move = async (session: Session, place: BackendKind, why: "faster" | "chosen"): Promise<void> => {
    const { start, generation } = session;
    const bytes = start.training ? ((await session.run?.take?.("checkpoint").catch(() => null)) ?? null) : null;
    if (session.stopped || session.generation !== generation) return;
    if (bytes) {
      session.checkpoints.forgetAfter(session.at - 1);
      session.checkpoints.keep(session.at, bytes);
    } else if (start.training) {
      // What cannot be carried over is computed again, up to here.
      session.target = session.at;
    }
    session.resume = bytes ?? undefined;
    if (session.at > 0) session.seams = [...session.seams, { step: session.at, to: place, why }];
    session.place = place;
    leave(session);
  };

  /** Prepares a rival in the background; when it is ready, measures it between two frames and goes over if it wins. */
  const prepare = async (session: Session): Promise<void> => {
    const alive = (): void => {
      if (session.stopped || session.contest !== mine) throw new Stopped("the run was stopped");
    };
    let rival: Rival | null = null;
    const mine: Contest = {
      ready: null,
      close() {
        if (session.contest === mine) session.contest = null;
        rival?.close();
      },
    };
    session.contest = mine;
    try {
      if (session.choice === "auto") {
        const adapter = await factories.survey();
        if (!adapter || adapter.software) {
          session.gpu = { speedup: null, description: adapter ? `software adapter (${adapter.description}), not tried` : "none offered here" };
          session.retryAt = adapter ? Infinity : now() + crashLoop;
          mine.close();
          return;
        }
        alive();
      }
      const backend = await device();
      alive();
      const checkpoint = (await session.run?.take?.("checkpoint")) ?? null;
      alive();
      if (!checkpoint) throw new Error("this run has no checkpoint");
      // A page that asks for nothing (hidden, off-screen, paused) gets no work on its GPU either.
      const turn = async (): Promise<void> => {
        for (;;) {
          await breathe();
          alive();
          if (session.busy || now() - session.answeredAt < 200) return;
          await new Promise((resolve) => { setTimeout(resolve, 50); });
        }
      };
      rival = await openRival({ session, backend, checkpoint, load, turn, now });
      if (session.contest === mine && !session.stopped) mine.ready = { pace: rival.pace, backend };
      else rival.close();
    } catch (error) {
      if (session.contest !== mine) return;
      mine.close();
      tryLater(session, error);
    }
  };

  const settle = async (session: Session, contest: Contest, { pace, backend }: NonNullable<Contest["ready"]>): Promise<void> => {
    const { choice, generation } = session;
    try {
      if (choice === "auto") session.gpu = standing(backend, session.pace / (await endable(session, pace())));
    } catch (error) {
      tryLater(session, error);
      if (!(error instanceof Left)) return;
    } finally {
      contest.close();
    }
    if (session.stopped || session.generation !== generation) return;
    const faster = (session.gpu?.speedup ?? 0) >= worthMoving;
    if (choice === "webgpu" || faster) {
      if (session.note !== undefined) session.note = "The GPU is there again, and this goes on on it.";
      await move(session, "webgpu", choice === "webgpu" ? "chosen" : "faster");
    } else session.retryAt = Infinity;
  };

  return {
    open: device,
    async enter(session) {
      const hurry = session.at === 0 && session.resume === undefined;
      try {
        const backend = await (hurry ? deadline(device(), interactive, "an answer of the GPU") : device());
        session.gpu = standing(backend, session.choice === "auto" ? (session.gpu?.speedup ?? null) : null);
        return backend;
      } catch (error) {
        session.place = "cpu";
        const reason = error instanceof Error ? error.message : String(error);
        session.note = `There is no WebGPU to be had, so this runs on the CPU (${reason}).`;
        if (opening) session.retryAt = 0;
        else tryLater(session, error);
        // A GPU that is only slow to come serves the runs that cannot be moved once it is there; trainings are looked after by `consider`.
        if (!session.start.training) {
          opening?.then(() => {
            if (session.stopped || session.choice !== "webgpu" || session.place !== "cpu") return;
            session.note = undefined;
            return move(session, "webgpu", "chosen");
          }, () => undefined);
        }
        return null;
      }
    },
    failed(session, error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof Error) || error.name !== "DoesNotFit") return fall(session, reason);
      session.place = "cpu";
      session.kind = "cpu";
      session.resume = session.checkpoints.before(Infinity) ?? session.resume;
      session.retryAt = Infinity;
      session.note = `This is too large for one tensor of a GPU, so it runs on the CPU (${reason}).`;
    },
    async consider(session) {
      const { contest } = session;
      if (contest?.ready) await settle(session, contest, contest.ready);
      else if (!contest && now() >= session.retryAt && (session.choice === "webgpu" || session.pace < Infinity)) void prepare(session);
    },
    async choose(session, choice) {
      session.choice = choice;
      session.retryAt = 0;
      session.contest?.close();
      session.note = undefined;
      const { kind, start } = session;
      if (choice === "cpu" && kind === "webgpu") await move(session, "cpu", "chosen");
      // A training goes on on the CPU until its pipelines are there; whatever stands still goes over at once.
      else if (choice === "webgpu" && kind === "cpu" && !(start.training && session.busy)) await move(session, "webgpu", "chosen");
    },
  };
}

const describe = ({ description = "GPU", software = false }: GpuBackend): string => (software ? `software adapter (${description})` : description);
