import type { ReactElement } from "react";
import { Careful, Chip, Cite, Live, md, NotKnown, Predict, Section, Source, Steps, Term, WorkedByHand } from "../../src/prose/index.ts";
import { ropeClock } from "../../src/widgets/ropeClock.ts";
import type { Worked } from "./worked.ts";

const clock = "rope-clock";
const waves = "position-waves";

/** Rotary positions, linear biases, and what each scheme does beyond the window it was trained on. */
export function Turning({ numbers }: { readonly numbers: Worked }): ReactElement {
  return (
    <>
      <Section title="Turn, do not add">
        {md`
          If distance is what matters, why not put it where it is used? Attention compares a ${<Term>query</Term>} $q$ of one token with a
          ${<Term>key</Term>} $k$ of another, by their dot product. ${<Cite id="shaw2018" />} gave each *distance* learned vectors that enter
          this comparison. Rotary positions, ${<Term>RoPE</Term>} for short, do it without a table (${<Cite id="su2021" />}).

          Take the numbers of $q$ in pairs, and each pair as the hand of a clock. Before comparing, turn the hand by an angle that grows
          with the position, $p \cdot \theta_j$; each pair has its own speed $\theta_j = 10000^{-2j/d}$, as the waves had. Do the same with $k$. The
          dot product of two hands depends on their lengths and on the angle *between* them. Turn the one by $m\theta$ and the other by $n\theta$, and the
          angle between them has changed by $(m - n)\theta$. Positions went in one by one, and only their difference came out.
        `}
        <Steps
          widget={ropeClock}
          steps={[
            { scene: "together", say: <>Query and key at the same place: every pair of hands has been turned alike, and the score is the plain dot product.</> },
            { params: { query: 12, key: 9, stretch: 1 }, say: <>The query three places on. The fast hands have parted by 172°, the slow ones hardly at all.</> },
            { scene: "shifted", say: <>Both forty places further. All hands have moved, and no number below the clocks has.</> },
            { scene: "apart", say: <>51 places apart. The fast clocks give what chance would; the slow ones still compare what the words mean.</> },
          ]}
        >
          A query (solid) and a key (dashed) of eight numbers as four pairs of hands; faint lines show where they were before turning. Drag
          q, k, or the ring between them, which moves both. Below, the score at every distance. Notice which moves change the score and
          which do not.
        </Steps>
        <WorkedByHand title="one hand, two places">
          {md`
            Let $q = k = [1, 0]$ and $\theta = 1$. At place 5 the query has turned to ${numbers.q5}, at place 3 the key to ${numbers.k3}. Their
            dot product is ${numbers.score}, and that is $\cos 2$ = ${numbers.cos2}. At the places 105 and 103 it is ${numbers.scoreFar}.
          `}
        </WorkedByHand>
        <Predict
          figure={clock} scene="before"
          ask="A query at 12 and a key at 9 have some score. Let them change places, so that the key stands three places after the query. What is the score?"
          options={[
            { text: "The same: the distance is still three.", },
            { text: "The same with the opposite sign." },
            { text: "Another one, as a rule.", right: true },
          ]}
        >
          {md`
            The difference $m - n$ has a sign. $q \cdot k$ with an angle of $+3\theta$ between them is not $q \cdot k$ with $-3\theta$, unless the hands
            began on one line. Before and after are different things for RoPE, as they should be.
          `}
        </Predict>
        {md`
          Three things speak for RoPE. It has no parameters. It leaves the vectors of the tokens alone: only queries and keys are turned, in every
          layer afresh, and values not at all. And the key of a token can be turned once and [kept](chapter:kv-cache-and-serving),
          since its own position never changes. In the table of waves RoPE shows ${<Chip figure={waves} scene="rope">the same waves</Chip>} and
          the same curve as sinusoids: what was added there is an angle here.
        `}
        <Source file="engine/ops/rope.ts" of="rope">Rotary positions, as the engine computes them for every model that has them</Source>
      </Section>

      <Section title="Simply take something off">
        {md`
          The plainest scheme of all gives up vectors. *ALiBi* (${<Cite id="press2021" />}) takes a number off each score, the distance times a
          slope:

          $$\text{score} = \frac{q \cdot k}{\sqrt{d}} - s \cdot |m - n|$$

          Each head has its own slope, fixed before training; with 8 heads they are
          ${numbers.slopes}. A ${<Chip figure={waves} scene="alibi">steep head</Chip>} sees its neighbours and nothing else, a flat one the whole text.
          What is far counts less, by decree. That is crude, and it does not break on long texts.
        `}
      </Section>

      <Section title="Beyond the window">
        {md`
          A model is trained on texts up to some length. What happens at the next position?

          - **Learned tables** end. There is no row.
          - **Sinusoids** go on for ever as a formula. But the matrices that read them have never met those columns, and the loss rises
            soon after the end of the training length (${<Cite id="press2021" />}).
          - **RoPE** goes on as well, and distances it knows keep their scores wherever they occur. Distances longer than any in training turn the slow
            hands to angles that were never seen, and the scores there can be anything.
          - **ALiBi** was made for this: trained on short texts, it keeps its loss on much longer ones. It does so partly by not looking: what
            the slopes have pushed out of sight cannot disturb.

          For RoPE there is a remedy, and the clocks show it. If the angles beyond the window are strange, do not go there.
          ${<Term of="position interpolation">Divide all positions</Term>} by two, and a text of twice the length
          ${<Chip figure={clock} scene="stretched">uses the old angles only</Chip>}, at half steps. A short further training makes the model
          used to the finer scale; ${<Cite id="chen2023" />} stretched windows from 2,048 to 32,768 tokens in this way. The price is paid by the fast
          hands, which tell neighbours apart and now do so less sharply. Later recipes therefore stretch the slow pairs and leave the fast
          ones alone (${<Cite id="peng2023" />}). In the figure the score is now ${<Live figure={clock} readout="score" />} at a distance of
          ${<Live figure={clock} readout="distance" />}.

          A stretched window is one that a model can survive. Whether it uses what stands there is another question, and the chapter on
          [long context](chapter:long-context) tests it.
        `}
        <Careful title="four easy mistakes">
          {md`
            - **Learned positions are parameters, and the others are not.** They are the one place where the length of the window adds any.
              A model with RoPE has the same number of weights at every length.
            - **A cosine inside a transformer is no calibrated similarity.** 0.7 between two rows of one table and 0.7 between two vectors of
              layer 9 are different statements. Compare ranks within one space, not numbers between spaces.
            - **Neighbours show use, not truth.** Opposites keep the same company: *hot* and *cold* are good neighbours. So do the prejudices of
              a text.
            - **Widths are powers and multiples, not curiosities.** Real ones are in the table above: 768, 4,096, 12,288. A width that does not
              divide by the number of heads should make you look twice.
          `}
        </Careful>
        <NotKnown title="how a model keeps count">
          {md`
            Causal models without positions find them through the mask. By which sums they do it, and how far the counting
            reaches, has been worked out for toy models only. What the slowest pairs of RoPE are used for is debated, too: as places, or as
            columns that hardly turn and can carry meaning. And which scheme takes a model furthest beyond its training is settled by
            experiment, one model at a time.
          `}
        </NotKnown>
      </Section>
    </>
  );
}
