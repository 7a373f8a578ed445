import { defineChapter, Figure, md } from "../../src/prose/index.ts";
import { descent1d } from "../../src/widgets/descent1d.ts";

export default defineChapter({
  title: "Glassbox",
  question: "A textbook of modern AI that runs what it teaches: every figure is a small network or algorithm, computed in this tab while you read.",
  summary: "An explorable textbook of modern AI. Every figure is computed live in the browser, from gradient descent to a small language model.",
  Body: () => (
    <>
      <Figure widget={descent1d} params={{ learningRate: 0.9 }}>
        Gradient descent on one weight. Drag the start, or change the learning rate. Notice that each step lands on the other side of the valley and
        still comes closer.
      </Figure>
      {md`
        Nothing here is a film. The numbers come from an engine written for this book, which runs on your processor or your graphics card.
      `}
    </>
  ),
});
