import type { ReactElement } from "react";
import { md, Question, Quiz, Section } from "../../src/prose/index.ts";

/** The questions at the end of the chapter. */
export function CheckYourself({ quarter, kib }: { readonly quarter: string; readonly kib: string }): ReactElement {
  return (
    <Section title="Check yourself">
      <Quiz
        ask="With a cache, what does the price of the thousandth token still depend on?"
        options={[
          {
            text: "On nothing: every token costs the same",
            why: <>The matrices cost the same for every token. Attention does not: its one query is compared with every key that is
              kept.</>,
          },
          {
            text: "On how many tokens it looks back at",
            right: true,
            why: <>A dot product and a share of the mix for each of them. The cache spares computing old keys, not looking at them.</>,
          },
          {
            text: "On how many tokens have to go through the matrices again",
            why: <>That was the price without a cache. With it, exactly one token goes through the matrices.</>,
          },
        ]}
      />
      <Quiz
        ask="Why does a larger batch help writing more than reading?"
        options={[
          {
            text: "A prompt’s tokens already share each fetch of the weights; a single answer has nobody to share with.",
            right: true,
            why: <>Reading keeps the arithmetic busy by itself. Writing one token a pass leaves it idle, and other people’s tokens fill
              the gap at almost no cost.</>,
          },
          {
            text: "Answers have fewer tokens than prompts, so more of them fit into a batch and each pass is shorter.",
            why: <>Lengths vary either way. What matters is how many tokens go through the model for one fetch of its weights.</>,
          },
          {
            text: "The cache of a batch is shared by its requests.",
            why: <>Each request has its own; only a common beginning can be shared. A batch needs more cache, not less.</>,
          },
        ]}
      />
      <Quiz
        ask="Two requests have the same 500 tokens in common. When can they share blocks of the cache?"
        options={[
          {
            text: "Whenever the tokens are the same, wherever they stand",
            why: <>A key depends on its position and, above the first layer, on all that came before it.</>,
          },
          {
            text: "Only when both are answered in the same batch",
            why: <>Blocks can be kept after a request has ended, and a later one may find them.</>,
          },
          {
            text: "When both texts begin with them",
            right: true,
            why: <>With the same beginning, everything that a key or value of it could depend on is the same.</>,
          },
        ]}
      />
      <Question ask="A model keeps 8 key and value heads, and its successor 2. What happens to the bytes per token?">
        {md`
          They fall to a quarter, since the number of query heads does not enter. For Llama 3.1 70B that would be ${quarter} instead
          of ${kib}.
        `}
      </Question>
    </Section>
  );
}
