import {
  Careful, Chip, Cite, defineChapter, Figure, Live, md, Predict, Question, Quiz, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { causalMaskLab } from "../../src/widgets/causalMaskLab.ts";
import { Heads } from "./heads.tsx";
import { worked } from "./worked.ts";

const words = ["How", "are", "you", "?"];
const lab = "causal-mask-lab";

export default defineChapter({
  title: "Masks and heads",
  question: "What stops a model from reading the answer, and why does it look through many small windows and not one large one?",
  summary: "The triangle that turns attention into a writer, the leak without it, trained while you watch, and a model without each head.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={causalMaskLab}>
        Scores, what a mask leaves of them, and the shares that softmax makes. Press or drag over cells of the mask, or walk there with
        the arrow
        keys and press Enter; then train a small model behind it. Notice that every row still adds up to one. (In samples _ is a lone
        space, / a new
        line, ¶ the end of a story.)
      </Figure>

      <Section title="An exam with the answers in the margin">
        {md`
          Imagine an exam of fill-in questions, each with its answer printed one line below. A pupil who may look learns one thing from
          a year of such exams: look one line down. The marks are splendid. Then comes the first real page, with nothing printed below,
          and the pupil has nothing to say.

          A language model is set exactly this exam. Its text is a row of ${<Term of="token">tokens</Term>}, and at each position it must
          name the next one. The next one stands right there, one place to the right, because training uses text that is already written.
          [Attention](chapter:attention) lets every position look at every other. So something must forbid the look to the right.

          That something is a ${<Term>mask</Term>}: a matrix of permissions, one row for each token that asks, one column for each that is
          asked. The ${<Term>causal mask</Term>} permits position $i$ to see the positions from 0 to $i$ and
          no others. Written out, it is a triangle.
        `}
        <Predict
          ask="“How are you ?” Rows ask, columns are asked, and there is no mask yet. Which look gives away the answer to the exam question “how does it go on after you”?"
          cells={{ rows: words, columns: words, right: [2, 3] }}
        >
          {md`
            The row of *you*, the column of *?*. It is the position of *you* that has to name the next token, so it is *you* that must not
            see it. The row of *?* may look wherever it likes: what it has to name comes after everything that is written here.
          `}
        </Predict>
      </Section>

      <Section title="Minus infinity, before the softmax">
        {md`
          How does one forbid a look? By making its score hopeless. Wherever the mask says no, $-\infty$ takes the place of the score, and
          only then comes the ${<Term>softmax</Term>}:

          $$A = \softmax\!\left(\frac{\query{Q}\key{K}^{\top}}{\sqrt{d_k}} + M\right)$$

          $$M_{ij} = \begin{cases} 0 & j \le i \\ -\infty & j > i \end{cases}$$

          Since $e^{-\infty} = 0$, a forbidden cell gets no share, and it takes no part in the sum below the fraction line either. The
          shares that remain add up to one by themselves.
        `}
        <WorkedByHand title="five rows under the triangle">
          {md`
            Five tokens, their scores already divided by $\sqrt{d_k}$:

            ${numbers.scoreTable}

            Row 1 has two visible scores, 0.3 and 2.4. Their powers of $e$ are ${numbers.powers}, together ${numbers.powerSum}, and so the
            shares are ${numbers.rows[1]!}. All rows:

            ${numbers.maskedTable}

            Row 0 sees only itself: ${numbers.rows[0]!}. Without the mask it would have been ${numbers.openRow}, more than half of it
            spent on
            tokens that have not been written yet. The figure shows ${<Chip figure={lab} scene="worked">the five rows</Chip>}
            and ${<Chip figure={lab} scene="open">the same without the mask</Chip>}.
          `}
        </WorkedByHand>
        <Careful title="add before, do not multiply after">
          {md`
            It is tempting to let softmax run over everything and then multiply the forbidden cells by zero. The five rows above would then
            add up to ${numbers.afterSums}, not to one: early tokens would get faint mixtures, and the size of a mixture would tell
            how much was cut away, which is news from the future.
          `}
        </Careful>
      </Section>

      <Section title="The leak, made visible">
        {md`
          What if one forgets the triangle? Nothing crashes. On the contrary, training has never looked so good.
        `}
        <Predict ask="Nano learns to predict little stories, but each position may see its whole row. Where does its loss go? What does
        it write?">
          {md`
            ${<Chip figure={lab} scene="leak">Train it and see.</Chip>} Before step 120 the training loss is below 0.05 nats, where
            the best model in this book stays near 0.4 on such stories. Its causal twin, same starting weights, same batches, is still
            above
            2.5. Now read what the two write. The twin makes clumsy stories. The other repeats one token, or falls into
            line noise: it has learnt to copy from the right, and when it writes, nothing stands there.
          `}
        </Predict>
        {md`
          The dashed curve says the same in one number. It is the loss of the very same model on held-out stories when later tokens are
          really absent, as they are when it has to write. Under the full mask it *rises* past the 6.24 nats of guessing evenly: the model
          has grown certain, and wrong. Such a leak is a common and costly bug, and this is its signature: a training loss too good to be
          true beside a useless sample.

          While a training runs, its numbers stand here as well:

          | loss in nats, at step ${<Live figure={lab} readout="step" />} | in training | in writing |
          |---|--:|--:|
          | behind your mask | ${<Live figure={lab} readout="loss" />} | ${<Live figure={lab} readout="writing" />} |
          | its causal twin | ${<Live figure={lab} readout="causalLoss" />} | ${<Live figure={lab} readout="causalWriting" />} |

          Try masks of your own, and begin with a small mistake. One wrong cell, query 3 to key 4, lets one position in seven see its
          answer. After 300 steps the training loss is some 0.2 nats better than the twin’s and the writing worse by more than that; nothing
          else looks odd. A full leak announces itself. A small one passes for progress.

          Or take a detour. Let query 1 see key 3. Query 3 may see key 2, as it always could, so after the first layer place 3 can hold
          what token 2 says, and in the second layer place 1 can read it there. No cell lets 1 see 2, and yet the answer can arrive,
          though training is slow to find the way. A mask rules over one layer, but information travels through all of them, and the sentence below the
          matrices counts such relays. The triangle is safe at any depth: steps none of which goes right never end up on the right.
        `}
      </Section>

      <Section title="Every position is a lesson">
        {md`
          The triangle has a second gift. Row $t$ never depends on what comes after $t$, so its output is exactly what the model
          would compute if the text ended there. One pass over a row of $n$ tokens therefore gives $n$ predictions at once, each made as
          if its
          future did not exist, and each is scored against the token that really came. One reading of a thousand tokens is 999
          lessons, and none of them has seen its own answer.

          Keep the shift in mind. The token at position 5 is predicted by the row of position 4, the last one that exists when the
          guess is made. In a row cut to eight tokens, as in the figure, the last row predicts a token outside, so seven
          predictions are scored.

          In writing, the same property saves work. When token 5 arrives, rows 0 to 4 do not change: nothing they see has changed.
          Their keys and values can be kept and only one new row computed. That is the idea of [the cache](chapter:kv-cache-and-serving).
        `}
        <Question ask={md`How many positions does row 3 see? And which rows of a causal pattern can be computed before token 5 exists?`}>
          {md`Row 3 sees four: 0, 1, 2 and 3. The rows 0 to 4 are complete before token 5 exists, and stay as they are afterwards.`}
        </Question>
      </Section>

      <Section title="Other shapes of the same idea">
        {md`
          The triangle is one mask of many. The machinery never changes, only the permissions.

          - **Padding.** Texts of different length, stacked into one batch, are filled up with a token that means nothing. Its column is
            forbidden to all, and its own predictions are not scored.
          - **Packing.** Several short texts share one row; ${<Chip figure={lab} scene="block">blocks</Chip>} keep each blind to the
            others.
          - **Prefix.** The ${<Chip figure={lab} scene="prefix">first tokens see each other</Chip>}, the rest is causal: read the question
            freely, write the answer in order (${<Cite id="raffel2019" />}). Inside the prefix every token but the last can see its
            successor, so
            no loss is taken there; train it in the figure, where it *is* taken, to see why.
          - **Sliding window.** Each token sees ${<Chip figure={lab} scene="window">itself and a few before it</Chip>}
            (${<Cite id="beltagy2020" />}). The number of scores grows with $n \cdot w$ where it grew with $n^2$ before. What lies further
            back arrives by relay: a layer reaches $w - 1$ places, $L$ layers reach $L(w-1)$.
          - **Dilated and block patterns.** ${<Chip figure={lab} scene="dilated">Every second token</Chip>}, or every $k$-th, buys a long
            reach for few cells; mixtures of near and far patterns were among the first ways to long texts (${<Cite id="child2019" />}).
          - **Cross.** When one sequence reads another, a translation its original, queries come from the one and keys from the
            other. The matrix is a rectangle, and since the original is complete, all of it may be visible.
        `}
      </Section>

      <Section title="Three families, one machine">
        {md`
          Choose a mask and an exercise, and you have chosen a family.

          | family | who sees whom | exercise | example |
          |---|:--|:--|:--|
          | ${<Term>encoder</Term>} only | everyone sees everyone | fill in hidden words | BERT |
          | ${<Term>decoder</Term>} only | the triangle | name the next token | GPT |
          | both | all of the input; a triangle over the output; a rectangle between | write an answer | T5 |

          BERT (${<Cite id="devlin2018" />}) shows that the full mask is no sin. It looks both ways, and avoids the leak at the other
          end: the
          words to be guessed are removed from the input, about one in seven. What leaks is an answer that is both wanted and
          visible, so one may hide the position or hide the word. Seeing both sides is an advantage for judging a text. But such a
          model has never continued one.

          GPT (${<Cite id="radford2018" />}) kept only the triangle. The original transformer (${<Cite id="vaswani2017" />}) and T5
          (${<Cite id="raffel2019" />}) have both halves. Why have the large models of today nearly all become decoders? Several reasons
          pull the same way.
          Every position is a lesson, where BERT learns from one in seven. One stack does the reading and the writing, so any task that
          can be
          written down as text fits without a new part. Old rows never change, which makes writing cheap. And a prompt, some examples, a
          conversation are all just more text on the left. It is a fact about cost and convenience more than a theorem:
          in a careful comparison, decoders did best straight after training on plain text, while models that read their input both ways
          did better
          once all had been fine-tuned on many tasks (${<Cite id="wang2022architecture" />}).
        `}
        <Quiz
          ask="A model is trained with the full mask; 15 % of its input tokens are replaced by a blank that it has to fill. Does the
          answer leak?"
          options={[
            {
              text: "Yes: every position sees every other, so the loss falls to nothing.",
              why: "It would, if the answer were still among the visible tokens. The word was taken out, so there is nothing to copy.",
            },
            {
              text: "No: the answers are no longer in the input.",
              right: true,
              why: "The mask and the exercise have to be judged together. This pair is BERT’s, and it is sound.",
            },
            {
              text: "Only in the last layer.",
              why: "A leak may take several layers to arrive, but here nothing can arrive: the word is gone from the first.",
            },
          ]}
        />
      </Section>

      <Heads numbers={numbers} />

      <Section title="Check yourself">
        <Quiz
          ask="In a causal model, the row of which token predicts the word “home” in “they went home”?"
          options={[
            { text: "The row of “home”.", why: "When the guess is made, “home” is not there yet. Its row predicts what follows it." },
            {
              text: "The row of “went”.", right: true,
              why: "It is the last token that exists, it sees “they” and itself, and its output is scored against “home”.",
            },
            {
              text: "All rows together.",
              why: "Each row makes a prediction of its own, for its own next token. They train together, but none votes on another’s.",
            },
          ]}
        />
        <Quiz
          ask="A training loss on fresh text falls to 0.02 nats a token within minutes, and samples are garbage. What do you suspect first?"
          options={[
            { text: "Overfitting.",
              why: "A model that knows its texts by heart fails on fresh ones. This loss is low on text it had not seen." },
            { text: "A learning rate that is too high.",
              why: "That shows as a loss that climbs or jumps about, not as one that nearly vanishes." },
            { text: "The mask lets positions see their own answers.", right: true,
              why: "Nothing honest predicts text this well. In the figure at the top the same two signs appear together." },
          ]}
        />
        <Question ask={md`Why must there be a $W_O$?`}>
          {md`
            Each head’s result is narrow and would stay in columns of its own. $W_O$ turns each into a contribution of full
            width and adds them up, so that every number of the output can draw on every head.
          `}
        </Question>
        <Question ask={md`A model with 12 layers and a window of 512 tokens: how far back can it be influenced?`}>
          {md`
            A layer reaches 511 places back and hands on what those places had gathered, so twelve reach $12 \cdot 511 = 6{,}132$ places,
            through ever
            longer chains of relays. Whether much of the message survives is another question.
          `}
        </Question>
      </Section>
    </>
  ),
});
