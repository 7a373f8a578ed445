import { defineChapter, Figure, md, Section } from "../../src/prose/index.ts";
import { descent1d } from "../../src/widgets/descent1d.ts";

export default defineChapter({
  title: "Gradient descent",
  question: "How does a machine walk downhill when it can only feel the slope under its feet?",
  summary: "Loss, slope, step: how repeated small corrections find good parameters, and what the learning rate decides.",
  Body: () => (
    <>
      <Figure widget={descent1d}>What.</Figure>
      <Section title="One step">{md`Test $\theta \leftarrow \theta - \eta\,\nabla_\theta L$ here.`}</Section>
    </>
  ),
});
