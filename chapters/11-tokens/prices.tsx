import { Careful, Chip, Cite, Figure, Live, md, Predict, Quiz, Section, Term, Tokens, WorkedByHand } from "../../src/prose/index.ts";
import { tokenizerCompare } from "../../src/widgets/tokenizerCompare.ts";
import { tokensPerLanguage } from "../../src/widgets/tokensPerLanguage.ts";
import type { worked } from "./worked.ts";

const compare = "tokenizer-compare";

/** What a frozen table costs: how long a vocabulary should be, three real ones compared, languages, and tokens that are no text. */
export function Prices({ numbers }: { readonly numbers: Awaited<ReturnType<typeof worked>>["compared"] }) {
  return (
    <>
      <Section title="How long should the list be?">
        {md`
          More merges make shorter texts, and shorter texts make everything after them cheaper. What speaks against a vocabulary of ten
          million? Each token needs a row of numbers at the entrance of the model, and usually a second one at the exit, where every token
          gets a score at every step. With rows of 4,096 numbers, a list of 128,000 tokens has ${numbers.rows.large} parameters in a single
          such table; in a small model that can be more than all the rest. And a token that training hardly ever shows has a row that
          training hardly ever touches.

          So vocabularies grew slowly. GPT-2’s had ${numbers.sizes[0]!} entries, GPT-4’s about twice, GPT-4o’s about four times as many:
          still far fewer than the word forms of one well-stocked language, and far more than 256.
        `}
      </Section>

      <Section title="Three tables, one text">
        <Figure widget={tokenizerCompare}>
          One text, cut by three tables that were in wide use and by the tokenizer of this book’s own model. Type a text; press a piece to
          read its id. “Run” fetches the tables. Notice where the newer tables cut less, and where all of them cut oddly.
        </Figure>
        <WorkedByHand title="the same words, three times">
          {md`
            “the unfortunate cat” has 19 characters and becomes 3 tokens: ${numbers.ids}. Not one id agrees.

            “I can’t wait to build AI applications” (with a plain apostrophe) takes ${<span className="whole">{numbers.wait}</span>} tokens, and ${numbers.fullStop} in
            GPT-4’s table once a full stop is added. “How are you?” takes ${numbers.howAreYou} everywhere. 我喜欢机器学习, *I like machine
            learning*, takes ${<span className="whole">{numbers.chinese}</span>}; 😀 takes ${<span className="whole">{numbers.face}</span>}.
          `}
        </WorkedByHand>
        {md`
          The word ${<Chip figure={compare} scene="cooking">cooking</Chip>} comes out as ${<Tokens of={numbers.cooking[0]!} />},
          ${<Tokens of={numbers.cooking[1]!} />} and ${<Tokens of={numbers.cooking[2]!} />}. Only one of the three cuts is one that a
          dictionary would make, and it is the oldest. The models do not seem to mind; they learn what *co* before *oking* means, as we
          learn that *sh* is one sound.

          The English text of the next figure has ${numbers.bytesPerToken} bytes a token in the newest table, or ${numbers.tokensPerWord} tokens
          a word, and that is a fair rule of thumb for formal English. It does not travel. ${<Chip figure={compare} scene="code">Code</Chip>} is full of indents, and GPT-2’s table spent a token
          on each space of them. ${<Chip figure={compare} scene="numbers">Numbers</Chip>} fall apart at places that have nothing to do with
          tens and hundreds. ${<Chip figure={compare} scene="capitals">The same word in odd capitals</Chip>} costs several times as much, and
          ${<Chip figure={compare} scene="emoji">some emoji</Chip>} more than a sentence. The text in the figure is now
          ${<Live figure={compare} readout="counts" />} tokens long, and ${<Live figure={compare} readout="own" />} for the book’s model.

          All of this is why a count of tokens says nothing across models. A loss *per token* is smaller for the model that cuts finer,
          because each token is easier to guess. Divide by the bytes of the text instead: they are the same for everyone.
        `}
        <Quiz
          ask="Model A has a loss of 2.1 a token, model B 2.6, on the same text. Which one predicts the text better?"
          options={[
            { text: "A: its loss is the smaller one.", why: "Its tokens may also be the shorter ones, and there are more of them to pay for." },
            {
              text: "That depends on how many tokens each cuts the text into.",
              right: true,
              why: <>If A needs 1,300 tokens and B 1,000, A pays 2,730 nats for the text and B 2,600. Per byte, B is ahead.</>,
            },
            { text: "B: longer tokens are harder, so it must have learnt more.", why: "Perhaps. A longer token is harder to guess; without the counts nobody can tell by how much." },
          ]}
        />
      </Section>

      <Section title="The price of a language">
        {md`
          Services charge by the token, for what goes in and for what comes out; a model writes a fixed number of tokens a second; and its
          ${<Term>context</Term>} is a number of tokens too. So a language that needs twice the tokens pays twice, waits twice and can show
          the model half as much. How large is the factor? Take one text that exists in nearly every language, the Universal
          Declaration of Human Rights, and count.
        `}
        <Predict ask="GPT-2’s table came from mostly English pages. How many times as many tokens does the Burmese declaration need?">
          {md`
            ${numbers.burmese[0]!} times. A Burmese letter is three bytes, hardly any pair of which was ever frequent enough to be merged, so
            nearly every byte is a token of its own.
          `}
        </Predict>
        <Figure widget={tokensPerLanguage}>
          The whole declaration in twelve languages, counted in one table: the bar is its length relative to English, and upright lines
          show the two other tables. Change the table, or show money and window in place of tokens. Notice which languages a newer
          table helped, and which it forgot.
        </Figure>
        <WorkedByHand title="tokens for the declaration, English = 1">
          {md`
            English takes ${numbers.english} tokens in the three tables. Relative to that:

            ${numbers.languages}
          `}
        </WorkedByHand>
        {md`
          Between 2019 and 2024 the Burmese text became five times cheaper, from ${numbers.burmese[0]!} to ${numbers.burmese[2]!}, by nothing
          but a table with more Burmese in its corpus; and it still costs four times the English one. For Lao little happened:
          ${numbers.lao[0]!}, then ${numbers.lao[1]!}, now ${numbers.lao[2]!}. Some of such a factor belongs to the language and its
          translation, for texts differ in length by any measure. Most belongs to the table. ${<Cite id="petrov2023" />} found the same pattern over many
          tokenizers, and short everyday requests, as in the collection of ${<Cite id="fitzgerald2022" />}, show it as well.
        `}
      </Section>

      <Section title="Tokens that are no text">
        {md`
          A few ids are kept for what no text contains. One marks the end of a document, ${<Tokens of="<|endoftext|>" />} in GPT-2. Chat models
          add more: where the user begins to speak, where the assistant does, where a turn ends. To the model a conversation is one row of
          ids in which these marks say who is who. They must not be forgeable: if a reader types the *letters* of such a mark, a
          careful tokenizer cuts them as ordinary text, and only the program around it may insert the real id.

          The opposite also exists, a token that text almost never contains. The merges are counted on one corpus and the model is trained on
          another; a user name that filled the first and is missing from the second leaves a token whose row was never trained. Put into a
          prompt, such a *glitch token* makes models stammer or deny what they see. ${<Cite id="land2024" />} find hundreds in published
          models, by looking for rows that training has not moved.
        `}
        <Careful title="what a token is not">
          {md`
            - Not a syllable, and not a unit of meaning. It is a frequent run of bytes.
            - Not a measure of length that travels. “A thousand tokens” says little until one knows whose; compare models per byte.
            - Not a letter and not a word. A vocabulary is smaller than a list of words and larger than a set of bytes.
            - Not near its neighbour. Ids are places in a list, in the order of merging.
          `}
        </Careful>
      </Section>
    </>
  );
}
