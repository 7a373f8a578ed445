import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelFileError } from "../checkpoint/modelFileError.ts";
import { goldenText, hasStories260k, openStories260k } from "../testing/stories260k.ts";
import { processTime } from "../testing/processTime.ts";
import { createSentencePiece, type SentencePiece } from "./sentencePiece.ts";
import { readSentencePieceModel } from "./sentencePieceModel.ts";

// The model and its ids come from the sentencepiece package: engine/fixtures/gguf-tiny/makeGguf.py.
const fixtures = join(import.meta.dirname, "..", "fixtures", "gguf-tiny");
const model = new Uint8Array(readFileSync(join(fixtures, "tokenizer.model")));
interface Expected {
  readonly encode: Readonly<Record<string, number[]>>;
  readonly decode: Readonly<Record<string, string>>;
}
const expected = JSON.parse(readFileSync(join(fixtures, "ids.json"), "utf8")) as Expected;

/** Protobuf by hand: a varint, and a field of bytes. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
const field = (number: number, bytes: ArrayLike<number>): number[] => [
  ...varint(number * 8 + 2), ...varint(bytes.length), ...Array.from(bytes),
];
const float = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
const piece = (text: string, score: number, type: number): number[] =>
  field(1, [...field(1, new TextEncoder().encode(text)), 2 * 8 + 5, ...float(score), 3 * 8, type]);
const trainer = (kind: number): number[] => field(2, [3 * 8, kind]);
const normalizer = (removes: number): number[] => field(3, [4 * 8, removes]);

describe("a tokenizer.model written by sentencepiece", () => {
  const tokenizer = readSentencePieceModel(model);

  it.each(Object.keys(expected.encode))("gives the ids that sentencepiece gives: %j", (text) => {
    expect(tokenizer.encode(text)).toEqual(expected.encode[text]);
    expect(tokenizer.decode(expected.encode[text]!)).toBe(expected.decode[text]);
  });

  it("gives back every text, but for ▁, which is a space", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.replaceAll("▁", " "));
    }), { seed: 9 });
  });

  it("never writes a special piece from text, unless asked to", () => {
    expect(tokenizer.encode("</s>")).not.toContain(2);
    expect(tokenizer.encode("<s>One day", { specials: true }).slice(0, 1)).toEqual([1]);
    expect(tokenizer.encode("One</s>", { specials: true }).at(-1)).toBe(2);
    expect(tokenizer.decode([1, ...tokenizer.encode("One day"), 2])).toBe("One day");
  });

  it("a word of a million characters ends within seconds", () => {
    // A quadratic search would take hours.
    let ids: number[] = [];
    expect(processTime(() => { ids = tokenizer.encode("the".repeat(333_333)); })).toBeLessThan(6000);
    expect(ids.length).toBeGreaterThan(1000);
  });

  it("any change of a byte leaves a tokenizer or a refusal of its type", () => {
    fc.assert(fc.property(fc.nat(model.length - 1), fc.nat(255), fc.boolean(), (at, byte, cuts) => {
      const spoilt = cuts ? model.slice(0, at) : model.with(at, byte);
      try {
        readSentencePieceModel(spoilt).encode("One day");
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
      }
    }), { seed: 10, numRuns: 300 });
  });
});

describe("score-based merges, by hand", () => {
  // "abc": "bc" has the better score, so it goes first although "ab" stands further left; then "a" + "bc" is a piece too.
  const list = (...rest: [string, number][]): SentencePiece[] => {
    const letters: [string, number][] = [["▁", -9], ["a", -8], ["b", -7], ["c", -6]];
    return [{ text: "<unk>", score: 0, type: 2 }, ...[...letters, ...rest].map(([text, score]) => ({ text, score, type: 1 }))];
  };

  it("the highest score goes first, of equals the leftmost", () => {
    const encode = (pieces: SentencePiece[], text: string): string[] => {
      const tokenizer = createSentencePiece(pieces, { addPrefix: false });
      return tokenizer.encode(text).map((id) => pieces[id]!.text);
    };
    expect(encode(list(["ab", -2], ["bc", -1]), "abc")).toEqual(["a", "bc"]);
    expect(encode(list(["ab", -1], ["bc", -2]), "abc")).toEqual(["ab", "c"]);
    expect(encode(list(["ab", -1], ["bc", -1]), "abc")).toEqual(["ab", "c"]);
    expect(encode(list(["bc", -1], ["abc", -3]), "abc")).toEqual(["abc"]);
    expect(encode(list(["aa", -1]), "aaaaa")).toEqual(["aa", "aa", "a"]);
    // Without byte pieces, neighbours that nothing stands for are one unknown.
    expect(encode(list(), "axyb")).toEqual(["a", "<unk>", "b"]);
  });

  it("a file laid out by hand opens, and is refused with its reason when something is off", () => {
    const pieces = [piece("<unk>", 0, 2), piece("▁", -1, 1), piece("a", -2, 1), piece("▁a", -0.5, 1)].flat();
    const file = (...parts: number[][]): Uint8Array => Uint8Array.from(parts.flat());
    expect(readSentencePieceModel(file(pieces, trainer(2), normalizer(0))).encode("a a")).toEqual([3, 3]);
    const code = (bytes: Uint8Array): string => {
      try {
        readSentencePieceModel(bytes);
      } catch (error) {
        if (error instanceof ModelFileError) return error.code;
      }
      return "read";
    };
    expect(code(file(pieces, trainer(1), normalizer(0)))).toBe("unsupported");
    expect(code(file(pieces, trainer(2)))).toBe("unsupported");
    expect(code(file(pieces, trainer(2), field(3, [...field(2, [1, 2, 3]), 32, 0])))).toBe("unsupported");
    expect(code(file(pieces, piece("a", -3, 1), trainer(2), normalizer(0)))).toBe("token");
    expect(code(file(pieces, piece("<0x00>", 0, 6), trainer(2), normalizer(0)))).toBe("token");
    expect(code(file(pieces, piece("b", NaN, 1), trainer(2), normalizer(0)))).toBe("token");
    expect(code(file(pieces, piece("b", 0, 7), trainer(2), normalizer(0)))).toBe("token");
    expect(code(file(trainer(2), normalizer(0)))).toBe("token");
    expect(code(file(field(1, field(1, [0xff])), trainer(2), normalizer(0)))).toBe("utf8");
    expect(code(Uint8Array.of(10, 100, 1))).toBe("protobuf");
    expect(code(Uint8Array.of(...Array.from({ length: 12 }, () => 255)))).toBe("protobuf");
    expect(code(Uint8Array.of(3))).toBe("protobuf");
  });
});

it.skipIf(!hasStories260k())("the golden text of stories260k is cut into the tokens that the model wrote, and joins again", () => {
  const tokenizer = createSentencePiece(openStories260k().vocabulary);
  const golden = goldenText().toString("utf8").trimEnd();
  const ids = tokenizer.encode(golden);
  expect(tokenizer.decode(ids)).toBe(golden);
  // The model writes the pieces it was trained on, 200 of them with those of the cut-off end.
  expect(Math.abs(ids.length - 200)).toBeLessThanOrEqual(4);
  expect(tokenizer.encode("Once upon a time")).toEqual([403, 407, 261, 378]);
});
