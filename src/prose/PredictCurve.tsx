import type { ReactElement, ReactNode } from "react";
import { trimmed } from "./numbers.ts";
import { nextId, usePage } from "./page.ts";

interface PredictCurveProps {
  readonly ask: ReactNode;
  /** The values along the axis at which the curve is asked for. */
  readonly x: { readonly label: string; readonly values: readonly number[] };
  /** The axis goes from 0 to `max`; what is higher is drawn at its top. */
  readonly y: { readonly label: string; readonly max: number };
  /** The answer, one number for each value of x, computed when the page is built. */
  readonly truth: readonly number[];
  /** Why it looks as it does. */
  readonly children: ReactNode;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP] = [420, 246, 38, 20, 50, 28] as const;

/**
 * Lets the reader draw the curve that she expects, by pointer or arrow keys, before the true one is drawn over it. Without scripts the
 * answer opens with its curve. Throws: unless there is one true number for each x.
 */
export function PredictCurve({ ask, x, y, truth, children }: PredictCurveProps): ReactElement {
  const { id } = nextId(usePage(), "predict");
  if (truth.length !== x.values.length || truth.length < 2) throw new Error(`PredictCurve: ${x.values.length} values of x, ${truth.length} of the truth`);
  const [first, last] = [x.values[0]!, x.values.at(-1)!];
  const atX = (value: number): number => LEFT + ((value - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number): number => TOP + (1 - Math.min(value, y.max) / y.max) * (HEIGHT - TOP - BOTTOM);
  const points = truth.map((value, i) => `${atX(x.values[i]!).toFixed(1)},${atY(value).toFixed(1)}`);
  const scale = JSON.stringify({ xs: x.values.map(atX), top: atY(y.max), bottom: atY(0), max: y.max, names: x.values.map((value) => trimmed(value, 4)), truth });
  return (
    <div className="predict-box" id={id} data-curve={scale}>
      <p className="predict-ask" id={`${id}-ask`}><span className="box-label">Guess first</span> {ask}</p>
      <svg
        className="curve-paper" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} tabIndex={0} aria-labelledby={`${id}-ask`} aria-valuemin={0}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is a drawing with one value for each column
        role="slider" aria-valuemax={y.max} aria-valuenow={0} aria-valuetext="nothing drawn yet" aria-describedby={`${id}-how`}
      >
        <g className="curve-grid">
          {[0, 0.5, 1].map((part) => (
            <g key={part}>
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={atY(part * y.max)} y2={atY(part * y.max)} />
              <text x={LEFT - 8} y={atY(part * y.max) + 4} textAnchor="end">{trimmed(part * y.max, 3)}</text>
            </g>
          ))}
          {x.values.map((value, i) => (
            <g key={value}>
              <line x1={atX(value)} x2={atX(value)} y1={atY(0)} y2={atY(0) + 5} />
              {(truth.length <= 12 || i % 2 === 0) && <text x={atX(value)} y={atY(0) + 19} textAnchor="middle">{trimmed(value, 3)}</text>}
            </g>
          ))}
          <text className="curve-label" x={2} y={14}>{y.label}</text>
          <text className="curve-label" x={WIDTH - RIGHT} y={HEIGHT - 5} textAnchor="end">{x.label}</text>
        </g>
        <polyline className="curve-truth" points={points.join(" ")} />
        <polyline className="curve-guess" points="" />
        <circle className="curve-hand" r={6} cx={0} cy={0} visibility="hidden" />
      </svg>
      <p className="curve-how" id={`${id}-how`}>Draw it with a finger or the mouse, or with the arrow keys: ← → along, ↑ ↓ up and down.</p>
      <details className="predict-answer" data-answer={id}>
        <summary>Show the answer</summary>
        <div className="answer"><p className="verdict" aria-live="polite" />{children}</div>
      </details>
    </div>
  );
}
