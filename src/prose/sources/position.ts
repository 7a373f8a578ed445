import type { Source } from "../bibliography.ts";

/** Sources about word vectors and positions. */
export const positionSources = {
  deerwester1990: {
    short: "Deerwester et al.", authors: "S. Deerwester, S. T. Dumais, G. W. Furnas, T. K. Landauer, R. Harshman", year: 1990,
    title: "Indexing by latent semantic analysis", where: "Journal of the American Society for Information Science 41(6), 391–407",
    doi: "10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9",
  },
  blei2003: {
    short: "Blei et al.", authors: "D. M. Blei, A. Y. Ng, M. I. Jordan", year: 2003, title: "Latent Dirichlet allocation",
    where: "Journal of Machine Learning Research 3, 993–1022", url: "https://www.jmlr.org/papers/v3/blei03a.html",
  },
  mikolov2013: {
    short: "Mikolov et al.", authors: "T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean", year: 2013,
    title: "Distributed representations of words and phrases and their compositionality",
    where: "Advances in Neural Information Processing Systems 26", arxiv: "1310.4546",
  },
  pennington2014: {
    short: "Pennington et al.", authors: "J. Pennington, R. Socher, C. D. Manning", year: 2014, title: "GloVe: global vectors for word representation",
    where: "Conference on Empirical Methods in Natural Language Processing, 1532–1543", doi: "10.3115/v1/D14-1162",
  },
  linzen2016: {
    short: "Linzen", authors: "T. Linzen", year: 2016, title: "Issues in evaluating semantic spaces using word analogies",
    where: "Workshop on Evaluating Vector-Space Representations for NLP", doi: "10.18653/v1/W16-2503", arxiv: "1606.07736",
  },
  shaw2018: {
    short: "Shaw et al.", authors: "P. Shaw, J. Uszkoreit, A. Vaswani", year: 2018, title: "Self-attention with relative position representations",
    where: "Conference of the North American Chapter of the Association for Computational Linguistics", doi: "10.18653/v1/N18-2074", arxiv: "1803.02155",
  },
  ethayarajh2019: {
    short: "Ethayarajh", authors: "K. Ethayarajh", year: 2019,
    title: "How contextual are contextualized word representations? Comparing the geometry of BERT, ELMo, and GPT-2 embeddings",
    where: "Conference on Empirical Methods in Natural Language Processing", doi: "10.18653/v1/D19-1006", arxiv: "1909.00512",
  },
  reimers2019: {
    short: "Reimers and Gurevych", authors: "N. Reimers, I. Gurevych", year: 2019, title: "Sentence-BERT: sentence embeddings using Siamese BERT-networks",
    where: "Conference on Empirical Methods in Natural Language Processing", doi: "10.18653/v1/D19-1410", arxiv: "1908.10084",
  },
  su2021: {
    short: "Su et al.", authors: "J. Su, Y. Lu, S. Pan, A. Murtadha, B. Wen, Y. Liu", year: 2021,
    title: "RoFormer: enhanced transformer with rotary position embedding", where: "Neurocomputing 568, 127063 (2024)",
    doi: "10.1016/j.neucom.2023.127063", arxiv: "2104.09864",
  },
  press2021: {
    short: "Press et al.", authors: "O. Press, N. A. Smith, M. Lewis", year: 2021,
    title: "Train short, test long: attention with linear biases enables input length extrapolation",
    where: "International Conference on Learning Representations 2022", arxiv: "2108.12409",
  },
  haviv2022: {
    short: "Haviv et al.", authors: "A. Haviv, O. Ram, O. Press, P. Izsak, O. Levy", year: 2022,
    title: "Transformer language models without positional encodings still learn positional information",
    where: "Findings of the Association for Computational Linguistics: EMNLP 2022", arxiv: "2203.16634",
  },
  chen2023: {
    short: "Chen et al.", authors: "S. Chen, S. Wong, L. Chen, Y. Tian", year: 2023,
    title: "Extending context window of large language models via positional interpolation", where: "arXiv preprint", arxiv: "2306.15595",
  },
  peng2023: {
    short: "Peng et al.", authors: "B. Peng, J. Quesnelle, H. Fan, E. Shippole", year: 2023,
    title: "YaRN: efficient context window extension of large language models",
    where: "International Conference on Learning Representations 2024", arxiv: "2309.00071",
  },
} as const satisfies Record<string, Source>;
