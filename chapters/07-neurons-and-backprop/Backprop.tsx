import { Careful, Chip, Cite, Figure, Live, md, Note, Quiz, Scrub, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import { backpropStepper } from "../../src/widgets/backpropStepper.ts";
import type { worked } from "./worked.ts";

/** The figure that walks the tape. */
export const tape = "backprop-stepper";

/** The second half of the chapter: the tape, the way back along it, what it costs, and where weights begin. */
export function Backprop({ numbers }: { readonly numbers: Awaited<ReturnType<typeof worked>> }) {
  return (
    <>
      <Section title="The tape">
        {md`
          A network has an output, the output has a loss, and [gradient descent](chapter:gradient-descent) needs the slope of that loss
          along every single weight. Here is how it gets them.

          Whatever a network computes, it computes by small operations: a product, a sum, a bend. Each takes numbers that exist already and
          makes new ones. While the forward pass runs, the engine behind this book writes down what it does, one entry for each
          operation: which one, on which inputs, into which output. This list is the **tape**, and the network is now a graph in which every
          number knows where it came from.
        `}
        <Figure widget={backpropStepper}>
          A neuron, y = wx + b, and its squared error; on top the engine’s tape. Press “restart” and then “next”: values appear above the
          wires, later slopes below them. Change a number by typing on it. Notice that the slopes by the tape and the slopes by nudging are
          the same.
        </Figure>
        {md`
          ${<Chip figure={tape} scene="start">Begin at the start</Chip>}. The input is 2, the target 5; with the weight 1 and the bias 0 the
          neuron says 2. ${<Chip figure={tape} scene="half">Four entries later</Chip>} the error is −3 and the loss its square, 9.
        `}
      </Section>

      <Section title="Blame, walked backwards">
        {md`
          Now read the tape from its end. The question at each entry is the same: *if my output moved a little, the loss would move so much;
          how much, then, for each of my inputs?* The first half of the answer, the slope of the loss along the output, comes from the
          entries behind; it is the **upstream** slope. The second half the entry knows by itself, since it is a single operation: how
          its output moves with its inputs, the **local** slope. The chain rule multiplies them:

          $$\frac{\partial L}{\partial\, \text{input}} = \underbrace{\frac{\partial L}{\partial\, \text{output}}}_{\text{upstream}} \cdot
          \underbrace{\frac{\partial\, \text{output}}{\partial\, \text{input}}}_{\text{local}}$$

          Four rules are enough for the figure as it stands.

          - **A sum** passes the upstream slope on, unchanged, to all its inputs.
          - **A product** multiplies by the *other* factor. So a weight’s blame is in proportion to its input: where the input was zero, the
            weight had no part in it.
          - **A rectifier** passes the slope on where it was open, and stops it where it was closed.
          - **Where a number was used twice**, what comes back is added up. The square is $e \cdot e$: each of its two wires brings −3, so the
            slope along $e$ is −6.

          That is the whole of ${<Term>backpropagation</Term>}. ${<Cite id="rumelhart1986" />} made it the way to train networks; as a
          way to take derivatives of programs it is older, and is known as reverse-mode automatic differentiation
          (${<Cite id="griewank2008" />}; ${<Cite id="baydin2018" />} survey it).
        `}
        <WorkedByHand title="one neuron, three steps">
          {md`
            With $x = 2$, $t = 5$, $w = 1$, $b = 0$: $y = 2$ and $L = (2 - 5)^2 = 9$. Backwards, $\partial L/\partial y = 2(y - t) =
            ${numbers.slopes.error}$, so $\partial L/\partial w = ${numbers.slopes.error} \cdot 2 = ${numbers.slopes.w}$ and $\partial
            L/\partial b = ${numbers.slopes.b}$. A step with $\eta = 0.01$ gives $w = ${numbers.w1}$, $b = ${numbers.b1}$, and then
            $y = ${numbers.y1}$, $L = ${numbers.l1}$.

            ${numbers.stepsTable}

            The error shrinks by the factor ${numbers.shrink} at each step, exactly: one step takes away $\eta \cdot 2(x^2 + 1) = 0.1$ of
            it.
          `}
        </WorkedByHand>
        {md`
          The button “step” in the figure takes such a step with $\eta =$ ${<Scrub figure={tape} param="learningRate" />}; the loss is now
          ${<Live figure={tape} readout="loss" />} and would become ${<Live figure={tape} readout="nextLoss" />}. Press it a few times.

          Then look at ${<Chip figure={tape} scene="closed">the closed hinge</Chip>} from above: −1 arrives at the rectifier, and 0 leaves
          it. And at ${<Chip figure={tape} scene="layers">a network of two layers</Chip>}, with seventeen parameters. Its tape has six
          entries, not seventeen: an entry handles a whole layer, and its gradient rule is a matrix product. The middle neuron is closed, so
          the slopes of its weights are ${numbers.deadRow}; yet its *activation* does get blame, ${numbers.blameOfClosed}, which stops at the bend. A hidden
          neuron that feeds two outputs receives the sum of what both tell it.
        `}
        <Quiz
          ask="On the way back, blame of −2 arrives at a product p = u · v, where u is 3 and v is 0. What do u and v get?"
          options={[
            { text: "−2 each.", why: "That is what a sum would do: it passes the upstream slope on unchanged." },
            {
              text: "u gets 0, v gets −6.",
              right: true,
              why: "Each gets the upstream slope times the other factor: −2 · 0 for u, −2 · 3 for v. Since v was zero, u made no difference.",
            },
            { text: "u gets −6, v gets 0.", why: "The factors are swapped: a factor is multiplied by the other one, not by itself." },
          ]}
        />
      </Section>

      <Section title="What all this blame costs">
        {md`
          Each entry is visited once on the way back. For a layer $y = Wx$ the forward pass is one matrix product; the way back is two, one
          for the slope along $x$, which goes on to earlier layers, and one for the slope along $W$. So all slopes together cost
          about two further forward passes, whether there are two weights or a hundred billion.${<Note>
            In memory it is dearer. The local slopes need the numbers of the forward pass, so these have to be kept until the way back has
            used them.</Note>}
          The secret is reuse: the upstream slope at a neuron is computed once and serves all the weights behind it.

          There is a slow way that everybody understands. Nudge one weight by a small $h$, run the network again, see by how much the loss
          has changed:

          $$\frac{\partial L}{\partial w} \approx \frac{L(w + h) - L(w - h)}{2h}$$

          This is a *finite difference*. One nudge for each of $P$ parameters, and one run without, makes $P + 1$ forward passes (twice $P$
          when nudging both ways, as the figure does: ${<Live figure={tape} readout="passes" />} passes for its
          ${<Live figure={tape} readout="parameters" />} parameters).

          ${numbers.cost}

          Linear growth, not exponential, and still hopeless: the last row is the smallest language model of this book, and each of
          its training steps would become ${numbers.passesOfSmallest} passes. But as a check the slow way is priceless, because it shares no reasoning with
          the tape. In the figure the two differ by ${<Live figure={tape} readout="disagreement" />}, which is rounding and the
          size of the nudge. Every operation of the engine in this book is tested this way.
        `}
        <Quiz
          ask="A network has 1,000 weights. How much more does one gradient cost by finite differences than by backpropagation?"
          options={[
            { text: "Exponentially more: 2 to the power of 1,000 passes.", why: "Weights are nudged one at a time, never in all combinations. The cost grows in a straight line." },
            {
              text: `About ${numbers.timesForThousand} times as much.`,
              right: true,
              why: "1,001 forward passes against about three: one forward, and a way back that costs about two.",
            },
            { text: "1,000 times as much.", why: "That would be so if forward and backward pass together cost as much as one forward pass. They cost about three." },
          ]}
        />
      </Section>

      <Section title="The same rule, everywhere">
        {md`
          Nothing above speaks of neurons in particular. Sums, products and bends are what every model is made of, so the same walk
          trains every model. In [attention](chapter:attention) a token’s vector is multiplied by three matrices $W_Q$, $W_K$ and
          $W_V$; what comes out is multiplied, pushed through a softmax and mixed. How does $W_K$ learn to make better keys? By no rule
          of its own. The blame for a wrong word comes back through the mixture, the softmax and the dot product to the key, and there
          the product rule applies: upstream slope times input. For matrices it is the same line with capital letters: for $y = xW$,

          $$\frac{\partial L}{\partial W} = x^{\top}\, \frac{\partial L}{\partial y}$$

          The tape of the shipped model is longer than the one in the figure. Its entries are of the same kind.
        `}
      </Section>

      <Section title="Where the weights begin">
        {md`
          Training walks downhill from somewhere. All weights zero would be a poor start: all neurons of a layer would compute the same,
          receive the same blame, and stay the same for ever. So weights begin at **random**, which makes every neuron a little different
          and gives each its own slope to follow.

          How large should they be? A sum of 64 products grows with the size of the weights, layer after layer. Here are typical sizes of
          the numbers in a stack of rectifier layers with 64 neurons each:

          ${numbers.sizes}

          Too small, and the signal fades on the way up, its gradient on the way down; too large, and both explode. The middle row is the
          rule of ${<Cite id="he2015" />}: weights of typical size $\sqrt{2/n}$ for $n$ inputs, where the 2 makes up for the half that the
          rectifier throws away.
        `}
        <Careful title="three mix-ups">
          {md`
            - “Universal approximator” says that weights exist. It says nothing about how many, or whether training finds them.
            - Backpropagation changes no weight. It computes slopes; the optimizer, gradient descent or one of its relatives, then moves the
              weights.
            - Softmax is not a hidden activation. It makes probabilities at the output and shares in attention.
          `}
        </Careful>
      </Section>
    </>
  );
}
