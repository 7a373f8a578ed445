import type { ReactElement } from "react";

/** Pieces of text as the tokenizer cuts them: chips in mono, a space shown as ▁. `<Tokens of="▁lo we r" />` has three. */
export function Tokens({ of }: { readonly of: string | readonly string[] }): ReactElement {
  const pieces = typeof of === "string" ? of.split(" ") : of;
  return (
    <span className="tokens">
      {pieces.map((piece, i) => <span key={i} className="token">{piece}</span>)}
    </span>
  );
}
