import type { Source } from "../bibliography.ts";

/** Sources about language models. */
export const languageSources = {
  shannon1951: {
    short: "Shannon", authors: "C. E. Shannon", year: 1951, title: "Prediction and entropy of printed English",
    where: "Bell System Technical Journal 30(1), 50–64", doi: "10.1002/j.1538-7305.1951.tb01366.x",
  },
  bengio2003: {
    short: "Bengio et al.", authors: "Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin", year: 2003,
    title: "A neural probabilistic language model",
    where: "Journal of Machine Learning Research 3, 1137–1155", url: "https://www.jmlr.org/papers/v3/bengio03a.html",
  },
  radford2019: {
    short: "Radford et al.", authors: "A. Radford, J. Wu, R. Child, D. Luan, D. Amodei, I. Sutskever", year: 2019,
    title: "Language models are unsupervised multitask learners", where: "OpenAI technical report",
    url: "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
  },
  brown2020: {
    short: "Brown et al.", authors: "T. B. Brown, B. Mann, N. Ryder, M. Subbiah and others", year: 2020,
    title: "Language models are few-shot learners",
    where: "Advances in Neural Information Processing Systems 33", arxiv: "2005.14165",
  },
  carlini2021: {
    short: "Carlini et al.", authors: "N. Carlini, F. Tramèr, E. Wallace, M. Jagielski and others", year: 2021,
    title: "Extracting training data from large language models", where: "USENIX Security Symposium", arxiv: "2012.07805",
  },
  chan2022: {
    short: "Chan et al.", authors: "S. C. Y. Chan, A. Santoro, A. K. Lampinen, J. X. Wang, A. Singh, P. H. Richemond, J. McClelland, F. Hill", year: 2022,
    title: "Data distributional properties drive emergent in-context learning in transformers",
    where: "Advances in Neural Information Processing Systems 35", arxiv: "2205.05055",
  },
  chowdhery2022: {
    short: "Chowdhery et al.", authors: "A. Chowdhery, S. Narang, J. Devlin, and 64 others", year: 2022, title: "PaLM: scaling language modeling with pathways",
    where: "Journal of Machine Learning Research 24(240), 2023", arxiv: "2204.02311",
  },
  carlini2023: {
    short: "Carlini et al.", authors: "N. Carlini, D. Ippolito, M. Jagielski, K. Lee, F. Tramèr, C. Zhang", year: 2023,
    title: "Quantifying memorization across neural language models", where: "International Conference on Learning Representations", arxiv: "2202.07646",
  },
} as const satisfies Record<string, Source>;
