import { Careful, Chip, Cite, Figure, Live, md, Note, Predict, Quiz, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import { descent2d } from "../../src/widgets/descent2d.ts";
import type { worked } from "./worked.ts";

const race = "descent-2d";

/** From the ravine to Adam, the saddle and what convexity promises. */
export function Race({ numbers }: { readonly numbers: ReturnType<typeof worked>["race"] }) {
  return (
    <>
      <Section title="A race down the ravine">
        <Figure widget={descent2d}>
          A map of a loss with two weights: each line joins places of equal height, the cross is the lowest, and four optimizers walk from
          the same start. The second chart shows the loss of each after every step. Drag the circle, change a learning rate, or take another piece
          of ground from the scenes. Notice what plain descent spends its steps on.
        </Figure>
        {md`
          Here is that ravine from above. Plain descent bounces from wall to wall, since the slope under its feet points almost straight
          across, and what is left of each step goes along the floor. The lines of the map explain it: a path downhill crosses them at a
          right angle, and in a ravine the right angle points at the opposite wall, not at the exit.

          The oldest remedy is ${<Term>momentum</Term>} (${<Cite id="polyak1964" />}). Keep a velocity $v$, let each gradient change it a
          little, and walk by the velocity:

          $$v \leftarrow \mu v + \nabla L, \qquad \theta \leftarrow \theta - \eta \, v$$

          Slopes that alternate cancel inside $v$, and slopes that agree add up. With $\mu = 0.9$ a slope that stays the same is counted
          $1 + 0.9 + 0.81 + \dots = 10$ times in the end, so along the floor momentum walks with ten times the learning rate, while across it the
          pushes from left and right undo each other. The ball image is a fair one: it rolls faster along the valley, and overshoots.
        `}
        <WorkedByHand title="the same start, the same ground">
          {md`
            The ravine is $\tfrac12(x^2 + 100 y^2)$, the start (−2.5, 0.8), and arriving means a loss below 0.001. With $\eta = 0.019$ for the
            first two and 0.1 for the others:

            ${numbers.table}

            Plain descent can be checked without walking. Along the floor each step leaves 0.981 of the distance, and the loss
            $\tfrac12 \cdot 2.5^2 \cdot 0.981^{2k}$ falls below 0.001 at k = ${numbers.plainByFormula}.
          `}
        </WorkedByHand>
      </Section>

      <Section title="A step size for each weight">
        {md`
          Momentum still uses one learning rate for all weights. A second family of methods gives each weight its own. The idea is to
          divide every slope by the size that it usually has. A weight with large slopes then moves no further than one with small slopes.

          - **AdaGrad** (${<Cite id="duchi2011" />}) divides by the root of the *sum* of all squared slopes so far. The sum only grows, so
            the steps only shrink. For rare features in shallow models that is a blessing; in the race it is what leaves lane 3 behind.
          - **RMSProp** replaces the sum by a running average that forgets. Steps stay alive, and near the bottom they do not settle by
            themselves.
          - **Adam** (${<Cite id="kingma2014" />}) joins both ideas: a running average $m$ of the slopes, which is momentum, divided by the
            root of a running average $v$ of their squares.

          $$\theta \leftarrow \theta - \eta \, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$

          The hats correct for averages that began at zero. On the first step $\hat m$ is the slope and $\sqrt{\hat v}$ its size, so
          whatever the loss, every weight moves by exactly $\eta$: Adam’s learning rate is a *distance*, in the units of the weights. That is
          why one value, such as 0.001, serves so many networks, and why it cannot be compared with the rate of plain descent.

          **AdamW** changes one detail (${<Cite id="loshchilov2019" />}). Weight decay, which pulls each weight a little towards zero, is
          taken out of the gradient and applied beside it, so that it is not divided by anything. Nearly every language model you have
          heard of was trained with it, and those of this book are too.
        `}
        <Predict ask="Turn the ravine and the start by 30°, so that its floor runs diagonally through both weights. Who suffers?">
          {md`
            ${<Chip figure={race} scene="tilted">Adam and AdaGrad</Chip>}. Plain descent and momentum follow the gradient, which turns with the
            ground: they need ${numbers.turned.plain} and ${numbers.turned.momentum} steps, as before. Adam needs ${numbers.turned.adam} instead of
            ${numbers.straight.adam}, AdaGrad ${numbers.turned.adaGrad} instead of ${numbers.straight.adaGrad}. They scale each weight by
            itself, and now no weight alone is the steep one.
          `}
        </Predict>
        {md`
          So Adam is no law of nature. It is a bet that the steep directions of a network lie roughly along its weights, and the bet has
          paid well. It can even fail on very simple problems, where the forgetting average loses rare, important slopes
          (${<Cite id="reddi2018" />}).${<Note>Their remedy, to let the average of squares never fall, is seldom used: in practice a larger
          β₂ does as well.</Note>}
        `}
        <Quiz
          ask="Why does AdaGrad get slower and slower?"
          options={[
            {
              text: "Because the slopes become smaller near the minimum.",
              why: "They do, for every method. AdaGrad also slows down on a slope that stays the same for ever.",
            },
            {
              text: "Because its learning rate is halved after each pass over the data.",
              why: "No schedule is involved: η stands still, and what it is divided by grows.",
            },
            {
              text: "Because it divides by a sum of squares, and a sum of squares never falls.",
              right: true,
              why: <>On a constant slope the k-th step is η/√k. RMSProp and Adam average instead, and so forget.</>,
            },
          ]}
        />
      </Section>

      <Section title="Hollows, saddles and what convexity promises">
        {md`
          A loss is ${<Term>convex</Term>} if the straight line between any two of its points never runs below it: a bowl, a ravine, but no
          landscape with two valleys. For such a loss the walk is safe. Where the slope is zero, it is lowest of all; with a learning rate
          below $2/c$, $c$ being the largest curvature anywhere, gradient descent gets there from every start. Fitting a line is convex, and so is
          logistic regression. A network with a hidden layer is not: exchange two of its neurons, and the same loss stands in another place,
          with hills between.

          What remains of the promise? Slopes still lead down, and a loss that is bounded must flatten out. But flat places come in more
          kinds. At a ${<Term>saddle point</Term>} the ground falls one way and rises another. In two dimensions that seems a rarity. With a
          million weights, a flat place is a hollow only if it bends upwards in *all* the million directions, and theory and
          measurement agree that where the loss is still high nearly every flat place is a saddle (${<Cite id="dauphin2014" />}).

          Start ${<Chip figure={race} scene="saddle">a hair beside the ridge</Chip>} and watch plain descent: it walks to the saddle as if to a
          minimum, spends steps there with hardly a slope, and leaves. Started ${<Chip figure={race} scene="saddle" params={{ startY: 0 }}>exactly on
          the ridge</Chip>} it stays for ever, and so does everybody else, since the slope across is exactly zero. A little noise would be
          enough to free it, and training has noise, as the next section shows.

          The last piece of ground is bent: ${<Chip figure={race} scene="rosenbrock">Rosenbrock’s valley</Chip>}, a test since
          ${<Cite id="rosenbrock1960" />}. Getting into the valley is easy and following its floor is slow, which is a good picture of
          most of a long training run. The race now stands at step ${<Live figure={race} readout="step" />}:
          ${<Live figure={race} readout="race" />}.
        `}
        <Careful title="three habits of speech">
          {md`
            - The gradient is the direction of steepest ascent *here*. A step follows it for a finite distance, over ground it has not felt.
            - “Stuck in a local minimum” is rarely the trouble with large networks. Saddles and badly scaled ravines are more common
              reasons for a loss that will not fall (${<Cite id="bottou2018" />} survey the theory).
            - “Use a learning rate between $10^{-5}$ and $10^{-3}$” is a habit of one optimizer, Adam, on one kind of model. Plain
              gradient descent often wants 0.1. Without the curvature, the number says nothing.
          `}
        </Careful>
      </Section>
    </>
  );
}
