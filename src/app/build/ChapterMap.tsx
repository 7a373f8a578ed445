import { scalePoint } from "d3-scale";
import type { ReactElement } from "react";
import type { ChapterHead } from "../ChapterPage.tsx";
import { outline, titleOf } from "../outline.ts";
import { needsOf } from "../prerequisites.ts";

/** What the map is drawn for. The book runs along the page, or down a phone. */
interface Look {
  readonly name: "wide" | "middle" | "narrow";
  readonly down: boolean;
  /** Across the screen, in the units of the drawing: about a pixel each on the screens that this look is for. */
  readonly width: number;
  /** From the first place of the book to the last. */
  readonly length: number;
  /** Room for arcs on one side of the dots. */
  readonly arcs: number;
  readonly radius: number;
  /** Room for names on the other side. */
  readonly names: number;
  /** Degrees by which names are turned. */
  readonly turn: number;
}

const looks: readonly Look[] = [
  { name: "wide", down: false, width: 1020, length: 930, arcs: 210, radius: 9, names: 176, turn: -58 },
  { name: "middle", down: false, width: 740, length: 692, arcs: 176, radius: 7.4, names: 178, turn: -72 },
  { name: "narrow", down: true, width: 360, length: 1180, arcs: 118, radius: 9.5, names: 215, turn: 0 },
];

/** Every chapter that must be read before this one. */
function ancestors(number: number): Set<number> {
  return new Set(needsOf(number).flatMap((need) => [need, ...ancestors(need)]));
}

/** Prerequisites that do not follow from another one: the lines that are drawn. */
const drawnNeeds = (number: number): number[] =>
  needsOf(number).filter((need) => !needsOf(number).some((other) => other !== need && ancestors(other).has(need)));

/** The book as a row of places: the name of each part, then its chapters. */
const places: readonly (string | number)[] = outline.flatMap(({ title, chapters }) => [title, ...chapters.map(([number]) => number)]);
const numbers = places.filter((place) => typeof place === "number");

interface ChapterMapProps {
  readonly base: string;
  readonly chapters: readonly ChapterHead[];
}

/**
 * The book as a row of dots in ten parts, with an arc from each chapter to those that build on it. Arcs keep to one side and names to
 * the other, so that none is crossed out.
 */
export function ChapterMap({ base, chapters }: ChapterMapProps): ReactElement {
  return (
    <div className="chapter-map" data-chapter-map="">
      {looks.map((look) => <Drawing key={look.name} look={look} base={base} chapters={chapters} />)}
    </div>
  );
}

function Drawing({ look, base, chapters }: ChapterMapProps & { readonly look: Look }): ReactElement {
  const { name, down, width, length, arcs, names, radius } = look;
  const written = new Map(chapters.map((chapter) => [chapter.number, chapter]));
  const start = down ? radius + 6 : (width - length) * 0.62;
  const along = scalePoint(places, [start, start + length]);
  /** Where a place stands: along the book, and across it on the line between arcs and names. */
  const at = (place: string | number): readonly [x: number, y: number] => {
    const where = Math.round(along(place)! * 10) / 10;
    return down ? [arcs + radius + 4, where] : [where, arcs + radius + 4];
  };
  const height = down ? length + 2 * radius + 12 : arcs + 2 * radius + 4 + names;
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- within SVG there is no such tag
    <svg className={`map-${name}`} viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Map of the chapters in the order of the book, each with what it builds on">
      <g className="edges" fill="none">
        {numbers.flatMap((number) => drawnNeeds(number).map((need) => (
          <path key={`${need}-${number}`} className={written.has(need) && written.has(number) ? "both" : ""} d={arc(look, at(need), at(number))} data-from={need} data-to={number} />
        )))}
      </g>
      {outline.map(({ title, chapters: inPart }) => {
        const [[x1, y1], [x2, y2]] = [at(title), at(inPart.at(-1)![0])];
        const line = down ? { x1, y1: y1 + 8, x2, y2 } : { x1, y1, x2, y2 };
        return <g key={title} className="part-line"><line {...line} /><Name look={look} at={at(title)} text={title} /></g>;
      })}
      {numbers.map((number) => {
        const chapter = written.get(number);
        const dot = <Dot look={look} at={at(number)} number={number} />;
        if (!chapter) return <g key={number} className="node planned" data-node={number} aria-hidden="true">{dot}</g>;
        return (
          <a key={number} className="node written" data-node={number} data-slug={chapter.slug} href={base + chapter.path.slice(1)} aria-label={spoken(number)}>
            {dot}
          </a>
        );
      })}
    </svg>
  );
}

/** Half an ellipse from one dot to another; those that reach far rise less than a circle would. */
function arc({ down, arcs, radius, length }: Look, [x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string {
  const reach = down ? y2 - y1 : x2 - x1;
  // The longest one reaches over three fifths of the book.
  const rise = Math.min(arcs - 4, (arcs - 4) * (reach / (0.64 * length)) ** 0.8);
  const one = (value: number): number => Math.round(value * 10) / 10;
  return down ? `M${x1 - radius} ${y1}A${one(rise)} ${one(reach / 2)} 0 0 0 ${x2 - radius} ${y2}` : `M${x1} ${y1 - radius}A${one(reach / 2)} ${one(rise)} 0 0 1 ${x2} ${y2 - radius}`;
}

function spoken(number: number): string {
  const needs = needsOf(number).map(titleOf);
  return `Chapter ${number}, ${titleOf(number)}${needs.length > 0 ? `, builds on ${needs.join(", ")}` : ""}`;
}

interface NamedProps {
  readonly look: Look;
  readonly at: readonly [x: number, y: number];
}

function Dot({ look, at: [x, y], number }: NamedProps & { readonly number: number }): ReactElement {
  return (
    <>
      {look.down && <rect className="touch" x={x - look.radius - 2} y={y - 12.5} width={look.names + 2 * look.radius} height="25" />}
      <circle cx={x} cy={y} r={look.radius} />
      <text className="number" x={x} y={y + 3.4} textAnchor="middle">{number}</text>
      <Name look={look} at={[x, y]} text={titleOf(number)} />
    </>
  );
}

/** Beside its dot on a phone; elsewhere leaning up to it. */
function Name({ look: { down, radius, turn }, at: [x, y], text }: NamedProps & { readonly text: string }): ReactElement {
  if (down) return <text className="name" x={x + radius + 8} y={y + 4.2}>{text}</text>;
  return <text className="name" transform={`translate(${x + 3.5} ${y + radius + 8}) rotate(${turn})`} textAnchor="end">{text}</text>;
}
