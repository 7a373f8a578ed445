import {
  Careful, Chip, Cite, defineChapter, Figure, Live, md, Note, Predict, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { lossCurveLab } from "../../src/widgets/lossCurveLab.ts";
import { CheckYourself } from "./CheckYourself.tsx";
import { Deep } from "./Deep.tsx";
import { Keeping } from "./Keeping.tsx";
import { worked } from "./worked.ts";

const lab = "loss-curve-lab";

export default defineChapter({
  title: "Training dynamics",
  question: "A training runs, and all you see is a falling line: how do you tell what is wrong with it, and what would help?",
  summary: "Two curves tell whether a model learns, memorises, stands still or falls apart. Each shape has a remedy of its own.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={lossCurveLab} params={{ headStart: 200 }}>
        A small network learns to read handwritten digits. Blue is its loss on the pictures it trains on (each batch faint, their running
        mean bold), orange its loss on 500 pictures it never trains on. Change a setting, or press one of the shapes. Notice the sentence
        on top: it is computed from the curves.
      </Figure>

      <Section title="The loop">
        {md`
          The figure shows one loop, run over and over. The pictures are *shuffled* and dealt out in small stacks, the
          ${<Term of="minibatch">batches</Term>}. A batch goes **forward** through the network and gives a ${<Term>loss</Term>}; the loss
          goes **backward** along the [tape](chapter:neurons-and-backprop) and gives a ${<Term>gradient</Term>}; the optimizer takes
          a **step** against it. Then comes the next batch. When the last stack has been dealt, every picture has been seen once. That is an ${<Term>epoch</Term>}, and
          the pictures are shuffled anew.

          The shuffling matters. Sorted data would teach the network nothing but ones, then nothing but twos, and each lesson would wipe
          out the one before. In random order each batch is a fair, if noisy, sample of the whole.
        `}
        <WorkedByHand title="steps and epochs">
          {md`
            There are 1,500 training pictures and a batch holds 32, so an epoch takes $1500 / 32 = ${numbers.stepsAnEpoch}$ steps. The run
            of
            600 steps shows the network ${numbers.seen} pictures: each one ${numbers.epochs} times. With only a hundred pictures, the same
            600
            steps show each of them ${numbers.fewEpochs} times. Keep that number in mind.

            A network that knows nothing gives each of ten digits a tenth, which costs $-\ln 0.1 = ${numbers.guess}$ nats. That is the
            dotted
            line, and every run starts beside it.
          `}
        </WorkedByHand>
      </Section>

      <Section title="The knobs">
        {md`
          Three numbers are chosen for any training, before all others. The **learning rate** $\eta$ says how far a step goes. The **batch
          size** says from how many examples the direction is computed: four times as many make its noise half as large, and cost four times
          the work. And the **number of steps**, counted in epochs for pictures or in tokens for language, says when to stop. They are
          ${<Term of="hyperparameter">hyperparameters</Term>}: no gradient reaches them, a person has to.

          They belong together. A larger batch points in a more reliable direction, so one may walk further on it: up to a point, a batch
          $k$ times as large bears a learning rate $k$ times as large (${<Cite id="goyal2017" />}). A batch of one, at a rate that suited
          thirty-two, can shake a training to pieces; the figure has both knobs under More.

          The walk itself is [gradient descent](chapter:gradient-descent) with momentum. The network has 196 inputs, one for each of
          14 × 14 pixels, one hidden layer of ReLU neurons and ten outputs: ${numbers.parameters} parameters to begin with.${<Note>
            The digits are 2,000 images of MNIST, a set made from forms that people had filled in (<Cite id="lecun1998" />; CC BY-SA 3.0),
            halved in size. The last 500 are held out.
          </Note>}
        `}
      </Section>

      <Section title="Two curves">
        {md`
          One falling curve says little. Of course the training loss falls: the gradient was computed to make it fall. What we want is a
          network that reads digits it has *not* seen. So some pictures are put aside, never to be trained on, and every few steps the loss
          is
          measured on them too. This is the **validation loss**, and everything in this chapter is read from the two curves together.

          - **Well fit.** ${<Chip figure={lab} scene="wellFit">Both come down and come to rest</Chip>}, validation a little above training.
            The distance between them is the ${<Term of="generalization gap">generalization gap</Term>}; a small one is normal, since the
            network has at least met the training pictures.
          - **Overfit.** ${<Chip figure={lab} scene="overfit">A hundred pictures</Chip>} and ${numbers.wide} parameters: training falls on towards
            zero, while validation comes down, turns, and climbs. The network has begun to learn the pictures instead of the digits.
          - **Underfit.** ${<Chip figure={lab} scene="underfit">Two hidden neurons</Chip>}: both curves stop high and close together. The
            network cannot express the answer, and more steps will not teach it.
          - **Diverging.** ${<Chip figure={lab} scene="diverging">A learning rate of 5</Chip>}: the loss shoots above that of guessing
            within
            ten steps, and there is no training left to speak of.

          What stands in the figure now is read as: *${<Live figure={lab} readout="reading" />}*. Validation was lowest at step
          ${<Live figure={lab} readout="bestStep" />}, with ${<Live figure={lab} readout="best" />} nats; training is at
          ${<Live figure={lab} readout="training" />}, validation at ${<Live figure={lab} readout="validation" />}, and
          ${<Live figure={lab} readout="accuracy" />} of the held-out pictures are named rightly.

          Where would one have wished to stop the overfit run? At the orange dot. **Early stopping** does just that: watch the validation
          loss, keep a copy of the weights whenever it reaches a new low, and give up when it has not done so for a while. Because the curve
          wobbles, one needs a rule for when a rise is a rise. ${<Cite id="prechelt1998" />} compares the present loss with the lowest one:
          from
          0.84 to 1.10 the *generalization loss* is ${numbers.generalization}. The sentence on top of the figure uses such a rule. It
          smooths validation over five looks, and calls a rise one only if it is more than 5 % and three times the usual jump from look to
          look.

          One warning about the bold blue line. It is a running mean, and a mean of the past lags behind the present: while the loss falls
          steeply, the line lies too high, and validation, which is measured on the spot, may seem to be *below* training. Set the smoothing
          to 0 under More, and the miracle is gone. Dropout has the same effect for another reason, as we shall see.
        `}
      </Section>

      <Section title="Each shape its own remedy">
        {md`
          An underfit network needs *more*: more neurons, more layers, more steps. An overfit one needs *less freedom for each example*:
          more
          data, or some restraint on the weights. Apply the wrong remedy and things get worse. A network too small for its task gets no
          better
          by dropout, and one that knows its pictures by heart gets no better by further steps.

          So far every textbook agrees. Now for something less obvious. Overfitting is often explained by “too many parameters”, and so the
          cure seems plain: take some away.
        `}
        <Predict
          ask="The overfit network has 128 hidden neurons. It is trained again on the same hundred pictures with only 8. How good is its
          validation loss at its lowest?"
          options={[
            { text: "Better: it can no longer memorise" }, { text: "Worse than with 128 neurons", right: true }, { text: "About the same" },
          ]}
          figure={lab} scene="smaller"
        >
          {md`
            ${<Chip figure={lab} scene="smaller">Worse, at the turn and after it</Chip>}. Eight neurons (${numbers.narrow} parameters) still
            suffice to learn a hundred pictures by heart, and with so few of them the weights must grow large to do it, so that the network
            is
            very sure of itself where it is wrong. Size alone is a poor measure of how freely a network can bend.
          `}
        </Predict>
        {md`
          The other remedies can be pressed one after the other. Pin the overfit run first (the button below the chart), and it stays
          behind the next, dashed.

          - **${<Chip figure={lab} scene="moreData">More data</Chip>}** beats everything else here: the lowest validation loss is less than
            half
            of what it was.
          - **${<Chip figure={lab} scene="shifts">Augmentation</Chip>}** makes data out of data: a digit moved by a pixel is the same digit.
            The turn comes several times later, since no picture is ever quite the same twice. It teaches what we know and the pictures do
            not say, namely what does *not* matter.
          - **${<Chip figure={lab} scene="decay">Weight decay</Chip>}** pulls every weight a little towards zero at each step. The climb
            after
            the turn nearly disappears, but the lowest point hardly moves.
          - **${<Chip figure={lab} scene="dropOut">Dropout</Chip>}** at a hundred pictures, on this network: the turn does not go away.
          - **Early stopping** costs nothing, and gives the lowest point of the curve there is. It does not lower it.

          These results belong to this network, these pictures and these seeds; on another task dropout may win. That is the point. A remedy
          is a guess about what is wrong, and the second curve tells whether the guess was right.
        `}
      </Section>

      <Section title="Three restraints, in numbers">
        {md`
          ${<Term of="regularization">Regularization</Term>} is the common name for whatever keeps a network from fitting too closely.

          **Weight decay** adds half of $\lambda \sum w^2$ to what is minimised. Its slope along a weight is $\lambda w$, so each step also
          takes the share $\eta \lambda$ of every weight away. A weight that the data does not keep pushing shrinks to nothing; large
          weights, which sharp turns need, must be worth their price (${<Cite id="krogh1992" />}). Biases are usually spared.

          **Dropout** (${<Cite id="srivastava2014" />}) silences each hidden neuron with probability $p$, anew in each step, and multiplies
          the others by $\tfrac{1}{1 - p}$ so that sums keep their size on average. No neuron can rely on a particular other one being
          there. When
          the network is used, nothing is dropped.
        `}
        <WorkedByHand title="a layer under dropout">
          {md`
            Four activations $(1, 2, 3, 4)$ with $p = \tfrac12$, and the dice of this book’s generator with seed 0: they become
            ${numbers.dropped}. The first was silenced, the others doubled. Another step, other dice.
          `}
        </WorkedByHand>
        {md`
          This explains the second way in which validation can lie below training: with dropout the training batches are worked on by a
          network with neurons missing, the validation pictures by a whole one. The figure then draws one more line, dashed, for the training pictures
          with nothing dropped.

          **Augmentation** is the third restraint, and the only one that brings in knowledge. It must be true, though. Mirroring is harmless for cats
          and wrong for digits; a 2 in the mirror is not a 2.
        `}
      </Section>

      <Deep numbers={numbers} />
      <Keeping numbers={numbers} />

      <Section title="Three traps">
        <Careful title="reading curves">
          {md`
            - **Flat is not always a plateau.** A training loss that no longer moves may mean that all is learnt, that the learning rate is
              ${<Chip figure={lab} scene="tooSlow">too small</Chip>}, or that it was ${<Chip figure={lab} scene="tooFast">too large</Chip>}
              and
              has killed the network. In the last case the figure ends with all of its 64 neurons shut for every training picture: ReLUs
              that
              never open again, and behind them no gradient.
            - **Validation loss can rise while accuracy rises.** With ${<Chip figure={lab} scene="smaller">eight neurons</Chip>} it does:
              after the
              turn more pictures are named rightly than at it. The loss punishes confidence in the wrong answers, and the network grows more
              confident in all of its answers (${<Cite id="guo2017" />}). Which curve to watch depends on what the answers are used for.
            - **One seed is an anecdote.** Press “New seed” a few times and see how far the end of the orange curve wanders. A difference
              between two settings that is smaller than that is no difference.
          `}
        </Careful>
      </Section>

      <CheckYourself />
    </>
  ),
});
