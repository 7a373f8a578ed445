import type { Backend, Buffer, BufferOperand, Counts, LaunchRecord } from "../../backend.ts";
import type { Attributes, Dtype, Kernel, Numbers, WasmOperand } from "../../kernel.ts";
import { launchOf, planOf, type Step } from "../replay.ts";
import { type Bytes, createHeap, createPool, type Heap, maximumPages, plainBytes, wasmBytes } from "./heap.ts";

/** A tensor's numbers in linear memory. */
interface CpuBuffer extends Buffer {
  readonly pointer: number;
  /** Whose memory it is: the backend's heap, a plan's pool, or null for a slice. */
  readonly heap: Heap | null;
}

export interface CpuOptions {
  /** The compiled kernels, as bytes or as a module. Without them every launch runs its reference. */
  readonly wasm?: BufferSource | WebAssembly.Module;
}

type WasmFunction = (...numbers: number[]) => void;

/**
 * The backend that runs everywhere: WebAssembly SIMD for the hot kernels, the reference on typed arrays for the rest.
 * All numbers lie in one linear memory; a buffer is an address and a length. Bit-reproducible on every machine.
 * Launches inside `capture` are remembered, not executed: the first replay is the first execution.
 */
export async function createCpuBackend(options: CpuOptions = {}): Promise<Backend> {
  const counts: Counts = { launches: 0, submits: 0, buffersCreated: 0, bindGroupsCreated: 0, pipelinesCreated: 0, bytesLive: 0 };
  const { bytes, functions, start } = await instantiate(options);
  const heap = createHeap(bytes, start);
  const live = new Set<Buffer>();
  let pool: ReturnType<typeof createPool> | null = null;
  let recording: Step[] | null = null;

  const own = (buffer: Buffer): CpuBuffer => buffer as CpuBuffer;
  const view = (buffer: Buffer): Float32Array | Int32Array => viewOf(bytes, own(buffer).pointer, buffer.length, buffer.dtype);
  const issue = (launch: LaunchRecord | null, run: () => void): void => {
    if (recording) recording.push({ launch, run });
    else {
      run();
      if (launch) counts.launches++;
    }
  };

  return {
    kind: "cpu",
    counts,
    lost: new Promise(() => {}),
    allocate(length, dtype) {
      const from = pool ?? heap;
      const buffer: CpuBuffer = { dtype, length, pointer: from.take(length * 4), heap: from };
      live.add(buffer);
      counts.buffersCreated++;
      if (!pool) counts.bytesLive += heap.blockSize(length * 4);
      return buffer;
    },
    free(buffer) {
      const { heap: home, pointer, length } = own(buffer);
      if (!live.has(buffer)) return;
      if (home === heap && pool) throw new Error("free: a buffer made before a capture cannot be freed inside it");
      // A plan's buffer that outlived its capture stays until the plan is closed: every replay writes it again.
      if (home !== heap && home !== pool) return;
      live.delete(buffer);
      home!.give(pointer, length * 4);
      if (home === heap) counts.bytesLive -= heap.blockSize(length * 4);
    },
    slice(buffer, offset, length): CpuBuffer {
      if (offset < 0 || offset + length > buffer.length) {
        throw new RangeError(`slice: [${offset}, ${offset + length}) does not lie in a buffer of ${buffer.length}`);
      }
      return { dtype: buffer.dtype, length, pointer: own(buffer).pointer + offset * 4, heap: null };
    },
    write(buffer, values) {
      if (values.length !== buffer.length) throw new RangeError(`write: ${values.length} values into a buffer of ${buffer.length}`);
      const copy = recording ? Float64Array.from(values) : values;
      issue(null, () => view(buffer).set(copy));
    },
    read(buffer): Promise<Numbers> {
      if (recording) throw new Error("read: values do not exist yet inside a capture");
      return Promise.resolve(view(buffer).slice());
    },
    run<A extends Attributes>(kernel: Kernel<A>, inputs: readonly BufferOperand[], outputs: readonly BufferOperand[], attributes: A) {
      const calls = functions && kernel.wasm?.({ inputs: inputs.map(located), outputs: outputs.map(located), attributes });
      if (!calls) {
        const launch = { inputs, outputs, attributes };
        issue(launchOf(kernel, inputs, outputs, attributes), () => kernel.reference(inputs.map((x) => view(x.buffer)), outputs.map((x) => view(x.buffer)), launch));
        return;
      }
      const resolved = calls.map(([name, ...numbers]) => {
        const callee = functions[name];
        if (!callee) throw new Error(`${kernel.name}: the WebAssembly module has no function ${name}`);
        return { callee, numbers };
      });
      issue(launchOf(kernel, inputs, outputs, attributes), () => {
        for (const { callee, numbers } of resolved) callee(...numbers);
      });
    },
    capture(body) {
      if (recording) throw new Error("capture: a capture cannot be started inside another");
      const steps: Step[] = [];
      const mine = createPool(heap);
      recording = steps;
      pool = mine;
      let done = false;
      try {
        body();
        done = true;
      } finally {
        recording = null;
        pool = null;
        if (!done) mine.close();
      }
      const byteLength = mine.byteLength;
      counts.bytesLive += byteLength;
      return planOf(steps, counts, () => {
        for (const buffer of live) if (own(buffer).heap === mine) live.delete(buffer);
        counts.bytesLive -= byteLength;
        mine.close();
      });
    },
    finish: () => Promise.resolve(),
    close() {
      live.clear();
      counts.bytesLive = 0;
    },
  };
}

const located = (x: BufferOperand): BufferOperand & WasmOperand => ({ ...x, pointer: (x.buffer as CpuBuffer).pointer });

function viewOf(bytes: Bytes, pointer: number, length: number, dtype: Dtype): Float32Array | Int32Array {
  return dtype === "i32" ? new Int32Array(bytes.buffer, pointer, length) : new Float32Array(bytes.buffer, pointer, length);
}

/** Links the kernels to a fresh memory. `start` is the first byte that they do not use themselves. */
async function instantiate({ wasm }: CpuOptions): Promise<{ bytes: Bytes; functions: Record<string, WasmFunction> | null; start: number }> {
  if (!wasm || typeof WebAssembly === "undefined") return { bytes: plainBytes(), functions: null, start: 0 };
  const memory = reserve();
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort } });
  const bytes = wasmBytes(memory);
  const functions = exports as Record<string, WasmFunction>;
  const start = (exports.reserveScratch as () => number)();
  bytes.grow(start);
  return { bytes, functions, start };
}

/** A memory that may grow as far as this machine lets it: some phones refuse to set 2 GiB of addresses aside. */
function reserve(): WebAssembly.Memory {
  for (const maximum of [maximumPages, 16_384, 8_192]) {
    try {
      return new WebAssembly.Memory({ initial: 160, maximum });
    } catch { /* refused: try with less */ }
  }
  return new WebAssembly.Memory({ initial: 160, maximum: 4_096 });
}

/** AssemblyScript's run time calls this when an assertion fails; the kernels have none, but the import must exist. */
function abort(): never {
  throw new Error("cpu: a WebAssembly kernel gave up");
}
