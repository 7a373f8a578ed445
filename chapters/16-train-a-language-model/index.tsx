import {
  Careful, Chip, Cite, defineChapter, Figure, Live, md, Predict, Question, Quiz, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { predictTheBlank } from "../../src/widgets/predictTheBlank.ts";
import { trainTinyGpt } from "../../src/widgets/trainTinyGpt.ts";
import { Larger } from "./Larger.tsx";
import { worked } from "./worked.ts";

const run = "train-tiny-gpt";

export default defineChapter({
  title: "Train a language model",
  question: "What does a network have to learn in order to guess the next word, and in which order does it learn it?",
  summary: "A small GPT, trained from random numbers in this tab: its loss, the baselines it crosses, and samples that become sentences.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={trainTinyGpt}>
        A language model with random weights, and a run that has not begun. Press Run: the curve is its loss, the grey lines are what one
        reaches by counting alone, and below stands what the model writes at the moment. Notice the order in which it crosses the lines.
      </Figure>

      <Section title="One exercise, over and over">
        {md`
          *The cat sat on the …* You have a word in mind. You are also not certain, and if pressed you could say how sure you are of
          *mat*, how much you would put on *sofa*, and that *banana* deserves hardly anything. A language model does this and nothing
          else. It reads the tokens so far and hands out belief, one share to every token of its ${<Term>vocabulary</Term>}, for the one
          that comes next. All shares are positive, and they add up to one.

          It sounds like too little to build anything on. But consider what the guess needs. *The capital of Peru is* wants a fact. *She
          put the glass down, because it* wants to know what *it* is. *17 + 25 =* wants arithmetic. A person who
          guessed next words well, in every kind of text, would have to know a great deal about language and something about the world.
          Shannon used people as such models, to measure how predictable English is (${<Cite id="shannon1951" />}); the first neural
          network trained to do it came half a century later (${<Cite id="bengio2003" />}).
        `}
      </Section>

      <Section title="Scoring a guess">
        {md`
          To train, we need a ${<Term>loss</Term>}. The word that really came decides: the loss is minus the logarithm of the belief the
          model had placed on it.
        `}
        <WorkedByHand title="what a guess costs">
          {md`
            ${numbers.guesses}

            A model that knows nothing spreads its belief evenly. With a vocabulary of 512 tokens it pays $\ln 512 =$ ${numbers.uniform}
            nats whatever comes; with GPT-2’s ${numbers.gpt2} tokens it would pay ${numbers.uniformGpt2}.
          `}
        </WorkedByHand>
        {md`
          The average over a text is the ${<Term>cross-entropy</Term>}, and it is the number on the vertical axis of nearly every curve in
          this book. Because of the natural logarithm its unit is the ${<Term>nat</Term>}. Two translations help to read it. Raise $e$ to
          the loss, and you get the ${<Term>perplexity</Term>}: a loss of 3.0 nats is a perplexity of ${numbers.perplexityOf3}, as much
          doubt as between twenty equally likely tokens. Divide by $\ln 2$, and nats become bits: the ignorant model above pays
          ${numbers.bits} bits a token, which is just what it takes to write down a number below 512.

          One number is worth checking before any run. At step 0 a model should lose about $\ln V$, with $V$ the size of the vocabulary.
          More means it starts out *confidently* ignorant, and its first steps are spent on unlearning that. The other early sign of
          trouble is a loss that climbs: [steps that are too long](chapter:gradient-descent) undo each other here too, as the figure shows
          with ${<Chip figure={run} scene="tooFast">a learning rate of 3</Chip>}.
        `}
        <Figure widget={predictTheBlank}>
          The trained model of this book before a text of yours: how much each token surprised it, then what it expects in the blank. Press a bar to write its token, or a token to see what was expected in its place. Notice where the surprises stand: at
          the choices, hardly ever inside a phrase.
        </Figure>
      </Section>

      <Section title="From a wrong guess to a changed weight">
        {md`
          Random weights guess *banana* as readily as *mat*. How does one wrong guess make the next a little better? The loss has a slope
          with respect to each score that the model gave, and for cross-entropy after softmax that slope is as simple as one could wish:
          the belief, minus one where the word really came.
        `}
        <WorkedByHand title="who is pushed, and how hard">
          {md`
            Say the word was *floor*.

            ${numbers.gradient}

            The score of *floor* is pushed up, the others down, each in proportion to the belief that was wasted on it. The slopes add up
            to zero. With a perfect guess all of them would be zero, and nothing would be learnt.
          `}
        </WorkedByHand>
        {md`
          From the scores [backpropagation](chapter:neurons-and-backprop) carries these pushes through every layer to every weight: to the
          output matrix, which must lay *floor* nearer to what the last position holds; to attention, which should have looked elsewhere; and
          to the vectors of the words that were read. A token that stood in the text is changed as input. In the output layer *every*
          token of the vocabulary is changed a little at each step, *banana* too.
        `}
      </Section>

      <Section title="Every text is its own answer key">
        {md`
          Most learning needs someone who knows the answers. Here the text holds them. Cut any sentence anywhere: what stands before the
          cut is the question, the token after it is the answer. No one has to label anything, which is why language models can be trained
          on more text than anyone could read in a thousand lives. It is called *self-supervision*.

          It also wastes nothing. A passage of ${numbers.labels} tokens is not one exercise but ${numbers.labels}: predict the second token
          from the first, the third from the first two, and so on, each answer being the next token of the text itself. A transformer does
          all of them in one go, since the [causal mask](chapter:masks-and-heads) keeps every position from seeing its own answer. During
          training the model always reads the true text, however wrong its guess has been; its guesses are only scored. This is *teacher
          forcing*. When it writes, there is no true text to return to, and it must live with what it has written, one token at a time.
        `}
        {md`
          Texts have all lengths, and a batch is a rectangle. One could give each text a row and fill the rest with blanks; five texts of
          ${numbers.documents} tokens would leave rows of ${numbers.labels} only ${numbers.padded} % full. So texts are *packed*: written one
          after another, each followed by a token that says *end of text*, and the long ribbon is cut into windows. Our five become
          ${numbers.packed} tokens, two windows without a blank. A window may begin in the middle of a
          sentence and end in another story. The model learns that what stands before an *end of text* has nothing to do with what follows;
          some recipes mask it away as well. What it cannot learn is anything that reaches further than its window.
        `}
        <Predict ask="A model gets 100,000 passages of 64 tokens to train on. How many predictions is it scored on?">
          {md`
            6.4 million, one for each token of each passage (the last one predicts the token that follows the passage). They are not
            independent, because neighbours share most of their context, but each is a lesson with an answer.
          `}
        </Predict>
      </Section>

      <Section title="What it learns first">
        {md`
          Watch the loss of such a run, and it does not fall anyhow. It passes stations, and they can be computed in advance by counting.

          1. **Uniform.** Random weights, no knowledge: $\ln V$.
          2. **Unigrams.** Some tokens are frequent. A model that only knows *how* frequent, and says so at every position, does much
             better than uniform. This much is learnt first, almost without looking at the input.
          3. **Bigrams.** What follows depends on the token before it: after *once* comes *upon*. A table of pairs knows this, and so does
             a network that looks one token back. The ${<Term>bigram</Term>} line is the first that cannot be passed by counting pairs.
          4. **Beyond.** To get lower, the model must use what lies further back: who was named, which sentence is being finished, what
             was said before and is being said again. From here on [attention](chapter:attention) earns its keep.

          The run at the top is at step ${<Live figure={run} readout="step" />}, with a loss of ${<Live figure={run} readout="loss" />}
          nats.

          The samples tell the same story with a delay. First letters in the right mixture, then pieces that look like words, then words,
          then words in a plausible order, and last, names that stay the same to the end of the sentence. A model can be far below the
          bigram line and still write nonsense: an average improves before any single text
          does.
        `}
        <WorkedByHand title="the bill">
          {md`
            The small size *nano* of this book has 2 layers of width 64, a vocabulary of 512 and a window of 64 tokens, which makes
            ${numbers.parameters} parameters. Training costs about six operations per parameter and token, two for the prediction and four
            for the slopes: ${numbers.perToken} for one token, and ${numbers.total} · 10¹⁰ for ${numbers.passages} of them.
          `}
        </WorkedByHand>
      </Section>

      <Larger />

      <Section title="A completer, not an assistant">
        {md`
          What comes out at the end is called a ${<Term>base model</Term>}, and it does one thing: it continues. Give it the beginning of
          a story and it goes on with the story. Give it a question, and it may well go on with another question, since in the texts it
          has read questions often come in lists. Its knowledge ends where its text ends: of what happened after the last page was
          collected, the *knowledge cutoff*, it has no idea, and mostly not even the idea that it has none. It has no wish to help and no idea of being asked. Turning a completer into an assistant
          is a [second training](chapter:post-training) on top of this one, and a far smaller one; what the model knows, it knows from here.

          The same recipe, a decoder and the next-token loss, has been scaled from millions of parameters to hundreds of billions
          (${<Cite id="radford2019" />}, ${<Cite id="brown2020" />}). The model in this chapter differs from those in size, in data and in
          patience. It does not differ in kind.
        `}
        <Careful title="reading a falling curve">
          {md`
            - A low loss on the training text may be memory. Give the figure
              ${<Chip figure={run} scene="ownText">one page of text</Chip>}, press Run again, and watch the two curves part. A model of
              this size can learn a small book by heart; only the loss on text it has never seen, the ${<Term>validation</Term>} loss,
              tells the two apart.
            - Perplexities do not compare across [tokenizers](chapter:tokens). A model that reads letters guesses among few and guesses
              often; per token it looks brilliant. Compare ${<Term>bits per byte</Term>}.
            - A better loss is an average. It does not promise that the next sample is better.
          `}
        </Careful>
      </Section>

      <Section title="Check yourself">
        <Quiz
          ask="A model with a vocabulary of 512 has a loss of 9 nats at step 0. What does that tell you?"
          options={[
            {
              text: "It is normal: training has not begun.",
              why: <>An even spread costs ln 512 = {numbers.uniform} nats. Knowing nothing is cheaper than 9.</>,
            },
            {
              text: "It is confident, and wrong.",
              right: true,
              why: <>
                To pay more than for an even spread, a model must put most of its belief on tokens that do not come. Its first weights
                are too large.
              </>,
            },
            {
              text: "The text is hard.",
              why: <>
                The even spread costs the same on every text. No text is hard enough to charge more to a model that spreads its
                belief.
              </>,
            },
          ]}
        />
        <Quiz
          ask="Two models report a loss on the same book: A 1.2 nats a token, B 3.4. A reads letters, B reads words. Which predicts the book better?"
          options={[
            {
              text: "A, because its loss is lower.",
              why: <>Its loss is an average over letters, of which there are five or so for each word of B. It pays less each time and more often.</>,
            },
            {
              text: "B, because words are harder to guess than letters.",
              why: <>They are harder one by one. That alone does not say by how much, and by how much is the question.</>,
            },
            {
              text: "The losses alone do not say.",
              right: true,
              why: <>Add each up over the whole book, or divide by its bytes. Only then do both count the same text.</>,
            },
          ]}
        />
        <Question ask="How many predictions does one window of 64 tokens give?">
          {md`Sixty-four: each position predicts the token after it, and for the last one that is the first token after the window.`}
        </Question>
        <Question ask="Why can a model not train on a token and see it at the same time?">
          {md`
            It would copy it. The answer would stand in the input, the loss would fall to nearly zero, and nothing would have been learnt
            for the day on which the answer is missing. The causal mask hides it.
          `}
        </Question>
      </Section>
    </>
  ),
});
