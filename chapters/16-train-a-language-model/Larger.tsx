import type { ReactElement } from "react";
import { Cite, md, NotKnown, Predict, Section } from "../../src/prose/index.ts";

/** Learning from the context, recipes of large models, and what is learnt by heart. */
export function Larger(): ReactElement {
  return (
    <>
      <Section title="Learning while reading">
        {md`
          Weights are fixed when a model writes, and yet it gets better along a text. The tenth page of a novel surprises it less than the
          first: names have been given, a tone has been set. Show a large model three English words, each followed by its French, and a
          fourth English word, and it answers in French (${<Cite id="brown2020" />}). Nothing was trained. What changed is what stands in
          the window, and using it is called *in-context learning*.

          One mechanism for it is known in detail. Two [heads](chapter:masks-and-heads) in different layers work together: the first
          writes into each position which token stood before it, and the second looks for a position whose *previous* token equals the
          current one, and copies what stands there. Together they complete “A B … A” with “B”, whatever A and B are. Such
          *induction heads* form within a short stretch of training, and as they do, the loss on repeated text drops visibly
          (${<Cite id="olsson2022" />}). The text has to call for it: where words come in bursts, as they do in stories, copying pays, and
          in text shuffled evenly it would not (${<Cite id="chan2022" />}).

          The small run above is too short to form them. The shipped model of this book was shown how by a second loss, and the [chapter on
          attention](chapter:attention) lays it beside a run that was not.
        `}
      </Section>

      <Section title="The same recipe, larger">
        {md`
          A large run is this run with more of everything and less room for mistakes. The published recipe of GPT-3 reads like a longer
          version of the settings under the figure (${<Cite id="brown2020" />}, appendix B): Adam with β of 0.9 and 0.95, gradients clipped
          at a norm of 1, weight decay of 0.1, a learning rate that rises over the first 375 million tokens and then falls on a cosine
          to a tenth, and batches that grow from 32,000 tokens to 3.2 million in the first billions. The larger the model, the smaller its
          peak learning rate: $6 \cdot 10^{-4}$ for 125 million parameters, $0.6 \cdot 10^{-4}$ for 175 billion.

          What a small run hides is *instability*. In long runs the loss sometimes leaps up without warning. The makers of PaLM saw it
          about twenty times in their largest model, despite clipping; they went back to a checkpoint some hundred steps earlier and left
          out the next two to five hundred batches. The same batches did no harm from another state of the weights
          (${<Cite id="chowdhery2022" />}). A checkpoint every few hundred steps is therefore part of the recipe, and so is someone who
          watches the curve.

          The other thing that changes is the machine. Nearly all the work of a step is multiplication of matrices, and its parts do not
          wait for each other: what a graphics processor was built for. A run as small as the one above gains little from it, since a GPU
          spends short steps waiting for orders; the word under the figure says which of your processors it runs on.
        `}
      </Section>

      <Section title="Learnt by heart">
        {md`
          A model is rewarded for predicting its text, and the surest way to predict a text is to know it. Asked in the right way, GPT-2
          recited passages of its training data word for word, among them names and telephone numbers that stood in a single document
          (${<Cite id="carlini2021" />}). How much is learnt by heart grows with the size of the model, with how often a text was repeated,
          and with how much of it is given as a prompt, each by about the same amount for every factor of ten (${<Cite id="carlini2023" />}).
        `}
        <Predict
          ask="One address stands in the training text once, another a hundred times. Which does the model recite?"
          options={[{ text: "both about alike" }, { text: "the second far more", right: true }, { text: "neither of them" }]}
        >
          {md`
            The second. Each repetition is another step towards knowing it. That is why collectors of text remove
            [duplicates](chapter:data) first: it costs nothing in quality, and it is the cheapest protection there is.
          `}
        </Predict>
        <NotKnown title="memory or understanding">
          {md`
            There is no sharp line between a sentence learnt by heart and a rule learnt from many sentences. How much of what a large model
            says is recall, in any one case, can be tested only where its training text can be searched.
          `}
        </NotKnown>
      </Section>
    </>
  );
}
