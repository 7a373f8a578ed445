import type { ReactElement, ReactNode } from "react";

/** A question with its answer behind a press. */
export function Question({ ask, children }: { readonly ask: ReactNode; readonly children: ReactNode }): ReactElement {
  return (
    <details className="question">
      <summary>{ask}</summary>
      <div className="answer">{children}</div>
    </details>
  );
}

/** Asks for a guess before a figure shows the answer. */
export function Predict({ ask, children }: { readonly ask: ReactNode; readonly children: ReactNode }): ReactElement {
  return (
    <details className="question predict">
      <summary><span className="box-label">Guess first</span> {ask}</summary>
      <div className="answer">{children}</div>
    </details>
  );
}

export interface QuizOption {
  readonly text: ReactNode;
  readonly right?: true;
  /** Said for every option, right or wrong: why. */
  readonly why: ReactNode;
}

/** A question with options; each opens to say whether it is right, and why. */
export function Quiz({ ask, options }: { readonly ask: ReactNode; readonly options: readonly QuizOption[] }): ReactElement {
  if (options.filter(({ right }) => right).length !== 1) throw new Error("Quiz: exactly one option is right");
  return (
    <div className="quiz">
      <p className="quiz-ask">{ask}</p>
      {options.map(({ text, right = false, why }, i) => (
        <details key={i} className={right ? "option right-option" : "option"}>
          <summary>{text}</summary>
          <div className="answer"><strong>{right ? "Yes." : "No."}</strong> {why}</div>
        </details>
      ))}
    </div>
  );
}
