import type { DecoderConfig } from "../../../engine/index.ts";
import { node, onnxModel, type OnnxModel } from "../onnx.ts";
import type { Decoding } from "../workloads/decode.ts";
import { ortWasm } from "./ort.ts";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** One step as a graph: an id, its position, and all keys and values so far give logits, and keys and values with one more. */
function stepModel(config: DecoderConfig, weights: ReadonlyMap<string, Float32Array>, shapes: Shapes): Uint8Array<ArrayBuffer> {
  const { nLayers, nHeads, dHead, dModel, vocabSize, normEpsilon } = config;
  const nodes: OnnxModel["nodes"][number][] = [];
  const inputs: Record<string, OnnxModel["inputs"][string]> = { id: { shape: [1], type: "int64" }, position: { shape: [1], type: "int64" } };
  const outputs: Record<string, OnnxModel["outputs"][string]> = { logits: { shape: [1, vocabSize] } };
  let count = 0;
  const op = (name: string, from: string[], attributes = {}): string => {
    const to = `y${count++}`;
    nodes.push(node(name, from, [to], attributes));
    return to;
  };
  const norm = (x: string, name: string): string => op("LayerNormalization", [x, `${name}.weight`, `${name}.bias`], { axis: 1, epsilon: normEpsilon });
  const linear = (x: string, name: string): string => op("Gemm", [x, `${name}.weight`, `${name}.bias`], { transB: 1 });
  /** [1,d] → [1,heads,1,d/heads] */
  const heads = (x: string): string => op("Reshape", [x, "heads"]);
  const appended = (layer: number, kind: string, x: string): string => {
    const past = `past.${layer}.${kind}`, present = `present.${layer}.${kind}`;
    inputs[past] = { shape: [1, nHeads, "past", dHead] };
    outputs[present] = { shape: [1, nHeads, "now", dHead] };
    nodes.push(node("Concat", [past, x], [present], { axis: 2 }));
    return present;
  };

  let x = op("Add", [op("Gather", ["embedding.weight", "id"]), op("Gather", ["positions.weight", "position"])]);
  for (let layer = 0; layer < nLayers; layer++) {
    const block = `blocks.${layer}`, parts = ["q", "k", "v"].map((part) => `${block}.${part}`);
    nodes.push(node("Split", [linear(norm(x, `${block}.norm1`), `${block}.attn.qkv`)], parts, { axis: 1, num_outputs: 3 }));
    const [query, key, value] = parts.map(heads) as [string, string, string];
    const keys = op("Transpose", [appended(layer, "key", key)], { perm: [0, 1, 3, 2] });
    const pattern = op("Softmax", [op("Mul", [op("MatMul", [query, keys]), "scale"])], { axis: 3 });
    const mixed = op("Reshape", [op("MatMul", [pattern, appended(layer, "value", value)]), "flat"]);
    x = op("Add", [x, linear(mixed, `${block}.attn.out`)]);
    x = op("Add", [x, linear(op("Gelu", [linear(norm(x, `${block}.norm2`), `${block}.mlp.up`)], { approximate: "tanh" }), `${block}.mlp.down`)]);
  }
  nodes.push(node("Gemm", [norm(x, "norm"), "embedding.weight"], ["logits"], { transB: 1 }));
  const constants = {
    heads: { shape: [4], values: BigInt64Array.of(1n, BigInt(nHeads), 1n, BigInt(dHead)) },
    flat: { shape: [2], values: BigInt64Array.of(1n, BigInt(dModel)) },
    scale: { shape: [], values: Float32Array.of(1 / Math.sqrt(dHead)) },
  };
  const named = Object.fromEntries([...weights].map(([name, values]) => [name, { shape: shapes.get(name)!, values }]));
  return onnxModel({ nodes, inputs, outputs, weights: { ...named, ...constants } });
}

export async function decodeOrt(config: DecoderConfig, weights: ReadonlyMap<string, Float32Array>, shapes: Shapes): Promise<Decoding> {
  const { InferenceSession, Tensor } = await ortWasm();
  const session = await InferenceSession.create(stepModel(config, weights, shapes), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  type Feeds = Record<string, InstanceType<typeof Tensor>>;
  const names = Array.from({ length: config.nLayers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
  const empty = (): Feeds => Object.fromEntries(names.map((name) => [`past.${name}`, new Tensor("float32", new Float32Array(0), [1, config.nHeads, 0, config.dHead])]));
  let past = empty(), length = 0;
  return {
    rewind() {
      past = empty();
      length = 0;
    },
    async push(id) {
      const whole = (value: number) => new Tensor("int64", BigInt64Array.of(BigInt(value)), [1]);
      const { logits, ...present } = await session.run({ ...past, id: whole(id), position: whole(length++) });
      past = Object.fromEntries(names.map((name) => [`past.${name}`, present[`present.${name}`]!])) as Feeds;
      return logits!.data as Float32Array;
    },
    close: () => session.release(),
  };
}
