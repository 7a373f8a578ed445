import { Careful, Chip, Cite, Figure, Live, md, Note, Predict, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import { headGallery } from "../../src/widgets/headGallery.ts";
import { headSplitter } from "../../src/widgets/headSplitter.ts";
import type { worked } from "./worked.ts";

const splitter = "head-splitter";
const gallery = "head-gallery";

/** The second half of the chapter: several heads, what they do, and what they may share. */
export function Heads({ numbers }: { readonly numbers: Awaited<ReturnType<typeof worked>> }) {
  return (
    <>
      <Section title="Several heads for the price of one">
        {md`
          One pattern is one way of looking. In *Anna gave her brother the key he had lost*, the token *he* may want its noun, the token
          before it, and
          the verb of its clause, all at once. But a row of shares adds up to one, so a single ${<Term>head</Term>} that wanted
          all three would have to blend them into one grey average.

          So one cuts the width into parts. With $h$ heads, each gets its own $d_k = d_{\text{model}}/h$ columns of
          $\query{Q}$, $\key{K}$ and $\val{V}$, computes scores, mask, softmax and mixture from those alone, and writes a narrow result. The
          results are laid side by side and sent through one more matrix:

          $$\operatorname{MultiHead}(X) = [\,H_0, H_1, \dots, H_{h-1}\,]\, W_O
          \qquad H_i = \operatorname{Attention}(\query{Q}_i, \key{K}_i, \val{V}_i)$$
        `}
        <Figure widget={headSplitter}>
          Four random tokens on their way through multi-head attention. Press a pattern to light one head’s columns; change the number of
          heads, and how
          wide each is. Notice which of the two lines of the count is flat.
        </Figure>
        <Predict ask="A layer of width 4,096 changes from one head to 32 heads. How many more weights does it have?">
          {md`
            None. The heads share out the columns that are there: 32 heads of ${numbers.dHead}, and still four matrices of
            $4{,}096 \times 4{,}096$. What changes is how many patterns there are, and how much each may use to decide.
          `}
        </Predict>
        <WorkedByHand title="the count that does not move">
          {md`
            $W_Q$, $W_K$, $W_V$ and $W_O$ have $d_{\text{model}} \times h\,d_k$ weights each, and $h\,d_k = d_{\text{model}}$. At width
            4,096, one head: $4 \cdot 4{,}096^2 =$ ${numbers.oneHead}. With 32 heads of width $4{,}096 / 32 =$ ${numbers.dHead}:
            ${numbers.parameters}. Only if one kept heads of ${numbers.dHead} and took 64 of them would the count double, to
            ${numbers.fixedWidth}. In the figure, compare ${<Chip figure={splitter} scene="eight">eight heads</Chip>} with
            ${<Chip figure={splitter} scene="fixed">eight of a fixed width</Chip>}.
          `}
        </WorkedByHand>
        {md`
          What is $W_O$ for? Without it, head 0 could write only to the first columns of the result and head 1 only to the next,
          and no later part could be sure where to find what. Read by rows, $W_O$ is a stack of blocks, one for each head, and the
          product is a sum:

          $$[\,H_0, \dots, H_{h-1}\,]\, W_O = H_0 W_O^{(0)} + H_1 W_O^{(1)} + \dots + H_{h-1} W_O^{(h-1)}$$

          Each head thus *adds* its own contribution, of full width, to the vector of the token. That is worth remembering, because it
          tells us how to take a
          head out: set its block of $W_O$ to zero. Nothing else has to be touched.
        `}
      </Section>

      <Section title="What do heads do?">
        {md`
          Here is a model of four layers with four heads each, trained on little stories. Sixteen patterns on your own text, each with a
          score for five simple habits, and beside them what the model would lose without each head.
        `}
        <Figure widget={headGallery}>
          All {<Live figure={gallery} readout="heads" />} heads of the small model on your text. Press a thumbnail to read a head’s
          scores, a bar to
          switch the head off. Notice how few of the bars are long, and that the order depends on what the loss is measured on.
        </Figure>
        {md`
          The habits are plain averages. *Before* is the share that goes to the previous token, *first* to the very first, *itself* to the
          token that asks. *Copy* is the mark of an ${<Term>induction head</Term>}: the share that goes to what followed the last earlier
          copy of
          the current token (${<Cite id="olsson2022" />}). *Stops* is the share on punctuation, and it should be compared with what even
          attention would
          give, which the line below states. Surveys of larger models find the same few habits again and again: the previous token, the
          first, the separators (${<Cite id="clark2019" />}). Where no habit takes a third of the attention, the figure says *mixed*
          and tells no story.

          Two heads carry the badge *taught*. A model this small does not find clean versions of them in so short a training, so at the
          beginning it was shown where these two should look, and it kept them. Larger models find both kinds alone.

          Now the question that scores cannot answer: does a head matter? The test is ${<Term>ablation</Term>}. On your text
          ${<Live figure={gallery} readout="unneeded" />} of the sixteen can go, one at a time, for less than 0.05 nats; on
          ${<Chip figure={gallery} scene="stories">held-out stories</Chip>} it is ten. Removing the induction head costs stories less
          than 0.2 nats. But let
          the model copy ${<Chip figure={gallery} scene="twice">nonsense that it sees twice</Chip>}, and without that same head
          the loss leaps by more than 6. Whether a head matters is a question about a head *and* a text.

          Some bars point the other way: the loss *falls* a little without the head. On a short text that is mostly luck.
        `}
        <Predict ask="Switch off layer 0, head 0, the one that looks at the token before. What becomes of the induction head in layer 1?">
          {md`
            ${<Chip figure={gallery} scene="circuit">Switch it off.</Chip>} Its pattern falls apart: the share it gives to
            earlier copies drops to almost nothing. To find the token *after* an earlier copy, it relies on each token having
            noted what came *before* it, and that note was written by layer 0, head 0. The two are one circuit, and neither works alone.
          `}
        </Predict>
        {md`
          Larger models are redundant too. Michel and colleagues took trained translation models and BERT apart and found that most
          heads can be removed, one at a time, with hardly a change, and whole layers reduced to one head (${<Cite id="michel2019" />}).
          Voita and colleagues let training itself prune heads: a few specialised ones were left to the last and did most of the work
          (${<Cite id="voita2019" />}). One at a time is the important phrase. ${<Chip figure={gallery} scene="three">Three heads of
          layer 1</Chip>}
          go quietly in our model, but savings do not add up for ever, since heads stand in for one another.${<Note>
            Zeroing is also a crude cut. It takes away a head’s average contribution, on which later layers may rely as on a constant,
            together with
            what it says about this text. Part of the great loss without heads of layer 0 may be of that kind. Replacing the
            contribution by its mean over many texts is the gentler test.</Note>}
        `}
        <Careful title="stories about heads">
          {md`
            - “Head 6 does coreference” is an anecdote until somebody has measured it on many sentences, against a baseline, and then
              taken the head
              away. A pattern that looks right on five examples is easy to find among hundreds of heads.
            - A name such as *previous-token head* says what a head looks at. What it hands on is a matter of its values and of $W_O$,
              which no
              pattern shows.
            - More heads are more weights only if each keeps its width. At a fixed model width, they are not.
          `}
        </Careful>
      </Section>

      <Section title="Sharing keys">
        {md`
          If many heads are redundant, must each have keys and values of its own? They are what has to be kept for every past token while a
          model writes, so their number decides how much memory a conversation takes. **Multi-query attention** lets all heads share a
          single key and value head and keeps only the queries apart (${<Cite id="shazeer2019" />}). **Grouped-query attention** takes the
          middle way: a few key and value heads, each serving a group of query heads (${<Cite id="ainslie2023" />}).

          With 32 query heads of ${numbers.dHead} and 8 key heads, a cache is ${numbers.saved} times smaller. Here the count of weights does
          move: $W_K$ and $W_V$ get narrower, and the four matrices of width 4,096 shrink from ${numbers.parameters} to ${numbers.grouped}.
          What it costs in quality and saves in memory is taken up in [the chapter on serving](chapter:kv-cache-and-serving).
        `}
      </Section>
    </>
  );
}
