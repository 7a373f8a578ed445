import {
  Careful, Chip, Cite, defineChapter, Figure, Live, md, Predict, Scrub, Section, Source, Steps, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { attentionByHand } from "../../src/widgets/attentionByHand.ts";
import { attentionHeatmap } from "../../src/widgets/attentionHeatmap.ts";
import { softmaxSaturation } from "../../src/widgets/softmaxSaturation.ts";
import { CheckYourself } from "./CheckYourself.tsx";
import { Reach } from "./Reach.tsx";
import { worked } from "./worked.ts";

const heads = "attention-heatmap";
const byHand = "attention-by-hand";
const saturation = "softmax-saturation";

export default defineChapter({
  title: "Attention",
  question: "How does a word find out which of its neighbours it should listen to?",
  summary: "Scaled dot-product attention, computed by hand in five small steps and watched in a running model on a sentence of your own.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={attentionHeatmap}>
        A small language model reads your sentence. Each row is one token; the darker a cell, the more that token takes from the one above
        the column. Type something else, or pick another head. Notice that nobody looks to the right: that part is hidden from it.
      </Figure>

      <Section title="A word needs its neighbours">
        {md`
          *The bark was rough.* Tree or dog? Nothing in the word decides it. *The bark of the old birch was rough* settles the matter
          five words before the end, *the bark of the old dog* settles it the other way, and a reader hardly notices having looked. Or
          take *it* in “the mule would not cross the bridge because it was tired”. Change the last word to *swaying*, and *it* has become
          the bridge.

          Inside a model each ${<Term>token</Term>} is a vector, a list of numbers, and at first that vector knows its token and nothing
          else. For *bark* to become tree bark, something must flow from *birch* to *bark*: not always, not from a fixed distance, but
          when the two belong together. ${<Term of="attention">Attention</Term>} is the part of a transformer that lets vectors exchange
          what they know. It was added to translation networks so that each output word could look back at the input
          (${<Cite id="bahdanau2014" />}), and three years later turned out to be enough by itself (${<Cite id="vaswani2017" />}).
        `}
      </Section>

      <Section title="Three views of every word">
        {md`
          To exchange information well, a token needs to say three different things. *What am I looking for?* is its
          ${<Term>query</Term>}. *What can I be found by?* is its ${<Term>key</Term>}. *What do I have to
          give?* is its ${<Term>value</Term>}. The three are not the same: a pronoun looks for
          a noun, can be found as a pronoun, and gives, once it has been resolved, the animal it stands for.

          Each is made from the token’s vector $x$ by a matrix that training finds:

          $$\query{q} = x W_Q \qquad \key{k} = x W_K \qquad \val{v} = x W_V$$

          The vectors that come in from the [embedding](chapter:embeddings-and-position) say what a token *is*, whoever stands beside
          it. Queries and keys are about relations: two tokens that mean nothing alike, a verb and its subject, can have a query and a key
          that fit each other closely.

          Such a product is a change of coordinates. Each column of $W_K$ is one question put to the vector, and the answers, side by
          side, are the key. $W_K$ has as many rows as the model is wide and
          as many columns as a key has numbers: $d_\text{model} \times d_k$, and $d_k$ is usually much smaller. In this book queries, keys and values keep their colours wherever they appear.
        `}
        <WorkedByHand title="a vector becomes a key">
          {md`
            Take the vector $[0.2, -0.7, 0.5]$ and

            $$W_K = \begin{pmatrix} 1 & 0 & 1 \\ 0 & 1 & 1 \\ 1 & 0 & 0 \end{pmatrix}$$

            The first column asks for the first entry plus the third, $0.2 + 0.5$; the second for the second entry; the last for the first
            plus the second. The key is ${numbers.projected}.
          `}
        </WorkedByHand>
      </Section>

      <Section title="Scores: every pair at once">
        {md`
          Now compare. The ${<Term>dot product</Term>} of one token’s query with another token’s key is a single number, large when what
          is sought resembles what is offered. Stack all queries in a matrix $Q$ and all keys in $K$, and one matrix product compares every
          token with every token:

          $$S = \frac{\query{Q} \key{K}^{\top}}{\sqrt{d_k}}$$

          Row $i$ of $S$ holds the scores of token $i$ as the one who asks; column $j$ those of token $j$ as the one who is asked. With
          $n$ tokens there are $n^2$ scores. That square is the price of attention, and the reason for two later chapters.

          Why divide by the root of $d_k$, the length of a query? Suppose the entries of $q$ and $k$ are of size about 1 and unrelated.
          Their dot product is then a sum of $d_k$ terms that partly cancel, and its typical size is $\sqrt{d_k}$:

          ${numbers.spread}

          Without the division, longer queries would mean larger scores for no reason of content. What is wrong with large scores shows in
          the next step.
        `}
      </Section>

      <Section title="Shares that add up to one">
        {md`
          Scores can be anything. To mix values one wants shares: positive, and together 1. ${<Term of="softmax">Softmax</Term>} makes
          them. It raises $e$ to each score and divides by the sum, along each row:

          $$a_{ij} = \frac{e^{s_{ij}}}{\sum_{m} e^{s_{im}}}$$
        `}
        <WorkedByHand title="five scores become five shares">
          {md`
            The scores 1.1, 4.7, 5.2, 2.0 and 4.9 become

            ${numbers.shares},

            which add up to ${numbers.sum}. The largest score wins ${numbers.largest} of the attention, and the runner-up, only 0.3
            behind, still gets a good part of it.

            Two tokens that each match only themselves have the scores 1 and 0. Divided by $\sqrt 2$ they are ${numbers.pairScale} and 0,
            and the shares are ${numbers.pair}, with more digits ${numbers.pairFull}; undivided, ${numbers.unscaled}. Further down, the figure
            with every matrix can show ${<Chip figure={byHand} scene="twoUnits">the pair</Chip>} and
            ${<Chip figure={byHand} scene="unscaled">the pair unscaled</Chip>}.
          `}
        </WorkedByHand>
        {md`
          Softmax looks at differences only: add 100 to every score of a row, and the shares stay as they are. But multiply every score by
          10, and the five shares above become ${numbers.tenfold}. One token takes nearly everything, and the row hardly moves any more
          when a score moves a little. It *saturates*. A slope of nearly zero teaches nothing, as [gradient
          descent](chapter:gradient-descent) showed, so a model with saturated attention stops learning where to look. The division by
          $\sqrt{d_k}$ keeps the scores where softmax is awake.
        `}
        <Figure widget={softmaxSaturation}>
          Random queries and keys, the shares that softmax makes of their scores, and the slope that comes back through softmax when the
          row should change. Move the size and switch the division. Notice how the undivided
          slope falls by powers of ten while the divided one stays.
        </Figure>
        {md`
          With queries of ${<Scrub figure={saturation} param="dHead" />} numbers the scores are now of typical size
          ${<Live figure={saturation} readout="spread" />}, the largest share takes ${<Live figure={saturation} readout="top" />} of a row,
          and the slope that comes back is ${<Live figure={saturation} readout="slope" />}. Compare
          ${<Chip figure={saturation} scene="scaled">128, divided</Chip>}, with ${<Chip figure={saturation} scene="unscaled">128 as it
          is</Chip>}. Nothing overflows in either. The undivided row has simply made up its mind before it has learnt anything, and a
          layer that starts like that is hard to teach. In a head of ${<Chip figure={saturation} scene="small">four numbers</Chip>} nobody
          would notice.
        `}
        <Source file="engine/ops/softmax.ts" of="softmaxKernel">The softmax that computes every share in this chapter</Source>
        <Predict
          ask="A row has four visible tokens and four equal scores, all −3. What are the shares?"
          options={[{ text: "all zero" }, { text: "a quarter each", right: true }, { text: "it cannot be said" }]}
        >
          {md`
            A quarter each, whether the equal scores are 0, 7 or −3. A score has no meaning alone: a negative one says “less than the
            others” and not “unrelated”, and a row in which nothing fits still hands out all of its attention.
          `}
        </Predict>
      </Section>

      <Section title="A mixture of values">
        {md`
          The last step is the plainest. Each token takes the values of all tokens, each as much as its share says, and adds them up:

          $$\operatorname{Attention}(\query{Q}, \key{K}, \val{V}) = \softmax\!\left(\frac{\query{Q}\key{K}^{\top}}{\sqrt{d_k}}\right)
          \val{V}$$

          That is the whole formula. Nothing in it says *birch* or *bark*; what is learned sits in the three matrices, and the shares are
          computed afresh for every sentence, in every layer, for every token. An ordinary layer mixes its inputs with fixed weights. Here
          the weights depend on the words.

          There are two good ways to think of it. One is a dictionary that is looked up softly. An ordinary dictionary wants a query that
          equals one of its keys and gives back that entry. This one takes any query, compares it with every key, and gives back a blend
          of all entries, most of the best match. The other comes from statistics: to estimate a value at some point, average the known
          values near it, each weighted by how near. That is *kernel smoothing*, and $e^{q \cdot k / \sqrt{d_k}}$ is the kernel
          (${<Cite id="tsai2019" />}). What is new in a transformer is that the measure of nearness is itself learnt.

          Models that write text from left to right add one restriction, the ${<Term>causal mask</Term>}: a token sees itself and what
          came before, never what follows. In the matrix the part above the diagonal is empty.
        `}
        <Steps
          widget={attentionByHand}
          steps={[
            {
              say: md`
                Every matrix of the formula, for four tokens of three numbers each. Here queries, keys and values are the vectors
                themselves. Read the pattern row by row: each row adds up to 1, and each token mostly finds itself.
              `,
            },
            {
              scene: "open",
              say: md`
                Lift the mask, and the hatched triangle fills. The row of *you* now looks at “?” as well, the very token that it is meant
                to predict.
              `,
            },
            {
              scene: "projected",
              say: md`
                The mask is back, and each role has a matrix of its own. The scores are no longer mirrored at the diagonal: how much one
                token looks for another says nothing about the way back.
              `,
            },
            {
              scene: "twoUnits",
              say: md`
                Two tokens that share nothing, one along each axis. Each looks twice as much at itself as at the other:
                ${numbers.pair}.
              `,
            },
            {
              scene: "unscaled",
              say: md`
                The same two without the division by $\sqrt 2$: ${numbers.unscaled}. With two numbers a token it hardly matters. With
                sixty-four it would.
              `,
            },
          ]}
        >
          Attention by hand: vectors, the three roles, scores, shares, and what each token takes home. Press Next, or change any number
          yourself: a cell can be dragged, typed into, or moved by the arrow keys.
        </Steps>
        <WorkedByHand title="“How are you ?” in three numbers a word">
          {md`
            Give each token an invented vector,

            ${numbers.vectors}

            let queries, keys and values all be these vectors themselves, and divide by $\sqrt 3$. With the causal mask the shares are

            ${numbers.patternTable}

            *How* sees only itself. For *are* the row is ${numbers.areRow}. For *you* it is ${numbers.youRow}, and the mixture of the
            three vectors with these shares is ${numbers.youOut}.
          `}
        </WorkedByHand>
        {md`
          Which row predicts the question mark? Not the row of “?”: when the model has to guess that token, it is not there yet. The
          prediction is made from the last token that *is* there, so it is the row of *you* that gathers what is needed. This shift by one
          place trips up nearly everyone once. ${<Chip figure={byHand} scene="open">Without the mask</Chip>} the row of *you* would simply
          look at the answer.

          With queries and keys that are the vectors themselves, looking is mutual, and everyone is their own best match. Give
          ${<Chip figure={byHand} scene="projected">each role a matrix of its own</Chip>}, and how much *you* looks at *are* no longer
          tells how much *are* looks at *you*.
        `}
      </Section>

      <Section title="Sixteen heads at work">
        {md`
          Now return to the figure at the top, which does all this with more numbers: ${<Live figure={heads} readout="tokens" />} tokens
          at the moment, four layers, four heads in each. A *head* is one such computation with matrices of its own. Some heads have a
          habit one can name. One looks at ${<Chip figure={heads} scene="before">the token before</Chip>}, whatever it is. Another finds
          ${<Chip figure={heads} scene="copy">an earlier copy</Chip>} of the current token and looks at what followed it then, and with
          its help the model can repeat ${<Chip figure={heads} scene="twice">nonsense that it sees for the second time</Chip>}. A head for
          which a sentence holds ${<Chip figure={heads} scene="sink">nothing to look at</Chip>} must still put its shares somewhere, often
          on the first token. Large models do so on a grand scale; take that token from the cache of a long text, and they break down
          (${<Cite id="xiao2023" />}).

          Two of these heads carry the badge *taught*. In the first third of training a second loss showed them what to do, because
          a model of this size, on this little text, does not find it out in time. Larger ones do
          (${<Cite id="olsson2022" />}). ${<Chip figure={heads} scene="untaught">Heads nobody taught</Chip>} puts a run of the same recipe
          without that second loss beside it, ${numbers.runs.untaught.steps} steps as well. On unseen stories it loses
          ${numbers.runs.untaught.loss} nats a token, the taught model ${numbers.runs.taught.loss}: a little story hardly ever asks for
          a copy. The test is random tokens, written twice. The taught model loses ${numbers.runs.taught.first}
          nats a token in the first round and ${numbers.runs.taught.second} in the second. The other loses
          ${numbers.runs.untaught.first} and ${numbers.runs.untaught.second}, ${numbers.runs.verdict}.

          ${<Chip figure={heads} scene="two">Two sentences</Chip>} that differ in their last word show what the mask is worth: every row
          but the last is the same, since nobody above has seen the change.
        `}
        {md`
          Sixteen pictures are many. It is tempting to ${<Chip figure={heads} scene="average">average them</Chip>}, and a blur is what one
          gets: habits that differ cancel out. It also leaves out that layers build on one another. By the second layer the vector
          standing at *bear* already holds something of other tokens, so attention to *bear* is attention to those as well.
          ${<Chip figure={heads} scene="rollout">Rollout</Chip>} follows this through: it supposes that each layer passes on half of what
          it got and half of the average of its heads, and multiplies layer by layer (${<Cite id="abnar2020" />}). The halves are an
          assumption, and values do not enter at all. It is a better picture than the average, and a picture still.
        `}
        <Careful title="reading attention">
          {md`
            - The query that predicts a token stands one place *before* it. To learn why the model wrote “?”, read the row of *you*.
            - A negative score means “less than the others”. It does not mean “unrelated”, and still gets its share.
            - Divide by $\sqrt{d_k}$, from the length of one query, and not by the root of the model’s width.
            - Large scores do not make softmax explode. They make it saturate: it stays between 0 and 1 and stops moving.
            - A large share is not a cause. The value may be small, and later layers may ignore what was gathered. Whether attention
              explains a decision is disputed with good arguments on both sides (${<Cite id="jain2019" />};
              ${<Cite id="wiegreffe2019" />}). The test is to take a connection away and see what changes; in the [next
              chapter](chapter:masks-and-heads) any head can be switched off.
          `}
        </Careful>
      </Section>

      <Reach numbers={numbers} />

      <CheckYourself />
    </>
  ),
});
