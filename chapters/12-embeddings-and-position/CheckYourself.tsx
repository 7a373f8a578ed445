import type { ReactElement } from "react";
import { md, Question, Quiz, Section } from "../../src/prose/index.ts";

/** The questions at the end of the chapter. */
export function CheckYourself(): ReactElement {
  return (
    <Section title="Check yourself">
      <Quiz
        ask="A text of 10 tokens goes into a model of width 64 with a vocabulary of 1,024. What is the shape of X?"
        options={[
          { text: "10 × 1,024", why: <>That is the shape of the one-hot vectors, before they meet the table.</> },
          { text: "10 × 64", right: true, why: <>A row for each token of the text, as wide as a row of the table.</> },
          { text: "1,024 × 64", why: <>That is the table E itself, with a row for each token of the vocabulary.</> },
        ]}
      />
      <Quiz
        ask="Two pairs of tokens, at the positions 3 and 7, and at 503 and 507. Why does RoPE turn the hands of both pairs apart by the same angle?"
        options={[
          {
            text: "The angle between two hands changes by (m − n)·θ, and m − n is −4 for both.",
            right: true,
            why: <>What both hands have in common, the turn up to position 3 or 503, drops out of their dot product.</>,
          },
          {
            text: "The angles are taken modulo 500, so that the table need not grow.",
            why: <>There is no table, and angles wrap around at 360° only. Pairs that are slow do not come round for thousands of positions.</>,
          },
          {
            text: "Attention looks at the words alone and at no positions.",
            why: <>Without positions that is so. RoPE was put in to change it.</>,
          },
        ]}
      />
      <Quiz
        ask="What is lost if all positions of a RoPE model are divided by four?"
        options={[
          { text: "Parameters: three quarters of the table of positions", why: <>RoPE has no table and no parameters.</> },
          { text: "The order of the words", why: <>Before stays before; angles shrink and keep their sign.</> },
          {
            text: "Sharpness between neighbours",
            right: true,
            why: <>The fast hands now turn by a quarter of a radian from one place to the next, and neighbours look more alike.</>,
          },
        ]}
      />
      <Question ask="What breaks at position 1,024 in GPT-2, and what in a RoPE model that was trained on 1,024 tokens?">
        {md`
          In GPT-2 the lookup: $\text{Pos}$ has rows 0 to 1,023, so there is no vector to add and the program stops. In the RoPE model nothing
          stops. The rotation is a formula and works for any position. What may break is the quality, at distances longer than any in
          training, because the slow hands then part by angles that the model has never met.
        `}
      </Question>
    </Section>
  );
}
