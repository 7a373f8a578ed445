import { isValidElement, type ReactElement, type ReactNode } from "react";
import { figureOf, nextId, usePage } from "./page.ts";

/** A question with its answer behind a press. */
export function Question({ ask, children }: { readonly ask: ReactNode; readonly children: ReactNode }): ReactElement {
  const { id } = nextId(usePage(), "question");
  return (
    <details className="question" id={id} data-answer={id}>
      <summary>{ask}</summary>
      <div className="answer">{children}</div>
    </details>
  );
}

interface PredictProps {
  readonly ask: ReactNode;
  /** What can be guessed: words, or cells of the figure by name. Without any the reader guesses in silence. */
  readonly options?: readonly { readonly text: ReactNode; readonly right?: true }[];
  /** Instead of options: a cell of a matrix is to be chosen. `right` is its row and column; where `empty` says so, none can be. */
  readonly cells?: {
    readonly rows: readonly string[];
    readonly columns: readonly string[];
    readonly right: readonly [row: number, column: number];
    readonly empty?: (row: number, column: number) => boolean;
  };
  /** The figure that shows the answer, and its scene that does. */
  readonly figure?: string;
  readonly scene?: string;
  /** The answer and why. */
  readonly children: ReactNode;
}

/** Asks for a guess before the answer is shown; the guess stays visible beside it. Throws: with options of which not one is right. */
export function Predict({ ask, options = [], cells, figure, scene, children }: PredictProps): ReactElement {
  const page = usePage();
  const { id } = nextId(page, "predict");
  const request = figure === undefined ? undefined : figureOf(page, figure, "Predict");
  if (request && !Object.hasOwn(request.widget.scenes, scene ?? "")) throw new Error(`Predict: ${figure} has no scene "${scene}"`);
  const label = <span className="box-label">Guess first</span>;
  if (options.length === 0 && !cells) {
    return (
      <details className="question predict" id={id} data-answer={id} data-figure={figure} data-scene={scene}>
        <summary>{label} {ask}</summary>
        <div className="answer">{children}</div>
      </details>
    );
  }
  if (!cells) noteShape(page, "Predict", options);
  return (
    <div className="predict-box" id={id} data-predict="" data-figure={figure} data-scene={scene}>
      <p className="predict-ask" id={`${id}-ask`}>{label} {ask}</p>
      {cells ? <GuessCells ask={`${id}-ask`} cells={cells} /> : (
        <ul className="guesses" aria-labelledby={`${id}-ask`}>
          {options.map(({ text, right }, i) => (
            <li key={i}><button type="button" className="guess" data-right={right ? "" : undefined}>{text}</button></li>
          ))}
        </ul>
      )}
      <details className="predict-answer" data-answer={id}>
        <summary>Show the answer</summary>
        <div className="answer"><p className="verdict" aria-live="polite" />{children}</div>
      </details>
    </div>
  );
}

function GuessCells({ ask, cells: { rows, columns, right, empty } }: { readonly ask: string; readonly cells: NonNullable<PredictProps["cells"]> }): ReactElement {
  return (
    <table className="guess-cells" aria-labelledby={ask}>
      <thead><tr><th scope="col">asks \ is asked</th>{columns.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
      <tbody>
        {rows.map((rowName, row) => (
          <tr key={rowName}>
            <th scope="row">{rowName}</th>
            {columns.map((name, column) => (
              <td key={name}>
                {empty?.(row, column) ? null : (
                  <button type="button" className="guess" aria-label={`row ${rowName}, column ${name}`}
                    data-right={row === right[0] && column === right[1] ? "" : undefined} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface QuizOption {
  readonly text: ReactNode;
  readonly right?: true;
  /** Said for every option, right or wrong: why. */
  readonly why: ReactNode;
}

/** A question with options; each opens to say whether it is right, and why. Never graded. Throws: unless exactly one is right. */
export function Quiz({ ask, options }: { readonly ask: ReactNode; readonly options: readonly QuizOption[] }): ReactElement {
  const page = usePage();
  const { id } = nextId(page, "quiz");
  noteShape(page, "Quiz", options);
  return (
    <div className="quiz" id={id}>
      <p className="quiz-ask">{ask}</p>
      {options.map(({ text, right = false, why }, i) => (
        <details key={i} className={right ? "option right-option" : "option"} data-answer={id}>
          <summary>{text}</summary>
          <div className="answer"><strong>{right ? "Yes." : "No."}</strong> {why}</div>
        </details>
      ))}
    </div>
  );
}

/** Remembers how a question is built, for the lint of `quizBias.ts`. */
function noteShape(page: ReturnType<typeof usePage>, who: string, options: readonly { readonly text: ReactNode; readonly right?: true }[]): void {
  if (options.filter(({ right }) => right).length !== 1) throw new Error(`${who}: exactly one option is right`);
  page.quizzes.push({ right: options.findIndex(({ right }) => right), lengths: options.map(({ text }) => textOf(text).length) });
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return (node as ReactNode[]).map(textOf).join("");
  if (!isValidElement<{ children?: ReactNode; tex?: string }>(node)) return "";
  return node.props.tex ?? textOf(node.props.children);
}
