import type { ReactElement } from "react";
import { md, Question, Quiz, Section } from "../../src/prose/index.ts";

/** The questions at the end of the chapter. */
export function CheckYourself(): ReactElement {
  return (
    <Section title="Check yourself">
      <Quiz
        ask="A weight lies within the range of its codes, whose scale is s. How far can rounding move it?"
        options={[
          { text: "By s at most", why: <>That is the distance between two rungs. A weight goes to the nearer of them.</> },
          { text: "By s/2 at most", right: true, why: <>Halfway between two rungs is as far as one can be from both.</> },
          {
            text: "By any amount, if it is an outlier",
            why: <>An outlier within the range is rounded like all others. Only what lies beyond a clipped range can move further.</>,
          },
        ]}
      />
      <Quiz
        ask="Why does one outlier ruin a matrix that has a single scale?"
        options={[
          {
            text: "It sets the scale, and the rungs near zero stand too far apart for the others.",
            right: true,
            why: <>Its own code is exact. It is its neighbours that pay, because they share its ruler.</>,
          },
          {
            text: "Its own rounding error is larger than all other errors of the matrix together.",
            why: <>With an absmax scale the largest weight is the one that has no error at all.</>,
          },
          {
            text: "It overflows the small whole numbers.",
            why: <>The scale is chosen so that it just fits. That choice is the trouble.</>,
          },
        ]}
      />
      <Quiz
        ask="Weights of 4 bits in groups of 32, each group with a scale in half precision. How many bits does a weight take?"
        options={[
          { text: "4", why: <>The scale has to be stored, too.</> },
          { text: "4.125", why: <>That would be groups of 128: 16 bits shared by 128 weights.</> },
          { text: "4.5", right: true, why: <>16 bits of scale shared by 32 weights are half a bit each.</> },
        ]}
      />
      <Question ask="A 4-bit model takes a quarter of the memory of the 16-bit one. Fed a prompt of four thousand tokens, it is no faster. How can that be?">
        {md`
          A long prompt is read many tokens at a time, so each weight that is fetched is used thousands of times. The chip is then busy
          multiplying, not fetching; and it multiplies 16-bit numbers, into which the codes have to be unpacked first. Fewer bits make
          fetching cheaper. They help where fetching is what one waits for: when one token is written at a time.
        `}
      </Question>
    </Section>
  );
}
