/** A way through the book for one kind of reader. */
export interface ReadingPath {
  readonly id: string;
  readonly title: string;
  readonly reader: string;
  /** Numbers of chapters in the order of reading, written or not. */
  readonly chapters: readonly number[];
  /** What the whole path is aimed at, once every chapter of it is written. */
  readonly hours: number;
}

const all = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The first is the default: the book from front to back. */
export const readingPaths: readonly ReadingPath[] = [
  { id: "book", title: "From a slope to a served model", reader: "Everything there is, in order.", chapters: all(1, 37), hours: 40 },
  {
    id: "evening", title: "One evening", reader: "For the curious: figures first, formulas where they help.",
    chapters: [1, 3, 7, 11, 13, 14, 16, 17, 37], hours: 3,
  },
  {
    id: "primer", title: "Primer without calculus", reader: "For those who decide, or invest.",
    chapters: [1, 15, 18, 19, 22, 24, 25, 35, 36, 37], hours: 5,
  },
  {
    id: "engineer", title: "Engineer", reader: "For those who build on models that others trained.",
    chapters: [1, 11, 12, 13, 14, 15, 16, 17, 24, 25, 26, 32, 33, 34, 36], hours: 12,
  },
  {
    id: "builder", title: "Builder", reader: "For those who train and serve models.",
    chapters: [3, 7, 8, ...all(11, 16), ...all(18, 28)], hours: 20,
  },
  {
    id: "mathematician", title: "Mathematician", reader: "For those who want to see why.",
    chapters: [...all(2, 8), 10, 12, 13, 14, 16, 18, 27, 28, 29, 30], hours: 20,
  },
  {
    id: "images", title: "Vision and generation", reader: "For those who came for the images.",
    chapters: [2, 3, 7, 8, 9, 29, 30, 13, 14, 15, 31], hours: 10,
  },
  {
    id: "sceptic", title: "Sceptic", reader: "For those who ask whether it works and who answers for it.",
    chapters: [1, 16, 17, 34, 35, 36, 37], hours: 4,
  },
];
