/** Everything a chapter is written with. */
export { Careful, NotKnown, WorkedByHand } from "./boxes.tsx";
export { Cite } from "./Cite.tsx";
export { type Chapter, defineChapter } from "./chapter.ts";
export { Figure } from "./Figure.tsx";
export { m, mm } from "./math.tsx";
export { md } from "./md.tsx";
export { Note } from "./Note.tsx";
export { fixed, grouped, row, table, trimmed } from "./numbers.ts";
export { PredictCurve } from "./PredictCurve.tsx";
export { Predict, Question, Quiz } from "./questions.tsx";
export { Chip, Live, Scrub } from "./reactive.tsx";
export { Section } from "./Section.tsx";
export { Source } from "./Source.tsx";
export { type Step, Steps } from "./Steps.tsx";
export { Term } from "./Term.tsx";
export { Tokens } from "./Tokens.tsx";
