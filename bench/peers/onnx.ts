/**
 * ONNX models, written byte by byte: a model file is nested protobuf messages, and of those only a few fields are needed.
 * Source: onnx.proto of the ONNX project (field numbers), protobuf's encoding (tags, varints, lengths).
 */
export interface OnnxValue {
  /** A name in place of a size means any size. */
  readonly shape: readonly (number | string)[];
  readonly type?: "float32" | "int64";
}

export type OnnxAttribute = number | string | readonly number[];

export interface OnnxModel {
  readonly nodes: readonly Part[];
  readonly inputs: Readonly<Record<string, OnnxValue>>;
  readonly outputs: Readonly<Record<string, OnnxValue>>;
  readonly weights: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array | BigInt64Array }>>;
}

/** Bytes, or parts whose bytes follow one another. */
type Part = Uint8Array | readonly Part[];
const text = new TextEncoder();
const elementType = { float32: 1, int64: 7 };

/** The file. Opset 20 is the first with Gelu as one operation. */
export function onnxModel({ nodes, inputs, outputs, weights }: OnnxModel): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.map((each) => message(1, each)), string(2, "graph"),
    ...Object.entries(weights).map(([name, { shape, values }]) => message(5, [
      ...shape.map((size) => integer(1, size)), integer(2, values instanceof Float32Array ? elementType.float32 : elementType.int64),
      string(8, name), message(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    ])),
    ...Object.entries(inputs).map(([name, value]) => message(11, valueInfo(name, value))),
    ...Object.entries(outputs).map(([name, value]) => message(12, valueInfo(name, value))),
  ];
  return join([integer(1, 9), message(7, graph), message(8, [string(1, ""), integer(2, 20)])]);
}

/** One operation: names of what it reads and writes. Attributes: whole numbers, numbers with a fraction, words, lists of whole numbers. */
export function node(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): Part {
  return [
    ...inputs.map((name) => string(1, name)), ...outputs.map((name) => string(2, name)), string(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, [string(1, name), ...attribute(value)])),
  ];
}

function attribute(value: OnnxAttribute): Part[] {
  if (typeof value === "string") return [string(4, value), integer(20, 3)];
  if (typeof value !== "number") return [...value.map((each) => integer(8, each)), integer(20, 7)];
  if (Number.isInteger(value)) return [integer(3, value), integer(20, 2)];
  return [varint(2 * 8 + 5), new Uint8Array(Float32Array.of(value).buffer), integer(20, 1)];
}

const valueInfo = (name: string, { shape, type = "float32" }: OnnxValue): Part[] => {
  const sizes = shape.map((size) => message(1, [typeof size === "number" ? integer(1, size) : string(2, size)]));
  return [string(1, name), message(2, [message(1, [integer(1, elementType[type]), message(2, sizes)])])];
};

const integer = (field: number, value: number): Part => [varint(field * 8), varint(value)];
const string = (field: number, value: string): Part => message(field, text.encode(value));
const message = (field: number, body: Part): Part => [varint(field * 8 + 2), varint(bytesOf(body)), body];

/** Seven bits a byte, low ones first. Not for negative numbers: axes are counted from the front. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.from([...bytes, value]);
}

const bytesOf = (part: Part): number => (part instanceof Uint8Array ? part.length : part.reduce((sum, each) => sum + bytesOf(each), 0));

/** Subtle: weights are half a gigabyte, so parts stay apart until the whole is written once. */
function join(part: Part): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytesOf(part));
  let at = 0;
  const write = (each: Part): void => {
    if (!(each instanceof Uint8Array)) return each.forEach(write);
    whole.set(each, at);
    at += each.length;
  };
  write(part);
  return whole;
}
