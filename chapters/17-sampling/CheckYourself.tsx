import type { ReactElement } from "react";
import { md, Question, Quiz, Section } from "../../src/prose/index.ts";

/** The questions at the end of the chapter. */
export function CheckYourself(): ReactElement {
  return (
    <Section title="Check yourself">
      <Quiz
        ask="Which rule always keeps the same number of candidates?"
        options={[
          {
            text: "Top-p",
            why: <>It keeps a share of the probability. In a sure place one token holds that share, in an open one it takes many.</>,
          },
          {
            text: "Min-p",
            why: <>Its threshold moves with the likeliest token, and how many lie above it depends on the place.</>,
          },
          {
            text: "Top-k",
            right: true,
            why: <>The number is the rule. That is its weakness: no fixed number suits both a sure and an open place.</>,
          },
        ]}
      />
      <Quiz
        ask="The temperature grows without bound. What does the distribution become?"
        options={[
          {
            text: "Uniform: every token of the vocabulary as likely as any other",
            right: true,
            why: <>All logits divided by something huge are nearly zero, so their differences vanish, and with them all the model has
              learned.</>,
          },
          {
            text: "The distribution of the training text, with all its rare words restored",
            why: <>That is what temperature 1 aims at. Beyond it rare tokens become more frequent than they ever were.</>,
          },
          {
            text: "A certainty",
            why: <>That is the other end: towards temperature 0 the likeliest token takes everything.</>,
          },
        ]}
      />
      <Quiz
        ask="Why can a grammar mask raise the loss of the text that is written?"
        options={[
          {
            text: "It forces tokens that the model itself holds to be unlikely.",
            right: true,
            why: <>
              The loss is measured with the model’s own probabilities. Where the rule takes away what the model expected, what is left is a
              surprise.
            </>,
          },
          {
            text: "It must round the probabilities when it rescales them.",
            why: <>Rescaling is exact but for the last digit. The proportions of what is allowed stay as they were.</>,
          },
          {
            text: "The automaton adds parameters that were never trained.",
            why: <>It has none. It is a table of what may follow, and the model is not touched.</>,
          },
        ]}
      />
      <Question ask="A model answers a question wrongly in most of its samples. What does a majority vote of fifty-one do?">
        {md`
          It makes the wrong answer nearly certain. Voting removes chance, and here chance was the only thing that was ever right. With 40 %
          right answers and independent votes the last line of the table shows what is left.
        `}
      </Question>
    </Section>
  );
}
