import { ModelFileError } from "../checkpoint/modelFileError.ts";
import type { Tokenizer } from "./bpe.ts";
import { createSentencePiece, type SentencePiece } from "./sentencePiece.ts";

const mostBytes = 32 * 2 ** 20;

/**
 * Reads a `tokenizer.model`, the protobuf that SentencePiece writes, of the BPE kind with no normalization.
 *
 * Throws: ModelFileError `size`, `protobuf`, `utf8`, `unsupported`, and `token` of `createSentencePiece`.
 * Source: sentencepiece_model.proto of google/sentencepiece.
 */
export function readSentencePieceModel(bytes: Uint8Array): Tokenizer {
  if (bytes.length > mostBytes) refuse("size", `the file has ${bytes.length} bytes, at most ${mostBytes} are read`);
  const pieces: SentencePiece[] = [];
  let kind = 1, addPrefix = true, removesSpaces = true, escapes = true, map = 0;
  for (const { field, value } of messageFields(bytes)) {
    if (field === 1) pieces.push(readPiece(asBytes(value, "a piece")));
    if (field === 2) {
      for (const inner of messageFields(asBytes(value, "trainer_spec"))) if (inner.field === 3) kind = asNumber(inner.value, "model_type");
    }
    if (field === 3) {
      for (const inner of messageFields(asBytes(value, "normalizer_spec"))) {
        if (inner.field === 2) map = asBytes(inner.value, "precompiled_charsmap").length;
        if (inner.field === 3) addPrefix = asNumber(inner.value, "add_dummy_prefix") !== 0;
        if (inner.field === 4) removesSpaces = asNumber(inner.value, "remove_extra_whitespaces") !== 0;
        if (inner.field === 5) escapes = asNumber(inner.value, "escape_whitespaces") !== 0;
      }
    }
  }
  if (kind !== 2) refuse("unsupported", `model_type is ${kind}, read is 2, BPE`);
  if (map > 0) refuse("unsupported", "text is normalized by a table of characters, read is identity");
  if (removesSpaces) refuse("unsupported", "remove_extra_whitespaces is true, read is false");
  if (!escapes) refuse("unsupported", "escape_whitespaces is false, read is true");
  return createSentencePiece(pieces, { addPrefix });
}

function readPiece(bytes: Uint8Array): SentencePiece {
  let text = "", score = 0, type = 1;
  for (const { field, value } of messageFields(bytes)) {
    if (field === 1) text = asText(asBytes(value, "the text of a piece"));
    if (field === 2) {
      const raw = asBytes(value, "the score of a piece");
      if (raw.length !== 4) refuse("protobuf", "the score of a piece is no float");
      score = new DataView(raw.buffer, raw.byteOffset, 4).getFloat32(0, true);
    }
    if (field === 3) type = asNumber(value, "the kind of a piece");
  }
  return { text, score, type };
}

/**
 * The fields of a protobuf message in order: numbers for varints, bytes for all else. Groups, which nobody writes any more, are
 * refused.
 */
function* messageFields(bytes: Uint8Array): Generator<{ readonly field: number; readonly value: number | Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return refuse("protobuf", `the message ends inside a number, after ${bytes.length} bytes`);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return refuse("protobuf", "a number is longer than ten bytes");
  };
  const take = (count: number): Uint8Array => {
    if (!(count <= bytes.length - at)) refuse("protobuf", `${count} bytes are wanted, ${bytes.length - at} are left`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8), type = key % 8;
    if (field < 1 || field > 2 ** 29) refuse("protobuf", `a field has the number ${field}`);
    if (type === 0) yield { field, value: varint() };
    else if (type === 1) yield { field, value: take(8) };
    else if (type === 2) yield { field, value: take(varint()) };
    else if (type === 5) yield { field, value: take(4) };
    else refuse("protobuf", `a field is of wire type ${type}, read are 0, 1, 2 and 5`);
  }
}

const asBytes = (value: number | Uint8Array, what: string): Uint8Array =>
  typeof value === "number" ? refuse("protobuf", `${what} is a number, expected bytes`) : value;
const asNumber = (value: number | Uint8Array, what: string): number =>
  typeof value === "number" ? value : refuse("protobuf", `${what} is bytes, expected a number`);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function asText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return refuse("utf8", "the text of a piece is not UTF-8");
  }
}

function refuse(code: string, message: string): never {
  throw new ModelFileError(code, `tokenizer.model: ${message}`);
}
