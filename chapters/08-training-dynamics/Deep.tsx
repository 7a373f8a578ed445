import { Chip, Cite, Figure, Live, md, Predict, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import { gradientFlow } from "../../src/widgets/gradientFlow.ts";
import type { worked } from "./worked.ts";

const flow = "gradient-flow";

/** What deep networks need before they learn at all: gradients that arrive. */
export function Deep({ numbers }: { readonly numbers: Awaited<ReturnType<typeof worked>> }) {
  return (
    <>
      <Section title="Gradients that fade">
        {md`
          All remedies so far assume that the network learns at all. For a long time networks of more than a few layers did not, and nobody
          could say which part was to blame. The answer lies on the way back. The gradient of an early layer is a product with a factor for
          each layer behind it, and long products have only two habits.
        `}
        <WorkedByHand title="what fifty factors do">
          {md`
            A factor of 0.9, fifty times: $0.9^{50} = ${numbers.fades}$. A factor of 1.1: $1.1^{50} = ${numbers.grows}$. A tenth less or
            more in each layer decides between a gradient that **vanishes** and one that **explodes**.

            The sigmoid cannot even reach 0.9. Its slope is steepest at 0, and there it is ${numbers.bestSlope}. Through ten layers at their
            very best there remains $${numbers.bestSlope}^{10} = ${numbers.tenLayers}$, less than a millionth.
          `}
        </WorkedByHand>
        <Figure widget={gradientFlow}>
          A bar for each hidden layer of a deep network that learns the same digits: how large the gradient of the loss is along its
          weights, on a
          logarithmic axis; ticks show where it stood before the first step. Choose depth and bend. Notice where the bars are level, and
          whether the loss falls.
        </Figure>
        {md`
          With ${<Chip figure={flow} scene="sigmoid">ten layers of sigmoids</Chip>} the bars are a staircase. Now the first layer gets
          ${<Live figure={flow} readout="ratio" />} of what the last one gets, after ${<Live figure={flow} readout="step" />} steps at a
          loss of
          ${<Live figure={flow} readout="loss" />}. The last layers could learn; but what they see is the output of first layers that have
          not moved, and random layers have made the pictures all alike.

          ${<Chip figure={flow} scene="tanh">The hyperbolic tangent</Chip>}, whose slope at 0 is 1, and the rectifier, whose slope is
          exactly 1
          wherever it is open, took away the worst. The rest is a matter of what the weights are.
        `}
      </Section>

      <Section title="How to begin">
        {md`
          A layer adds up $n$ products. If weights are drawn with variance $\sigma^2$, the sum has about $n \sigma^2$ times the variance of
          its inputs. Make that 1, and the signal keeps its size however deep the network. The way back has the same arithmetic with the
          number of *outputs*, $m$. ${<Cite id="glorot2010" />} settled for the middle, a variance of $2 / (n + m)$. A rectifier cuts
          half of everything off, which halves
          the mean of the squares, so for it ${<Cite id="he2015" />} doubled the weights’ variance: $2 / n$.
        `}
        <WorkedByHand title="first weights">
          {md`
            From 196 pixels to 64 neurons: Glorot’s standard deviation is $\sqrt{2 / 260} = ${numbers.glorot}$, He’s is
            $\sqrt{2 / 196} = ${numbers.he}$. Between hidden layers of 32, He asks for ${numbers.heHidden}. Forget the factor 2 with
            rectifiers, and the mean square is halved twenty times in twenty layers: the signal’s size goes down to
            $\sqrt{0.5^{20}} = ${numbers.halvings}$.
          `}
        </WorkedByHand>
        {md`
          Twenty layers of rectifiers ${<Chip figure={flow} scene="he">begun as He says</Chip>} learn.
          ${<Chip figure={flow} scene="small">Begun with weights too small</Chip>} they show level bars that are all far too low: the
          signal has died on its way forward, and an output that does not depend on the picture has nothing to say about it.
          ${<Chip figure={flow} scene="large">Begun too large</Chip>}, the loss itself starts in the hundred thousands.
        `}
      </Section>

      <Section title="A shortcut, and a norm">
        {md`
          A good start keeps the balance *at the start*. Two inventions keep it for good, and every transformer in this book has both.

          A **residual connection** lets a layer compute a correction in place of a replacement: not $f(x)$ but $x + f(x)$
          (${<Cite id="heDeep2015" />}). On the way back the sum hands the gradient on unchanged and adds what came through $f$. Whatever
          the layers do, there is a road from the loss to the first layer without a single factor on it.

          **Normalization** brings numbers back to a standard size. *Batch norm* (${<Cite id="ioffe2015" />}) takes one feature, and makes
          its
          mean over the batch 0 and its variance 1; it works well for pictures, and ties the examples of a batch to each other. *Layer norm*
          (${<Cite id="ba2016" />}) does the same over the features of one example, so that it needs no batch. *RMS norm*
          (${<Cite id="zhangRms2019" />}) leaves the mean alone and divides by the root of the mean square: cheaper, and hardly worse.
          GPT-2 uses
          the second, Llama the third. All of them then multiply by learnt gains.
        `}
        <WorkedByHand title="two norms of one row">
          {md`
            The row $(1, 2, 3, 6)$ has the mean ${numbers.mean} and the standard deviation ${numbers.deviation}. Layer norm makes it
            ${numbers.layerNorm}. Its root mean square is ${numbers.rootMeanSquare}; RMS norm makes it ${numbers.rmsNorm}, all signs as they
            were.
          `}
        </WorkedByHand>
        <Predict
          ask="Fifty layers of rectifiers, begun as He says. Which addition lets them learn the digits within two hundred steps?"
          options={[
            { text: "Shortcuts and layer norm together", right: true }, { text: "Shortcuts alone will do" },
            { text: "Layer norm alone will do" },
          ]}
          figure={flow} scene="both"
        >
          {md`
            ${<Chip figure={flow} scene="both">Both, and only both</Chip>}. ${<Chip figure={flow} scene="shortcuts">Shortcuts alone</Chip>}
            let
            each layer add to the stream, and fifty additions swell it until the loss is astronomical.
            ${<Chip figure={flow} scene="norm">Norm alone</Chip>} keeps the way forward tame, and still the way back multiplies: before the
            first step (the ticks) the first layer’s gradient is thousands of times the last one’s. Steps that fall on the front layers alone
            ruin them, and two hundred steps later the bars slope the other way, with nothing learnt. Shortcuts with a norm *inside* each of
            them keep both ways level.
          `}
        </Predict>
        {md`
          That a ${<Term of="residual connection">residual</Term>} stream may be long, and that norms stand before each block’s work, is
          what made
          networks of a hundred layers ordinary. The chapters on transformers will use both without further ado.
        `}
      </Section>
    </>
  );
}
