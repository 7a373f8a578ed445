import type { ReactElement } from "react";
import { Chip, Cite, Figure, Live, md, Predict, Scrub, Section, Term, WorkedByHand } from "../../src/prose/index.ts";
import { positionWaves } from "../../src/widgets/positionWaves.ts";
import { shuffleTest } from "../../src/widgets/shuffleTest.ts";
import type { Worked } from "./worked.ts";

const shuffle = "shuffle-test";
const waves = "position-waves";

/** Why attention has to be told the order of words, and the two ways of adding a place to a token. */
export function Order({ numbers }: { readonly numbers: Worked }): ReactElement {
  return (
    <>
      <Section title="Dog bites man">
        {md`
          So far nothing has said which word came first. $X$ has its rows in order, but does anything that follows look at the order of rows?
          Attention, the next chapter’s subject, compares every row with every row and mixes them by how well they fit. It asks *what* is
          there and never *where*. Put the rows into another order, and the comparisons come in another order and are the same ones. With a
          matrix $P$ that permutes rows,

          $$\operatorname{attention}(PX) = P \operatorname{attention}(X).$$

          Functions with this property are called ${<Term>permutation-equivariant</Term>}. The other parts of a transformer treat each row
          alone and have it, too. You need not believe it; below, a trained model reads the same words twice.
        `}
        <Figure widget={shuffleTest}>
          One model reads a sentence in two orders. Each row of the left table is the vector of a word as typed, on the right in the other
          order; threads join the two copies. Here the model is told no positions, and every word may see every other. Press a word to swap
          it with the next, or type your own. Notice what happens to the bars when you switch on either of the two.
        </Figure>
        {md`
          Right now, ${<Live figure={shuffle} readout="verdict" />}. For a model like this, *dog bites man* and *man bites dog* are the same
          bag of three words, and it cannot learn the difference, since there is none. With
          ${<Chip figure={shuffle} scene="positions">positions</Chip>} every vector comes out otherwise. Only
          ${<Chip figure={shuffle} scene="table">before the first block</Chip>} does nothing ever move. There a word is its row of the
          table, the static vector of the section before.
        `}
        <Predict
          figure={shuffle} scene="mask"
          ask="Switch positions off again, and the causal mask on: each word may see itself and earlier words only. Do the vectors change with the order?"
          options={[
            { text: "No: the model is still not told any position.", },
            { text: "Yes, every one of them.", right: true },
            { text: "Only that of the last word, which sees them all." },
          ]}
        >
          {md`
            The mask gives each place a different view: the first word sees itself alone, the second sees two. Whom a word can see depends on
            where it stands, so the mask has told the order after all.
          `}
        </Predict>
        {md`
          The leak is subtle. Swap only the first two of three words. The last one sees both of them in either order, and after
          ${<Chip figure={shuffle} scene="oneBlock">one block</Chip>} it cannot tell. But the two have noticed, because one of them sees the
          other; and after ${<Chip figure={shuffle} scene="twoBlocks">two blocks</Chip>} the last word has read it off them.
          ${<Cite id="haviv2022" />} trained large models with the mask and no positions at all. They came close to models with positions, and
          the absolute position could be read from their vectors. So causal models can do without, and still do better with. Models without a
          mask, which [read both ways](chapter:masks-and-heads), cannot do without.
        `}
      </Section>

      <Section title="Adding a place">
        {md`
          The simplest remedy is to change the row. Make a second table $\text{Pos}$, with a row for each *place*, as wide as a token’s, and
          add:

          $$x_p = E[i] + \text{Pos}[p]$$

          for the token $i$ at the place $p$. Does the sum not spoil the meaning? It would if there were little room. But in hundreds of dimensions
          two random directions are nearly at right angles, and the matrices that read $x$ can attend to the one part or the other.

          What to write into $\text{Pos}$? The number $p$ itself would be a bad idea: it grows without end, and drowns the token. Digits are
          better. In a counter like an odometer’s, the last digit changes at every step, the one before it at every tenth, and all of them stay
          small. ${<Cite id="vaswani2017" />} used a smooth odometer. Its dials are waves, in pairs of sine and cosine, each pair
          slower than the one before:

          $$\text{Pos}[p, 2j] = \sin\!\left(\frac{p}{10000^{2j/d}}\right)$$
          $$\text{Pos}[p, 2j+1] = \cos\!\left(\frac{p}{10000^{2j/d}}\right)$$
        `}
        <WorkedByHand title="four numbers for a place">
          {md`
            With $d = 4$ there are two dials, the second a hundred times slower than the first.

            ${numbers.sinusoids}

            How alike are two places? The dot product of 0 and 1 is ${numbers.alike01}; that of 1 and 2 is ${numbers.alike12}; that of 1,000
            and 1,001 is ${numbers.alikeFar}. Between 0 and 2 it is ${numbers.alike02}.
          `}
        </WorkedByHand>
        <Figure widget={positionWaves}>
          Above, the table turned on its side: a column for each position, a row for each of its numbers. Below, on the same axis, how alike the marked
          column is to all others. Move <em>p</em>, point at a cell for its formula, and compare the four schemes. Notice which rows are fast, which
          are slow, and whether the curve keeps its shape when <em>p</em> moves.
        </Figure>
        {md`
          Position ${<Scrub figure={waves} param="position" />} now has the column ${<Live figure={waves} readout="column" />}. With 768
          dimensions, as in GPT-2’s size, the fastest pair would repeat after ${numbers.shortest} positions and the slowest after
          ${numbers.longest}. The fast rows tell neighbours apart, the slow ones say roughly where in the text one is.

          The curve holds the reason for waves. It glides with $p$ and ${<Chip figure={waves} scene="glide">keeps its shape</Chip>}: how alike two
          places are depends on their distance and on nothing else. School trigonometry says why. Each pair contributes

          $$\sin a \sin b + \cos a \cos b = \cos(a - b),$$

          and $a - b$ is the distance times the speed of the dial. Language cares for distance. An adjective belongs to the noun that is one
          place on, wherever in the text the two may be.
        `}
      </Section>

      <Section title="Learning the places">
        {md`
          Or let training find the table. GPT-2 did: $\text{Pos}$ is a matrix of parameters like $E$, random at first. Nothing in it says that place 5
          lies next to place 6, and unless the task makes it useful, ${<Chip figure={waves} scene="learned">nothing will</Chip>}. In the
          figure a model learns to reverse eight digits, and its columns stay at nearly right angles to each other. For that task each place
          needs a name and no neighbours.
        `}
        <WorkedByHand title="the two tables of GPT-2 small">
          {md`
            $E$ is ${numbers.vocab} × ${numbers.gptWidth} = ${numbers.gptMatrix} numbers, and $\text{Pos}$ is ${numbers.gptContext} × ${numbers.gptWidth} =
            ${numbers.gptPlaces}. Of the model’s ${numbers.gptAll} parameters these are ${numbers.gptMatrixShare} % and
            ${numbers.gptPlacesShare} %.
          `}
        </WorkedByHand>
        {md`
          A learned table has an end. GPT-2’s last row is number 1,023, and for a token at place 1,024 there is nothing to add: the lookup fails.
          And within its window, the late rows were trained on long texts only. Learned tables are the only scheme of this chapter in which
          a longer window adds parameters.
        `}
      </Section>
    </>
  );
}
