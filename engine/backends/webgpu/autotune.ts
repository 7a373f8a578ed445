import type { Backend, BufferOperand } from "../../backend.ts";
import { type Attributes, type Dtype, type Kernel, type Shape, sizeOf } from "../../kernel.ts";
import type { Variant } from "./shader.ts";

/** Which variant of each kernel to run, by kernel name; a kernel that is not named was not measured and runs `flat`. */
export type Choices = Readonly<Record<string, Variant>>;

/** One kernel at the shapes by which its variants are compared. */
export interface Trial {
  readonly kernel: Kernel<never>;
  readonly inputs: readonly { readonly shape: Shape; readonly dtype?: Dtype }[];
  readonly attributes: Attributes;
}

/** Another variant has to win by this factor: it was written for some GPUs, flat kernels for all. */
const margin = 1.1;
/** Milliseconds in which launches are repeated for one measurement. */
const enough = 8;
const mostLaunches = 16;
/** A launch this long is measured once: nothing is gained by waiting for it again. */
const longest = 60;
/** Sums run in another order: this much of the largest number they may differ. */
const tolerance = 1e-4;

/**
 * Measures for each kernel which of its variants is the fastest, after checking that it computes what `flat` computes; `flat` where it
 * does not, or where it does not compile. Inputs are small integers.
 * @param use sets the choices that the backend takes from now on
 */
export async function tune(
  backend: Backend, use: (choices: Choices) => void, trials: readonly Trial[], now: () => number = () => performance.now(),
): Promise<Choices> {
  const choices: Record<string, Variant> = {};
  for (const trial of trials) {
    const { name } = trial.kernel;
    choices[name] = await fastest(backend, (variant) => use({ [name]: variant }), trial, now);
  }
  return choices;
}

async function fastest(backend: Backend, use: (variant: Variant) => void, { kernel, inputs, attributes }: Trial, now: () => number): Promise<Variant> {
  const place = (shape: Shape, dtype: Dtype, fill: ((i: number) => number) | null): BufferOperand => {
    const size = sizeOf(shape);
    const buffer = backend.allocate(size, dtype);
    if (fill) backend.write(buffer, Float32Array.from({ length: size }, (_, i) => fill(i)));
    return { shape, size, dtype, accumulate: false, buffer };
  };
  const given = inputs.map(({ shape, dtype = "f32" }, n) => place(shape, dtype, (i) => ((i * (7 + 4 * n)) % (5 + 2 * n)) - 2 - n));
  const made = kernel.outputs(inputs.map(({ shape }) => shape), attributes as never).map(({ shape, dtype = "f32" }) => place(shape, dtype, null));
  const run = (): void => backend.run(kernel, given, made, attributes as never);

  /** What the variant computes, and the milliseconds of a launch. */
  const measure = async (variant: Variant): Promise<{ result: Float32Array; time: number }> => {
    use(variant);
    run();
    const result = Float32Array.from(await backend.read(made[0]!.buffer));
    const timed = async (count: number): Promise<number> => {
      const start = now();
      for (let i = 0; i < count; i++) run();
      await backend.finish();
      return (now() - start) / count;
    };
    let best = await timed(1);
    if (best > longest) return { result, time: best };
    const count = Math.max(1, Math.min(mostLaunches, Math.round(enough / Math.max(best, 0.1))));
    for (let attempt = 0; attempt < 2; attempt++) best = Math.min(best, await timed(count));
    return { result, time: best };
  };

  let chosen: Variant = "flat";
  try {
    const flat = await measure("flat");
    const scale = flat.result.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    for (const variant of Object.keys(kernel.wgsl ?? {}) as Variant[]) {
      if (variant === "flat") continue;
      const { result, time } = await measure(variant);
      const right = result.every((x, i) => Math.abs(x - flat.result[i]!) <= tolerance * scale);
      if (right && margin * time < flat.time) chosen = variant;
    }
  } catch {
    // A driver that cannot compile or run a variant keeps the flat one; a lost device tells of itself.
  }
  for (const { buffer } of [...given, ...made]) backend.free(buffer);
  return chosen;
}

/** Notes launches of kernels of which there are several variants: for each kernel the largest, as a trial. */
export function createTrialBook(): { see(kernel: Kernel<never>, inputs: Trial["inputs"], attributes: Attributes): void; trials(): readonly Trial[] } {
  const largest = new Map<string, Trial & { readonly size: number }>();
  return {
    see(kernel, inputs, attributes) {
      if (Object.keys(kernel.wgsl ?? {}).length < 2) return;
      const size = inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      if (size > (largest.get(kernel.name)?.size ?? 0)) {
        // Shapes alone: operands would keep their buffers.
        largest.set(kernel.name, { kernel, inputs: inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype })), attributes, size });
      }
    },
    trials: () => [...largest.values()],
  };
}

const remembered = new Map<string, Choices>();

/** What was measured on an adapter: earlier in this worker, or by `text`, which `rememberChoices` once gave. */
export function knownChoices(key: string, text: string | null): Choices {
  return { ...readChoices(text).get(key), ...remembered.get(key) };
}

/** Keeps what was measured on an adapter; returns all that is known as text, to be stored and passed in another time. */
export function rememberChoices(key: string, choices: Choices, text: string | null): string {
  remembered.set(key, { ...knownChoices(key, text), ...choices });
  // The adapters of one machine are few; a text that grew by accident is cut.
  return JSON.stringify(Object.fromEntries([...readChoices(text), ...remembered].slice(-8)));
}

/** Reads stored choices. What is not exactly of their form counts as nothing stored. */
function readChoices(text: string | null): Map<string, Choices> {
  try {
    const stored: unknown = JSON.parse(text ?? "");
    if (typeof stored !== "object" || stored === null) return new Map();
    return new Map(Object.entries(stored).filter(([, choices]) => isChoices(choices)) as [string, Choices][]);
  } catch {
    return new Map();
  }
}

const isChoices = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every((variant) => variant === "flat" || variant === "tiled");
