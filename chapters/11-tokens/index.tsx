import {
  Chip, Cite, defineChapter, Figure, Live, md, Note, Predict, Question, Quiz, Section, Term, Tokens, WorkedByHand,
} from "../../src/prose/index.ts";
import { bpeTrainer } from "../../src/widgets/bpeTrainer.ts";
import { Prices } from "./prices.tsx";
import { worked } from "./worked.ts";

const trainer = "bpe-trainer";

export default defineChapter({
  title: "Tokens",
  question: "A language model computes with numbers only. Who decides which number stands for which piece of text?",
  summary: "Byte-pair encoding, merge by merge: how text becomes integers, and how one frozen table decides what every text costs.",
  worked,
  Body: ({ worked: numbers }) => (
    <>
      <Figure widget={bpeTrainer}>
        A tokenizer in the making: every word of a small corpus as it is cut at the moment, and how often each pair of neighbours
        stands together. The most frequent pair becomes one piece, again and again. Pause and go step by step, press a piece to see how
        it was made, or type a corpus of your own. Notice that the most common words grow together first.
      </Figure>

      <Section title="Integers, please">
        {md`
          Everything a network does is arithmetic, and arithmetic needs numbers. So before a language model sees a sentence, the sentence
          is cut into pieces, and each piece is looked up in a list. The pieces are ${<Term of="token">tokens</Term>}, the list is the
          ${<Term>vocabulary</Term>}, and the place of a token in the list is its *id*. What enters the model is a row of ids. What leaves
          it, when it writes, is an id again, looked up the other way round.

          The id carries no meaning. That one word has number 318 and another 319 makes them neighbours in a list and nothing else; the
          model learns what each stands for by itself, starting from random ([how](chapter:embeddings-and-position) is the next chapter).
          But the cutting is done before any learning, and what it destroys, no learning brings back. A model that receives a word as one
          integer cannot see how the word is spelt. It can only have picked that up from elsewhere.
        `}
      </Section>

      <Section title="Letters, words, or something between">
        {md`
          There are two obvious ways to cut, and both are bad.

          **Letters** make a tiny vocabulary. But the text becomes long, five or six tokens to an English word with its space, and the
          work that a transformer does grows with the number of tokens, for [attention](chapter:attention) with its square. The model also
          spends its first layers finding out, again and again, that *t*, *h* and *e* in a row are a word.

          **Words** make the text short. But there is no end of words. Take the hundred thousand most frequent: names, typing errors,
          most of chemistry and all of Finnish inflection still fall outside, and whatever falls outside becomes the same dead token,
          *unknown*. A model cannot speak about what it cannot spell. And each word in the list needs a row of its own in the model’s
          first table, even if training shows it twice.

          The way between is to give frequent words one token each, and to compose rare words of parts: ${<Tokens of="▁un break able" />}
          rather than an unknown. Which parts? One could ask a linguist. The method that won does nothing but count.
        `}
      </Section>

      <Section title="Count, merge, repeat">
        {md`
          **Byte-pair encoding** was invented to compress files (${<Cite id="gage1994" />}) and brought to language models by
          ${<Cite id="sennrich2016" />}. Begin with every word cut into its letters. Then repeat:

          1. Count how often each pair of neighbours stands together in the whole corpus.
          2. Take the most frequent pair, and make it one new token, everywhere.

          Each round is a ${<Term>merge</Term>}, and adds one token to the vocabulary. Stop when the vocabulary is as large as you want
          it. The list of merges, in the order in which they were made, *is* the tokenizer; nothing else is kept. The figure at the top
          has made ${<Live figure={trainer} readout="merges" />} of them, and its corpus is ${<Live figure={trainer} readout="tokens" />}
          tokens long.
        `}
        <Predict ask="A corpus holds low five times, lower twice, newest six times. Which pair of letters is merged first?">
          {md`
            Not a pair inside *low*, which stands there seven times: (w,e) occurs in *lower* and in *newest*, eight times together. Counting
            knows nothing of words, only of neighbours.
          `}
        </Predict>
        <WorkedByHand title="low five times, lower twice, newest six times">
          {md`
            The sign ▁ stands for the space before a word. The first count, complete:

            ${numbers.counts}.

            The pair (w,e) is merged first. Then ${numbers.ties} pairs have seven each, and the one that was seen first wins; that rule,
            too, is part of the tokenizer. After eleven merges nothing is left to merge:

            ${numbers.merges}.

            The corpus began as ${numbers.letters} letters and spaces and is now ${numbers.tokensAtEnd} tokens, one a word. On the way,
            after nine merges, *lower* reads ${<Tokens of={numbers.afterNine} />}.
          `}
        </WorkedByHand>
        {md`
          Look at ${<Chip figure={trainer} scene="lower">that last cut</Chip>} again. A person would have said ${<Tokens of="▁low er" />},
          word and ending. The procedure could not: *we* had been merged in the first round, for the sake of *newest*, and a merge is
          never taken back. ${<Chip figure={trainer} scene="widest">Add “widest” three times</Chip>} to the same corpus, and the first
          merges become ${numbers.widestMerges}; now the same word is ${<Tokens of={numbers.widestLower} />}. Tokens are frequent. They
          need not mean anything.

          On real text the first merges save much and the later ones less and less, as a
          ${<Chip figure={trainer} scene="novel">page of Moby-Dick</Chip>} shows: after a hundred or so, the curve has bent. Vocabularies
          of real models go on for tens of thousands of merges, deep into the flat part.
        `}
        <Quiz
          ask="Suppose newest appeared four times instead of six. What is the first merge?"
          options={[
            {
              text: "Still (w,e), the pair that two words share.",
              why: <>It would now have six: two from <em>lower</em> and four from <em>newest</em>.</>,
            },
            {
              text: "The pair (▁,l).",
              right: true,
              why: <>
                Three pairs tie, all from <em>low</em> and <em>lower</em>: {numbers.tied}. Of equals, the one seen first in the corpus
                is taken.
              </>,
            },
            {
              text: "None: a tie cannot be decided.",
              why: <>
                It is decided by a rule, seen first or smallest first. Two programs with different rules make different tokenizers
                from the same text.
              </>,
            },
          ]}
        />
      </Section>

      <Section title="Nothing is unknown">
        {md`
          Cut into letters, we said. But which letters? Unicode has more than a hundred and fifty thousand characters, and tomorrow
          someone will use one that the corpus did not hold. The trick that closes the last gap is to begin one floor lower, with the
          ${<Term of="byte">bytes</Term>} of the text as it lies in memory. There are exactly 256 of them. An English letter is one byte,
          so *cat* is ${numbers.bytes.cat}; *é* is ${numbers.bytes.e}; 😀 is ${numbers.bytes.faceCount}, namely ${numbers.bytes.face}.
          Start the vocabulary with all 256, merge from there, and *every* string can be written (${<Cite id="radford2019" />}). In the
          worst case, as with ${<Chip figure={trainer} scene="scripts">Burmese or an emoji</Chip>} before its first merges, it is spelt
          out byte by byte: long, and never unknown.

          Two habits make the tables of real models look strange. The space before a word is part of the word’s token, so that
          joining tokens gives back the text exactly; one prints it as ▁ or Ġ to make it visible. And before any counting the
          text is cut into rough words, a step called ${<Term>pre-tokenization</Term>}; no merge crosses such a cut. Without it, *dog.*
          and *dog!* and *dog,* would grow into three unrelated
          tokens.${<Note>
            A well-kept alternative, SentencePiece, drops this step and treats the space as a letter like any other: <Cite id="kudo2018"
            />. Another chooses the pieces by their probability and can cut one word in several ways: <Cite id="kudo2018regularization" />.</Note>}
        `}
      </Section>

      <Section title="A table, frozen">
        {md`
          There is no learning in any of this, no gradient and no loss. It is counting, it happens once, before the first step of
          training, and then the table is frozen. To encode a new text one replays the merges on it, in the order in which they were
          found. To decode, one looks up each id and joins the pieces.

          The freeze matters more than it looks. Every weight of the model is trained against these ids, so a different table afterwards
          means a different model. What was frequent in the tokenizer’s corpus stays cheap for as long as the model lives, and what was
          rare in it stays dear: an unusual name, a line of code, a sentence in a language that was hardly there. Cost, speed and how much
          fits into the ${<Term>context</Term>} are all counted in tokens.
        `}
      </Section>

      <Prices numbers={numbers.compared} />

      <Section title="Check yourself">
        <Question ask="Why can no string be out of vocabulary, whatever a reader types?">
          {md`
            The 256 single bytes are tokens, no merge takes them out of the list, and every string is a sequence of bytes. A string that
            fits no merge is spelt byte by byte.
          `}
        </Question>
        <Question ask="Why do numbers tokenize badly?">
          {md`
            Which digits end up together depends on which years, prices and page numbers were frequent: GPT-2’s table holds
            ${<Tokens of={numbers.compared.digits[0]!} />} whole, and cuts another number into ${<Tokens of={numbers.compared.digits[1]!} />}. Addition by columns needs digits in fixed places. Later
            tokenizers cut digits one by one, or in groups of three, before any merge.
          `}
        </Question>
      </Section>
    </>
  ),
});
