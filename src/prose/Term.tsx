import type { ReactElement } from "react";
import { glossary, type GlossaryKey } from "./glossary.ts";
import { mention, nextId, slugOf, usePage } from "./page.ts";

interface TermProps {
  readonly children: string;
  readonly of?: GlossaryKey;
}

/** Words that have one colour in the whole book: they light with their namesakes in formulas and figures. */
const coloured: ReadonlySet<string> = new Set<GlossaryKey>(["query", "key", "value", "gradient", "loss"]);

/** A word of the glossary. Its definition opens in place, by click or by key, without a script. */
export function Term({ children, of = children as GlossaryKey }: TermProps): ReactElement {
  const definition: string | undefined = Object.hasOwn(glossary, of) ? glossary[of] : undefined;
  if (definition === undefined) throw new Error(`Term: the glossary has no entry "${of}"`);
  const page = usePage();
  mention(page, "term", of);
  const { id } = nextId(page, "term");
  return (
    <span className={coloured.has(of) ? `term t-${of}` : "term"}>
      <label htmlFor={id}>{children}</label>
      <input className="toggle" type="checkbox" id={id} aria-label={`Show what “${of}” means`} autoComplete="off" />
      <span className="definition" role="note">
        {definition} <a className="more" href={`${page.base}glossary/#${slugOf(of)}`}>where used</a>
      </span>
    </span>
  );
}
