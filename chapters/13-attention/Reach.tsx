import type { ReactElement } from "react";
import { Cite, md, NotKnown, Predict, Section } from "../../src/prose/index.ts";
import type { worked } from "./worked.ts";

/** What attention costs, attention from one text to another, and what is not known of heads. */
export function Reach({ numbers }: { readonly numbers: Awaited<ReturnType<typeof worked>> }): ReactElement {
  return (
    <>
      <Section title="The price of looking at everyone">
        {md`
          Every token is compared with every other. Twice the text makes four times the scores, and the mask spares only half of them.

          ${numbers.square}

          For short texts this is not what costs. In a layer of width $d$ the four projections, into queries, keys and values and out
          again, take $4 n d^2$ multiplications, and scores and mixing together $2 n^2 d$. The two are equal at $n = 2d$: at a width of
          768, that of the smallest GPT-2, from ${numbers.even} tokens on. Beyond it the square rules.

          Time and memory must be kept apart here. The *work* grows with the square, whatever one does within this formula. The matrix of
          scores need never be *stored*: one can walk through the keys in blocks, keep a running sum for each row, and throw each block
          away. [Long context](chapter:long-context) shows how. When a model writes, each new token makes a single new row, and what has
          to be kept are the [keys and values of all earlier tokens](chapter:kv-cache-and-serving): a memory that grows in proportion to
          the text and not with its square.
        `}
      </Section>

      <Section title="Looking into another text">
        {md`
          So far queries, keys and values came from the same tokens, which is called *self-attention*. Nothing in the formula demands it.
          Let the queries come from one sequence and the keys and values from another, and it is *cross-attention*. That is where
          attention began: a translator, writing its French sentence, asks at each word which English words matter now
          (${<Cite id="bahdanau2014" />}). The matrix is then a rectangle, a row for each French word and a column for each English one,
          and there is no mask, since the English sentence is complete before the first French word is written. A model that describes
          pictures does the same with pieces of the [picture](chapter:multimodal) as keys. The values flow one way: the text learns from
          the picture, and the picture does not change.
        `}
        <Predict
          ask="Cross-attention from 5 French words so far to 8 English words. How many scores does one head compute?"
          options={[{ text: "25" }, { text: "40", right: true }, { text: "64" }]}
        >
          {md`
            Forty: each of the 5 queries meets each of the 8 keys. The shares of each row, all 8 of them, add up to one; a column may add up
            to anything.
          `}
        </Predict>
        <NotKnown title="what a head is for">
          {md`
            A few kinds of heads have been taken apart until the matrices themselves explained what they do, the copying pair above among
            them. For most heads of most models there is no such account. A head may do several things in different texts, several heads
            may do one thing together, and a name that fits ninety sentences may be wrong for the next ten.
          `}
        </NotKnown>
      </Section>
    </>
  );
}
