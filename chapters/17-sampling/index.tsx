import {
  Careful, Chip, Cite, defineChapter, Figure, Live, md, Note, NotKnown, Predict, Scrub, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { grammarMask } from "../../src/widgets/grammarMask.ts";
import { samplerBench } from "../../src/widgets/samplerBench.ts";
import { CheckYourself } from "./CheckYourself.tsx";
import { worked } from "./worked.ts";

const bench = "sampler-bench";
const mask = "grammar-mask";

export default defineChapter({
  title: "Sampling",
  question: "A model gives a probability to every token. Which one should it say?",
  summary: "Greedy, beam, temperature, top-k, top-p, min-p, penalties, grammars: how one model can be dull, lively, broken or well-formed.",
  worked,
  Body: ({ worked: { heats, votes, ...numbers } }) => (
    <>
      <Figure widget={samplerBench}>
        The same small model, five times: the likeliest next tokens, as the model has them and after the knobs, and five texts drawn in
        that way. Move the temperature and top-p, or press a token to write it. Notice how much changes in the
        texts while the model stays exactly the same.
      </Figure>

      <Section title="A model does not write">
        {md`
          Put a text into a language model and no text comes out. What comes out is a list of numbers, one ${<Term>logit</Term>} for every
          token it knows; ${<Term>softmax</Term>} makes them probabilities. Something else has to pick a token from the list, append it,
          and hand the longer text back. The loop is a few lines of code:

          1. Run the model on the text so far.
          2. Choose one token by some rule.
          3. Append it. Stop, or go back to 1.

          Years of research and months of computing go into step 1. Step 2 is often left at whatever the library does by default, and yet it
          decides whether the result is dull, lively or unreadable. The ${<Term>vocabulary</Term>} of the model in the figure has 1,024
          tokens, a small and finite list. Texts of twenty of them number about ten to the power of ${numbers.texts}. Out of a finite list
          comes something without end, and almost all of it is rubbish. The rule of step 2 is the way through.

          A model is a description of which texts are likely. To get a text from a description one can *search* for the likeliest, or
          *draw* at random in the right proportions. These are different wishes, and most trouble in this chapter comes from granting one
          to somebody who meant the other.
        `}
      </Section>

      <Section title="Always the likeliest">
        {md`
          The simplest rule takes the token with the highest probability, every time. It is called ${<Term>greedy</Term>} decoding. It needs
          no random numbers and gives the same text for the same prompt. In a place where the model is sure, nothing better could be done.
          But what about a place where it is not?
        `}
        <Predict
          figure={bench} scene="greedy"
          ask="The model takes the likeliest token every time, on a beginning it knows little about. What becomes of the text?"
          options={[
            { text: "It stays plain and correct: the likeliest words are the safest." },
            { text: "It ends after a few tokens." },
            { text: "It runs in a circle.", right: true },
          ]}
        >
          {md`
            *The princess had been across the princess, and the princess had been across the princess.* The reason lies in what the model
            has learned. A text that has said something twice is likely to say it again, and each round makes the next one surer. Choosing
            always the peak, one never gets off the track.
          `}
        </Predict>
        {md`
          Greedy decoding does not even find the likeliest *text*. A choice that looks best now may lead to a place where all choices are
          poor.
        `}
        <WorkedByHand title="the best first step is not the best walk">
          {md`
            Two tokens can come first, with probabilities 0.5 and 0.4. After the first, the best continuation has 0.4; after the second, it
            has 0.9. Greedy takes 0.5 and then 0.4, a text of probability ${numbers.greedyText}. The other way, 0.4 and then 0.9, has
            ${numbers.otherText}.
          `}
        </WorkedByHand>
        {md`
          ${<Term of="beam search">Beam search</Term>} hedges. It keeps, say, five unfinished texts, extends each by every token, and of all
          these keeps the best five. It usually finds likelier texts than greedy does. Is that what we want? In translation, where the
          source pins down nearly everything, a small beam helps. In open text it makes things worse: the likeliest continuation of a story
          is a repetition or a commonplace. People do not write that way. When ${<Cite id="holtzman2019" />} measured human text with a
          model, they found its probabilities jumping up and down from token to token, while those of texts from beam search stay high and
          flat, and the texts go round in loops.

          There is a second reason. A text’s probability is a product with one factor for each token, all below 1, so longer is always less
          likely: twenty tokens at 0.9 make ${numbers.twenty}, forty make ${numbers.forty}. Searching for the maximum, one is pulled towards
          brevity. ${<Cite id="stahlberg2019" />} searched a translation model exhaustively and found that for more than half of the
          sentences its single likeliest translation was the empty one. Ordinary beam search had been looking good because it searched
          badly.
        `}
      </Section>

      <Section title="Drawing, and the temperature">
        {md`
          The other wish: draw each token as often as its probability says. This is plain ${<Term>sampling</Term>}, sometimes called
          ancestral. Roll a die with 1,024 unequal faces. If the model were perfect, texts drawn like this could not be told from the texts
          it was trained on. It is not perfect, and the difference sits in the tail: hundreds of tokens that fit badly, each with a tiny
          probability that is nevertheless too large. Together they are drawn every few words, and a story that has swallowed one wrong
          token goes on from there.

          The oldest knob is the ${<Term>temperature</Term>} $T$. Divide all logits by it before softmax:

          $$p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}$$

          The name comes from physics, where the same formula says how a warm body spreads over its states. Below 1 differences grow and the
          likely become likelier; towards 0 the rule becomes greedy. Above 1 differences shrink; towards infinity all tokens become equal,
          whatever the model thinks.
        `}
        <WorkedByHand title="five logits at four temperatures">
          {md`
            The logits are 1.1, 4.7, 5.2, 2.0 and 4.9, the scores of the [attention chapter](chapter:attention) in another role.

            ${heats}

            The order never changes. The odds do: the leader is drawn ${numbers.ratio} times as often as the runner-up at $T = 1$ and only
            ${numbers.ratioHot} times at $T = 2$.
          `}
        </WorkedByHand>
        {md`
          In the figure the temperature is ${<Scrub figure={bench} param="temperature" />}. Make it
          ${<Chip figure={bench} scene="cool">cool</Chip>} and the five texts resemble each other and themselves. Make it
          ${<Chip figure={bench} scene="hot">hot</Chip>} and they dissolve: each wrong token costs little by itself, but it is part of the
          text for which the next one is chosen. Neither end is what one wants, and the trouble with the hot end is always the same tail.
        `}
      </Section>

      <Section title="Cutting off the tail">
        {md`
          So cut it. Keep some of the likeliest tokens, forbid the rest, and rescale what is kept so that it adds up to 1. The rules differ
          only in where they cut.

          - **Top-k** keeps the $k$ likeliest, always the same number (${<Cite id="fan2018" />}).
          - **Top-p** keeps the ${<Term>nucleus</Term>}: the smallest set of likeliest tokens whose probabilities reach $p$
            (${<Cite id="holtzman2019" />}).
          - **Min-p** keeps every token that is at least a given fraction as likely as the likeliest one (${<Cite id="nguyen2024" />}).
        `}
        <WorkedByHand title="three places to cut">
          {md`
            The shares of the five tokens at $T = 1$ again. Top-k with $k = 2$ leaves ${numbers.topK}. Top-p with $p = 0.9$: the two
            likeliest make ${numbers.sumOfTwo}, not enough; with the third it is ${numbers.sum}, and they become ${numbers.topP}. Min-p
            with 0.1 asks for a tenth of the leader’s ${numbers.likeliest}, that is ${numbers.floor}, and keeps the same three:
            ${numbers.minP}.
          `}
        </WorkedByHand>
        {md`
          With five tokens the rules agree. With a thousand, and from place to place, they do not. After *Once upon a time there was a* the
          model could go on in many ways; after *Once upon a* in one. A fixed $k$ is too small for the first and too large for the second.
          Top-p adapts: set to 0.9, it keeps fifteen tokens in the first place and, ${<Chip figure={bench} scene="sure">in a sure
          place</Chip>}, just one. The figure shades what can be drawn; at the moment that is ${<Live figure={bench} readout="kept" />}, and
          the model had given them ${<Live figure={bench} readout="keptMass" />} of its belief.

          Rules and temperature act on each other, so their order matters. The figure divides by the temperature first; some libraries do so
          last, and give other texts for the same settings. On a distribution flattened to $T = 1.5$, a
          ${<Chip figure={bench} scene="hotNucleus">share of 0.9 needs a hundred tokens</Chip>}, poor ones among them.
          ${<Chip figure={bench} scene="hotMinP">Min-p at the same heat</Chip>} asks instead how far a token lies behind the leader, and
          keeps twenty. Look at what that does to the stories.

          A last family looks back instead of down. The **repetition penalty** makes every token less likely that has been used already: its
          logit is divided by a number a little above 1 (or multiplied, where it is negative; ${<Cite id="keskar2019" />}). With 1.3
          the leader’s logit of 5.2 falls to ${numbers.penalised}, and its share from ${numbers.likeliest} to ${numbers.penalisedShare}.
          This ${<Chip figure={bench} scene="penalty">breaks the circle</Chip>}, and it is a blunt tool. Names, commas and *the* have been
          used already, too.
        `}
      </Section>

      <Section title="Reading the probabilities">
        {md`
          Programs that serve models can return the logarithms of the probabilities along with the text, under the name *logprobs*. They
          answer three questions.

          *How open is this place?* The ${<Term>entropy</Term>} of a distribution is the surprise one has to expect from it:
          $H = -\sum_i p_i \ln p_i$. A certainty has entropy 0, and $n$ equal choices have $\ln n$. Here it is now
          ${<Live figure={bench} readout="entropy" />} nats before the knobs. Raising the temperature raises it; cutting lowers it.

          *How likely was this text?* Add up the logarithms. The figure prints the mean surprise of each text, under the model itself and
          without any knob: it is now ${<Live figure={bench} readout="surprise" />} nats a token on average. Greedy texts score low, since
          avoiding surprise is all they do. Compare what you read with what it says: a small number is no sign of a good text.

          *Should I believe it?* That is ${<Term>calibration</Term>}. A forecaster is calibrated if it rains on 70 % of the days for which
          they say 70 %. On text like that of their training, base models tend to be calibrated about the next token, since the
          ${<Term>cross-entropy</Term>} rewards exactly that; many other networks are overconfident (${<Cite id="guo2017" />}). But the
          forecast is about *which token comes next in texts like these*. Whether a statement is true is another question, and training
          never asked it.
        `}
      </Section>

      <Section title="When to stop">
        {md`
          Step 3 of the loop needs a rule as well. Models learn a special token that stands between documents, and drawing it means *the
          end*; a text that ended in this way carries a ¶ in the figure. Besides that one can stop at a chosen string (a blank line, the
          start of the next question) or after a number of tokens. The limit is a guillotine. It does not make the model brief, it cuts it
          off in mid-sentence, and the model, which cannot see it coming, does not hurry. Every rule that changes how likely the end is
          changes the length of texts, too, without being asked: cutting the tail removes the end wherever it is unlikely.
        `}
      </Section>

      <Section title="Only what fits">
        {md`
          Sometimes the form is not a matter of taste. A program that reads the answer needs a number, one of three labels, or valid JSON,
          and 99 % valid is not valid. One could ask the model nicely and try again. Or one can make mistakes impossible: before each draw,
          find out which tokens could still lead to a whole answer, and set the logits of all others to $-\infty$.

          For patterns without nesting, such as numbers, dates and fixed records, a finite automaton keeps track: it reads the text so far
          and knows what may follow. For brackets inside brackets it needs a stack as well. Tokens do not respect the grammar’s borders; one
          of them may hold a closing quote, a comma and the beginning of a word. So each token is walked through the automaton byte by byte,
          and the answers can be kept for next time (${<Cite id="willard2023" />}).
        `}
        <Figure widget={grammarMask}>
          The model writes under a rule. The bar above each token shows how much of the model’s belief the rule had forbidden there; press a
          token to see the choice. Choose another rule, or write a pattern of your own under More. Notice how seldom the model would have
          done it by itself.
        </Figure>
        {md`
          It opens with ${<Chip figure={mask} scene="record">a record</Chip>}, and the record is perfect JSON. Now read it. The sentence
          before it was about a fox named Snow. A mask guarantees the form and says nothing about the content: the rule demanded the name of
          an animal and got one. A ${<Chip figure={mask} scene="digits">number</Chip>} will be a number, from a model that has never read a
          digit, and an ${<Chip figure={mask} scene="answer">answer</Chip>} will be *Yes* or *No* from one that wanted to say something
          else. What stands in the figure now has ${<Live figure={mask} readout="length" />} tokens, and at
          ${<Live figure={mask} readout="overruled" />} of them the model’s first choice was forbidden.

          There is a finer damage. The mask looks one token ahead. ${<Chip figure={mask} scene="lipogram">Forbid the letter e</Chip>} and
          the model, telling of a curious mouse, writes the token *m*, which is allowed. Now it is sure of what must follow, and that ends
          in *e*. It has walked into a dead end with its eyes open, and must improvise. What comes out is not what the model would say if it
          *knew* the rule: the text is drawn from a distorted distribution (${<Cite id="park2024" />}). In the figure the price can be read
          off: ${<Live figure={mask} readout="forcedLoss" />} nats a token under the rule, ${<Live figure={mask} readout="freeLoss" />}
          without. A rule that agrees with the prompt costs next to nothing. One that surprises the model costs quality.
        `}
      </Section>

      <Section title="Ask more than once">
        {md`
          Since drawing gives a different text each time, draw several, and choose. **Best of n** lets somebody pick: a test that the
          program passes, a second model that scores, a person. If each of five attempts is right 60 % of the time and right answers can be
          recognised, at least one is right in ${numbers.bestOfFive} of cases.

          Often they cannot be recognised. But answers can be compared with each other, and wrong ones tend to differ while right ones
          agree. **Self-consistency** draws several chains of reasoning, throws the reasoning away and takes the majority of the final
          answers (${<Cite id="wang2022" />}).
        `}
        <WorkedByHand title="a majority of five">
          {md`
            If votes are independent and each is right with probability 0.6, a majority of five is right in ${numbers.vote} of cases, the
            sum of the chances for three, four and five right ones.

            ${votes}

            The table has a moral in its last column. A majority amplifies what the model tends to, and where it is usually wrong, voting
            makes it reliably wrong. Nor are the votes of one model independent; they share their misunderstandings, so the true gain is
            smaller.
          `}
        </WorkedByHand>
      </Section>

      <Section title="The same again, please">
        {md`
          Random numbers in a computer are not random. A generator started with the same ${<Term>seed</Term>} gives the same numbers, so the
          five texts of the figure come back exactly whenever you return to the same knobs, and a link to the figure shows somebody else the
          same texts. Drawing is as repeatable as greedy decoding, if everything else is.

          Is everything else? Addition on a computer rounds, and then the order matters: $0.1 + 0.2 + 0.3$ gives ${numbers.leftFirst} from
          left to right and ${numbers.rightFirst} from right to left (${<Cite id="goldberg1991" />}). A large server adds in an order that
          depends on how many other people’s requests share the chip at that moment, so the last digits of the logits vary. Mostly nothing
          comes of it. But when two tokens are nearly tied, the last digit decides which one is larger, and from that token on the two texts
          are different texts. Temperature 0 does not help: a near tie at the top is just where greedy decoding is fragile.${<Note>
            On the CPU this book adds in a fixed order and takes nothing from the machine’s own mathematics, so that its runs agree bit for
            bit. On a GPU its sums are in a fixed order too, but another one.
          </Note>}
        `}
        <Careful title="turning knobs">
          {md`
            - **Temperature 0 is not truth.** It gives the model’s likeliest token, sure or not, true or not. Nor is it always
              deterministic, as the near ties show.
            - **Top-p is no number of candidates.** How many are kept depends on the entropy of the place: one here, a hundred there.
            - **Beam search maximises likelihood, not quality.** In open text the two part ways.
            - **Knobs do not add knowledge.** Whatever the rule, the text is drawn from what the model believes to be likely text. A fluent
              falsehood is often likelier than *I do not know*, because more texts read like the first. No knob of this chapter can tell
              them apart; why that is so, and what helps, is the subject of [a later chapter](chapter:limits-and-open-problems).
          `}
        </Careful>
        <NotKnown title="why the maximum disappoints">
          {md`
            Why does maximising go wrong just where the model is best, on likely text? That people avoid saying the obvious explains part of
            it, imperfect models another part, and how large each is remains open. Nor is there a theory that says which truncation rule is
            right. They are compared by experiment, on tasks for which “better” is itself a matter of judgement.
          `}
        </NotKnown>
      </Section>

      <CheckYourself />
    </>
  ),
});
