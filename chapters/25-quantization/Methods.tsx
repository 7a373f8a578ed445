import type { ReactElement } from "react";
import { Cite, md, Section, Term } from "../../src/prose/index.ts";

/** Better ways than rounding to the nearest rung, and what else can be rounded. */
export function Methods(): ReactElement {
  return (
    <>
      <Section title="Rounding with more care">
        {md`
          All this was **post-training quantization**: take the weights as they are, round each to the nearest rung. It needs no data and
          takes seconds. One can do better, and most methods in use differ in what they pay attention to.

          - **GPTQ** rounds a matrix column by column. After each column it changes the weights that are not rounded yet, so that they make
            up for the error just made. Which change helps most it learns from a few hundred sample texts (${<Cite id="frantar2022" />}).
          - **AWQ** asks which weights matter, and finds that it is those that meet large inputs. It makes the columns of these weights
            larger before rounding, so that they lose less, and divides the inputs by the same factor (${<Cite id="lin2023" />}).
          - **HQQ** uses no data at all. It searches for scales and zero points with which the errors are small for most weights, letting a
            few be large (${<Cite id="badri2023" />}).
          - **NF4** gives up equal steps. Its sixteen rungs stand close together near zero and far apart outside, so that each is used about
            equally often by normally distributed weights (${<Cite id="dettmers2023" />}).
          - The **k-quants** in GGUF files, as *llama.cpp* reads them, are nested groups whose scales are themselves quantized, with more
            bits for the matrices that need them (${<Cite id="kawrakow2023" />}). Their names say the mix: Q4_K_M is *4 bits, k-quant, medium*.

          The other road is **quantization-aware training**: round during training, so that the model learns to live with it. There is an
          obstacle. The slope of a staircase is zero nearly everywhere, and [gradient descent](chapter:gradient-descent) has nothing to go
          by. The way around it is a brazen one, the ${<Term>straight-through estimator</Term>} (${<Cite id="bengio2013" />}): round on the
          way forward, and on the way back pretend that nothing was rounded,

          $$\hat w = q(w) \cdot s, \qquad \frac{\partial L}{\partial w} := \frac{\partial L}{\partial \hat w}.$$

          The full-precision weights are kept beside the rounded ones and collect many small changes, until one of them tips over to the
          next rung. It is dearer than rounding afterwards and better at 4 bits and below.

          Between the two stands **QLoRA** (${<Cite id="dettmers2023" />}): freeze a model in 4 bits, and train small
          [low-rank adapters](chapter:post-training) in 16 bits on top of it. The frozen weights are only ever read. A model of 65 billion
          parameters could be tuned in this way on a single card with 48 GB.
        `}
      </Section>

      <Section title="Not only weights">
        {md`
          Weights are known in advance and hold still. **Activations**, the numbers that flow through the model, are new for every text, and
          they have the worse outliers. Rounding them pays when the *multiplication* is to be done in 8 bits, which many chips do about twice
          as fast as in 16. Scales are then taken from sample texts, or measured on the fly, a scale for each token.

          Then there is the **KV cache**. In long conversations it outgrows the weights, as the chapter before this one shows, and it is read
          as often as they are. It can be rounded like everything else. Keys and values want different treatment: in keys a few channels are
          large for all tokens, so their scales go along channels; in values no channel stands out, and scales go by token
          (${<Cite id="liu2024" />} reach 2 bits in that way).
        `}
      </Section>
    </>
  );
}
