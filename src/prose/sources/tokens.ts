import type { Source } from "../bibliography.ts";

/** Sources about tokenizers. */
export const tokensSources = {
  gage1994: {
    short: "Gage", authors: "P. Gage", year: 1994, title: "A new algorithm for data compression",
    where: "The C Users Journal 12(2), 23–38", url: "https://dl.acm.org/doi/10.5555/177910.177914",
  },
  sennrich2016: {
    short: "Sennrich et al.", authors: "R. Sennrich, B. Haddow, A. Birch", year: 2016,
    title: "Neural machine translation of rare words with subword units",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P16-1162", arxiv: "1508.07909",
  },
  kudo2018: {
    short: "Kudo and Richardson", authors: "T. Kudo, J. Richardson", year: 2018,
    title: "SentencePiece: a simple and language independent subword tokenizer and detokenizer for neural text processing",
    where: "Conference on Empirical Methods in Natural Language Processing, System Demonstrations",
    doi: "10.18653/v1/D18-2012", arxiv: "1808.06226",
  },
  kudo2018regularization: {
    short: "Kudo", authors: "T. Kudo", year: 2018,
    title: "Subword regularization: improving neural network translation models with multiple subword candidates",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P18-1007", arxiv: "1804.10959",
  },
  fitzgerald2022: {
    short: "FitzGerald et al.", authors: "J. FitzGerald, C. Hench, C. Peris, et al.", year: 2022,
    title: "MASSIVE: a 1M-example multilingual natural language understanding dataset with 51 typologically-diverse languages",
    where: "arXiv preprint", arxiv: "2204.08582",
  },
  petrov2023: {
    short: "Petrov et al.", authors: "A. Petrov, E. La Malfa, P. H. S. Torr, A. Bibi", year: 2023,
    title: "Language model tokenizers introduce unfairness between languages",
    where: "Advances in Neural Information Processing Systems 36", arxiv: "2305.15425",
  },
  land2024: {
    short: "Land and Bartolo", authors: "S. Land, M. Bartolo", year: 2024,
    title: "Fishing for Magikarp: automatically detecting under-trained tokens in large language models",
    where: "Conference on Empirical Methods in Natural Language Processing", arxiv: "2405.05417",
  },
} as const satisfies Record<string, Source>;
