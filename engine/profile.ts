import type { Backend, Clock, LaunchRecord, Plan, Timing } from "./backend.ts";
import type { Choices } from "./backends/webgpu/autotune.ts";
import { writeShader } from "./backends/webgpu/shader.ts";
import type { Attributes, Shape } from "./kernel.ts";
import { operationsOf } from "./operations.ts";

/** One launch of a plan, measured. */
export interface ProfileLaunch {
  readonly kernel: string;
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  readonly attributes: Attributes;
  /** Of one run of it. */
  readonly milliseconds: number;
  /** How often it occurs, where equal launches are told once. */
  readonly times: number;
  /** Bytes that it has to move at least: every input read once and every output written once (twice touched where it is added to). */
  readonly bytes: number;
  /** Floating-point operations; null where only the bytes are worth counting. */
  readonly operations: number | null;
  /** Index of its text among the `shaders` of its kernel. */
  readonly shader: number;
}

/** Everything that a plan did in one run, as plain data: what `take("profile")` hands out as JSON, one for each backend used. */
export interface Profile {
  readonly backend: Backend["kind"];
  readonly clock: Clock;
  readonly milliseconds: number;
  readonly launches: readonly ProfileLaunch[];
  /** The exact WGSL by kernel, each text once. On the CPU it is what a GPU would run. */
  readonly shaders: Readonly<Record<string, readonly string[]>>;
}

/** All launches of one kernel together. */
export interface ProfileRow {
  readonly kernel: string;
  readonly launches: number;
  readonly milliseconds: number;
  /** Of the whole time, 0 to 1. */
  readonly share: number;
  readonly bytes: number;
  readonly operations: number | null;
  /** 10⁹ operations a second; null where operations are not counted or no time was seen. */
  readonly gigaflops: number | null;
  readonly gigabytesPerSecond: number | null;
}

/** A profile of launches that were run under a clock; `times`: how often each occurs, once where absent. */
export function profileOf(
  backend: Backend, records: readonly LaunchRecord[], { clock, milliseconds }: Timing, times: readonly number[] = records.map(() => 1),
): Profile {
  const choices = (backend as { choices?: Choices }).choices ?? {};
  const texts = new Map<string, string[]>();
  const launches = records.map((record, i): ProfileLaunch => {
    const { kernel, inputs, outputs, attributes } = record;
    const known = texts.get(kernel.name) ?? [];
    texts.set(kernel.name, known);
    const { code } = kernel.wgsl ? writeShader(kernel, { inputs, outputs, attributes: attributes as never }, choices[kernel.name] ?? "flat") : { code: "" };
    let shader = known.indexOf(code);
    if (shader < 0) shader = known.push(code) - 1;
    const moved = [...inputs, ...outputs, ...outputs.filter(({ accumulate }) => accumulate)];
    return {
      kernel: kernel.name, inputs: inputs.map(({ shape }) => shape), outputs: outputs.map(({ shape }) => shape), attributes,
      milliseconds: milliseconds[i]!, times: times[i]!, bytes: 4 * moved.reduce((sum, { size }) => sum + size, 0), operations: operationsOf(record), shader,
    };
  });
  return {
    backend: backend.kind, clock, milliseconds: milliseconds.reduce((sum, each, i) => sum + each * times[i]!, 0), launches, shaders: Object.fromEntries(texts),
  };
}

/** Runs a plan once under a clock. Subtle: it is a run like any other, and changes what the plan changes. */
export async function profilePlan(backend: Backend, plan: Plan): Promise<Profile> {
  return profileOf(backend, plan.records, await plan.timed());
}

/** The launches of a profile by kernel, the longest first. */
export function byKernel({ launches, milliseconds: whole }: Profile): ProfileRow[] {
  const groups = new Map<string, ProfileLaunch[]>();
  for (const launch of launches) groups.set(launch.kernel, [...(groups.get(launch.kernel) ?? []), launch]);
  const sum = (group: readonly ProfileLaunch[], part: (launch: ProfileLaunch) => number): number => group.reduce((total, each) => total + each.times * part(each), 0);
  return [...groups].map(([kernel, group]): ProfileRow => {
    const milliseconds = sum(group, (launch) => launch.milliseconds), bytes = sum(group, (launch) => launch.bytes);
    const operations = group[0]!.operations === null ? null : sum(group, (launch) => launch.operations ?? 0);
    const perSecond = (amount: number): number | null => (milliseconds > 0 ? amount / milliseconds / 1e6 : null);
    return {
      kernel, launches: sum(group, () => 1), milliseconds, share: whole > 0 ? milliseconds / whole : 0, bytes, operations,
      gigaflops: operations === null ? null : perSecond(operations), gigabytesPerSecond: perSecond(bytes),
    };
  }).sort((a, b) => b.milliseconds - a.milliseconds);
}
