import type { ReactElement } from "react";
import { Cite, md, Section, Term, WorkedByHand } from "../../src/prose/index.ts";

/** The two other ways to make a model smaller: fewer weights, and a smaller model that learns from a large one. */
export function Shrinking({ hard, soft }: { readonly hard: string; readonly soft: string }): ReactElement {
  return (
    <Section title="Two other ways to shrink">
      {md`
        Fewer bits for each weight is one way to a smaller model. Fewer weights is another, and a smaller model altogether is the third. They
        can be combined.

        ${<Term of="pruning">Pruning</Term>} sets weights to zero. The simplest rule is **magnitude**: the smallest go. In the networks of
        ${<Cite id="han2015" />} nine weights out of ten could go without loss of accuracy, provided that what remained was trained again
        afterwards. But a matrix with zeros strewn all over it is as large as before, unless one stores where the others are; and a chip that
        multiplies dense blocks gains nothing. **Structured** pruning removes what a chip would notice: whole heads, whole neurons, whole
        layers. The [gallery of heads](chapter:masks-and-heads) lets you switch off heads one by one and read off what each was worth.
        Something in between is *2:4 sparsity*, two zeros among every four neighbours, which some chips can skip.

        ${<Term of="distillation">Distillation</Term>} trains a small model, the student, to imitate a large one, the teacher
        (${<Cite id="hinton2015" />}). Why should that be better than training on the same text directly? A text says what the next word
        was. The teacher says what it *could have been*, with a probability for each word, and in these numbers lies knowledge that a single
        answer does not hold: that *sofa* would have done nearly as well as *chair*, and *cloud* not at all. The student learns from whole
        distributions, so it needs fewer examples.

        Often the teacher is too sure for that to show. So both are softened with a [temperature](chapter:sampling) before they are compared,
        and the student’s loss is the cross-entropy between the two, usually mixed with the ordinary loss on the right answers.
      `}
      <WorkedByHand title="a teacher at two temperatures">
        {md`
          The teacher gives *chair*, *sofa* and *cloud* the logits 6, 4 and −1. At temperature 1 that is ${hard}: hardly more than the
          answer itself. At temperature 4 it is ${soft}, and a student can see that the second word is nearly as good as the first, and the
          third is not.
        `}
      </WorkedByHand>
      {md`
        The three ways answer different questions. Quantization keeps the model and makes it cheaper to hold; it takes minutes, and nothing
        has to be learnt anew. Distillation makes a new model, costs a training run, and can change everything, size, shape and vocabulary
        included. Pruning lies in between, and where hardware does not reward it, it is the least rewarding of the three.
      `}
    </Section>
  );
}
