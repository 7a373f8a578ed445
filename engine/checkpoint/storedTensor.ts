import type { ByteSource } from "./byteSource.ts";
import { type GgufCodes, type GgufType } from "./ggufBlocks.ts";
import { type Gguf, readGgufHeader } from "./gguf.ts";
import { widenBfloat, widenHalf } from "./halfFloat.ts";
import { elementCount, findNonFinite, nonFinite } from "./hostTensor.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { readSafetensorsHeader, safetensorsHeaderEnd } from "./safetensors.ts";
import type { ShardIndex } from "./shards.ts";

/** A tensor that lies in a file and is read from there piece by piece. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly file: ByteSource;
  readonly begin: number;
  /** Stored in blocks of so many numbers in so many bytes. */
  readonly block: { readonly numbers: number; readonly bytes: number };
  widen(bytes: Uint8Array): Float32Array;
  /** The codes of whole blocks; only quantized GGUF tensors have it. */
  readonly codes?: (bytes: Uint8Array) => GgufCodes;
}

export interface StoredTensors {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Map<string, string>;
}

/** Reads the header of a safetensors file; of the numbers nothing. Throws: ModelFileError, as `readSafetensors` does of headers. */
export async function storedSafetensors(file: ByteSource): Promise<StoredTensors> {
  const headerEnd = safetensorsHeaderEnd(await file.read(0, Math.min(24, file.size)), file.size);
  const { entries, metadata } = readSafetensorsHeader(await file.read(0, headerEnd), file.size);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const bytes = end > begin ? (end - begin) / elementCount(shape) : 1;
    const block = { numbers: 1, bytes };
    tensors.set(name, { name, dtype, shape, file, begin: headerEnd + begin, block, widen: (data) => widen(data, dtype) });
  }
  return { tensors, metadata };
}

/** The numbers of a dtype that weights may have. A view of bytes that lie oddly is copied. */
function widen(bytes: Uint8Array, dtype: string): Float32Array {
  const width = dtype === "F32" ? 4 : 2;
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  if (dtype === "F32") return new Float32Array(buffer, byteOffset, length / 4);
  const bits = new Uint16Array(buffer, byteOffset, length / 2);
  return dtype === "F16" ? widenHalf(bits) : widenBfloat(bits);
}

/**
 * Reads the headers of all files of an index. Each must hold exactly the tensors that the index puts there.
 *
 * Throws: ModelFileError `missing`, `surplus`, and those of `storedSafetensors`.
 */
export async function storedShards(
  { files, weightMap }: ShardIndex, open: (name: string) => ByteSource | undefined,
): Promise<StoredTensors> {
  const all: StoredTensors = { tensors: new Map(), metadata: new Map() };
  for (const name of files) {
    const source = open(name);
    if (!source) throw new ModelFileError("missing", `shards: the file ${quoted(name)} is missing, the index names it`);
    const { tensors, metadata } = await storedSafetensors(source);
    for (const [tensor, stored] of tensors) {
      if (weightMap.get(tensor) !== name) {
        const message = `shards: ${quoted(name)} holds ${quoted(tensor)}, which the index does not put there`;
        throw new ModelFileError("surplus", message, { tensor });
      }
      all.tensors.set(tensor, stored);
    }
    for (const [key, value] of metadata) all.metadata.set(key, value);
  }
  for (const [tensor, name] of weightMap) {
    if (!all.tensors.has(tensor)) {
      throw new ModelFileError("missing", `shards: ${quoted(tensor)} is not in ${quoted(name)}, where the index puts it`, { tensor });
    }
  }
  return all;
}

/**
 * Reads the header of a GGUF file, however long it is: a slice, and while that ends too early one of twice the size.
 *
 * Throws: ModelFileError, as `readGguf` does of headers.
 */
export async function storedGguf(
  file: ByteSource,
): Promise<{ readonly header: Pick<Gguf, "metadata" | "tensors">; readonly stored: Map<string, StoredTensor> }> {
  for (let size = 2 ** 20; ; size *= 2) {
    const header = readGgufHeader(await file.read(0, Math.min(size, file.size)), file.size);
    if (!header) continue;
    const stored = new Map([...header.tensors].map(([name, { shape, type, begin }]) => [name, ggufTensor(file, name, shape, type, begin)]));
    return { header, stored };
  }
}

function ggufTensor(file: ByteSource, name: string, shape: readonly number[], type: GgufType, begin: number): StoredTensor {
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = (bytes: Uint8Array): number => (bytes.length / type.bytes) * type.numbers;
  const { codes } = type;
  return {
    name, shape, dtype: type.name, file, begin, block: type,
    widen: (bytes) => type.read(view(bytes), count(bytes)),
    ...(codes && { codes: (bytes) => codes(view(bytes), count(bytes)) }),
  };
}

/** Bytes of a tensor that are in memory at once. */
const sliceBytes = 4 * 2 ** 20;

/** The bytes of a tensor in slices of whole rows, about 4 MiB each, with the place of their first number. */
export async function* slicesOf(
  { shape, file, begin, block }: StoredTensor,
): AsyncGenerator<{ readonly first: number; readonly bytes: Uint8Array }> {
  const columns = shape.at(-1) ?? 1, rows = elementCount(shape) / Math.max(1, columns);
  const rowBytes = (columns / block.numbers) * block.bytes;
  const step = Math.max(1, Math.floor(sliceBytes / Math.max(1, rowBytes)));
  for (let row = 0; row < rows; row += step) {
    const end = Math.min(rows, row + step);
    yield { first: row * columns, bytes: await file.read(begin + row * rowBytes, begin + end * rowBytes) };
  }
}

/** Finds NaN and infinities in slices that come one by one. */
export function finiteCheck(tensor: StoredTensor) {
  let index = -1, count = 0;
  return {
    look(values: Float32Array, first: number): void {
      const fault = findNonFinite({ dtype: "F32", shape: [values.length], data: values });
      if (!fault) return;
      if (count === 0) index = first + fault.index;
      count += fault.count;
    },
    /** Throws: ModelFileError `non-finite` with the first place and the number of them. */
    end(): void {
      if (count > 0) throw nonFinite("checkpoint", tensor.name, { index, count }, tensor.begin);
    },
  };
}
