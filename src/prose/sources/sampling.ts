import type { Source } from "../bibliography.ts";

/** Sources about sampling. */
export const samplingSources = {
  goldberg1991: {
    short: "Goldberg", authors: "D. Goldberg", year: 1991,
    title: "What every computer scientist should know about floating-point arithmetic",
    where: "ACM Computing Surveys 23(1), 5–48", doi: "10.1145/103162.103163",
  },
  guo2017: {
    short: "Guo et al.", authors: "C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger", year: 2017,
    title: "On calibration of modern neural networks", where: "International Conference on Machine Learning", arxiv: "1706.04599",
  },
  fan2018: {
    short: "Fan et al.", authors: "A. Fan, M. Lewis, Y. Dauphin", year: 2018, title: "Hierarchical neural story generation",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P18-1082", arxiv: "1805.04833",
  },
  holtzman2019: {
    short: "Holtzman et al.", authors: "A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi", year: 2019,
    title: "The curious case of neural text degeneration",
    where: "International Conference on Learning Representations 2020", arxiv: "1904.09751",
  },
  keskar2019: {
    short: "Keskar et al.", authors: "N. S. Keskar, B. McCann, L. R. Varshney, C. Xiong, R. Socher", year: 2019,
    title: "CTRL: a conditional transformer language model for controllable generation", where: "arXiv preprint", arxiv: "1909.05858",
  },
  stahlberg2019: {
    short: "Stahlberg and Byrne", authors: "F. Stahlberg, B. Byrne", year: 2019,
    title: "On NMT search errors and model errors: cat got your tongue?",
    where: "Conference on Empirical Methods in Natural Language Processing, 3356–3362", doi: "10.18653/v1/D19-1331", arxiv: "1908.10090",
  },
  wang2022: {
    short: "Wang et al.", authors: "X. Wang, J. Wei, D. Schuurmans, Q. Le and others", year: 2022,
    title: "Self-consistency improves chain of thought reasoning in language models",
    where: "International Conference on Learning Representations 2023", arxiv: "2203.11171",
  },
  willard2023: {
    short: "Willard and Louf", authors: "B. T. Willard, R. Louf", year: 2023, title: "Efficient guided generation for large language models",
    where: "arXiv preprint", arxiv: "2307.09702",
  },
  nguyen2024: {
    short: "Nguyen et al.", authors: "M. N. Nguyen, A. Baker, C. Neo, A. Roush, A. Kirsch, R. Shwartz-Ziv", year: 2024,
    title: "Turning up the heat: min-p sampling for creative and coherent LLM outputs",
    where: "International Conference on Learning Representations 2025", arxiv: "2407.01082",
  },
  park2024: {
    short: "Park et al.", authors: "K. Park, J. Wang, T. Berg-Kirkpatrick, N. Polikarpova, L. D’Antoni", year: 2024,
    title: "Grammar-aligned decoding", where: "Advances in Neural Information Processing Systems 37", arxiv: "2405.21047",
  },
} as const satisfies Record<string, Source>;
