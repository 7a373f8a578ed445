import type { ReactElement } from "react";
import type { Posters } from "../prose/page.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { elementCode } from "../widget/embedCode.ts";
import { embedHeight } from "../widget/embedHeight.ts";
import { FormerName } from "../widget/FigureFrame.tsx";
import type { Param } from "../widget/params.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { siteRoot, type Site } from "./site.ts";
import type { Use } from "./usage.ts";

interface Shown {
  readonly widget: Widget;
  readonly poster: Posters;
  readonly uses: readonly Use[];
}

interface GalleryProps {
  readonly site: Site;
  readonly shown: readonly Shown[];
}

/** Every widget: its poster, the chapters that explain it, its settings, and the code that puts it into another site. */
export function Gallery({ site, shown }: GalleryProps): ReactElement {
  const { base } = site;
  const groups = byChapter(shown);
  return (
    <article className="chapter">
      <header className="opening">
        <h1>Figures</h1>
        <p className="chapter-question">
          Each figure of the book also stands on a page of its own. <a href={`${base}for-your-site/`}>It can stand in yours, too.</a>
        </p>
      </header>
      {/* Works by a small script, and is not shown without it. */}
      <search className="gallery-search" hidden data-gallery="">
        <label>Find <input type="search" data-find="" placeholder="attention, loss, tokens…" /></label>
        <label>
          Chapter{" "}
          <select data-chapter-of="">
            <option value="">all</option>
            {groups.flatMap(({ use }) => (use ? <option key={use.path} value={use.path}>{use.title}</option> : []))}
          </select>
        </label>
        <label><input type="checkbox" data-trains="" /> trains a model</label>
        <output data-found="">{shown.length} figures</output>
      </search>
      {groups.map(({ use, figures }) => (
        <section key={use?.path ?? ""} className="gallery-group">
          <h2>{use ? <><span className="gallery-number">{use.number}</span> <a href={base + use.path.slice(1)}>{use.title}</a></> : "In no chapter yet"}</h2>
          <ul className="gallery">
            {figures.map((one) => <GalleryEntry key={one.widget.id} site={site} {...one} />)}
          </ul>
        </section>
      ))}
    </article>
  );
}

interface GalleryGroup {
  /** The chapter; null for the figures of none. */
  readonly use: Use | null;
  readonly figures: readonly Shown[];
}

/** The figures under the first chapter that shows them, in the order of the book. */
function byChapter(shown: readonly Shown[]): GalleryGroup[] {
  const groups = new Map<number, Shown[]>();
  for (const one of shown) {
    const number = one.uses.find((use) => use.number !== null)?.number ?? Infinity;
    groups.set(number, [...(groups.get(number) ?? []), one]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([number, figures]) => ({ use: figures[0]!.uses.find((use) => use.number === number) ?? null, figures }));
}

function GalleryEntry({ site, widget, poster, uses }: Shown & { readonly site: Site }): ReactElement {
  const { base } = site;
  const scenes = Object.values(widget.scenes);
  const goals = Object.entries(widget.goals);
  const code = elementCode({ site: siteRoot(site), widget: widget.id, title: widget.title, state: "", height: embedHeight(widget, 720), picture: widget.size.wide });
  return (
    <li id={widget.id} data-words={wordsOf(widget, poster, uses)} data-chapters={uses.map(({ path }) => path).join(" ")}
      {...(widget.task.training && { "data-trains": "" })}>
      {widget.aliases.map((name) => <FormerName key={name} name={name} now={widget.id} />)}
      <a className="gallery-open" href={`${base}embed/${widget.id}/`}>
        {/* The drawing for phones, from its top: whole ones would be too small to read. */}
        <span className="thumbnail" aria-hidden="true" inert dangerouslySetInnerHTML={{ __html: poster.narrow.svg }} />
        <strong>{widget.title}</strong>
      </a>
      <p className="gallery-uses">
        {uses.length > 0 && "In "}
        {uses.map(({ path, title, figure }, i) => (
          <span key={path + figure}><a href={`${base}${path.slice(1)}#${figure}`}>{title}</a>{i < uses.length - 1 ? ", " : "."}</span>
        ))}
      </p>
      <details>
        <summary>Settings, scenes and code<span className="gb-hidden"> of {widget.title}</span></summary>
        <Settings widget={widget} />
        {scenes.length > 0 && (
          <dl className="options">
            {Object.entries(widget.scenes).map(([name, { title, watch }]) => (
              <div key={name}><dt><a href={`${base}embed/${widget.id}/#scene=${name}`}>{title}</a></dt><dd>{watch}</dd></div>
            ))}
          </dl>
        )}
        {goals.length > 0 && (
          <p>
            A task may ask for{" "}
            {goals.map(([name, { label }], i) => <span key={name}><code>{name}</code> ({label}){i < goals.length - 1 ? ", " : "."}</span>)}
          </p>
        )}
        <CodeBlock label={`${widget.title}, for another site`} code={code} />
      </details>
    </li>
  );
}

/** What a figure is found by. */
function wordsOf({ id, title, scenes, params }: Widget, poster: Posters, uses: readonly Use[]): string {
  const ofScenes = Object.values(scenes).map((scene) => `${scene.title} ${scene.watch}`);
  const labels = Object.values(params).map(({ label }) => label);
  return [id, title, poster.wide.sentence, ...ofScenes, ...labels, ...uses.map((use) => use.title)].join(" ").toLowerCase();
}

function Settings({ widget }: { readonly widget: Widget }): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <section className="settings" tabIndex={0} aria-label={`Settings of ${widget.title}`}>
      <table>
        <thead><tr>{["name", "what it is", "values", "default"].map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {Object.entries(widget.params).map(([name, param]) => (
            <tr key={name}>
              <th scope="row"><code>{name}</code></th>
              <td>{param.label}{param.live ? "" : " (starts again)"}</td>
              <td>{valuesOf(param)}</td>
              <td>{shortly(param.default)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function valuesOf(param: Param): string {
  switch (param.kind) {
    case "number": {
      const steps = param.step === undefined ? "" : ` in steps of ${param.step}`;
      return `${param.min} to ${param.max}${steps}${param.unit ? ` ${param.unit}` : ""}`;
    }
    case "choice": return Object.keys(param.options).join(", ");
    case "toggle": return "1 or 0";
    case "text": return `text, up to ${param.maxLength ?? 500} bytes`;
    case "grid": return `${param.rows} × ${param.columns} numbers, ${param.min} to ${param.max}`;
    case "model": return "shipped";
  }
}

function shortly(value: Param["default"]): string {
  const text = typeof value === "boolean" ? (value ? "1" : "0") : Array.isArray(value) ? "see the figure" : String(value);
  return text.length > 40 ? `${[...text].slice(0, 39).join("")}…` : text;
}
