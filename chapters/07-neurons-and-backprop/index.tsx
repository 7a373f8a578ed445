import {
  Chip, Cite, defineChapter, Figure, Live, md, Predict, Question, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { decisionPlayground } from "../../src/widgets/decisionPlayground.ts";
import { hingeSculptor } from "../../src/widgets/hingeSculptor.ts";
import { Backprop, tape } from "./Backprop.tsx";
import { worked } from "./worked.ts";

const hinges = "hinge-sculptor";
const plane = "decision-playground";

export default defineChapter({
  title: "Neurons and backprop",
  question: "How can sums and bends make any shape, and how does each of a thousand weights learn its share of the blame?",
  summary: "A neuron is a weighted sum, a bias and a bend. The chain rule, walked once backwards, tells every weight how to change.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={hingeSculptor}>
        A small network learns the dashed curve; its fit is the thick line, and the thin lines are its neurons, one bent line each. Drag
        across the picture to draw a curve of your own. Notice that the fit is made of straight pieces: it turns at the small marks, where a neuron has its fold.
      </Figure>

      <Section title="A weighted sum and a bend">
        {md`
          Nothing in the figure above knows what a curve is. It contains ${<Live figure={hinges} readout="units" />} copies of one humble
          part. A ${<Term>neuron</Term>} takes some numbers, multiplies each by a **weight**, adds the products up, adds one more number,
          the ${<Term>bias</Term>}, and passes the result through a bend:

          $$a = f(w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b)$$

          The sum before the bend is called the *pre-activation*. The bend $f$ is the ${<Term of="activation">activation function</Term>},
          and $a$ is the neuron’s activation. Weights and bias are the parameters; the bend is chosen once, by a person, and stays.

          Put several neurons side by side, all looking at the same inputs, and they form a **layer**. Their weights, a row for each
          neuron, are a matrix $W$, their biases a vector $b$, and the whole layer is one line: $a = f(Wx + b)$. Let the next layer look at
          the activations of this one, and there is a network.

          The name comes from the brain. ${<Cite id="mcculloch1943" />} described nerve cells as units that fire when a sum passes a
          threshold, and ${<Cite id="rosenblatt1958" />} described a machine, later built, whose weights are learnt. As biology the picture is thin: real
          cells send pulses in time, have chemistry and shape, and no one has found in them the algorithm of this chapter. A neuron here is
          arithmetic with a grand name.
        `}
      </Section>

      <Section title="Why a bias">
        {md`
          Take the bias away, and with all inputs at zero every weighted sum is zero, whatever the weights are. A line $wx$ can turn about
          the origin and can never leave it. Adding $b$ lifts it off: now the neuron decides for itself *where* along its input something
          happens. In the figure the bias is what slides a bend to the left or to the right; without it all bends would sit at the same
          place, and a thousand neurons would fit little more than two.
        `}
      </Section>

      <Section title="A hinge">
        {md`
          The most used bend of deep learning is almost embarrassingly plain. The rectifier, or ReLU, keeps what is positive and replaces
          the rest by zero (${<Cite id="nair2010" />} made it popular):

          $$\operatorname{ReLU}(z) = \max(0, z)$$

          A neuron with one input becomes a **hinge**: flat on one side, a straight ramp on the other, folded at the place where
          $wx + b = 0$. Where do negative sums come from, if the inputs are pixels or counts and never below zero? From weights and biases,
          which may have either sign. A negative weight means “the more of this, the less of me”.
        `}
        <WorkedByHand title="a closed hinge">
          {md`
            A neuron has the weight 0.17 and the bias −0.93. For the input 1 the pre-activation is

            $$0.17 \cdot 1 - 0.93 = ${numbers.closed.before}$$

            The rectifier turns ${numbers.closed.before} into ${numbers.closed.after}. Move the weight a little: the sum moves, the output
            stays at 0. So the slope of everything that comes after, taken along this weight, is ${numbers.closed.slope} as well. For this
            input the neuron neither speaks nor learns.
          `}
        </WorkedByHand>
        {md`
          A neuron closed for one input is harmless, and even useful: it is a case that it does not deal with. A neuron closed for
          *every* input is called dead: none of its weights receives a slope any more.
        `}
      </Section>

      <Section title="Lines on lines are lines">
        {md`
          Why bend at all? Leave the bend out, and two layers compute $W_2 (W_1 x + b_1) + b_2$. Multiply it out:

          $$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$$

          That is one matrix and one vector: a single layer. It does not matter how many there were, or how wide. A tower of linear
          layers has the abilities of its ground floor.
        `}
        <WorkedByHand title="two layers that are one">
          {md`
            Let $W_1 = \begin{pmatrix} 1 & 2 \\ 3 & -1 \end{pmatrix}$, $b_1 = (1, 0)$, $W_2 = \begin{pmatrix} 2 & -1 \\ 0 & 1
            \end{pmatrix}$, $b_2 = (0, 1)$. The input $(1, -2)$ becomes ${numbers.hidden} after the first layer and ${numbers.both} after
            the second.

            Now the product: $W_2 W_1 = ${numbers.product}$, with the bias ${numbers.joined}. Applied once to $(1, -2)$ it gives
            ${numbers.once}, as it must. With a rectifier between the layers the result is ${numbers.bentBoth}: now the product of the matrices
            no longer tells what the two do together.
          `}
        </WorkedByHand>
        {md`
          What this costs shows in the smallest problem that a line cannot solve. Four groups of points stand in the corners of a square,
          and opposite corners belong together. Logicians call it *exclusive or*, XOR: one or the other, not both.
        `}
        <Predict ask="You may use linear layers only, without bends, but as many neurons as you like. How many of the four corners can the network get right?">
          {md`
            ${<Chip figure={plane} scene="linear">Three at the best</Chip>}. Whatever its size, it draws one straight border, and a line
            that puts two opposite corners on one side has a third corner there too. Trained on the log loss it usually settles for less:
            near one half everywhere, an even guess. ${<Chip figure={plane} scene="bent">One bend</Chip>} changes that.
          `}
        </Predict>
        <Figure widget={decisionPlayground}>
          Points of two kinds, and what a network makes of the plane: the stronger the tint, the surer it is. Thin lines show where the
          neurons of the first layer fold. Press Run; change the bend and the shape. Notice that “none” never gets beyond one straight
          border.
        </Figure>
        {md`
          The network has taken ${<Live figure={plane} readout="step" />} steps and now sorts ${<Live figure={plane} readout="accuracy" />}
          of the points correctly. Each neuron of the first layer draws a straight fold across the plane. The next layer combines the
          folds into corners, and those into regions. ${<Chip figure={plane} scene="moons">Two moons</Chip>} need a few folds,
          ${<Chip figure={plane} scene="spiral">a spiral</Chip>} needs many and a second layer helps.
        `}
      </Section>

      <Section title="A sum of hinges">
        {md`
          Return to the curve. With one hidden layer the output is a weighted sum of hinges. Left of all folds it is a straight line; at
          each fold its slope changes by that hinge’s share. So the fit is a chain of straight pieces, and its number of pieces is at most
          one more than the number of folds.
        `}
        <Predict ask="The curve at the top has two hills and two valleys. Four hinges are trained on it for as long as you like. What will the fit look like?">
          {md`
            ${<Chip figure={hinges} scene="few">At most five straight pieces</Chip>}, and training may settle for fewer: it follows one hill
            and cuts through the rest. No amount of training helps a model that cannot express the answer. ${<Chip figure={hinges} scene="enough">Thirty-two
            hinges</Chip>} can. (Try how far twelve get.)
          `}
        </Predict>
        {md`
          More hinges, finer pieces: on a bounded stretch, any continuous curve can be followed as closely as one likes. This is the
          **universal approximation** theorem. ${<Cite id="cybenko1989" />} proved it for S-shaped bends, ${<Cite id="hornik1991" />} for
          more general ones, and ${<Cite id="leshno1993" />} found the condition: any reasonably tame bend will do, as long as it is
          not a polynomial.

          Take care what the theorem does not say. It promises that good weights *exist*. It says nothing about how many neurons are
          needed (the number may be astronomical when there are many inputs), nor what the network does outside the stretch on which it was
          trained, nor that training will find the weights. Two hinges can solve XOR, and from one start they do; from
          ${<Chip figure={plane} scene="unlucky">another start</Chip>} the same training gets stuck. And at
          ${<Chip figure={hinges} scene="cliff">a cliff</Chip>} all twelve hinges crowd at the two edges, where two would do.
        `}
      </Section>

      <Section title="Depth folds what is folded">
        {md`
          If one layer can do everything, why stack them? Because a second layer does not add its folds to those of the first: it folds
          what is already folded. Take paper. One crease makes two parts; fold the folded sheet, and one more crease makes four.

          The tent $t(x) = 2 \max(0, x) - 4 \max(0, x - \tfrac12)$ is two hinges. It goes from 0 up to 1 and back. Apply it to its own
          output again and again, and count the straight pieces between 0 and 1:

          ${numbers.tents}

          Stacked, two more hinges double the pieces; side by side, each piece costs a hinge. ${<Cite id="telgarsky2016" />} turned this
          picture into a theorem: there are functions that a deep network expresses with few parameters and a shallow one only with
          exponentially many. Real problems are not tents. But they are often made of parts that are made of parts, strokes into letters
          into words, and a layer that can reuse what the one before has found need not find it again.
        `}
      </Section>

      <Section title="Other bends">
        {md`
          The rectifier is not alone. The *sigmoid* $1/(1 + e^{-z})$ runs from 0 to 1, the hyperbolic tangent from −1 to 1: smooth
          switches, standard until about 2010. *GELU* (${<Cite id="hendrycks2016" />}) and *SiLU* are rectifiers with a rounded corner that
          dips slightly below zero. GPT-2 uses the first, Llama the second.

          ${numbers.bends}

          Look at the last column. At ±3 the slopes of sigmoid and tanh are nearly gone: they saturate, and whatever lies behind them
          learns slowly. The rectifier and its rounded relatives keep a slope of about 1 for all large inputs. That, and not
          any likeness to nature, is the main reason why they are used.

          Softmax, which turns a row of scores into shares that add up to one, is sometimes listed here. It belongs at the *output*, where
          probabilities are wanted, and inside attention, where shares are. Between layers it would make neurons compete for a fixed
          total, which is rarely what one wants.
        `}
      </Section>

      <Backprop numbers={numbers} />

      <Section title="Check yourself">
        <Question ask="What is the gradient through a ReLU whose pre-activation is −0.76?">
          {md`
            Zero. The hinge is closed: its output is 0 here and all around, so nothing upstream gets through.
            ${<Chip figure={tape} scene="closed">See it</Chip>}.
          `}
        </Question>
        <Question ask={md`Why does $W_2 W_1$ without a bend between buy nothing?`}>
          {md`
            Because the product is itself one matrix. What the two layers can do, a single layer with that matrix does too, and
            ${<Chip figure={plane} scene="linear">XOR stays unsolved</Chip>}.
          `}
        </Question>
        <Question ask="Three straight pieces fit a curve well. How many hinges does a network need for it, at least?">
          {md`
            Two folds make three pieces, so two hinges can be enough if the first piece is flat. A slope on the far left takes one more, open
            on that side.
          `}
        </Question>
      </Section>
    </>
  ),
});
