import type { ReactElement } from "react";
import { md, Question, Quiz, Section } from "../../src/prose/index.ts";

/** The questions at the end of the chapter. */
export function CheckYourself(): ReactElement {
  return (
    <Section title="Check yourself">
      <Quiz
        ask="Every score of a row is multiplied by 10. What happens to the row?"
        options={[
          {
            text: "Nothing, because softmax divides by the sum.",
            why: <>
              That is true when the same number is added to every score. Multiplying stretches the differences, and differences are
              all that softmax sees.
            </>,
          },
          {
            text: "It becomes more even.",
            why: "That is what dividing does: with all scores near zero each token gets about the same share.",
          },
          {
            text: "It becomes sharper: the largest share grows towards 1.",
            right: true,
            why: <>
              The differences grow tenfold, so the leader leaves the others behind. In the words of a later chapter, the entropy of
              the row falls.
            </>,
          },
        ]}
      />
      <Question ask={md`What happens to the shares of a row $[a, b]$ when 100 is added to both scores?`}>
        {md`Nothing. Both powers grow by the same factor $e^{100}$, and the division takes it out again. Only differences count.`}
      </Question>
      <Quiz
        ask="A layer of width 512 has 8 heads. By what are the dot products of a head divided before softmax?"
        options={[
          { text: "By 8, the root of 64", right: true, why: "A query of one head has 512 / 8 = 64 numbers, and the sum of 64 products is of size 8." },
          { text: "By 22.6, the root of 512", why: "That is the root of the model’s width. No head sums over 512 products." },
          { text: "By the number of tokens", why: "Softmax sums over tokens and needs no help with it. The division answers the length of a query." },
        ]}
      />
      <Question ask={md`Twice as many tokens: how many times as many scores?`}>
        {md`Four times. Every token is compared with every token, so $n$ tokens have $n^2$ scores; the mask spares about half of them.`}
      </Question>
    </Section>
  );
}
