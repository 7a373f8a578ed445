import type { ReactElement } from "react";
import { md, Question, Quiz, Section } from "../../src/prose/index.ts";

/** The questions at the end of the chapter. */
export function CheckYourself(): ReactElement {
  return (
    <Section title="Check yourself">
      <Quiz
        ask="What should early stopping watch?"
        options={[
          { text: "The training loss, until it stops falling", why: <>It may fall for ever, and it fell all the time while the overfit run
          got worse.</> },
          { text: "The norm of the gradient", why: <>It says how steep the ground is for the training pictures. On new pictures it says
          nothing.</> },
          {
            text: "The loss, or whatever counts, on held-out data",
            right: true,
            why: <>It is the only one of the three that knows about new pictures; smoothed a little, because it wobbles.</>,
          },
        ]}
      />
      <Quiz
        ask="Why does clipping not cure vanishing gradients?"
        options={[
          {
            text: "It only shortens what is too long.",
            right: true,
            why: <>A faded gradient lies below the limit and is left as it is. And shortening all layers alike would not change their
            proportions.</>,
          },
          { text: "It changes the direction of the step.", why: <>Clipping the whole gradient keeps its direction. That is the point of
          it.</> },
          { text: "It is applied after the step was taken.", why: <>It comes before: first backward, then clip, then step.</> },
        ]}
      />
      <Quiz
        ask="Training loss 0.01, validation loss 0.9 and rising. What is worth trying first?"
        options={[
          { text: "More layers, so that it can express the rest", why: <>It expresses its training pictures perfectly. Nothing is missing
          there.</> },
          {
            text: "More data, or augmentation that is true of it",
            right: true,
            why: <>The network knows too few examples too well. The other restraints come next, and early stopping in any case.</>,
          },
          { text: "A smaller learning rate, to settle down", why: <>It has settled: on the wrong thing. A slower walk arrives at the same
          place.</> },
        ]}
      />
      <Question ask="Both curves are flat and high. Name two causes, and the test for each.">
        {md`
          The network may be too small: make it wider, and both curves should come down. Or the learning rate is wrong: try a tenth and ten
          times as much. Too small a rate leaves a straight line with a slight fall; too large a rate has often killed what was there, and
          the first steps show it, when the loss was lower than it is now.
        `}
      </Question>
    </Section>
  );
}
