import { defineChapter, Figure, md } from "../../src/prose/index.ts";
import { attentionHeatmap } from "../../src/widgets/attentionHeatmap.ts";

export default defineChapter({
  title: "Glassbox",
  question: "A textbook of modern AI that runs what it teaches: every figure is computed in this tab, while you read it.",
  summary: "An explorable textbook of modern AI. Every figure is computed in the browser, from gradient descent to a language model.",
  Body: () => (
    <>
      <Figure widget={attentionHeatmap}>
        A language model with less than a million parameters reads your sentence. Each row shows how much one token takes from the tokens
        before it, and the bars what the model expects next. Type something of your own.
      </Figure>
      {md`
        The model above was trained for this book, by this book’s own engine, and that engine is now at work on your machine’s own
        processor. Nothing is a film of a result. You can set any number and see what
        becomes of it, train networks yourself from random weights, and carry a figure with its state to someone else by its link.

        The book begins with a single weight that rolls downhill and ends, so the plan, where research has no answer. Some school
        mathematics and some programming will do. The chapters that exist are complete in their first sections and say where they end.
      `}
    </>
  ),
});
