import { linkHorizontal } from "d3-shape";
import type { ReactElement } from "react";
import type { ChapterHead } from "../ChapterPage.tsx";
import { outline, titleOf } from "../outline.ts";
import { needsOf } from "../prerequisites.ts";

interface Node {
  readonly number: number;
  readonly title: string;
  readonly x: number;
  readonly y: number;
}

interface Lane {
  readonly title: string;
  readonly y: number;
  readonly height: number;
}

interface Look {
  readonly width: number;
  readonly row: number;
  readonly radius: number;
  /** Room above the rows of a part for its name. */
  readonly head: number;
  readonly names: boolean;
}

const wide: Look = { width: 900, row: 52, radius: 11, head: 18, names: true };
const narrow: Look = { width: 360, row: 30, radius: 11, head: 18, names: false };

const numbers = outline.flatMap(({ chapters }) => chapters.map(([number]) => number));
const depths = new Map<number, number>();
/** The length of the longest chain of prerequisites below a chapter; prerequisites come before what needs them. */
for (const number of numbers) depths.set(number, Math.max(-1, ...needsOf(number).map((need) => depths.get(need)!)) + 1);
/** One more than the longest chain: room to move aside. */
const columns = Math.max(...depths.values()) + 2;

/** Every chapter that must be read before this one. */
function ancestors(number: number): Set<number> {
  return new Set(needsOf(number).flatMap((need) => [need, ...ancestors(need)]));
}

/** Prerequisites that do not follow from another one: the lines that are drawn. */
export const drawnNeeds = (number: number): number[] =>
  needsOf(number).filter((need) => !needsOf(number).some((other) => other !== need && ancestors(other).has(need)));

/** The last column in which a chapter still stands left of everything that builds on it. */
const lastColumn = (number: number): number =>
  Math.min(columns - 1, ...numbers.filter((other) => needsOf(other).includes(number)).map((other) => depths.get(other)! - 1));

/**
 * A row of chapters a part where they fit: a chapter stands right of everything it builds on, and moves further right, or a row down,
 * where its place is taken.
 */
export function layOut({ width, row, head }: Look): { nodes: Node[]; lanes: Lane[]; height: number } {
  const nodes: Node[] = [];
  const lanes: Lane[] = [];
  let y = 0;
  for (const { title, chapters } of outline) {
    const taken: Set<number>[] = [];
    for (const [number, , name] of [...chapters].sort(([a], [b]) => depths.get(a)! - depths.get(b)!)) {
      const [line, column] = freePlace(taken, depths.get(number)!, lastColumn(number));
      (taken[line] ??= new Set()).add(column);
      nodes.push({ number, title: name, x: ((column + 0.5) * width) / columns, y: y + head + (line + 0.36) * row });
    }
    const height = head + taken.length * row;
    lanes.push({ title, y, height });
    y += height;
  }
  return { nodes, lanes, height: y + 8 };
}

function freePlace(taken: readonly Set<number>[], first: number, last: number): [line: number, column: number] {
  for (let line = 0; ; line++) {
    for (let column = first; column <= Math.min(last, first + 2); column++) if (!taken[line]?.has(column)) return [line, column];
  }
}

interface ChapterMapProps {
  readonly base: string;
  readonly chapters: readonly ChapterHead[];
}

/** All chapters in ten parts, from left to right by what they need; for narrow screens numbers alone, the list below has the names. */
export function ChapterMap({ base, chapters }: ChapterMapProps): ReactElement {
  return (
    <div className="chapter-map" data-chapter-map="">
      <Drawing look={wide} name="wide" base={base} chapters={chapters} />
      <Drawing look={narrow} name="narrow" base={base} chapters={chapters} />
    </div>
  );
}

const curve = linkHorizontal<unknown, [number, number]>();

function Drawing({ look, name, base, chapters }: ChapterMapProps & { readonly look: Look; readonly name: string }): ReactElement {
  const { nodes, lanes, height } = layOut(look);
  const at = new Map(nodes.map((node) => [node.number, node]));
  const written = new Map(chapters.map((chapter) => [chapter.number, chapter]));
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- within SVG there is no such tag
    <svg className={`map-${name}`} viewBox={`0 0 ${look.width} ${height}`} role="group" aria-label="Map of the chapters, from left to right by what they build on">
      {lanes.map(({ title, y, height: tall }, i) => (
        <g key={title} className={i % 2 === 0 ? "lane even" : "lane"}>
          <rect x="0" y={y} width={look.width} height={tall} rx="6" />
          <text x="10" y={y + 15}>{title}</text>
        </g>
      ))}
      <g className="edges" fill="none">
        {nodes.flatMap((node) => drawnNeeds(node.number).map((need) => {
          const from = at.get(need)!;
          const path = curve({ source: [from.x + look.radius, from.y], target: [node.x - look.radius, node.y] });
          return <path key={`${need}-${node.number}`} d={rounded(path ?? "")} data-from={need} data-to={node.number} />;
        }))}
      </g>
      {nodes.map((node) => {
        const chapter = written.get(node.number);
        const dot = <Dot node={node} look={look} />;
        if (!chapter) return <g key={node.number} className="node planned" data-node={node.number} aria-hidden="true">{dot}</g>;
        return (
          <a key={node.number} className="node written" data-node={node.number} data-slug={chapter.slug} href={base + chapter.path.slice(1)} aria-label={spoken(node.number)}>
            {dot}
          </a>
        );
      })}
    </svg>
  );
}

const rounded = (path: string): string => path.replace(/\d+\.\d+/g, (digits) => String(Math.round(Number(digits) * 10) / 10));

function spoken(number: number): string {
  const needs = needsOf(number).map(titleOf);
  return `Chapter ${number}, ${titleOf(number)}${needs.length > 0 ? `, builds on ${needs.join(", ")}` : ""}`;
}

function Dot({ node: { number, title, x, y }, look }: { readonly node: Node; readonly look: Look }): ReactElement {
  return (
    <>
      <title>{title}</title>
      <circle cx={x} cy={y} r={look.radius} />
      <text className="number" x={x} y={y + 3.8} textAnchor="middle">{number}</text>
      {look.names && twoLines(title).map((line, i) => <text key={line} className="name" x={x} y={y + look.radius + 11 + i * 11} textAnchor="middle">{line}</text>)}
    </>
  );
}

/** Breaks a title near its middle. */
function twoLines(title: string): string[] {
  const words = title.split(" ");
  if (title.length < 13 || words.length < 2) return [title];
  const cuts = words.slice(1).map((_, i) => [words.slice(0, i + 1).join(" "), words.slice(i + 1).join(" ")]);
  return cuts.sort((a, b) => Math.max(a[0]!.length, a[1]!.length) - Math.max(b[0]!.length, b[1]!.length))[0]!;
}
