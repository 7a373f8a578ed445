import type { Source } from "../bibliography.ts";

/** Sources about walking downhill and about cutting text. A part of the bibliography, which has the rest. */
export const descentSources = {
  rosenbrock1960: {
    short: "Rosenbrock", authors: "H. H. Rosenbrock", year: 1960,
    title: "An automatic method for finding the greatest or least value of a function", where: "The Computer Journal 3(3), 175–184",
    doi: "10.1093/comjnl/3.3.175",
  },
  dantzig1990: {
    short: "Dantzig", authors: "G. B. Dantzig", year: 1990, title: "Origins of the simplex method",
    where: "A History of Scientific Computing, ACM, 141–151", doi: "10.1145/87252.88081",
  },
  duchi2011: {
    short: "Duchi et al.", authors: "J. Duchi, E. Hazan, Y. Singer", year: 2011,
    title: "Adaptive subgradient methods for online learning and stochastic optimization",
    where: "Journal of Machine Learning Research 12, 2121–2159", url: "https://jmlr.org/papers/v12/duchi11a.html",
  },
  dauphin2014: {
    short: "Dauphin et al.", authors: "Y. N. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio", year: 2014,
    title: "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization",
    where: "Advances in Neural Information Processing Systems 27", arxiv: "1406.2572",
  },
  loshchilov2017: {
    short: "Loshchilov and Hutter", authors: "I. Loshchilov, F. Hutter", year: 2017, title: "SGDR: stochastic gradient descent with warm restarts",
    where: "International Conference on Learning Representations", arxiv: "1608.03983",
  },
  loshchilov2019: {
    short: "Loshchilov and Hutter", authors: "I. Loshchilov, F. Hutter", year: 2019, title: "Decoupled weight decay regularization",
    where: "International Conference on Learning Representations", arxiv: "1711.05101",
  },
  reddi2018: {
    short: "Reddi et al.", authors: "S. J. Reddi, S. Kale, S. Kumar", year: 2018, title: "On the convergence of Adam and beyond",
    where: "International Conference on Learning Representations", arxiv: "1904.09237",
  },
  quinlan1993: {
    short: "Quinlan", authors: "R. Quinlan", year: 1993, title: "Auto MPG", where: "UCI Machine Learning Repository; first distributed by StatLib, 1982",
    doi: "10.24432/C5859H",
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
  land2024: {
    short: "Land and Bartolo", authors: "S. Land, M. Bartolo", year: 2024,
    title: "Fishing for Magikarp: automatically detecting under-trained tokens in large language models",
    where: "Conference on Empirical Methods in Natural Language Processing", arxiv: "2405.05417",
  },
} as const satisfies Readonly<Record<string, Source>>;
