import type { ReactElement, ReactNode } from "react";
import type { Widget } from "../widget/defineWidget.ts";
import { type AnyValues, type Schema, valid, type Values } from "../widget/params.ts";
import { Figure } from "./Figure.tsx";
import { nextId, usePage } from "./page.ts";

export interface Step<S extends Schema = Schema> {
  /** The state of the figure in this step: a scene of its widget, and params over it. */
  readonly scene?: string;
  readonly params?: Partial<Values<S>>;
  /** Whether the figure is to run when this step is entered. */
  readonly run?: true;
  readonly say: ReactNode;
}

interface StepsProps<S extends Schema> {
  readonly widget: Widget<S>;
  readonly id?: string;
  readonly params?: Partial<Values<NoInfer<S>>>;
  readonly steps: readonly Step<NoInfer<S>>[];
  /** The caption of the figure. */
  readonly children: ReactNode;
}

/**
 * Text, then Next, then motion, then a pause: the book's way to lead through a figure. A step names a state, not a change, so every
 * step undoes what the one before it did. Without scripts the steps stand below each other. Throws: for a scene that is not there.
 */
export function Steps<S extends Schema>({ widget, id = widget.id, params = {}, steps, children }: StepsProps<S>): ReactElement {
  const page = usePage();
  const name = nextId(page, "steps").id;
  const states = statesOf(widget, params, steps);
  return (
    <section className="steps span-page" id={name} data-steps={id} aria-label={`${steps.length} steps: ${widget.title}`}>
      <Figure widget={widget} id={id} params={{ ...params, ...states[0] } as Partial<Values<S>>}>{children}</Figure>
      <div className="steps-panel">
        <ol className="steps-list">
          {steps.map(({ say, run }, i) => (
            <li key={i} className={i === 0 ? "step now" : "step"} data-params={JSON.stringify(states[i])} data-run={run ? "" : undefined}>{say}</li>
          ))}
        </ol>
        <div className="steps-nav">
          <button type="button" data-to="back" disabled>Back</button>
          {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- some screen readers announce only the written role */}
          <output className="steps-at" role="status">1 of {steps.length}</output>
          <button type="button" className="steps-next" data-to="next">Next</button>
        </div>
      </div>
    </section>
  );
}

/** For each step the value of every param that any step touches. */
export function statesOf<S extends Schema>(widget: Widget<S>, params: Partial<Values<S>>, steps: readonly Step<S>[]): AnyValues[] {
  const patches = steps.map(({ scene, params: own }): AnyValues => {
    if (scene !== undefined && !Object.hasOwn(widget.scenes, scene)) throw new Error(`Steps: ${widget.id} has no scene "${scene}"`);
    return { ...(scene === undefined ? {} : widget.scenes[scene]!.params), ...(own as AnyValues | undefined) };
  });
  const touched = new Set(patches.flatMap((patch) => Object.keys(patch)));
  const base = valid(widget.params, params) as AnyValues;
  return patches.map((patch) => Object.fromEntries([...touched].map((name) => [name, (patch[name] ?? base[name])!])));
}
