import {
  Chip, Cite, defineChapter, Figure, Live, md, Note, Predict, PredictCurve, Question, Quiz, Scrub, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { descent1d } from "../../src/widgets/descent1d.ts";
import { Noise } from "./noise.tsx";
import { Race } from "./race.tsx";
import { worked } from "./worked.ts";

const walk = "descent-1d";

export default defineChapter({
  title: "Gradient descent",
  question: "How does a machine walk downhill when it can only feel the slope under its feet?",
  summary: "Loss, slope, step: how small repeated corrections find good parameters, and what the learning rate decides.",
  worked,
  Body: ({ worked: { table, ...numbers } }) => (
    <>
      <Figure widget={descent1d}>
        The curve is a loss that depends on one weight; the dots are the steps of a walk down it. The second chart shows the loss after
        each step. Drag the open circle to begin elsewhere, or change the learning rate. Notice that the steps get shorter although
        nobody shortens them.
      </Figure>

      <Section title="How wrong, in one number">
        {md`
          A model turns inputs into predictions, and a pile of adjustable numbers inside it, its
          ${<Term of="parameter">parameters</Term>}, decides how. Before those numbers can be improved, someone has to say what *better*
          means. A ${<Term>loss</Term>} says it: one number, computed from the parameters and the data, that is small when the predictions
          are good. From there on, learning is a search. Find parameters with a small loss.

          Two losses carry us through most of this book. When the answer is a quantity, such as tomorrow’s temperature, the **squared
          error** $(\hat y - y)^2$ is the usual choice: a miss twice as large costs four times as much. When the answer is one of several
          possibilities, such as the next word of a sentence, the model spreads its belief over all of them, and the
          ${<Term of="cross-entropy">cross-entropy</Term>} charges $-\ln p$, where $p$ is the belief it had placed on what really came.
          Half a belief costs ${numbers.entropy.half}, ninety-nine hundredths cost ${numbers.entropy.sure}, and a single hundredth
          costs ${numbers.entropy.wrong}. To rule out what then happens costs infinitely much, which is fair.

          Why not simply count mistakes? Because a count stands still while the model improves. Nudge a parameter, and most predictions
          stay on their side of right or wrong; the count does not notice. Both losses above move a little when the parameters move a
          little, and that is all the walk of this chapter needs: something to feel underfoot.
        `}
      </Section>

      <Section title="One step">
        {md`
          Take the smallest case there is. One weight $w$, and a loss we can see whole:

          $$\loss{f(w)} = (w - 3)^2$$

          The lowest point lies at 3; we can see that, the machine cannot. What it can compute is the slope where it stands,
          $\gradient{f'(w)} = 2(w - 3)$. To the right of 3 the slope is positive: the loss rises that way. To the left it is negative.
          Either way, walking *against* the slope leads down, so that is the rule:

          $$w \leftarrow w - \eta \, \gradient{f'(w)}$$

          The factor $\eta$ is the ${<Term>learning rate</Term>}. In the figure it is now ${<Scrub figure={walk} param="learningRate" />}
          (drag the number, or focus it and use the arrow keys), and after ${<Live figure={walk} readout="step" />} steps the weight has
          reached ${<Live figure={walk} readout="weight" />}, with a loss of ${<Live figure={walk} readout="loss" />}.
        `}
        <WorkedByHand title="four steps from 5, with η = 0.1">
          {md`
            ${table}

            The weights are ${numbers.path}. Each step multiplies the distance to 3 by the same number, $1 - 2\eta = 0.8$, so there is no
            need to walk in order to know where one will be:

            $$w_k = 3 + 2 \cdot 0.8^k$$

            After 20 steps that is ${numbers.w20}. To get below 3.001 takes ${numbers.firstBelow} steps; after 34 it is still
            ${numbers.w34}.
          `}
        </WorkedByHand>
      </Section>

      <Section title="Steps that shrink by themselves">
        {md`
          Look at the column “moves by” again. The learning rate never changed, and still each step is shorter than the one before. The
          slope does the braking: near the bottom of a bowl the ground gets flat, and a step is a fixed multiple of the slope.

          This makes progress even in a particular sense. Every step removes a fifth of the distance that is left, so every further correct
          digit costs the same number of steps, here about ${numbers.stepsADigit}. Such convergence is called *linear*, because
          on a logarithmic scale the loss falls along a straight line.

          The braking is a gift of the landscape, not of the method. Where a valley ends in a crease, the slope stays steep until the last
          moment: on the ${<Chip figure={walk} params={{ landscape: "corner", learningRate: 0.3 }}>rounded corner with η = 0.3</Chip>}
          the walk arrives at full speed, and from then on hops between ${numbers.cornerEnds[0]!} and ${numbers.cornerEnds[1]!} for
          ever. Only a smaller learning rate brings it closer. Practice has an answer to this, a learning rate that falls while training
          goes on; we come to it at the end of the chapter.
        `}
      </Section>

      <Section title="Four ways to choose the learning rate">
        {md`
          Everything the bowl can do hangs on one factor. A step multiplies the distance to the bottom by $1 - 2\eta$, whatever the
          distance is.
        `}
        <Predict ask="The walk starts at 5, the bottom is at 3. What will it do with η = 1?">
          {md`
            The factor is $1 - 2 = -1$. The distance keeps its size and changes its side, so the walk goes ${numbers.forEver} and
            ${<Chip figure={walk} scene="forEver">never settles</Chip>}.
          `}
        </Predict>
        <PredictCurve
          ask="How many steps bring the walk within a thousandth of the bottom? Draw the number for each learning rate."
          x={{ label: "learning rate η", values: numbers.arrival.rates }}
          y={{ label: "steps", max: 40 }}
          truth={numbers.arrival.steps}
        >
          {md`
            A valley, with its bottom at 0.5. From ${numbers.arrival.at(0.1)} steps at $\eta = 0.1$ it falls to ${numbers.arrival.at(0.5)} at 0.5,
            and climbs back to ${numbers.arrival.at(0.9)} at 0.9: what counts is the size of the factor $1 - 2\eta$, and 0.8 and −0.8 have
            the same. A bolder step is not a faster one.
          `}
        </PredictCurve>
        {md`
          - **Crawl.** With ${<Chip figure={walk} scene="crawl">η = 0.01</Chip>} the factor is 0.98: safe, and slow enough to be mistaken
            for a walk that has finished.
          - **One jump.** With ${<Chip figure={walk} scene="jump">η = 0.5</Chip>} the factor is zero, and the first step
            lands on ${numbers.jump} exactly.
          - **Oscillate.** Between 0.5 and 1 the factor is negative: with ${<Chip figure={walk} scene="bounce">η = 0.9</Chip>} the walk goes
            ${numbers.bounce}… from side to side, and closes in all the same.
          - **Diverge.** Above 1 each step overshoots by more than it corrects: with
            ${<Chip figure={walk} scene="diverge">η = 1.05</Chip>} it goes ${numbers.diverge}… and further out each time.

          The thresholds are not magic. A bowl has a ${<Term>curvature</Term>} $c$, the rate at which its slope changes; ours has $c = 2$.
          For any bowl the perfect step is $\eta = 1/c$, and everything below $2/c$
          converges.${<Note>
            The argument for one dimension fits in a line: the slope at distance d from the bottom is c·d, so a step leaves d − ηcd ={" "}
            {"(1\u00a0−\u00a0ηc)d"}. It shrinks when 1 − ηc lies between −1 and 1.</Note>} So
          a learning rate means nothing by itself. It is small or large in comparison with the curvature it meets.

          Landscapes other than bowls have curvature that changes from place to place, and valleys that differ in depth. In the
          ${<Chip figure={walk} scene="trapped">two valleys</Chip>} the walk ends in the one above which it began, though the other lies
          lower. It could not know: feeling the slope tells nothing about the land behind the ridge.
        `}
        <Quiz
          ask="The loss of a training run jumps up and down between two values and does not fall. What does the bowl suggest first?"
          options={[
            {
              text: "The model has reached the best loss it can have.",
              why: "A walk that has arrived stands still: there the slope is zero, and so is the step.",
            },
            {
              text: "The learning rate is too large.",
              right: true,
              why: <>
                Hopping from side to side is what a step does that is close to twice the perfect one. Make it smaller and watch
                whether the loss falls.
              </>,
            },
            { text: "The learning rate is too small.", why: "Too small a rate crawls down on one side. It never changes direction." },
          ]}
        />
      </Section>

      <Section title="Many weights, one step">
        {md`
          A real model has thousands or billions of weights, and one loss. Each weight has its own slope, the answer to “how does the loss
          change if only I move a little?”. Written as a list, the slopes are the ${<Term>gradient</Term>} $\gradient{\nabla L}$,
          and the rule becomes

          $$\theta \leftarrow \theta - \eta \, \gradient{\nabla_{\theta} L}$$

          where $\theta$ stands for all weights together. They all step at once, each by its own slope, all with the same $\eta$. Nothing
          else is different; this line, with refinements, trains every network in this book.

          One thing does get harder. Picture a long, narrow ravine: a bowl whose curvature is 100 across and 1 along. The steep direction
          allows no learning rate above $2/100 = 0.02$. Take 0.019, and the gentle direction keeps 98.1 % of its distance at each step:
          one digit costs about ${numbers.flatSteps} steps. The steepest direction dictates the pace, and the flattest one pays for it.
          Most of what has been added to gradient descent since, from the momentum of ${<Cite id="polyak1964" />} to the per-weight steps
          of Adam (${<Cite id="kingma2014" />}), is an answer to this ravine, and the next figure lets them race in it.

          Computing a billion slopes sounds hopeless, and is cheap: about as much work as two further predictions. How, is the story of
          [backpropagation](chapter:neurons-and-backprop).
        `}
      </Section>

      <Race numbers={numbers.race} />

      <Noise numbers={numbers.noise} />

      <Section title="Check yourself">
        <Question ask={md`For $f(w) = (w-3)^2$, which learning rates converge?`}>
          {md`
            All between 0 and 1, without the ends. At 0 nothing moves; at 1 the walk
            ${<Chip figure={walk} scene="forEver">bounces for ever</Chip>}. The curvature is 2, and the limit is $2/c = 1$.
          `}
        </Question>
        <Question ask="Which quantity does Adam divide by?">
          {md`
            The root of a running average of the squared slopes of that one weight: its usual slope, without the sign. A weight whose slopes
            are a hundred times larger moves no further for it.
          `}
        </Question>
        <Question ask={md`You double the loss: $g(w) = 2(w-3)^2$. What happens to the best learning rate?`}>
          {md`
            It halves, to 0.25. The slope doubles everywhere, so half the factor gives the same step. This is why a learning rate that was
            good for a mean over examples is wrong for a sum over them.
          `}
        </Question>
      </Section>
    </>
  ),
});
