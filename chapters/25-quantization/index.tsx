import {
  Careful, Chip, Cite, defineChapter, Figure, Live, md, Note, NotKnown, Predict, Scrub, Section, Source, Steps, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { floatDissector } from "../../src/widgets/floatDissector.ts";
import { layerSensitivity } from "../../src/widgets/layerSensitivity.ts";
import { quantizationErrorLab } from "../../src/widgets/quantizationErrorLab.ts";
import { CheckYourself } from "./CheckYourself.tsx";
import { Methods } from "./Methods.tsx";
import { Shrinking } from "./Shrinking.tsx";
import { worked } from "./worked.ts";

const lab = "quantization-error-lab";
const scales = "scales-lab";
const where = "layer-sensitivity";
const float = "float-dissector";

export default defineChapter({
  title: "Quantization",
  question: "How coarsely can the numbers of a model be rounded before it notices?",
  summary: "Bits, scales, groups and outliers; what rounding does to a running model; and the two other ways to make a model smaller.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={quantizationErrorLab}>
        Above, the weights of one matrix of a small language model, and the few rungs on which they are allowed to stand; below, what the
        model does when all its matrices are rounded like this one. Turn the bits up to 8, and down again to 1. Notice for how long
        hardly anything happens to the text, and how suddenly everything does.
      </Figure>

      <Section title="How wide is a number?">
        {md`
          A model is a file of numbers. One with 70 billion parameters, each in 32 bits, fills 280 GB; in 16, 8 and 4 bits it fills half, a
          quarter, an eighth of that. All of it has to be stored, moved and kept near the processor. When a model
          [writes text](chapter:kv-cache-and-serving), every weight is fetched for every token, and fetching is what takes the time. So the
          question is worth a good deal of money: how many bits does a weight deserve?

          Start with what a computer calls a real number. A **floating-point** number has three parts, as in scientific notation: a sign, an
          exponent that says how large it is, and a fraction that says the digits. The bits of the exponent buy *range*, those of the
          fraction buy *precision*, and a format is a decision about how to share them out.
        `}
        <Figure widget={floatDissector}>
          One number in one format, bit by bit. Press a bit to switch it, or type a number of your own. On the line below stand its nearest
          neighbours in that format; the curves show how many bits of precision each format has for numbers of every size. Notice that a
          curve is long or high, and with sixteen bits never both.
        </Figure>
        {md`
          **FP32**, the old standard, has 8 bits of exponent and 23 of fraction. **FP16** halves it to 5 and 10: precise enough for most
          purposes, but it ends at ${numbers.fp16Max}, and a ${<Chip figure={float} scene="overflow">larger number becomes infinite</Chip>}.
          Gradients have the opposite trouble; they are small and ${<Chip figure={float} scene="tiny">become zero</Chip>}. **BF16** keeps
          the 8 bits of exponent, reaches ${numbers.bf16Max}, and pays with the fraction, of which 7 bits remain. Training has largely
          settled on it, because noise in the last digit does less harm than an infinity. The two kinds of **FP8** repeat the choice with
          half the bits (${<Cite id="micikevicius2022" />}): E4M3 ends at ${numbers.e4m3Max}, E5M2 at ${numbers.e5m2Max}.
        `}
        <WorkedByHand title="three weights in sixteen bits">
          {md`
            Take −1.4271, 0.8103 and 2.5546. In FP16 they become ${numbers.fp16}; in BF16 ${numbers.bf16}. The first is right to four
            digits, the second to about three.
          `}
        </WorkedByHand>
      </Section>

      <Section title="Rungs on a line">
        {md`
          Below eight bits an exponent becomes a luxury. The weights of one matrix are mostly of a similar size, so the exponent could just
          as well be stored once for all of them. This is ${<Term>quantization</Term>} in its plainest form. Choose a
          ${<Term of="quantization scale">scale</Term>} $s$. Store each weight as a whole number, the **code**, and turn it back by
          multiplying:

          $$q = \operatorname{round}(w / s) \qquad \hat w = q \cdot s$$

          The allowed values are rungs at equal distances $s$. A weight between two rungs moves to the nearer one, so it never moves by more
          than $s/2$. With $b$ bits there are $2^b$ codes. Symmetric schemes leave one of them unused to have as many rungs below zero as
          above it: with 4 bits, −7 to 7. The simplest choice of scale is **absmax**: the largest weight, in size, gets the largest code.

          $$s = \frac{\max |w|}{2^{b-1} - 1}$$
        `}
        <WorkedByHand title="the same three weights in whole numbers">
          {md`
            With 4 bits the largest code is 7, and 2.5546 ÷ 7 = ${numbers.scale4}. The first weight is −1.4271 ÷ ${numbers.scale4} =
            ${numbers.quotient}, and its code −4. The error in the last column is the root of the mean square of what was lost.

            ${numbers.bits}

            No weight moved by more than half a scale; in 4 bits that is ${numbers.halfStep}. And 2.5546 never moved at all, since the ruler
            was made to its measure. ${<Chip figure={lab} scene="byHand">See them on the line</Chip>} at the top, and change the bits.
          `}
        </WorkedByHand>
        {md`
          If all numbers lie on one side of zero, half of the symmetric codes are wasted. **Asymmetric** codes run from 0 to $2^b - 1$, and
          one of them, the ${<Term>zero point</Term>} $z$, stands for 0:

          $$q = \operatorname{round}(w / s) + z \qquad \hat w = (q - z) \cdot s$$

          For 0.1, 0.5 and 1.6 in 4 bits the step shrinks from ${numbers.symmetricScale} to ${numbers.asymmetricScale}, and the codes are
          ${numbers.asymmetricCodes}. Zero keeps a rung of its own because models are full of exact zeros, from padding or from pruning, and
          these should stay zeros (${<Cite id="jacob2017" />}). Whether a matrix gains by it whose weights lie on both sides can be
          ${<Chip figure={lab} scene="asymmetric">tried</Chip>}. With 1 bit the symmetric recipe has nothing left but the sign. The figure
          then takes the mean size of the weights as the scale, which makes the squared error least (${<Cite id="rastegari2016" />}).

          How bad is an error? Engineers compare the power of the signal with the power of the noise, on a scale of decibels. Each bit more
          halves the step and with it the error, which is about 6 dB. The figure prints this **signal to noise ratio** for the matrix on
          the screen; at ${<Scrub figure={lab} param="bits" />} bits it is ${<Live figure={lab} readout="sqnr" />}, and a typical error is
          ${<Live figure={lab} readout="relative" />} of a typical weight.${<Note>
            What the figure calls “unrounded” are 32-bit numbers, but they were made from a file. To keep this page small, the shipped model
            is itself stored in 8 bits, in groups of 64. Choose just these settings, and there is nothing left to round: the error is
            exactly zero.
          </Note>}
        `}
        <Source file="engine/quantize/quantize.ts" of="quantize">The quantizer that every figure of this chapter runs</Source>
      </Section>

      <Section title="One ruler is not enough">
        {md`
          An absmax scale has a weakness, and you have just seen it: the ruler is made to the measure of the largest weight. What if one
          weight is much larger than all the others?
        `}
        <Predict
          figure={lab} scene="outlier"
          ask="Among 49,152 weights one is made 50 times as large as a typical one. All are rounded to 4 bits with one scale. What is lost?"
          options={[
            { text: "The large one: it will not fit its code." },
            { text: "Nearly all the others: they become zero.", right: true },
            { text: "A little of everything: one weight in 49,152 cannot matter." },
          ]}
        >
          {md`
            Seven steps have to reach up to 50, so a step is about 7 times a typical weight, and whatever is smaller than half a step rounds
            to zero. That is everything. The largest weight fits perfectly; it is its neighbours that cannot be told from nothing any more.
          `}
        </Predict>
        {md`
          The remedy is more rulers. Give each row of the matrix, each *channel*, a scale of its own; or go further and give one to every
          **group** of, say, 32 neighbouring weights. A weight then shares its fate only with the members of its group.
        `}
        <Steps
          widget={quantizationErrorLab} id={scales}
          steps={[
            { scene: "outlier", say: <>One weight is an outlier. Every error on the map is the weight itself: all went to zero.</> },
            {
              scene: "rows", params: { outlier: 50 },
              say: <>A scale for each row. The outlier spoils its own row, a line across the map, and the other rows are back.</>,
            },
            { scene: "contained", say: <>A scale for every 32 weights. Now only a short dash of that row is lost.</> },
            {
              scene: "clipped",
              say: <>The other way out: let the range end at the 99.9th percentile. The outlier is cut short and outlined; the rest survive.</>,
            },
          ]}
        >
          The lab again, with an outlier in the matrix on the screen. Go through the four steps and compare the maps, then the two losses.
          Notice that the unrounded model has the outlier, too, and hardly minds.
        </Steps>
        <WorkedByHand title="what a scale costs, and what it saves">
          {md`
            A scale in half precision has 16 bits. Shared by 32 weights it adds half a bit to each: 4-bit weights take
            ${numbers.effective} bits. In groups of 128 they take ${numbers.effective128}; with zero points of 4 bits, in groups of 32,
            ${numbers.effectiveZero}.

            For weights drawn from a normal distribution, the error as a share of their size:

            ${numbers.normal}

            The last column counts only the innocent. Note the first row: 255 rungs are so many that even an outlier leaves some for the
            others.
          `}
        </WorkedByHand>
        {md`
          The last step of the figure did something else: it **clipped**. A range that leaves out the largest few weights gives the many a
          finer ruler, at the price of a large error for the few. Choosing such a range is called *calibration*. For weights one can try
          several ranges and keep the one with the least error. For numbers that arise only while the model runs, one feeds it a few
          hundred sample texts and watches how large they get. Whether clipping pays depends on how
          scarce rungs are: at 4 bits it helps this model even without an outlier; at 8 bits, where there are plenty, a range that ends at
          the 99th percentile only does harm.
        `}
      </Section>

      <Section title="From errors to words">
        {md`
          Nobody cares for weights as such. What happens to the text? Each output of a matrix is a sum of many products, and in it the errors
          of many weights add up. They are of both signs and nearly independent, so they partly cancel: a sum over 128 inputs has an error
          that grows like $\sqrt{128}$, not like 128. What arrives at the end is a small disturbance of the
          ${<Term of="logit">logits</Term>}. Where the model is sure, the likeliest token keeps its lead. Where two tokens are nearly tied,
          they may change places, and from that token on the two texts are different texts. The figure marks the place.

          The fair measure is the loss on text that the model has never seen. The lab uses the same
          ${<Live figure={lab} readout="tokens" />} tokens of held-out stories every time, before and after; now it is
          ${<Live figure={lab} readout="full" />} unrounded and ${<Live figure={lab} readout="loss" />} rounded. Papers usually report
          ${<Term>perplexity</Term>}, $e$ to the power of the loss. A rise of the loss by 0.01 multiplies it by 1.01; at the moment the
          factor is ${<Live figure={lab} readout="factor" />}.

          Now walk down the bits. At ${<Chip figure={lab} scene="eight">8 bits</Chip>} the curve of the loss lies on the line of the unrounded
          model; one could call it free. At ${<Chip figure={lab} scene="four">4 bits</Chip>} with one scale a matrix there is a clear price,
          and with ${<Chip figure={lab} scene="groups">a scale for every 32</Chip>} most of it is paid back, for half a bit. So the size of
          the groups hardly matters at 8 bits and matters much at 4. And then?
        `}
        <Predict
          figure={lab} scene="cliff"
          ask="At 2 bits each weight is −s, 0 or s, with a scale for every 32. Blind guessing among 1,024 tokens has a loss of 6.93. Where does the model end up?"
          options={[
            { text: "Below blind guessing: something of what it knew is left." },
            { text: "At blind guessing: it has become noise, and noise knows nothing." },
            { text: "Above blind guessing.", right: true },
          ]}
        >
          {md`
            Whoever knows nothing and admits it spreads the probability evenly. This model has lost its knowledge and kept its confidence:
            it puts nearly all of its belief on a token, and on the wrong one. Being sure and wrong costs more than being ignorant.
          `}
        </Predict>
        {md`
          This is the cliff. It has no sharp edge that theory could name, but between 4 and 2 bits every simple scheme falls off it. Small
          models fall sooner. Large ones have more weights to share the work, and in a study of models from 19 million to 176 billion
          parameters ${<Cite id="dettmers2022case" />} found 4 bits a weight the best use of a given number of bits in almost all cases:
          below that, the model with fewer parameters and more bits in each was better.
        `}
      </Section>

      <Section title="Where it hurts">
        {md`
          So far every matrix got the same number of bits. Do all need them? Round one matrix at a time, leave the others alone, and measure
          the loss.
        `}
        <Figure widget={layerSensitivity}>
          The rise of the loss when one matrix alone is rounded to 3 bits. Press a bar to keep its matrix in 8 bits, and read off the
          bytes and the loss of the whole recipe. Try to get as low as you can within the budget. Notice how unevenly the harm is spread.
        </Figure>
        {md`
          Two or three matrices do most of the harm: the first one that computes queries, keys and values, and the embedding, which is
          read at both ends of this model. Keeping ${<Chip figure={where} scene="worst">the three worst</Chip>} in 8 bits undoes most of the
          damage. The same care for ${<Chip figure={where} scene="wrong">the four largest</Chip>} costs more bytes and buys little. This is
          **mixed precision**, and it is how quantized models are shipped. The matrices do not fail one by one, either: the bars together
          are less than half of what all of them cost at once, since each layer has to read what the one before it has already spoilt. And
          before you celebrate your recipe, look at ${<Chip figure={where} scene="groups">groups for all</Chip>}.

          Why is the first attention matrix so touchy? Its weights have a long tail. Large models have a more dramatic form of this.
          ${<Cite id="dettmers2022" />} found that from about 6.7 billion parameters on, a handful of the entries of the vectors between
          layers grow to many times the size of the rest, in every layer and for most tokens. Rounding these vectors with one
          scale destroyed the models; setting those few entries to zero destroyed them, too, so they carry something. Their method,
          *LLM.int8()*, takes the columns with such ${<Term of="outlier">outliers</Term>}, about a tenth of a percent, out of the product and
          multiplies them in 16 bits, and everything else in 8.
        `}
      </Section>

      <Methods />

      <Section title="What it buys">
        {md`
          Memory first. A model of 70 billion parameters takes ${numbers.gigabytes} GB at 32, 16, 8 and 4 bits, if one counts nothing but
          codes; with a half-precision scale for every 128 weights, ${numbers.gigabytes128} GB. ${numbers.realName}
          (${numbers.realParameters} billion parameters, ${numbers.realDate}) at 4.5 bits takes ${numbers.realGigabytes} GB. That is too
          much for one card of ${numbers.cards} GB, before any cache. It wants two of them, or a machine whose processor shares a large
          memory with its graphics.

          Then speed. To write one token, a single conversation fetches every weight once. Bandwidth divided by bytes is therefore a limit
          that no software can break. Here it is in tokens a second, for two models and three widths; a dash where the weights do not fit.

          ${numbers.fits}

          The numbers are ceilings, from the makers’ data sheets, for one conversation, a short context, and nothing else in memory. They
          rise as the bits fall, because fewer bytes are fetched. When does speed *not* follow? Where fetching is not what one waits for. A
          long prompt, or many conversations served at once, use each weight many times per fetch, and then arithmetic is the limit. It is
          usually still done in 16 bits: the 4-bit codes are unpacked on their way in, which is extra work.
        `}
        <Careful title="counting bits">
          {md`
            - **Bits times parameters is not the file.** Scales and zero points come on top, embeddings often keep more bits, and when the
              model runs the cache takes its share.
            - **“Most users cannot tell” depends on the model and on the task.** Small models and long chains of reasoning suffer first: an
              error that flips one token in a thousand spares a short answer and not a proof of two thousand steps. Averages over easy
              questions hide this.
            - **INT4 weights are seldom multiplied as INT4.** Mostly they are stored in 4 bits and multiplied in 16.
            - **Fewer bits do not always mean faster.** They mean fewer bytes. Whether that is what one waits for depends on the batch.
          `}
        </Careful>
      </Section>

      <Section title="How low can it go?">
        {md`
          Down to the sign, if the model is trained for it from the start. Networks with weights of −1 and 1 were built years ago for images
          (${<Cite id="rastegari2016" />}). ${<Cite id="ma2024" />} trained language models whose weights are −1, 0 or 1, which is
          $\log_2 3$ or ${numbers.ternary} bits, and report that from 3 billion parameters on they match models in 16 bits of the same size
          and data. A product with such a matrix needs no multiplication at all: add, subtract, or skip. Note the difference to the cliff in
          our figure. There a finished model was forced onto three rungs. Here training never knew anything else.
        `}
        <NotKnown title="where the floor is">
          {md`
            How much does a weight know? Nobody has shown a lower bound that practice runs up against. Models trained for longer on more text
            are hurt more by the same rounding, as if they had filled their bits better (${<Cite id="kumar2024" />}); how this goes on at
            larger scale is open. Nor is it settled why the large outliers of activations arise, or whether another recipe of training would
            do without them.
          `}
        </NotKnown>
      </Section>

      <Shrinking hard={numbers.hard} soft={numbers.soft} />
      <CheckYourself />
    </>
  ),
});
