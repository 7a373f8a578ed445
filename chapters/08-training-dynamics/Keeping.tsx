import { Chip, Cite, Live, md, NotKnown, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import type { worked } from "./worked.ts";

const lab = "loss-curve-lab", flow = "gradient-flow";

/** Keeping a run alive, choosing its size, and writing down what was done. */
export function Keeping({ numbers }: { readonly numbers: Awaited<ReturnType<typeof worked>> }) {
  return (
    <>
      <Section title="A leash for the gradient">
        {md`
          One unlucky batch can give a gradient ten times the usual size, and one such step can undo an hour.
          ${<Term of="gradient clipping">Gradient
          clipping</Term>} (${<Cite id="pascanu2013" />}) sets a largest length. A gradient that is longer keeps its direction and is
          shortened.
        `}
        <WorkedByHand title="clipping at 1">
          {md`
            The gradient $(3, 4)$ has the norm $\sqrt{9 + 16} = ${numbers.norm}$. Clipped at 1, it is divided by ${numbers.norm} and becomes
            ${numbers.clipped}. A gradient of norm 0.5 stays what it is.
          `}
        </WorkedByHand>
        {md`
          The whole gradient is one vector here, all layers together; clipping each layer by itself would turn its direction. In the first
          figure a learning rate of 0.7 ${<Chip figure={lab} scene="tooFast">ruins the network</Chip>}, and
          ${<Chip figure={lab} scene="clipped">clipped at 0.1</Chip>} the same rate works. In the second, a start with weights too large is
          ${<Chip figure={flow} scene="burst">gone after one step</Chip>} unless it is clipped. What clipping cannot do is the opposite: it
          shortens, it never lengthens. A gradient that has faded to a millionth is far below any limit and passes untouched.
        `}
      </Section>

      <Section title="A learning rate that moves">
        {md`
          A large rate travels fast and never settles; a small one settles and never gets there. So the rate is moved while training goes
          on.
          Nearly all schedules have two parts. In a **warm-up** it climbs from almost nothing, because the first gradients, taken at random
          weights, are the least trustworthy and the curvature there may be high. Then it **decays**, on a line or half a cosine, and the
          rattling that a large rate leaves in the loss dies down.
        `}
        <WorkedByHand title="warm-up and cosine, peak 0.5, 600 steps">
          {md`
            The first tenth of the run, 60 steps, is the warm-up.

            ${numbers.rates}

            Half of the way down, at step 330, the rate is half of its peak.
          `}
        </WorkedByHand>
        {md`
          See what that is worth: ${<Chip figure={lab} scene="cosine">with this schedule</Chip>} a peak of 0.5, which held constant ends at
          a
          poor and jumping loss, ends low and calm. In the last third, when the rate is already small, the loss nearly halves: the run had
          learnt more than it could show while it was being shaken. Do not stop a decaying schedule half-way and compare.
        `}
      </Section>

      <Section title="Spikes, crashes, seeds">
        {md`
          Long runs have accidents. A **spike** is a loss that leaps up within a few steps and comes back by itself; a glance at the
          gradient norm,
          below the loss in the figure, usually shows it first. A **divergence** does not come back. Then the numbers
          may leave the range of the machine altogether, and one sum that is not a number makes every weight one.

          What people do is what the figure does. It looks at each loss and norm, stops the run as soon as several are far worse than
          guessing, or any is no finite number, names the tensor where it began, and offers to return to the last sound weights with a
          smaller
          rate. ${<Chip figure={lab} scene="diverging">Cause it</Chip>}, then press the button in the chart. Large trainings keep
          checkpoints for the same
          reason; after a crash they go back, often skip the batches that set it off, and go on.

          A run also depends on luck: on the first weights, on the order of the batches. All of it comes from one ${<Term>seed</Term>}, so
          that a
          run can be repeated, and it can be varied to learn what is luck and what is not.
        `}
      </Section>

      <Section title="How large, for how much data">
        {md`
          On 1,500 pictures two neurons (${numbers.twoNeurons} parameters) were too few, and 64 did well. Would a thousand do better? They
          would
          cost sixteen times the work. On *few* data extra size buys next to nothing: the wide network names ninety-nine of its hundred
          pictures rightly when
          validation turns, and all that it does afterwards is wasted, or worse. The fifteenfold data brought more than any change of the
          network.

          Language models follow the same rule at another scale. For a given amount of computation there is a best size, and a model larger
          than
          that has seen too little: ${<Cite id="hoffmann2022" />} trained a model of 70 billion parameters on 1.4 trillion tokens, and it
          did better
          than one of 280 billion that had seen 300 billion. Small and well fed can win.
        `}
        <NotKnown title="why large networks generalise at all">
          {md`
            The same networks that read digits can also learn pictures with *random* labels by heart (${<Cite id="zhang2016" />}), so
            nothing in their
            size forbids pure memorising. Make a network ever larger, and the validation loss of many falls, rises, and then falls again
            (${<Cite id="nakkiran2019" />}). Why gradient descent, among the countless ways to fit the training data, tends to find ones
            that
            also fit new data, is understood in special cases only.
          `}
        </NotKnown>
      </Section>

      <Section title="Write it down">
        {md`
          After ten runs nobody remembers what the third one was. So each run is written down with all that made it: data, sizes, learning
          rate,
          schedule, seed, the version of the code, and then its curves and its best validation loss. The craft is called experiment
          tracking, and its one rule is to **change one thing at a time**.

          The figure keeps a small ledger of that kind. Pin a run, change one knob, pin again: three runs stay on the chart, with their
          settings and their lowest validation below it. The address of the page carries every setting that differs, and the step, so a
          link is a
          complete record; opened on another day it trains the same network again. Validation now stands at
          ${<Live figure={lab} readout="validation" />} nats after ${<Live figure={lab} readout="epochs" />} epochs. Can you beat 0.28?

          If you do, remember what you did: you tried setting after setting and kept the one with the lowest *validation* loss. By then
          the held-out pictures are no longer quite unseen, for you have trained on them by hand. That is why serious work keeps a third
          part of the data, the **test set**, and opens it once.
        `}
      </Section>
    </>
  );
}
