/**
 * A model or tokenizer file was refused: `code` names the rule it broke, `offset` the byte where that shows, `tensor` whose it is.
 *
 * The message is one plain clause that is safe to print: no line break, no control or direction character, at most 300 characters.
 */
export class ModelFileError extends Error {
  readonly code: string;
  readonly offset: number | undefined;
  readonly tensor: string | undefined;

  constructor(code: string, message: string, where: { offset?: number; tensor?: string } = {}) {
    super(clip(message, 300));
    this.name = "ModelFileError";
    this.code = code;
    this.offset = where.offset;
    this.tensor = where.tensor;
  }
}

/** A name out of a file in quotes, without control characters and at most 60 characters long: `quoted("a\nb")` is `"a b"`. */
export function quoted(name: string): string {
  return `"${clip(name, 60)}"`;
}

function clip(text: string, longest: number): string {
  // Cut before cleaning, so that a name of 64 KiB costs no more than a short one.
  const clean = text.slice(0, 4 * longest).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");
  if (clean.length <= longest && text.length <= 4 * longest) return clean;
  return `${clean.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
