import type { LaunchRecord, Plan, Timing } from "../../backend.ts";
import { createGovernor } from "./governor.ts";
import { type Block, type Pool, shelve } from "./memory.ts";
import type { Compiled } from "./pipelines.ts";

/** One dispatch with all it needs: nothing is left to decide when a plan is replayed. */
export interface Step extends Compiled {
  readonly bindGroup: GPUBindGroup;
  readonly launch: LaunchRecord;
}

/** An allocation of the engine: a block while it lives, and the plan whose memory it is, if any. */
export interface Root {
  block: Block | null;
  live: boolean;
  readonly bytes: number;
  readonly memory: PlanMemory | null;
  /** Written while captured: its block is never shared inside the plan, or a replay would overwrite it. */
  pinned: boolean;
}

/** The blocks that a plan owns. Inside the plan a freed one serves the next tensor of its size. */
export interface PlanMemory {
  place(root: Root): Block;
  /** Gives a root a block of its own, because its contents come from outside the plan; `restore` writes them again. */
  pin(root: Root, restore: () => void): Block;
  /** Notes that a launch of the plan changes a root: if it is pinned, every replay has to restore it. */
  changes(root: Root): void;
  /** Brings changed constants back to what was written. */
  restore(): void;
  free(root: Root): void;
  adopt(root: Root): void;
  close(): void;
}

export function createPlanMemory(pool: Pool): PlanMemory {
  const owned: Block[] = [];
  const roots: Root[] = [];
  const idle = new Map<number, Block[]>();
  const constants = new Map<Root, () => void>();
  const changed = new Set<Root>();
  function own(bytes: number): Block {
    const block = pool.acquire(bytes);
    owned.push(block);
    return block;
  }
  const fit = (bytes: number): Block | undefined => idle.get(pool.sizeClass(bytes))?.pop();
  return {
    place: (root) => (root.block ??= fit(root.bytes) ?? own(root.bytes)),
    pin(root, restore) {
      root.pinned = true;
      constants.set(root, restore);
      return (root.block ??= own(root.bytes));
    },
    changes(root) {
      if (root.pinned) changed.add(root);
    },
    restore() {
      for (const root of changed) constants.get(root)!();
    },
    free({ block, pinned }) {
      if (block && !pinned) shelve(idle, block);
    },
    adopt: (root) => void roots.push(root),
    close() {
      for (const root of roots) root.live = false;
      for (const block of owned) pool.release(block);
      owned.length = roots.length = 0;
    },
  };
}

/** What a plan asks of the device that runs it. */
export interface Runner {
  /** Compiles what the steps need and does not exist yet: all at once in the background, or on the spot. */
  compile(steps: readonly Step[]): Promise<void>;
  compileNow(steps: readonly Step[]): void;
  /** One encoder, one compute pass, one submission. Resolves with its milliseconds when it has finished. */
  submit(steps: readonly Step[], from: number, to: number, estimate: number): Promise<number>;
  /** Runs the steps one by one under a clock. */
  timed(steps: readonly Step[]): Promise<Timing>;
  /** The plan gave its memory back. */
  closed(): void;
}

export function createPlan(steps: readonly Step[], memory: PlanMemory, runner: Runner): Plan {
  const governor = createGovernor(steps.length);
  let cursor = 0;
  let open = true, compiled = false;
  return {
    launches: steps.length,
    records: steps.map(({ launch }) => launch),
    async timed() {
      if (!open || cursor > 0) throw new Error("timed: the plan is closed or stands in the middle");
      await runner.compile(steps);
      memory.restore();
      return runner.timed(steps);
    },
    ready: () => runner.compile(steps),
    replay(budget = 0) {
      if (!open) throw new Error("webgpu: replay of a plan that was closed");
      if (steps.length === 0) return true;
      if (!compiled) runner.compileNow(steps);
      compiled = true;
      const from = cursor;
      if (from === 0) memory.restore();
      const to = budget > 0 ? governor.cut(from, budget) : steps.length;
      void runner.submit(steps, from, to, governor.estimate(from, to)).then(
        (milliseconds) => governor.measured(from, to, milliseconds),
        // A lost device ends here; it is told by `lost` and by the next call.
        () => undefined,
      );
      cursor = to === steps.length ? 0 : to;
      return cursor === 0;
    },
    close() {
      if (!open) return;
      open = false;
      memory.close();
      runner.closed();
    },
  };
}
