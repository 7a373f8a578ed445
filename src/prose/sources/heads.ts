import type { Source } from "../bibliography.ts";

/** Sources about masks and heads. */
export const headsSources = {
  devlin2018: {
    short: "Devlin et al.", authors: "J. Devlin, M.-W. Chang, K. Lee, K. Toutanova", year: 2018,
    title: "BERT: pre-training of deep bidirectional transformers for language understanding",
    where: "Conference of the North American Chapter of the Association for Computational Linguistics 2019",
    doi: "10.18653/v1/N19-1423", arxiv: "1810.04805",
  },
  radford2018: {
    short: "Radford et al.", authors: "A. Radford, K. Narasimhan, T. Salimans, I. Sutskever", year: 2018,
    title: "Improving language understanding by generative pre-training", where: "OpenAI technical report",
    url: "https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf",
  },
  child2019: {
    short: "Child et al.", authors: "R. Child, S. Gray, A. Radford, I. Sutskever", year: 2019,
    title: "Generating long sequences with sparse transformers", where: "arXiv preprint", arxiv: "1904.10509",
  },
  clark2019: {
    short: "Clark et al.", authors: "K. Clark, U. Khandelwal, O. Levy, C. D. Manning", year: 2019,
    title: "What does BERT look at? An analysis of BERT’s attention", where: "BlackboxNLP workshop",
    doi: "10.18653/v1/W19-4828", arxiv: "1906.04341",
  },
  michel2019: {
    short: "Michel et al.", authors: "P. Michel, O. Levy, G. Neubig", year: 2019, title: "Are sixteen heads really better than one?",
    where: "Advances in Neural Information Processing Systems 32", arxiv: "1905.10650",
  },
  raffel2019: {
    short: "Raffel et al.", authors: "C. Raffel, N. Shazeer, A. Roberts, K. Lee and others", year: 2019,
    title: "Exploring the limits of transfer learning with a unified text-to-text transformer",
    where: "Journal of Machine Learning Research 21(140), 1–67, 2020", arxiv: "1910.10683",
  },
  shazeer2019: {
    short: "Shazeer", authors: "N. Shazeer", year: 2019, title: "Fast transformer decoding: one write-head is all you need",
    where: "arXiv preprint", arxiv: "1911.02150",
  },
  voita2019: {
    short: "Voita et al.", authors: "E. Voita, D. Talbot, F. Moiseev, R. Sennrich, I. Titov", year: 2019,
    title: "Analyzing multi-head self-attention: specialized heads do the heavy lifting, the rest can be pruned",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P19-1580", arxiv: "1905.09418",
  },
  beltagy2020: {
    short: "Beltagy et al.", authors: "I. Beltagy, M. E. Peters, A. Cohan", year: 2020, title: "Longformer: the long-document transformer",
    where: "arXiv preprint", arxiv: "2004.05150",
  },
  wang2022architecture: {
    short: "Wang et al.", authors: "T. Wang, A. Roberts, D. Hesslow, T. Le Scao and others", year: 2022,
    title: "What language model architecture and pretraining objective work best for zero-shot generalization?",
    where: "International Conference on Machine Learning", arxiv: "2204.05832",
  },
  ainslie2023: {
    short: "Ainslie et al.", authors: "J. Ainslie, J. Lee-Thorp, M. de Jong, Y. Zemlyanskiy, F. Lebrón, S. Sanghai", year: 2023,
    title: "GQA: training generalized multi-query transformer models from multi-head checkpoints",
    where: "Conference on Empirical Methods in Natural Language Processing", doi: "10.18653/v1/2023.emnlp-main.298", arxiv: "2305.13245",
  },
} as const satisfies Record<string, Source>;
