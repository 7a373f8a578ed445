import type { Backend, Buffer, BufferOperand, Clock, LaunchRecord } from "./backend.ts";
import type { Dtype, Numbers, Operand } from "./kernel.ts";
import { type Profile, profileOf } from "./profile.ts";

export interface ProfileOptions {
  /** What stands in a buffer of integers, where it is known: positions and lengths decide how much a kernel does. Absent or null: zeros. */
  contents?(buffer: Buffer): Promise<Numbers | null>;
  /** Called between launches, so that others get their turn. */
  breathe?(): Promise<void>;
}

/** Integers beyond this many are weights or a text, whose values do not change how long a kernel takes. */
const MOST_INTEGERS = 65_536;
/** A launch is repeated until so many milliseconds or runs are measured: clocks in a browser tick every 0.1 ms. */
const LONG_ENOUGH = 4;
const MOST_RUNS = 10;

/**
 * Measures launches that were issued some time ago: each different one again, on scratch numbers of the same shapes, and counted as
 * often as it occurred. Nothing that a task holds is read for its values or written, but for the integers that steer a kernel.
 * Throws: what the backend throws when there is no memory for the scratch.
 */
export async function profileLaunches(backend: Backend, launches: readonly LaunchRecord[], options: ProfileOptions = {}): Promise<Profile> {
  const { contents = async () => null, breathe = async () => undefined } = options;
  const different = new Map<string, { readonly launch: LaunchRecord; times: number }>();
  for (const launch of launches) {
    const { kernel, inputs, outputs, attributes } = launch;
    const key = JSON.stringify([kernel.name, attributes, ...[...inputs, ...outputs].map(({ shape, dtype, accumulate }) => [shape, dtype, accumulate])]);
    const known = different.get(key);
    if (known) known.times++;
    else different.set(key, { launch, times: 1 });
  }
  const scratch = scratchOn(backend);
  const milliseconds: number[] = [];
  let clock: Clock = "processor";
  try {
    for (const { launch } of different.values()) {
      const place = scratch.of();
      const inputs: BufferOperand[] = [];
      for (const operand of launch.inputs) inputs.push(await filled(backend, place(operand), operand, contents));
      const outputs = launch.outputs.map(place);
      const plan = backend.capture(() => backend.run(launch.kernel, inputs, outputs, launch.attributes as never));
      try {
        await plan.ready();
        // The first run fills caches and is not counted.
        await plan.timed();
        let sum = 0, runs = 0;
        do {
          const timing = await plan.timed();
          clock = timing.clock;
          sum += timing.milliseconds[0]!;
          runs++;
        } while (sum < LONG_ENOUGH && runs < MOST_RUNS);
        milliseconds.push(sum / runs);
      } finally {
        plan.close();
      }
      await breathe();
    }
  } finally {
    scratch.close();
  }
  const groups = [...different.values()];
  return profileOf(backend, groups.map(({ launch }) => launch), { clock, milliseconds }, groups.map(({ times }) => times));
}

/** Integers as they are in the launch's own buffer, if that is known; zeros else, which are sound as ids and as positions. */
async function filled(
  backend: Backend, place: BufferOperand, operand: Operand, contents: NonNullable<ProfileOptions["contents"]>,
): Promise<BufferOperand> {
  if (operand.dtype !== "i32") return place;
  const { buffer } = operand as BufferOperand;
  const known = buffer && operand.size <= MOST_INTEGERS ? await contents(buffer).catch(() => null) : null;
  backend.write(place.buffer, known?.length === place.buffer.length ? known : new Int32Array(place.buffer.length));
  return place;
}

/** Buffers by size and type, shared by all launches; within one launch every operand has its own. */
function scratchOn(backend: Backend): { of(): (operand: Operand) => BufferOperand; close(): void } {
  const shelves = new Map<string, Buffer[]>();
  const make = (length: number, dtype: Dtype): Buffer => {
    const buffer = backend.allocate(length, dtype);
    // Undefined contents might be denormal numbers, which some processors add slowly.
    backend.write(buffer, dtype === "i32" ? new Int32Array(length) : new Float32Array(length).fill(0.5));
    return buffer;
  };
  return {
    of() {
      const taken = new Map<string, number>();
      return (operand) => {
        const { size, dtype } = operand;
        const name = `${dtype} ${size}`;
        const shelf = shelves.get(name) ?? [];
        shelves.set(name, shelf);
        const at = taken.get(name) ?? 0;
        taken.set(name, at + 1);
        return { ...operand, buffer: (shelf[at] ??= make(size, dtype)) };
      };
    },
    close() {
      for (const shelf of shelves.values()) for (const buffer of shelf) backend.free(buffer);
    },
  };
}
