import { fromHalf, roundHalfEven, toHalf, widenHalf } from "./halfFloat.ts";
import { elementCount, type HostTensor } from "./hostTensor.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import type { Safetensors } from "./safetensors.ts";

const group = 64;

/** The metadata of a packed file. */
const packedMetadata = [["quantization", "int8-symmetric"], ["group", String(group)]] as const;

/**
 * Packs the F32 matrices of a checkpoint into 8 bits a weight: w ≈ q·s with whole q in [−127, 127] and one half-float scale
 * s = max|w| / 127 for each 64 weights along the stored row-major order.
 *
 * A matrix NAME becomes `I8`, its scales `NAME.scale`, `F16` [⌈n / 64⌉]; everything else stays. The scale is rounded to its stored
 * type before it divides, so that packing knows the scale unpacking will see. The error is at most half a step, |w − q·s| ≤ s/2; only
 * where s is subnormal (|w| below 0.008) can its rounding push q past 127, and it is clamped.
 *
 * Throws: RangeError when a matrix is too large for half-float scales (|w| > 8 million).
 */
export function pack(tensors: ReadonlyMap<string, HostTensor>): Safetensors {
  const packed = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) {
    if (tensor.shape.length !== 2 || !(tensor.data instanceof Float32Array)) {
      packed.set(name, tensor);
      continue;
    }
    const { q, scales } = quantizeGroups(tensor.data, name);
    packed.set(name, { dtype: "I8", shape: tensor.shape, data: q });
    packed.set(`${name}.scale`, { dtype: "F16", shape: [scales.length], data: scales });
  }
  return { tensors: packed, metadata: new Map(packedMetadata) };
}

function quantizeGroups(weights: Float32Array, name: string): { q: Int8Array; scales: Uint16Array } {
  const q = new Int8Array(weights.length);
  const scales = new Uint16Array(Math.ceil(weights.length / group));
  for (let g = 0; g < scales.length; g++) {
    const own = weights.subarray(g * group, (g + 1) * group);
    const bits = toHalf(own.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127);
    const scale = fromHalf(bits);
    if (!Number.isFinite(scale)) throw new RangeError(`pack: ${quoted(name)} has a weight beyond 127 times the largest half float, 65504`);
    scales[g] = bits;
    if (scale === 0) continue; // All weights of the group are below half the smallest scale: q stays 0.
    own.forEach((w, i) => {
      q[g * group + i] = Math.max(-127, Math.min(127, roundHalfEven(w / scale)));
    });
  }
  return { q, scales };
}

/**
 * Widens a packed checkpoint back to F32, w = q·s, and returns any other as it is.
 *
 * Throws: ModelFileError `packed` when the metadata names another scheme, or scales and matrices do not match.
 */
export function unpack({ tensors, metadata }: Safetensors): Map<string, HostTensor> {
  if (!metadata.has("quantization")) return new Map(tensors);
  for (const [key, value] of packedMetadata) {
    if (metadata.get(key) !== value) refuse(`${key} is ${quoted(metadata.get(key) ?? "")}, known is ${quoted(value)}`);
  }
  const plain = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) {
    const { shape, data } = tensor;
    if (tensor.dtype === "I8" && data instanceof Int8Array) {
      plain.set(name, { dtype: "F32", shape, data: dequantize(name, shape, data, tensors.get(`${name}.scale`)) });
    } else if (tensor.dtype === "F16" && name.endsWith(".scale")) {
      const owner = name.slice(0, -".scale".length);
      if (tensors.get(owner)?.dtype !== "I8") refuse(`${quoted(name)} scales no I8 tensor ${quoted(owner)}`, name);
    } else plain.set(name, tensor);
  }
  return plain;
}

function dequantize(name: string, shape: readonly number[], q: Int8Array, scale: HostTensor | undefined): Float32Array {
  const scales = checkedScales(name, shape, q, scale);
  // Eight bits times eleven fit the 24 of a float32: the product is exact.
  const weights = new Float32Array(q.length);
  for (let i = 0; i < q.length; i++) weights[i] = (q[i] ?? NaN) * (scales[Math.floor(i / group)] ?? NaN);
  return weights;
}

/** The scales of a packed matrix as float32. Throws: ModelFileError `packed` when codes and scales do not match, or are out of range. */
function checkedScales(name: string, shape: readonly number[], q: Int8Array, scale: HostTensor | undefined): Float32Array {
  const groups = Math.ceil(elementCount(shape) / group);
  if (shape.length !== 2) refuse(`${quoted(name)} is I8 with ${shape.length} dimensions, expected 2`, name);
  if (scale === undefined) return refuse(`${quoted(name)} is I8 and has no ${quoted(`${name}.scale`)}`, name);
  if (scale.dtype !== "F16" || scale.shape.join() !== String(groups)) {
    refuse(`scale of ${quoted(name)} is ${scale.dtype} [${scale.shape.join(",")}], expected F16 [${groups}]`, name);
  }
  const scales = widenHalf(scale.data as Uint16Array);
  const fault = scales.findIndex((s) => !(s >= 0 && s < Infinity));
  if (fault >= 0) refuse(`scale of ${quoted(name)} is ${scales[fault]} at index ${fault}, expected a finite number from 0`, name);
  const low = q.indexOf(-128);
  if (low >= 0) refuse(`${quoted(name)} is -128 at index ${low}, the symmetric range ends at -127`, name);
  return scales;
}

/** The codes and scales of a matrix of a packed file whose soundness `unpack` has checked; null where the matrix is not packed. */
export function packedCodes({ tensors }: Safetensors, name: string): { q: Int8Array; scales: Float32Array; group: number } | null {
  const tensor = tensors.get(name);
  if (!(tensor?.data instanceof Int8Array)) return null;
  return { q: tensor.data, scales: checkedScales(name, tensor.shape, tensor.data, tensors.get(`${name}.scale`)), group };
}

function refuse(message: string, tensor?: string): never {
  throw new ModelFileError("packed", `packed: ${message}`, tensor === undefined ? {} : { tensor });
}
