import { Chip, Cite, Figure, Live, md, Predict, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import { noiseOfMinibatches } from "../../src/widgets/noiseOfMinibatches.ts";
import type { worked } from "./worked.ts";

const noise = "noise-of-minibatches";

/** Minibatches and what their noise costs and buys; schedules; descent with walls. */
export function Noise({ numbers }: { readonly numbers: ReturnType<typeof worked>["noise"] }) {
  return (
    <>
      <Section title="A few examples at a time">
        <Figure widget={noiseOfMinibatches}>
          A straight line is fitted to the weight and the miles per gallon of {numbers.cars} cars. The map shows the line’s two numbers: twelve
          walks from one start, thin at first, and as dots once they have settled; the cross is the best line. The second chart shows the
          mean loss of the walks, for every batch size. Change how many cars a step looks at. Notice how wide the cloud stays, however
          long they walk.
        </Figure>
        {md`
          A loss is a mean over all examples, and so is its gradient. With ${numbers.cars} cars that is quickly computed; with a billion
          sentences, one step would take a reading of everything. The remedy is older than networks (${<Cite id="robbins1951" />}). Draw a few
          examples at random, a ${<Term>minibatch</Term>}, and step by *their* mean gradient. On average over the draws it is the true one.
          Each single time it is off.

          Three words for one dial: *full batch* looks at everything for each step, *stochastic* descent in the narrow sense at one
          example, and minibatches lie between. One pass over the whole set is an ${<Term>epoch</Term>}. Most programs shuffle the
          examples and deal them out, so that each is seen once in an epoch; the figure draws anew each time, which makes the arithmetic
          simpler.

          Watch the dots. The walks arrive, and do not come to rest: at the best line the *mean* slope is zero, but the slope of
          ${<Chip figure={noise} scene="one">a single car</Chip>} is not. With the chosen batch the walks now scatter
          by ${<Live figure={noise} readout="spread" />} miles per gallon.
        `}
        <Predict ask="Sixteen cars a step in place of one. How much narrower does the cloud become?">
          {md`
            ${<Chip figure={noise} scene="sixteen">About four times</Chip>}: from ${numbers.spreadOne} to ${numbers.spreadSixteen}. Errors of
            independent draws partly cancel in a mean, and the noise falls like $1/\sqrt{B}$ with the batch size $B$. To halve it
            costs four times the examples.
          `}
        </Predict>
        <WorkedByHand title="the same walks, counted in steps and in examples">
          {md`
            With $\eta = 0.05$, *near* meaning that the mean loss is first less than ${numbers.near} above the lowest:

            ${numbers.table}

            The count of steps hardly depends on the batch. The count of examples does.
          `}
        </WorkedByHand>
        {md`
          So which batch is best? It depends on what you pay for. ${<Chip figure={noise} scene="examples">Count examples</Chip>},
          and small batches are far ahead at first: while the walk is a long way from the bottom, a rough direction is as good as a fine
          one, and far cheaper. They end higher, since close to the bottom the noise is larger than the slope. A graphics card changes the
          sum again: it handles many examples at once for nearly the price of one, so the useful batch is larger than this count suggests.

          The noise is not only a price. It pushes a walk off a saddle’s ridge, where the exact gradient would leave it for ever.
        `}
      </Section>

      <Section title="A learning rate that falls">
        {md`
          There is a second way to a narrow cloud. Each jump is $\eta$ times a noisy slope, so a smaller learning rate makes it narrower too; but
          walking with a small one from the start would be slow. A ${<Term>learning-rate schedule</Term>} does one after the other: large
          steps while there is a way to go, small ones to settle. ${<Cite id="robbins1951" />} already asked for steps that shrink, though not
          so fast that their sum stays finite, or the walk could end before the bottom.

          - **Steps.** Divide $\eta$ by ten when the loss stops falling, once or twice in a run.
          - **Cosine.** Let it fall along half a cosine, $\eta_t = \tfrac12 \eta \, (1 + \cos(\pi t / T))$: slowly, then fast,
            then slowly again (${<Cite id="loshchilov2017" />}, who also restart it).
          - **Warm-up.** Before any of these, let it rise from near zero during the first steps, while Adam’s averages are still
            young and the first slopes steep.

          This is also what the walker on the rounded corner needed. [Training dynamics](chapter:training-dynamics) puts a warm-up and a cosine
          to work on a network.
        `}
      </Section>

      <Section title="Downhill between walls">
        {md`
          Some searches have walls: use no more steel than there is, no fewer than zero hours. If the loss and all walls are flat, the task is a
          *linear program*, the simplest kind with constraints. On flat ground the slope is the same everywhere, so the way down ends only at
          the walls, and if there is a lowest point, a corner of them is one. Dantzig’s simplex method walks from corner to corner as long as a
          neighbour lies lower (${<Cite id="dantzig1990" />} tells how it came about). Games between two players can be solved in the same way.
        `}
      </Section>
    </>
  );
}
