import {
  Chip, Cite, defineChapter, Figure, Live, md, Note, Predict, Section, Source, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { embeddingLookup } from "../../src/widgets/embeddingLookup.ts";
import { wordMap } from "../../src/widgets/wordMap.ts";
import { CheckYourself } from "./CheckYourself.tsx";
import { Order } from "./Order.tsx";
import { Turning } from "./Turning.tsx";
import { worked } from "./worked.ts";

const lookup = "embedding-lookup";
const map = "word-map";

export default defineChapter({
  title: "Embeddings and position",
  question: "A token is a number with no meaning. How does a model come to know what it stands for, and where it stands?",
  summary: "Rows of a table, the geometry that training gives them, and four ways to tell a model which word came first.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={embeddingLookup}>
        The way of a text into a small language model. Each token has an id; each id names a row of one large table, here a strip; the rows,
        one below the other, are all that the model sees. Type a text, or press a token. Notice that the same token always picks the same row.
      </Figure>

      <Section title="A row for each token">
        {md`
          [Tokens](chapter:tokens) are numbers, but only in the way that lockers are numbered. Locker 844 is not twice locker 422. A network
          computes with sizes, though, and would take the id for one. So the id is used for the one thing that it is good for, finding a
          place in a list.

          The list is the ${<Term of="embedding">embedding matrix</Term>} $E$. It has a row for each of the $V$ tokens of the vocabulary, and
          a row holds $d$ numbers, the token’s vector. The model in the figure has a table of ${<Live figure={lookup} readout="table" />}. A
          text of $n$ tokens picks $n$ rows; stacked, they are the matrix $X$, with the shape $n \times d$. For the text that is in the
          figure now that is ${<Live figure={lookup} readout="shape" />}. One table serves every place in the text and every text in a
          batch.
        `}
        <WorkedByHand title="four tokens, three numbers each">
          {md`
            ${numbers.toy}

            The ids 2, 1, 2 (“you are you”) give $X$ with the rows ${numbers.x}. The first and the last are the same, number by number.
          `}
        </WorkedByHand>
        {md`
          Mathematicians like to write the same step as a product. Write id 2 as a ${<Term>one-hot vector</Term>}, zero everywhere but for a
          1 at its place: [0, 0, 1, 0]. Multiplied by $E$ it adds up all rows, each times 0 but for one, and what is left is row 2. So a
          lookup is a matrix product, $X = \text{onehot} \cdot E$, and whatever is known of matrix products holds for it: it has a slope, and
          $E$ can be learned by [gradient descent](chapter:gradient-descent) like any other matrix. A row that a batch does not mention gets
          no slope through the lookup: nothing is learned about it.

          Nobody computes it that way. Picking the rows for the figure’s text copies ${<Live figure={lookup} readout="copied" />} numbers; the
          product takes ${<Live figure={lookup} readout="multiplyAdds" />} multiplications, nearly all of them by zero. The figure does both
          and prints the difference of the results. It is exactly 0.

          How wide is a row? Here are the tables of some models whose sizes are published.

          ${numbers.widths}

          (Sources: ${numbers.widthSources}.)

          The larger the model, the smaller the share of its table, because the other matrices grow with the square of the width.
        `}
        <Source file="engine/tasks/embeddingLookup.ts" of="lookUp">Both ways to the rows, as the figure computes them</Source>
      </Section>

      <Section title="Points in a space">
        {md`
          Training begins with random rows. It ends with rows that mean something, and one can see that without knowing what any single
          number is for. Take a row as a point in a space of $d$ dimensions, or as an arrow to it, and ask which other arrows point nearly
          the same way. The usual measure is the ${<Term>cosine similarity</Term>}, the ${<Term>dot product</Term>} of two arrows after both
          have been made of length 1:

          $$\cos(a, b) = \frac{a \cdot b}{\lVert a \rVert \, \lVert b \rVert}$$

          In the figure, ${<Live figure={lookup} readout="token" />} now lies nearest to ${<Live figure={lookup} readout="nearest" />}, with a
          cosine of ${<Live figure={lookup} readout="cosine" />}. The six tokens nearest to *red* are six colours. Next to *happy* stands
          ${<Chip figure={lookup} scene="happy">glad</Chip>}, and around *mother* ${<Chip figure={lookup} scene="mother">the family</Chip>}.
          Nobody gave the model a list of colours. ${<Chip figure={lookup} scene="scraps">Scraps</Chip>} that it rarely met have stayed close
          to where chance put them.

          It is tempting to go on and ask what column 17 means. Mostly the question has no answer. Turn the whole space, all rows by the same
          rotation, and undo the rotation in the matrices that read them: not one output changes, and every single number has. Distances and
          angles survive this and single columns do not. Directions can carry meaning; they need not lie along an axis.${<Note>
            For skip-gram, in the next section, this holds exactly. A transformer’s normalisation and its optimizer treat columns one by one, so
            there the axes are not quite like other directions, and a few columns do stand out.
          </Note>}
        `}
      </Section>

      <Section title="You shall know a word by its neighbours">
        {md`
          Where does the geometry come from? From the company that words keep. *Fox* and *badger* stand in the same kinds of sentence, after
          *a little* and before *went to the forest*, so a model that predicts the words around them does well to treat them alike.

          The barest machine that shows this is ${<Term>skip-gram</Term>} (${<Cite id="mikolov2013" />}). It has no layers at all. Each word
          $w$ has a vector $v_w$, and a second one, $u_w$, for its role as a neighbour. For each pair of words that stand near each other
          in the text, training raises the dot product $u \cdot v$; for the same word with $k$ words drawn at random, it lowers it:

          $$L = -\ln \sigma(u_\text{near} \cdot v) - \sum_{i=1}^{k} \ln \sigma(-u_i \cdot v), \qquad \sigma(x) = \frac{1}{1 + e^{-x}}$$

          Without knowledge all products are 0, each of the $k + 1 = 6$ terms is $\ln 2$, and the loss is ${numbers.blind}. What it learns from
          there on is which words go together. Press *Run*.
        `}
        <Figure widget={wordMap}>
          Skip-gram at work: 400 words get vectors of 16 numbers, drawn in the plane that keeps most of their differences. Run it, press a
          word, or type one; below, type three words of an analogy. Colours mark groups for your eye and are not told to the training.
          Notice what finds together, and what lands among the colours without being one.
        </Figure>
        {md`
          Now, at step ${<Live figure={map} readout="step" />}, the nearest word is “${<Live figure={map} readout="first" />}”. Let it run to
          the end, and look for the stranger among the neighbours of *red*. *Apple* is no colour. But one of the stories is
          about a red apple, and words that stand side by side share their neighbours. The vectors record use, and fruit is not what they
          sort by. On
          ${<Chip figure={map} scene="few">fifteen stories</Chip>} the same training finds neighbours just as confidently, and they are
          accidents of fifteen stories. ${<Chip figure={map} scene="book">Another book</Chip>} gives other neighbours. A map of words is a map
          of a text.

          And do not trust the plane too far. It keeps ${<Live figure={map} readout="share" />} of the differences; two words that lie side by
          side in the drawing may be far apart in one of the other fourteen directions. The bars use all sixteen.

          In 2013 such vectors became famous for their analogies. From *he* to *she* goes an arrow, and the same arrow leads from *father* to
          somewhere near *mother*.
        `}
        <Predict
          ask="Compute the vector of she − he + father. Which word’s vector lies nearest to it?"
          options={[
            { text: "mother" },
            { text: "father", right: true },
            { text: "It varies: neither of them comes first." },
          ]}
        >
          {md`
            The step from *he* to *she* is short, so one hardly leaves the place where one began. Look at the figure: *father* comes first,
            in brackets, since the usual test does not allow the three given words as answers. Then *mother* it is.
          `}
        </Predict>
        {md`
          That rule does more work than one would think. A well-known list of analogies has a section on family; 20 of its questions use words
          of our stories only. Trained for 600 steps (seed 1), skip-gram answers 13 of them under the rule, and 2 without it. ${<Cite id="linzen2016" />}
          found the same of large models: much of the success comes from the neighbourhood of the third word, little from the arrow. Some
          arrows are real. ${<Chip figure={map} scene="wrong">Others</Chip>} point nowhere.

          The idea is older than neural networks. *Latent semantic analysis* counts which words occur in which documents and compresses the
          table of counts to a few hundred directions (${<Cite id="deerwester1990" />}). *Latent Dirichlet allocation* explains each document as
          a mixture of topics, and each topic as a distribution over words (${<Cite id="blei2003" />}). ${<Cite id="bengio2003" />} trained word
          vectors inside a language model. *GloVe* fits them to the logarithms of how often words occur together (${<Cite id="pennington2014" />}).
          Behind each of them stands the same count: which words keep company with which.
        `}
      </Section>

      <Section title="One row, many meanings">
        {md`
          A table has one row for *bank*, and the row has to serve the river and the loan. It ends up somewhere between, a compromise that fits
          neither. Vectors from a table are *static*: what they say about a word is the same in every sentence.

          A transformer takes them as a beginning. In each layer, [attention](chapter:attention) lets a token gather from its neighbours, and
          after a few layers the vector at *bank* in “sat on the bank of the river” is no longer the one in “the bank raised its rate”. These
          are *contextual* vectors, one for each occurrence instead of one for each word. The table gives a word its possibilities, and the
          sentence chooses among them.

          Average the contextual vectors of a sentence and you have one vector for the whole of it. Trained so that sentences of like meaning
          come out near each other (${<Cite id="reimers2019" />}), such *sentence embeddings* make search by meaning possible: embed the
          documents once, embed the question, and take the largest cosines. The chapter on
          [prompting and retrieval](chapter:prompting-and-retrieval) builds on this.${<Note>
            That training matters. Within an ordinary language model, contextual vectors crowd into a narrow cone, so that even vectors of
            unrelated words have a high cosine (<Cite id="ethayarajh2019" />).
          </Note>}
        `}
      </Section>

      <Order numbers={numbers} />
      <Turning numbers={numbers} />
      <CheckYourself />
    </>
  ),
});
