import type { Dtype, Numbers } from "../../kernel.ts";

/**
 * Numbers as the GPU stores them; a typed array of the right kind is taken as it is.
 * Subtle: not one on shared memory, which `writeBuffer` refuses in some browsers.
 */
export function asStored(values: ArrayLike<number>, dtype: Dtype): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  const Stored = dtype === "f32" ? Float32Array : Int32Array;
  const ready = values instanceof Stored && values.buffer instanceof ArrayBuffer;
  return ready ? (values as Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>) : new Stored(values);
}

/** What came back from the GPU. */
export function fromStored(bytes: ArrayBuffer, dtype: Dtype): Numbers {
  return dtype === "f32" ? new Float32Array(bytes) : new Int32Array(bytes);
}
