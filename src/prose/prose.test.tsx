import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { renderPosters } from "../widget/poster.ts";
import { descent1d } from "../widgets/descent1d.ts";
import { bibliography, type CiteKey, linkOf, type Source } from "./bibliography.ts";
import { Cite, Sources } from "./Cite.tsx";
import { Figure } from "./Figure.tsx";
import type { GlossaryKey } from "./glossary.ts";
import { Note } from "./Note.tsx";
import { newPage, PageContext, type PageRecord } from "./page.ts";
import { PredictCurve } from "./PredictCurve.tsx";
import { Quiz } from "./questions.tsx";
import { Chip, Live, Scrub } from "./reactive.tsx";
import { Section } from "./Section.tsx";
import { Term } from "./Term.tsx";

const page = (): PageRecord => newPage("/", () => null);
const render = (node: ReactNode, on = page()): string => renderToStaticMarkup(<PageContext value={on}>{node}</PageContext>);

/** Both passes, as the build makes them. */
async function renderBoth(node: ReactNode): Promise<string> {
  const first = page();
  render(node, first);
  const posters = new Map<string, Awaited<ReturnType<typeof renderPosters>>>();
  for (const { id, widget, params } of first.figures.values()) posters.set(id, await renderPosters(widget, params, { id }));
  return render(node, newPage("/", first.address, first, posters));
}

test("a figure is named after its widget, or as the page says, and carries its poster and its caption", async () => {
  const html = await renderBoth(<Figure widget={descent1d} id="walk" params={{ learningRate: 0.9 }}>A walk.</Figure>);
  expect(html).toContain('<figure id="walk"');
  expect(html).toContain('data-params="learningRate=0.9"');
  expect(html).toContain("A walk.");
  expect(html.match(/<svg/g)!.length).toBeGreaterThanOrEqual(2);
});

test("two figures of one id on a page fail the build; with ids of their own they do not", () => {
  const figure = <Figure widget={descent1d}>a</Figure>;
  expect(() => render(<>{figure}{figure}</>)).toThrow('"descent-1d" is used twice');
  expect(() => render(<>{figure}<Figure widget={descent1d} id="other">b</Figure></>)).not.toThrow();
});

test("wrong params do not compile", () => {
  // @ts-expect-error the widget has no param of this name
  void (<Figure widget={descent1d} params={{ learningRat: 1 }}>a</Figure>);
  // @ts-expect-error the value has the wrong type
  void (<Figure widget={descent1d} params={{ learningRate: "fast" }}>a</Figure>);
  expect(() => render(<Figure widget={descent1d} params={{ learningRate: 0.2 }}>a</Figure>)).not.toThrow();
});

test("two sections of one title fail the build", () => {
  expect(() => render(<><Section title="One step">a</Section><Section title="One step">b</Section></>)).toThrow('"one-step" is used twice');
});

test("a number in the text shows what the poster shows, before any script runs", async () => {
  const html = await renderBoth(<><Live figure="descent-1d" readout="weight" /><Figure widget={descent1d}>a</Figure></>);
  // Four steps of 0.1 from 5 on (w − 3)²: curriculum, chapter 3.
  expect(html).toMatch(/<span[^>]*data-live="descent-1d"[^>]*>3\.8192<\/span>/);
});

test("a number to drag shows its param and carries the limits of the schema", async () => {
  const figure = <Figure widget={descent1d} params={{ learningRate: 0.3 }}>a</Figure>;
  const html = await renderBoth(<>{figure}<Scrub figure="descent-1d" param="learningRate" /></>);
  expect(html).toMatch(/<span class="scrub"[^>]*data-min="0" data-max="1\.2" data-step="0\.01"[^>]*>0\.30<\/span>/);
});

test("prose that names a figure, readout, param or scene which is not there fails the build", async () => {
  const figure = <Figure widget={descent1d}>a</Figure>;
  await expect(renderBoth(<>{figure}<Live figure="descent-2d" readout="weight" /></>)).rejects.toThrow('no figure "descent-2d"');
  await expect(renderBoth(<>{figure}<Live figure="descent-1d" readout="height" /></>)).rejects.toThrow('no readout "height"');
  await expect(renderBoth(<>{figure}<Scrub figure="descent-1d" param="landscape" /></>)).rejects.toThrow('no number param "landscape"');
  await expect(renderBoth(<>{figure}<Chip figure="descent-1d" scene="fly">x</Chip></>)).rejects.toThrow('no scene "fly"');
  await expect(renderBoth(<>{figure}<Chip figure="descent-1d" params={{ wings: 2 }}>x</Chip></>)).rejects.toThrow('no param "wings"');
});

test("notes and terms open by a labelled checkbox, numbered over the page", () => {
  const html = render(<p>a<Note>first</Note> b<Note>second</Note> <Term>loss</Term></p>);
  expect(html).toContain('<label class="note-mark" for="note-2">2</label>');
  expect(html).toContain('<input class="toggle" type="checkbox" id="note-2" aria-label="Show note 2"');
  expect(html).toContain("One number that says how wrong a model is");
});

test("a word of the colour grammar has its colour wherever it is a term, in the plural too, and no other word has one", () => {
  expect(render(<Term of="value">values</Term>)).toContain('<span class="term t-value">');
  expect(render(<Term>gradient</Term>)).toContain('<span class="term t-gradient">');
  expect(render(<Term>learning rate</Term>)).toContain('<span class="term">');
});

test("a term that the glossary does not hold fails the build", () => {
  expect(() => render(<Term>{"phlogiston" as GlossaryKey}</Term>)).toThrow('no entry "phlogiston"');
});

test("sources are listed once, in the order in which they are cited", () => {
  const on = page();
  render(<><Cite id="vaswani2017" /><Cite id="gage1994" /><Cite id="vaswani2017" /></>, on);
  expect(on.cites).toEqual(["vaswani2017", "gage1994"]);
  const html = render(<Sources cites={on.cites} />);
  expect(html.indexOf("Attention is all you need")).toBeLessThan(html.indexOf("data compression"));
  expect(html).toContain('href="https://arxiv.org/abs/1706.03762"');
});

test("a citation of nothing fails the build", () => {
  expect(() => render(<Cite id={"nobody1900" as CiteKey} />)).toThrow('no entry "nobody1900"');
});

test("every source can be found: a DOI, an arXiv number or an address, well formed", () => {
  for (const [key, source] of Object.entries(bibliography) as [string, Source][]) {
    expect(linkOf(source), key).toMatch(/^https:\/\//);
    if (source.doi) expect(source.doi, key).toMatch(/^10\.\d{4,9}\/\S+$/);
    if (source.arxiv) expect(source.arxiv, key).toMatch(/^\d{4}\.\d{4,5}$/);
    expect(key).toContain(String(source.year));
  }
});

test("a quiz explains every option and has exactly one right one", () => {
  const options = [{ text: "a", why: "because a" }, { text: "b", right: true as const, why: "because b" }];
  const html = render(<Quiz ask="?" options={options} />);
  expect(html).toContain("<strong>No.</strong> because a");
  expect(html).toContain("<strong>Yes.</strong> because b");
  expect(() => render(<Quiz ask="?" options={[options[0]!]} />)).toThrow("exactly one option");
});

test("a figure whose pack was not built is left out, and the text around it stays", () => {
  const first = page();
  const text = <><p>text</p><Figure widget={descent1d}>a</Figure></>;
  render(text, first);
  expect(render(text, newPage("/", first.address, first))).toBe("<p>text</p>");
});

test("a curve to be guessed needs one true number for each place, and shows what is too high at its top", () => {
  const x = { label: "x", values: [0, 1, 2] };
  const y = { label: "y", max: 10 };
  expect(() => render(<PredictCurve ask="?" x={x} y={y} truth={[1, 2]}>why</PredictCurve>)).toThrow("3 values of x, 2 of the truth");
  const html = render(<PredictCurve ask="?" x={x} y={y} truth={[0, 5, 99]}>why</PredictCurve>);
  expect(html).toContain('class="curve-truth" points="38.0,196.0 219.0,112.0 400.0,28.0"');
});
