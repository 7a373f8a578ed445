import { attentionSources } from "./sources/attention.ts";
import { compressionSources } from "./sources/compression.ts";
import { descentSources } from "./sources/descent.ts";
import { headsSources } from "./sources/heads.ts";
import { languageSources } from "./sources/language.ts";
import { neuronsSources } from "./sources/neurons.ts";
import { positionSources } from "./sources/position.ts";
import { samplingSources } from "./sources/sampling.ts";
import { servingSources } from "./sources/serving.ts";
import { tokensSources } from "./sources/tokens.ts";
import { trainingSources } from "./sources/training.ts";

/** A source as the list at the end of a chapter prints it. */
export interface Source {
  /** How the text names it: "Vaswani et al." */
  readonly short: string;
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** Journal, conference or publisher, with volume and pages where there are any. */
  readonly where: string;
  readonly doi?: string;
  readonly arxiv?: string;
  readonly url?: string;
}

/** Every source of the book. The key is the first author and the year. */
export const bibliography = {
  ...attentionSources,
  ...compressionSources,
  ...descentSources,
  ...headsSources,
  ...languageSources,
  ...neuronsSources,
  ...positionSources,
  ...samplingSources,
  ...servingSources,
  ...tokensSources,
  ...trainingSources,
} as const satisfies Record<string, Source>;

export type CiteKey = keyof typeof bibliography;

/** Where a source can be read. */
export function linkOf({ arxiv, doi, url }: Source): string {
  if (arxiv) return `https://arxiv.org/abs/${arxiv}`;
  if (doi) return `https://doi.org/${doi}`;
  return url ?? "";
}

/** The year as it is cited: with a letter, in the order of arXiv, where the same authors have several sources of one year. */
export function yearOf(id: CiteKey): string {
  const { short, year, arxiv = "" }: Source = bibliography[id];
  const others = Object.entries<Source>(bibliography).filter(([key, one]) => key !== id && one.short === short && one.year === year);
  if (others.length === 0) return String(year);
  return `${year}${"abcdef"[others.filter(([, one]) => (one.arxiv ?? "") < arxiv).length]}`;
}
