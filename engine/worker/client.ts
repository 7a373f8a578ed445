import type { TaskReference } from "../tasks/index.ts";
import type { Artefacts, BackendChoice, FrameMessage, FromWorker, TakeKind, ToWorker } from "./protocol.ts";

export type { Artefacts, BackendChoice, BackendKind, FrameMessage, GpuStanding, TakeKind } from "./protocol.ts";

export interface ClientOptions {
  /** The root of the site, absolute, where packs lie. */
  readonly site: string;
  readonly backend: BackendChoice;
  /** Where the page keeps what was measured on this machine; embeds keep nothing. */
  readonly memory?: { read(): string | null; write(text: string): void };
  /** Makes the worker; tests and pages without workers pass something else. */
  readonly spawn?: () => Worker;
}

export interface RunListener {
  frame(message: FrameMessage): void;
  done(): void;
  error(message: string): void;
}

/** A started task. */
export interface RunHandle {
  /** Asks for one frame; `listener.frame`, `.done` or `.error` answers. `single`: the frame after one step, however many a frame usually takes. */
  next(single?: boolean): void;
  params(params: Readonly<Record<string, unknown>>): void;
  seek(step: number): void;
  /** Nobody sees it: what is being computed stands still, until anything else is said. */
  rest(resting: boolean): void;
  /** Goes on on another backend, from where the run is. */
  choose(backend: BackendChoice): void;
  /** Bytes of a model, checkpoint or profile; null when the task has none. */
  take(kind: TakeKind): Promise<Uint8Array | null>;
  stop(): void;
}

export interface RunRequest {
  readonly figure: string;
  readonly task: TaskReference;
  readonly params: Readonly<Record<string, unknown>>;
  readonly artefacts?: Artefacts;
  /** Packs by name that the task is going to ask for. */
  readonly uses?: readonly string[];
  /** The reader's choice for this figure; that of the page where absent. */
  readonly backend?: BackendChoice;
}

export interface EngineClient {
  start(request: RunRequest, listener: RunListener): RunHandle;
}

interface Entry {
  readonly run: number;
  readonly listener: RunListener;
  readonly takers: ((bytes: Uint8Array | null) => void)[];
  /** What must be said again if the worker turns out to be unable to start. */
  readonly said: ToWorker[];
}

const spawnWorker = (): Worker => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

/**
 * The page's side of the engine: one worker for all figures, started at first use. Where a worker is denied (a sandbox, a
 * `data:` page) or does not load, the same host runs on this thread in slices.
 */
export function engineClient({ site, backend, memory, spawn = spawnWorker }: ClientOptions): EngineClient {
  const entries = new Map<string, Entry>();
  let runs = 0;
  let say: ((message: ToWorker, transfer?: Transferable[]) => void) | null = null;
  let heard = false;

  const hear = (message: FromWorker): void => {
    heard = true;
    if (message.type === "tuned") {
      memory?.write(message.text);
      return;
    }
    const entry = entries.get(message.figure);
    if (!entry || entry.run !== message.run) return;
    entry.said.length = 0;
    if (message.type === "frame") entry.listener.frame(message);
    else if (message.type === "done") entry.listener.done();
    else if (message.type === "error") entry.listener.error(message.message);
    else entry.takers.shift()?.(message.bytes);
  };

  /** Runs the engine on this thread and repeats to it what the worker never answered. */
  const stay = (): void => {
    const host = import("./host.ts").then(({ createHost }) => createHost({ post: (message) => queueMicrotask(() => hear(message)) }));
    say = (message) => void host.then((receive) => receive(message));
    for (const { said } of entries.values()) for (const message of said) say(message);
  };

  const connect = (): void => {
    try {
      const worker = spawn();
      worker.onmessage = (event: MessageEvent<FromWorker>) => hear(event.data);
      worker.onerror = (event) => {
        if (!heard) {
          worker.terminate();
          stay();
        } else {
          for (const { listener } of entries.values()) listener.error(event.message || "the engine stopped");
        }
      };
      say = (message) => worker.postMessage(message);
    } catch {
      stay();
    }
  };

  return {
    start({ figure, task, params, artefacts, uses = [], backend: own = backend }, listener) {
      const run = ++runs;
      const entry: Entry = { run, listener, takers: [], said: [] };
      entries.set(figure, entry);
      if (!say) connect();
      const tuned = memory?.read();
      const send = (message: ToWorker): void => {
        if (entries.get(figure) !== entry) return;
        if (!heard) entry.said.push(message);
        say?.(message);
      };
      send({ type: "start", figure, run, task: task.name, training: task.training, params, backend: own, site, ...(tuned && { tuned }), ...(artefacts && { artefacts }), ...(uses.length > 0 && { uses }) });
      return {
        next: (single = false) => send({ type: "next", figure, ...(single && { single }) }),
        params: (patch) => send({ type: "params", figure, params: patch }),
        seek: (step) => send({ type: "seek", figure, step }),
        rest: (resting) => send({ type: resting ? "rest" : "rouse", figure }),
        choose: (choice) => send({ type: "backend", figure, choice }),
        take: (kind) =>
          new Promise((resolve) => {
            entry.takers.push(resolve);
            send({ type: "take", figure, kind });
          }),
        stop() {
          send({ type: "stop", figure });
          if (entries.get(figure) === entry) entries.delete(figure);
        },
      };
    },
  };
}
