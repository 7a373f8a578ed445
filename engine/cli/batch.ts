import { type JsonValue, readJson } from "../checkpoint/json.ts";
import { quoted } from "../checkpoint/modelFileError.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import type { Backend } from "../backend.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { type Option, Refusal } from "./command.ts";
import { readInput } from "./files.ts";

export const batchOption: Option = {
  kind: "text",
  value: "FILE.json",
  summary: '{ "ids": [[…]], "targets": [[…]] }; target -100 is ignored; without targets each id is to predict the next',
  required: true,
};

/** A batch as a file holds it, checked: rows of equal length, row-major. */
export interface BatchFile {
  readonly rows: number;
  readonly time: number;
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

const ignored = -100;

/** Reads a batch that this model can take. Throws: Refusal naming the place of the first fault, ModelFileError for broken JSON. */
export function readBatch(path: string, { vocabSize, contextLength }: DecoderConfig): BatchFile {
  const json = readJson(readInput(path, "--batch", 64 * 2 ** 20), "--batch");
  if (!(json instanceof Map)) throw new Refusal(`--batch: the top is ${kindOf(json)}, expected an object with ids and targets`);
  const surplus = [...json.keys()].find((key) => key !== "ids" && key !== "targets");
  if (surplus !== undefined) throw new Refusal(`--batch: unknown field ${quoted(surplus)}, known are ids and targets`);
  const inVocabulary = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < vocabSize;
  const ids = grid(json.get("ids"), "ids", `a whole number from 0 to ${vocabSize - 1}`, inVocabulary);
  const { rows, time } = ids;
  if (time > contextLength) throw new Refusal(`--batch: rows of ${time} ids are longer than the context of ${contextLength}`);
  const given = json.get("targets") ?? null;
  if (given === null) return refuseIdle({ rows, time, ids: ids.values, targets: shifted(ids.values, time) });
  const isTarget = (value: number): boolean => value === ignored || inVocabulary(value);
  const targets = grid(given, "targets", `-100 or a whole number from 0 to ${vocabSize - 1}`, isTarget);
  if (targets.rows !== rows || targets.time !== time) {
    throw new Refusal(`--batch: targets are [${targets.rows},${targets.time}] and ids [${rows},${time}]`);
  }
  return refuseIdle({ rows, time, ids: ids.values, targets: targets.values });
}

/** The batch on a backend, [rows,time] each. */
export function uploadBatch(backend: Backend, { rows, time, ids, targets }: BatchFile): { ids: Tensor; targets: Tensor } {
  return { ids: tensor(backend, [rows, time], ids, "i32"), targets: tensor(backend, [rows, time], targets, "i32") };
}

/** Each position is to predict the next id of its row; the last one has none. */
function shifted(ids: Int32Array, time: number): Int32Array {
  return Int32Array.from(ids, (_, i) => (i % time === time - 1 ? ignored : ids[i + 1]!));
}

function refuseIdle(batch: BatchFile): BatchFile {
  if (batch.targets.every((target) => target === ignored)) throw new Refusal("--batch: every target is ignored, so there is no loss");
  return batch;
}

function grid(
  json: JsonValue | undefined, name: string, expected: string, isAllowed: (value: number) => boolean,
): { rows: number; time: number; values: Int32Array } {
  if (!Array.isArray(json)) throw new Refusal(`--batch: ${name} is ${kindOf(json)}, expected rows of numbers`);
  if (json.length === 0) throw new Refusal(`--batch: ${name} has no rows`);
  const time = Array.isArray(json[0]) ? json[0].length : 0;
  const values = new Int32Array(json.length * time);
  json.forEach((row, r) => {
    if (!Array.isArray(row)) throw new Refusal(`--batch: row ${r} of ${name} is ${kindOf(row)}, expected an array of numbers`);
    if (row.length === 0) throw new Refusal(`--batch: row ${r} of ${name} is empty`);
    if (row.length !== time) throw new Refusal(`--batch: row ${r} of ${name} has ${row.length} numbers, row 0 has ${time}`);
    row.forEach((value, t) => {
      if (typeof value !== "number" || !isAllowed(value)) {
        throw new Refusal(`--batch: ${name}[${r}][${t}] is ${typeof value === "number" ? value : kindOf(value)}, expected ${expected}`);
      }
      values[r * time + t] = value;
    });
  });
  return { rows: json.length, time, values };
}

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (value instanceof Map) return "an object";
  if (Array.isArray(value)) return "an array";
  return typeof value === "string" ? `the text ${quoted(value)}` : String(value);
}
